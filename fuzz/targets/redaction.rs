//! The whole of redaction on any input: a text, a value, a request with marks, and what is explained of them.
//!
//! It must not panic; its masks stand at placeholders; redacting again loses none of them; nothing of what was masked is left;
//! and what comes out does not grow faster than what went in.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redaction::{
    ExplainedMask, Known, Marks, Mask, explain, known_values, redact, redact_text, redact_value,
};
use serde_json::{Value, json};

/// No placeholder is longer, in bytes.
const PLACEHOLDER: usize = 64;
/// Shorter values are looked for only where no letter or digit touches them.
const ANYWHERE: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    texts(&text);
    if let Ok(value) = serde_json::from_str::<Value>(&text) {
        values(&value, text.len());
    }
    let mut parts = text.split('\u{1e}');
    let mut part = || parts.next().unwrap_or_default();
    let parameters =
        json!({ "target": part(), "value": part(), "note": part(), "payload": part(), "list": [part(), 7] });
    requests(&parameters, part(), text.len());
});

fn texts(text: &str) {
    let shown = redact_text(text, "/text", &Known::nothing());
    assert!(shown.text.len() <= text.len() + PLACEHOLDER * shown.masked.len(), "it grows");
    assert!(shown.masked.len() <= text.len(), "more masks than bytes");
    let value = Value::String(shown.text.clone());
    point_at_placeholders(&shown.masked, |pointer| (pointer == "/text").then_some(&value));
    let again = redact_text(&shown.text, "/text", &Known::nothing());
    only_masks_more(&shown.text, &again.text);
    let findings = explain(&Value::String(text.to_owned()), "");
    assert_eq!(findings.is_empty(), shown.masked.is_empty(), "what is masked is not explained");
    assert!(findings.is_sorted_by_key(|finding| finding.start) || opened(text), "out of order");
    if !opened(text) {
        findings.iter().for_each(|finding| is_gone(&stretch(text, finding), &shown.text));
    }
}

fn values(value: &Value, size: usize) {
    let shown = redact_value(value, "", &Known::nothing());
    point_at_placeholders(&shown.masked, |pointer| shown.value.pointer(pointer));
    let length = shown.value.to_string().len();
    // Numbers and escapes may be written longer than they were.
    assert!(length <= 32 * size + PLACEHOLDER * shown.masked.len(), "it grows");
    let again = redact_value(&shown.value, "", &Known::nothing());
    let (mut once, mut twice) = (String::new(), String::new());
    strings(&shown.value, &mut once);
    strings(&again.value, &mut twice);
    only_masks_more(&once, &twice);
    assert!(explain(value, "").len() <= 32 * size, "more findings than bytes");
}

fn requests(parameters: &Value, reason: &str, size: usize) {
    let marks = Marks::new([("/value", "secret"), ("/list/0", "name")], ["/target"]);
    let Ok(marks) = marks.and_then(|marks| marks.with_json(["/payload"])) else { return };
    let known = known_values(parameters, reason, &marks);
    let Ok(shown) = redact(parameters, reason, &marks) else { return };
    point_at_placeholders(&shown.masked, |pointer| match pointer.strip_prefix("/parameters") {
        Some(pointer) => shown.parameters.pointer(pointer),
        None => None,
    });
    let length = shown.parameters.to_string().len() + shown.reason.len();
    assert!(length <= 16 * size + PLACEHOLDER * (shown.masked.len() + 8), "it grows");
    let Some(marked) = parameters.get("value").and_then(Value::as_str) else { return };
    let mut left = String::new();
    strings(&shown.parameters, &mut left);
    left.push_str(&shown.reason);
    is_gone(marked, &left);
    let result =
        redact_value(&json!({ "echo": marked, "note": format!("it is {marked}.") }), "/result", &known);
    let mut left = String::new();
    strings(&result.value, &mut left);
    is_gone(marked, &left);
}

/// Redacting again leaves every placeholder where it is. It may mask more: a text without what was masked can read
/// otherwise, e.g. `Cookie: Cookie: x`, and all that holds of that is that no mask is lost.
fn only_masks_more(once: &str, twice: &str) {
    let kept = redaction::placeholders(twice);
    let mut kept = kept.iter().map(|(range, _)| twice.get(range.clone()).unwrap_or_default());
    for (range, _) in redaction::placeholders(once) {
        let placeholder = once.get(range).unwrap_or_default();
        assert!(kept.any(|other| other == placeholder), "{placeholder} is lost in {twice:?}, of {once:?}");
    }
}

/// Whether a text is read as JSON, so that places count in its parts.
fn opened(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

fn point_at_placeholders<'a>(masked: &[Mask], at: impl Fn(&str) -> Option<&'a Value>) {
    for Mask { pointer, start, end, kind } in masked {
        // The name of a field is told by its object, and long pointers are cut.
        let Some(Value::String(text)) = at(pointer) else { continue };
        let stretch: String = text.chars().skip(*start as usize).take((end - start) as usize).collect();
        assert!(
            stretch.starts_with(&format!("‹{kind} ")) && stretch.ends_with('›'),
            "a mask stands at {stretch:?}"
        );
    }
}

fn stretch(text: &str, finding: &ExplainedMask) -> String {
    text.chars().skip(finding.start as usize).take((finding.end - finding.start) as usize).collect()
}

/// A value of eight characters that was masked can be read nowhere.
fn is_gone(value: &str, shown: &str) {
    let value = value.trim();
    // What is a placeholder already, or holds one, stays; rulers and replaced bytes are no secret.
    if value.chars().filter(|char| char.is_alphanumeric()).count() < ANYWHERE || value.contains(['‹', '›'])
    {
        return;
    }
    let mut rest = String::new();
    let mut from = 0;
    for (range, _) in redaction::placeholders(shown) {
        rest.push_str(shown.get(from..range.start).unwrap_or_default());
        rest.push('\0');
        from = range.end;
    }
    rest.push_str(shown.get(from..).unwrap_or_default());
    assert!(!rest.contains(value), "{value:?} is left in {shown:?}");
}

fn strings(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push('\0');
            into.push_str(text);
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, into)),
        _ => {}
    }
}
