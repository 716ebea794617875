//! The lines that machines read on passports and identity cards (ICAO 9303), each by itself.

use super::checks::{byte, part, travel};
use super::row::PASSPORT;
use crate::detect::{DataKind, Found, Holds};
use crate::work;

/// The rule's name, and the kind of what it finds.
pub(super) const RULE: &str = "travel-document";
pub(super) const KIND: DataKind = PASSPORT;

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    work::steps(text.len());
    let mut start = 0;
    for run in text
        .split_inclusive(|char: char| !(char.is_ascii_uppercase() || char.is_ascii_digit() || char == '<'))
    {
        let line = run.trim_end_matches(|char: char| {
            !(char.is_ascii_uppercase() || char.is_ascii_digit() || char == '<')
        });
        if is_line(line.as_bytes()) {
            found.push(Found {
                range: start..start + line.len(),
                kind: KIND,
                rule: RULE,
                holds: Holds::ClosedGrammar { max: 44, marks: "<" },
            });
        }
        start += run.len();
    }
}

/// Whether something is one of the lines of a document: two of 44 or of 36 characters, or three of 30.
fn is_line(line: &[u8]) -> bool {
    let checked = |from: usize, to: usize| travel(part(line, from, to), byte(line, to));
    let dated =
        |from: usize, to: usize| part(line, from, to).iter().all(u8::is_ascii_digit) && checked(from, to);
    let names = || line.windows(2).any(|pair| pair == b"<<") && !line.iter().any(u8::is_ascii_digit);
    match line.len() {
        44 | 36 => {
            (dated(13, 19) && checked(0, 9) && checked(21, 27))
                || (b"PVACI".contains(&byte(line, 0)) && names())
        }
        30 => {
            (b"ACI".contains(&byte(line, 0)) && checked(5, 14)) || (dated(0, 6) && checked(8, 14)) || names()
        }
        _ => false,
    }
}
