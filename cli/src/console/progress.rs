//! What is going on, on one line of a terminal that is redrawn.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that says what is going on; it is gone once it is dropped.
pub struct ProgressLine(ProgressBar);

impl ProgressLine {
    pub(super) fn new(visible: bool) -> Self {
        if !visible {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// The same, for this many objects.
    #[must_use]
    pub fn of(self, objects: usize) -> Self {
        if let Ok(style) = ProgressStyle::with_template("{pos} of {len} objects, {elapsed} {wide_bar}") {
            self.0.set_style(style);
        }
        self.0.set_length(u64::try_from(objects).unwrap_or(u64::MAX));
        self
    }

    /// One more is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Says what is going on.
    pub fn say(&self, text: &str) {
        self.0.set_message(redaction::escape_value(text).text);
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
