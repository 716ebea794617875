//! The form that changes parameters: one input for each parameter, with its present value. Values that stay the same are not
//! part of the patch.

use domain::VerdictKind;
use maud::{Markup, html};
use serde_json::Value;
use wire::documents::VerdictName;

use super::rejected_form::RejectedForm;
use crate::form::Fields;
use crate::refusal::RequestRejection;
use crate::verdicts::{Changeable, Field, Input, input_kind, shown, typed_patch};

/// The prefix of the inputs' names; the parameter's JSON pointer follows.
const PREFIX: &str = "change";
/// The longest text of an input without a `maxLength` in its schema, in characters.
const LONGEST: u64 = 4096;

/// The form, folded at first. It is separate from the form that decides: its button only changes parameters.
pub(super) fn change_form(
    changeable: &Changeable,
    address: &str,
    hidden: &Markup,
    rejected: Option<&RejectedForm<'_>>,
) -> Markup {
    let rejected = rejected.filter(|form| form.is_change());
    html! {
        details class="change" open[rejected.is_some()] {
            summary { "Change it" }
            form class="decide" method="post" action=(address) {
                (hidden)
                @for field in changeable.fields() { (input(field, rejected)) }
                label { "Why " span class="soft" { "(if you like)" } input type="text" name="reason" maxlength="2000" autocomplete="off"
                    value=[rejected.and_then(|form| form.typed("reason"))]; }
                @if let Some(error) = rejected.and_then(|form| form.error_at("/reason")) { p class="error" { (error) } }
                div class="buttons" {
                    button name="verdict" value=(VerdictName::from(VerdictKind::Modify).as_str()) {
                        "Change it and ask again"
                    }
                }
                p class="soft" {
                    "This approves nothing. Policy decides about the changed action again, and everybody who is asked then, "
                    "including you, decides again. Changing it takes you through your sign-in once more, which proves it. "
                    (changes_left(changeable.left))
                }
            }
        }
    }
}

fn changes_left(changes: u32) -> String {
    match changes {
        1 => "It may be changed once more.".to_owned(),
        n => format!("It may be changed {n} more times."),
    }
}

fn input(field: &Field, rejected: Option<&RejectedForm<'_>>) -> Markup {
    let name = format!("{PREFIX}{}", field.pointer);
    let shown = rejected.and_then(|form| form.typed(&name)).unwrap_or_else(|| shown(field));
    let description = field.schema.get("description").and_then(Value::as_str).unwrap_or_default();
    html! {
        label {
            (review::html::text(&capitalised(&review::parameter(&field.pointer))))
            " " span class="soft" { (description) }
            @match input_kind(field) {
                Input::Choice(values) => select name=(name) {
                    @if field.optional || shown.is_empty() { option value="" selected[shown.is_empty()] { "–" } }
                    @for value in &values { option value=(value) selected[*value == shown] { (value) } }
                },
                Input::Number => input type="number" name=(name) value=(shown) step=(step(field));
                Input::Text if !shown.contains('\n') => {
                    input type="text" name=(name) value=(shown) maxlength=(max_length(field)) autocomplete="off" spellcheck="false";
                }
                Input::Text | Input::Json => textarea name=(name) spellcheck="false" { "\n" (shown) },
            }
        }
    }
}

/// The name with a capital first letter.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn step(field: &Field) -> &'static str {
    if field.schema.get("type").is_some_and(|kind| kind == "integer") { "1" } else { "any" }
}

fn max_length(field: &Field) -> u64 {
    field.schema.get("maxLength").and_then(Value::as_u64).unwrap_or(LONGEST)
}

/// The patch of these fields, as a JSON merge patch.
pub(super) fn read(changeable: &Changeable, fields: &Fields) -> Result<Value, RequestRejection> {
    typed_patch(changeable, |pointer| fields.get(&format!("{PREFIX}{pointer}")).map(String::as_str))
}
