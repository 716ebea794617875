//! Texts made to fit, with an account of what did not.

use crate::limits::{MESSAGE, measure, width};

/// What stands in place of what was cut.
const ELLIPSIS: char = '…';

/// The room of one message. Every text that is shown goes through it, the most important first.
#[derive(Debug)]
pub(crate) struct Room {
    left: usize,
    cut: usize,
    altered: bool,
}

impl Room {
    /// An empty message.
    pub(crate) fn new() -> Self {
        Self { left: MESSAGE, cut: 0, altered: false }
    }

    /// How many characters were left out.
    pub(crate) fn cut(&self) -> usize {
        self.cut
    }

    /// Whether every text is shown as it was given, in full.
    pub(crate) fn whole(&self) -> bool {
        self.cut == 0 && !self.altered
    }

    /// Takes room for the structure around texts.
    pub(crate) fn structure(&mut self, size: usize) {
        self.left = self.left.saturating_sub(size);
    }

    /// Counts a text that is not shown at all.
    pub(crate) fn leave_out(&mut self, text: &str) {
        self.cut = self.cut.saturating_add(text.chars().count());
    }

    /// A text on one line: a line feed is spelled out like a hidden character, so that no value can look like another part
    /// of the message.
    pub(crate) fn line(&mut self, text: &str, limit: usize) -> String {
        if text.contains('\n') || !redaction::find_hidden(text).is_empty() {
            self.altered = true;
            return self.cut_to(&redaction::escape_line(text).text, limit);
        }
        self.cut_to(text, limit)
    }

    /// A text of several lines.
    pub(crate) fn lines(&mut self, text: &str, limit: usize) -> String {
        if redaction::find_hidden(text).is_empty() {
            return self.cut_to(text, limit);
        }
        self.altered = true;
        self.cut_to(&redaction::escape_hidden(text).text, limit)
    }

    fn cut_to(&mut self, text: &str, limit: usize) -> String {
        let room = limit.min(self.left);
        let size = measure(text);
        if size <= room {
            self.left = self.left.saturating_sub(size);
            return text.to_owned();
        }
        let (mut taken, mut shown) = (width(ELLIPSIS), String::new());
        for char in text.chars() {
            taken = taken.saturating_add(width(char));
            if taken > room {
                break;
            }
            shown.push(char);
        }
        self.cut = self.cut.saturating_add(text.chars().count().saturating_sub(shown.chars().count()));
        if room > 0 {
            shown.push(ELLIPSIS);
        }
        self.left = self.left.saturating_sub(measure(&shown));
        shown
    }
}
