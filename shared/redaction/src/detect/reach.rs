//! How far something reaches in a text that nothing encloses.

use crate::work;

/// The first of a character at or behind a place, remembered for places further on; else the end.
pub(super) fn next(text: &str, char: char, from: usize, known: &mut Option<usize>) -> usize {
    if let Some(place) = known.filter(|place| *place >= from) {
        return place;
    }
    let length = text.get(from..).and_then(|rest| rest.find(char));
    let place = length.map_or(text.len(), |length| from + length);
    work::steps(place - from);
    *known = Some(place);
    place
}

/// The length of `${NAME}`, `{{ name }}` or `$(command)`.
pub(super) fn reference(rest: &str) -> Option<usize> {
    let (_, close) = [("${", "}"), ("{{", "}}"), ("$(", ")"), ("%(", ")s"), ("<%", "%>")]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))?;
    let end = rest.bytes().take(128).position(|byte| close.as_bytes().first() == Some(&byte))?;
    rest.get(end..)?.starts_with(close).then_some(end + close.len())
}

/// How far a value reaches that nothing encloses.
pub(super) fn plain(rest: &str) -> usize {
    let ends = |char: char| char.is_whitespace() || "\"'`‹›<>&;,)]}|".contains(char);
    let end = rest.find(ends).unwrap_or(rest.len());
    // An escaped end of line or mark in a text inside a text.
    let value = rest.get(..end).unwrap_or_default();
    let escaped = ["\\n", "\\r", "\\t", "\\u0026"].into_iter().filter_map(|escape| value.find(escape)).min();
    escaped.unwrap_or(end)
}
