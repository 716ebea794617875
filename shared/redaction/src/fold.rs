//! The text as detectors read it: without characters nobody sees, wide letters and odd spaces as plain ones, so that
//! `alice@exam<zero-width space>ple.com` is found. Every place in it leads back to the text as written.

use std::borrow::Cow;
use std::ops::Range;

use crate::hidden::invisible;
use crate::work;

/// A text folded for reading.
pub(crate) struct Folded<'a> {
    /// What detectors read.
    pub(crate) text: Cow<'a, str>,
    /// For each byte of `text` where the character it came from begins and ends; none when nothing was changed.
    places: Option<Vec<(usize, usize)>>,
}

impl<'a> Folded<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        work::steps(text.len());
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r')) {
            return Self { text: Cow::Borrowed(text), places: None };
        }
        let mut folded = String::with_capacity(text.len());
        let mut places = Vec::with_capacity(text.len());
        for (start, char) in text.char_indices() {
            if let Some(plain) = plain(char) {
                folded.push(plain);
                places.resize(folded.len(), (start, start + char.len_utf8()));
            }
        }
        Self { text: Cow::Owned(folded), places: Some(places) }
    }

    /// The same stretch in the text as written.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        let Some(places) = &self.places else { return range };
        let start = places.get(range.start).map_or(0, |place| place.0);
        let end = range.end.checked_sub(1).and_then(|last| places.get(last)).map_or(start, |place| place.1);
        start..end
    }
}

/// The plain character that a detector reads instead of this one; `None` for a character that cannot be seen.
pub(crate) fn plain(char: char) -> Option<char> {
    match char {
        '\n' | '\t' | '\r' => Some(char),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(char) - 0xFEE0),
        '\u{FE6B}' => Some('@'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2024}' | '\u{3002}' => Some('.'),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        hidden if invisible(hidden) => None,
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_leads_back_to_the_text_as_written() {
        let text = "ä a\u{200B}b＠ｃ d";
        let folded = Folded::of(text);
        assert_eq!(folded.text, "ä ab@c d");
        let start = folded.text.find("ab@c").unwrap();
        assert_eq!(&text[folded.original(start..start + 4)], "a\u{200B}b＠ｃ");
    }
}
