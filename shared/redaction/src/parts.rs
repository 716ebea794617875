//! The parts of a structured secret that tell by themselves: leaves of JSON, lines, values behind names, and whatever the
//! detectors find in it.

use serde_json::Value;
use wire::json::{is_container, parse_value};

use crate::detect;
use crate::identity::WHOLE;

/// A text inside a masked object may be a harmless one; only long ones are looked for elsewhere, unless a name says that
/// they are secret.
const LONG: usize = 12;
/// A line of a secret of several.
const LONG_LINE: usize = 8;

/// Gives every part of a masked text, each of its bytes in a few of them at most.
pub(crate) fn of(text: &str, give: &mut impl FnMut(&str)) {
    let json = text.strip_prefix(WHOLE).unwrap_or(text);
    if let Some(value) =
        Some(json).filter(|json| is_container(json)).and_then(|json| parse_value(json.as_bytes()).ok())
    {
        return inside(&value, false, give);
    }
    let lines = || text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    if lines().nth(1).is_some() {
        lines().filter(|line| longer(line, LONG_LINE)).for_each(&mut *give);
    }
    pairs(text, give);
    for found in detect::find(text) {
        if let Some(found) = text.get(found.range).filter(|found| found.len() < text.len()) {
            give(found);
        }
    }
}

fn inside(value: &Value, secret: bool, give: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => {
            if secret || longer(text, LONG) || detect::is_likely(text) {
                give(text);
            }
            if is_container(text) || text.contains(['\n', '=', '@']) {
                of_text(text, give);
            }
        }
        Value::Number(number) if secret => give(&number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| inside(value, secret, give)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| inside(value, detect::is_secret_name(name), give))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The parts of a text inside JSON; not of JSON inside that once more, so that no depth of it costs more than its size.
fn of_text(text: &str, give: &mut impl FnMut(&str)) {
    if !is_container(text) {
        return of(text, give);
    }
    if let Ok(value) = parse_value(text.as_bytes()) {
        leaves(&value, give);
    }
}

fn leaves(value: &Value, give: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) if longer(text, LONG_LINE) => give(text),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, give)),
        Value::Object(fields) => fields.values().for_each(|value| leaves(value, give)),
        _ => {}
    }
}

/// `name=value` and `name: value`, one to a line or with `;` or `&` between them.
fn pairs(text: &str, give: &mut impl FnMut(&str)) {
    for pair in text.split(['\n', '\r', ';', '&']) {
        let Some((name, value)) = pair.split_once(['=', ':']) else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        let name = name.trim().trim_matches(['"', '\'']);
        if detect::is_secret_name(name) || (longer(value, LONG) && value.len() + 1 < pair.len()) {
            give(value);
        }
    }
}

fn longer(text: &str, length: usize) -> bool {
    text.chars().nth(length - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        let mut parts = Vec::new();
        of(text, &mut |part| parts.push(part.to_owned()));
        parts.sort();
        parts.dedup();
        parts
    }

    #[test]
    fn what_tells_by_itself_is_named() {
        for (text, expected) in [
            (r#"{"user":"payments","password":"x7k2"}"#, vec!["x7k2"]),
            ("\0{\"deep\":[{\"dbPassword\":\"x7k2\"}],\"pin_key\":12345}", vec!["12345", "x7k2"]),
            ("Server=db.example;User Id=app;Password=x7k2;Port=1", vec!["x7k2"]),
            (
                "DB_HOST=localhost\nexport DB_PASSWORD='x7k2m9'\n",
                vec!["DB_HOST=localhost", "export DB_PASSWORD='x7k2m9'", "x7k2m9"],
            ),
            ("postgres://app:x7k2m9@db.example:5432/x", vec!["//app:x7k2m9@db.example:5432/x", "x7k2m9"]),
            ("first line of it\nsecond line of it", vec!["first line of it", "second line of it"]),
            ("correct horse", vec![]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
