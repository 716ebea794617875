//! Where things stand in a policy's text.

use std::ops::Range;

/// A statement's parts, as byte ranges of its text.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// `@name(…)`, by name.
    pub(crate) annotations: Vec<(String, Range<usize>)>,
    /// Principal, action and resource between the parentheses.
    pub(crate) scope: Vec<Range<usize>>,
    /// `when {…}` and `unless {…}`.
    pub(crate) clauses: Vec<Range<usize>>,
}

/// The text with comments as blanks and what is quoted as `_`, byte for byte as long.
fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut reading = Reading::Code;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let before = reading;
        match (reading, character) {
            (Reading::Code, '/') if characters.peek() == Some(&'/') => reading = Reading::Comment,
            (Reading::Code, '"') => reading = Reading::Quoted,
            (Reading::Quoted, '\\') => {
                let escaped = characters.next().map_or(0, char::len_utf8);
                masked.extend(std::iter::repeat_n('_', escaped));
            }
            (Reading::Quoted, '"') => reading = Reading::Code,
            (Reading::Comment, '\n' | '\r') => reading = Reading::Code,
            _ => {}
        }
        match (before, reading) {
            (Reading::Code, Reading::Code) => masked.push(character),
            (Reading::Comment, _) | (_, Reading::Comment) => {
                masked.extend(std::iter::repeat_n(' ', character.len_utf8()));
            }
            _ => masked.extend(std::iter::repeat_n('_', character.len_utf8())),
        }
    }
    masked
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Code,
    Quoted,
    Comment,
}

/// Byte offset and text of every statement, cut at `;` outside strings and comments, and where something is left over.
pub(crate) fn statements(text: &str) -> (Vec<(usize, &str)>, Option<usize>) {
    let masked = mask(text);
    let mut found = Vec::new();
    let mut from = 0;
    let begin = |from: usize| {
        let rest = masked.get(from..).unwrap_or_default();
        rest.find(|c: char| !c.is_whitespace()).map(|at| from + at)
    };
    for (end, _) in masked.match_indices(';') {
        let start = begin(from).unwrap_or(end);
        found.extend(text.get(start..=end).map(|statement| (start, statement)));
        from = end + 1;
    }
    (found, begin(from))
}

/// The parts of one statement; whatever is not found is not there.
pub(crate) fn layout(statement: &str) -> Layout {
    let masked = mask(statement);
    let mut layout = Layout::default();
    let mut at = 0;
    while let Some(rest) = masked.get(at..).filter(|rest| !rest.is_empty()) {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if rest.starts_with('@') {
            let name = rest.get(1..).unwrap_or_default();
            let length = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            let end = closing(rest, 1 + length).unwrap_or(1 + length);
            layout.annotations.push((name.get(..length).unwrap_or_default().to_owned(), at..at + end));
            at += end;
        } else if rest.starts_with('(') {
            let end = closing(rest, 0).unwrap_or(rest.len());
            layout.scope = split(rest, end).into_iter().map(|part| at + part.start..at + part.end).collect();
            at += end;
        } else if ["when", "unless"].contains(&rest.get(..word).unwrap_or_default()) {
            let end = closing(rest, word).unwrap_or(rest.len());
            layout.clauses.push(at..at + end);
            at += end;
        } else {
            at += word.max(rest.chars().next().map_or(1, char::len_utf8));
        }
    }
    layout
}

/// The end of the bracket that opens next at or after `from`, with nothing but blanks before it.
fn closing(masked: &str, from: usize) -> Option<usize> {
    let rest = masked.get(from..)?;
    let mut depth = 0_usize;
    for (at, character) in rest.char_indices() {
        match character {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 || character.is_whitespace() => continue,
            _ => return None,
        }
        if depth == 0 {
            return Some(from + at + 1);
        }
    }
    None
}

/// What stands between the commas of the parentheses that `masked` begins with, without the blanks around.
fn split(masked: &str, end: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 1;
    for (at, character) in masked.char_indices().take_while(|(at, _)| *at < end) {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if (character == ',' && depth == 1) || depth == 0 {
            let part = masked.get(start..at).unwrap_or_default();
            let blank = part.len() - part.trim_start().len();
            parts.push(start + blank..start + part.trim_end().len());
            start = at + 1;
        }
    }
    parts
}
