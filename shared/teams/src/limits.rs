//! How much a message may have, and how foreign text is cut to it: never without saying how much is missing.

/// The most characters of a field in a form.
pub(crate) const MAX_INPUT: usize = 2_000;

/// The largest message that is sent, in bytes of UTF-16 with everything in it. Teams refuses about 100 KB and advises 80.
pub const MAX_MESSAGE: usize = 80_000;
/// What is kept of that for everything around the card.
pub(crate) const ENVELOPE: usize = 4_000;
/// The most facts that a card shows.
pub(crate) const MAX_FACTS: usize = 24;
/// The most notes on a fact.
pub(crate) const MAX_NOTES: usize = 2;
/// The most parts of the sentence.
pub(crate) const MAX_SPANS: usize = 64;
/// The most lines of a quotation.
pub(crate) const MAX_LINES: usize = 40;
/// The longest label of a button that Teams shows without cutting it, in characters.
pub(crate) const MAX_LABEL: usize = 80;

/// The length of a text as Teams counts it: two bytes for each UTF-16 unit.
#[must_use]
pub fn utf16_bytes(text: &str) -> usize {
    text.encode_utf16().count().saturating_mul(2)
}

/// How many characters of each kind of text are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of a title, a label or a part of the sentence.
    pub(crate) short: usize,
    /// Of a fact's value.
    pub(crate) value: usize,
    /// Of all words of the agent together.
    pub(crate) words: usize,
}

impl Limits {
    /// What people can read in a message.
    pub(crate) const FULL: Self = Self { short: 500, value: 1_000, words: 3_000 };

    /// Half of each.
    pub(crate) fn halved(self) -> Self {
        Self { short: self.short / 2, value: self.value / 2, words: self.words / 2 }
    }

    /// Whether nothing would be left.
    pub(crate) fn is_empty(self) -> bool {
        self.short == 0
    }
}

/// The first characters of a text, and how many more there are.
pub(crate) fn cut(text: &str, most: usize) -> (&str, usize) {
    match text.char_indices().nth(most) {
        None => (text, 0),
        Some((end, _)) => {
            let (shown, rest) = text.split_at(end);
            (shown, rest.chars().count())
        }
    }
}
