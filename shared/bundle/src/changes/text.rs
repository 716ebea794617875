//! Values as lines, and two texts side by side.

use std::collections::BTreeMap;

use serde_json::Value;

/// Unchanged lines that are shown around each change of a long text.
const AROUND: usize = 4;
/// A text of so many lines is shown whole, however little of it changes.
const SHORT: usize = 60;
/// The most pairs of lines that are compared; texts of more are shown one after the other, whole.
const MAX_PAIRS: usize = 250_000;

/// A value as lines in the manner of YAML, every text quoted: two values have the same lines only if they are the same.
pub(super) fn lines(value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Value, depth: usize, out: &mut Vec<String>) {
    let margin = "  ".repeat(depth);
    let mut one = |heading: String, value: &Value| match nested(value) {
        false => out.push(format!("{margin}{heading} {value}")),
        true => {
            out.push(format!("{margin}{heading}"));
            write(value, depth + 1, out);
        }
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            // By name, so that the same value always has the same lines.
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            for (name, value) in sorted {
                one(format!("{}:", key(name)), value);
            }
        }
        Value::Array(list) if !list.is_empty() => list.iter().for_each(|value| one("-".to_owned(), value)),
        other => out.push(format!("{margin}{other}")),
    }
}

fn nested(value: &Value) -> bool {
    match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    }
}

/// A name as it is, or quoted where it could be taken for something else.
fn key(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    match name.bytes().all(plain) && name.bytes().any(|b| b.is_ascii_alphabetic()) {
        true => name.to_owned(),
        false => Value::from(name).to_string(),
    }
}

/// What goes (`- `), what comes (`+ `), what stays (two spaces), and how many unchanged lines are left out (`@ `).
pub(super) fn compared(before: &[String], after: &[String]) -> Vec<String> {
    let same = |(one, other): &(&String, &String)| one == other;
    let start = before.iter().zip(after).take_while(same).count();
    let (old, new) = (before.get(start..).unwrap_or_default(), after.get(start..).unwrap_or_default());
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let cut = |lines: &[String]| lines.get(..lines.len() - end).unwrap_or_default().to_vec();
    let stays = |line: &String| (' ', line.clone());
    let head: Vec<(char, String)> = before.iter().take(start).map(stays).collect();
    let tail: Vec<(char, String)> = old.iter().skip(old.len() - end).map(stays).collect();
    shortened(&[head, middle(&cut(old), &cut(new)), tail].concat())
}

/// The longest common stretch of lines stays, the rest goes or comes.
fn middle(old: &[String], new: &[String]) -> Vec<(char, String)> {
    let one_by_one = || {
        let gone = old.iter().map(|line| ('-', line.clone()));
        gone.chain(new.iter().map(|line| ('+', line.clone()))).collect()
    };
    if old.len().saturating_mul(new.len()) > MAX_PAIRS {
        return one_by_one();
    }
    let longest = longest(old, new);
    let at =
        |row: usize, column: usize| longest.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
    let (mut row, mut column) = (0, 0);
    let mut out = Vec::new();
    loop {
        match (old.get(row), new.get(column)) {
            (Some(one), Some(other)) if one == other => {
                out.push((' ', one.clone()));
                (row, column) = (row + 1, column + 1);
            }
            (Some(one), other) if other.is_none() || at(row + 1, column) >= at(row, column + 1) => {
                out.push(('-', one.clone()));
                row += 1;
            }
            (_, Some(other)) => {
                out.push(('+', other.clone()));
                column += 1;
            }
            _ => return out,
        }
    }
}

/// For each pair of places the number of lines that can stay from there on.
fn longest(old: &[String], new: &[String]) -> Vec<Vec<u32>> {
    let mut rows = vec![vec![0_u32; new.len() + 1]];
    for line in old.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = vec![0_u32; new.len() + 1];
        let mut right = 0_u32;
        for (column, other) in new.iter().enumerate().rev() {
            let down = below.get(column).copied().unwrap_or(0);
            let across = below.get(column + 1).copied().unwrap_or(0);
            right = if line == other { across + 1 } else { down.max(right) };
            if let Some(cell) = row.get_mut(column) {
                *cell = right;
            }
        }
        rows.push(row);
    }
    rows.reverse();
    rows
}

/// Unchanged lines far from every change of a long text are counted.
fn shortened(all: &[(char, String)]) -> Vec<String> {
    let near = |place: usize| {
        let from = place.saturating_sub(AROUND);
        let context = all.get(from..(place + AROUND + 1).min(all.len())).unwrap_or_default();
        all.len() <= SHORT || context.iter().any(|(mark, _)| *mark != ' ')
    };
    let mut out = Vec::new();
    let mut left_out = 0_usize;
    for (place, (mark, line)) in all.iter().enumerate() {
        if near(place) {
            if left_out > 0 {
                out.push(format!("@ {left_out} unchanged lines are left out"));
                left_out = 0;
            }
            out.push(format!("{mark} {line}"));
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        out.push(format!("@ {left_out} unchanged lines are left out"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn texts(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn values_are_lines() {
        let value = json!({"b": [], "a": {"x y": [1, "1", {"z": null}]}, "c": "two\nlines", "1": {}});
        let expected = [
            "\"1\": {}",
            "a:",
            "  \"x y\":",
            "    - 1",
            "    - \"1\"",
            "    -",
            "      z: null",
            "b: []",
            "c: \"two\\nlines\"",
        ];
        assert_eq!(lines(&value), texts(&expected));
    }

    #[test]
    fn what_goes_and_comes_is_marked() {
        let (before, after) = (texts(&["a", "b", "c", "d"]), texts(&["a", "x", "c", "d", "e"]));
        assert_eq!(compared(&before, &after), texts(&["  a", "- b", "+ x", "  c", "  d", "+ e"]));
        assert_eq!(compared(&[], &before[..1]), texts(&["+ a"]));
        let long: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let mut other = long.clone();
        other[50] = "fifty".to_owned();
        let told = compared(&long, &other);
        assert_eq!(told.len(), 12, "{told:?}");
        assert_eq!(
            (told[0].as_str(), told[11].as_str()),
            ("@ 46 unchanged lines are left out", "@ 45 unchanged lines are left out")
        );
    }

    proptest! {
        /// C23: nothing is lost: from what is shown of two short texts both can be read back.
        #[test]
        fn both_texts_can_be_read_back(
            before in proptest::collection::vec("[ab@+-]{0,2}", 0..20),
            after in proptest::collection::vec("[ab@+-]{0,2}", 0..20),
        ) {
            let told = compared(&before, &after);
            let side = |marks: [&str; 2]| -> Vec<String> {
                let of = |line: &String| marks.iter().find_map(|mark| line.strip_prefix(mark)).map(str::to_owned);
                told.iter().filter_map(of).collect()
            };
            prop_assert_eq!(side(["  ", "- "]), before);
            prop_assert_eq!(side(["  ", "+ "]), after);
        }
    }
}
