//! The form that changes parameters: one input for each, holding what is shown. What stays as it was is no change.

use domain::VerdictKind;
use maud::{Markup, html};
use serde_json::{Map, Value};
use wire::documents::VerdictName;

use crate::change::{Changeable, Field};
use crate::refusal::RequestRejection;
use crate::router::Fields;

/// Names of inputs begin so; the parameter's pointer follows.
const PREFIX: &str = "change";
/// The longest text one may type.
const LONGEST: u64 = 4096;

/// Closed until somebody looks for it, and a form of its own: its button decides nothing but the change.
pub(super) fn form(changeable: &Changeable, address: &str, hidden: &Markup) -> Markup {
    html! {
        details class="change" {
            summary { "Change it" }
            form class="decide" method="post" action=(address) {
                (hidden)
                @for field in changeable.fields() { (line(field)) }
                label { "Why " span class="soft" { "(if you like)" } input type="text" name="reason" maxlength="2000" autocomplete="off"; }
                div class="buttons" {
                    button name="verdict" value=(VerdictName::from(VerdictKind::Modify).as_str()) {
                        "Change it and ask anew"
                    }
                }
                p class="soft" {
                    "This approves nothing. Policy looks at what you make of it, and everybody who is asked then, you too, "
                    "decides anew. Changing it takes you through your sign-in once more; that signature is your change. "
                    (left(changeable.left))
                }
            }
        }
    }
}

fn left(changes: u32) -> String {
    match changes {
        1 => "It may be changed once more.".to_owned(),
        n => format!("It may be changed {n} more times."),
    }
}

fn line(field: &Field) -> Markup {
    let name = format!("{PREFIX}{}", field.pointer);
    let shown = shown(field);
    let says = field.schema.get("description").and_then(Value::as_str).unwrap_or_default();
    html! {
        label {
            (review::html::text(&titled(&review::parameter(&field.pointer))))
            " " span class="soft" { (says) }
            @match kind(field) {
                Kind::Choice(values) => select name=(name) {
                    @if field.optional || shown.is_empty() { option value="" selected[shown.is_empty()] { "–" } }
                    @for value in &values { option value=(value) selected[*value == shown] { (value) } }
                },
                Kind::Number => input type="number" name=(name) value=(shown) step=(step(field));
                Kind::Text if !shown.contains('\n') => {
                    input type="text" name=(name) value=(shown) maxlength=(longest(field)) autocomplete="off" spellcheck="false";
                }
                Kind::Text | Kind::Json => textarea name=(name) spellcheck="false" { "\n" (shown) },
            }
        }
    }
}

/// With a capital letter in front.
fn titled(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

enum Kind {
    /// One of these, as written.
    Choice(Vec<String>),
    Number,
    Text,
    Json,
}

fn kind(field: &Field) -> Kind {
    if let Some(values) = choices(&field.schema) {
        return Kind::Choice(values.iter().map(review::written).collect());
    }
    match field.schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => Kind::Number,
        Some("string") => Kind::Text,
        _ => Kind::Json,
    }
}

fn choices(schema: &Value) -> Option<Vec<Value>> {
    let listed = schema.get("enum").and_then(Value::as_array).cloned();
    let truth = schema.get("type").is_some_and(|kind| kind == "boolean");
    listed.or_else(|| truth.then(|| vec![Value::Bool(true), Value::Bool(false)]))
}

fn step(field: &Field) -> &'static str {
    if field.schema.get("type").is_some_and(|kind| kind == "integer") { "1" } else { "any" }
}

fn longest(field: &Field) -> u64 {
    field.schema.get("maxLength").and_then(Value::as_u64).unwrap_or(LONGEST)
}

fn shown(field: &Field) -> String {
    field.value.as_ref().map(review::written).unwrap_or_default()
}

/// The patch these fields make: what is as it was shown is left out, and an empty one takes away what may be left out.
pub(crate) fn read(changeable: &Changeable, fields: &Fields) -> Result<Value, RequestRejection> {
    let mut patch = Map::new();
    for field in changeable.fields() {
        let Some(typed) = fields.get(&format!("{PREFIX}{}", field.pointer)) else { continue };
        let typed = typed.replace("\r\n", "\n");
        if typed == shown(field).replace("\r\n", "\n") {
            continue;
        }
        patch.insert(review::parameter(&field.pointer), value(field, typed)?);
    }
    if patch.is_empty() {
        return Err(RequestRejection::input(
            "/patch",
            "You changed nothing: write something else into one of the fields first.",
        ));
    }
    Ok(Value::Object(patch))
}

fn value(field: &Field, typed: String) -> Result<Value, RequestRejection> {
    if typed.is_empty() && field.optional {
        return Ok(Value::Null);
    }
    let wrong = || {
        RequestRejection::input(
            &format!("/patch{}", field.pointer),
            "This is not a value that can stand there.",
        )
    };
    if let Some(values) = choices(&field.schema) {
        return values.into_iter().find(|value| review::written(value) == typed).ok_or_else(wrong);
    }
    match kind(field) {
        Kind::Text => Ok(Value::String(typed)),
        _ => wire::json::parse_value(typed.trim().as_bytes()).map_err(|_| wrong()),
    }
}
