//! Numbers beside their names.

use std::sync::LazyLock;

use super::ROWS;
use crate::detect::Found;
use crate::work;

/// How far behind its name a number may begin, in bytes.
const REACH: usize = 24;
/// Words that may stand between a name and what is written freely.
const BETWEEN: [&str; 22] = [
    "no", "nr", "num", "number", "nummer", "numero", "is", "was", "id", "code", "the", "of", "on", "am",
    "le", "el", "il", "card", "at", "in", "account", "address",
];

/// The words names begin with, each with its row: no word has fewer than three letters.
static WORDS: LazyLock<Vec<(&'static str, usize)>> = LazyLock::new(|| {
    let names =
        ROWS.iter().enumerate().flat_map(|(index, row)| row.names.iter().map(move |name| (*name, index)));
    let mut words: Vec<_> = names.map(|(name, index)| (first_word(name), index)).collect();
    words.sort_unstable();
    words.dedup();
    words
});

/// A name's first word; the whole name if that is shorter than three letters.
fn first_word(name: &'static str) -> &'static str {
    let word = name.split(' ').next().unwrap_or(name);
    if word.len() < 3 { name } else { word }
}

/// The words to look for in any letter case, each with the row that [`find_named`] is told.
pub(in crate::detect) fn words() -> impl Iterator<Item = (&'static str, usize)> {
    WORDS.iter().copied()
}

/// Numbers behind words that were found: each a row and the byte the word begins at.
pub(in crate::detect) fn find_named(text: &str, hits: &[(usize, usize)], found: &mut Vec<Found>) {
    for (index, place) in hits {
        let Some(row) = ROWS.get(*index) else { continue };
        let ends = row.names.iter().filter_map(|name| name_ends(text, *place, name));
        let Some(end) = ends.max() else { continue };
        for start in starts(text, end) {
            if row.is_free() && !only_words(text.get(end..start).unwrap_or_default()) {
                break;
            }
            // The name itself, and a hyphen behind it, are no part of the number.
            let behind = text.get(end..).unwrap_or_default();
            if let Some((length, holds)) = row.named_at(behind, start - end) {
                let end = end + length;
                found.push(Found { range: start..end, kind: row.kind, rule: row.rule, holds });
                break;
            }
        }
    }
}

/// Where a name that begins at a place ends. Between its words may stand a space, a hyphen, an underscore or nothing.
fn name_ends(text: &str, place: usize, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    work::steps(1);
    let before = place.checked_sub(1).map_or(b' ', byte);
    // A capital in the middle begins a word.
    if before.is_ascii_alphabetic() && !(before.is_ascii_lowercase() && byte(place).is_ascii_uppercase()) {
        return None;
    }
    let mut at = place;
    for letter in name.bytes() {
        work::steps(1);
        match letter {
            b' ' if matches!(byte(at), b' ' | b'-' | b'_' | b'.') => at += 1,
            b' ' => {}
            _ if byte(at).to_ascii_lowercase() == letter => at += 1,
            _ => return None,
        }
    }
    let inside =
        byte(at).is_ascii_lowercase() || (byte(at).is_ascii_uppercase() && byte(at - 1).is_ascii_uppercase());
    (!inside).then_some(at)
}

/// Where letters and digits begin within reach.
fn starts(text: &str, end: usize) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let places = end..(end + REACH).min(bytes.len());
    work::steps(REACH);
    places.filter(move |at| {
        let byte = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        byte(*at) && !byte(at - 1)
    })
}

/// Whether only punctuation and words that lead on stand between a name and a value.
fn only_words(gap: &str) -> bool {
    let words = gap.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words = words.take(REACH);
    words.all(|word| BETWEEN.iter().any(|known| known.eq_ignore_ascii_case(word)))
}
