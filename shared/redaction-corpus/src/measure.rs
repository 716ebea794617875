//! What redaction finds of a corpus.

use std::collections::{BTreeMap, HashSet};

use redaction::{Known, placeholders, redact_text};

use crate::corpus::{Class, Label, Sample};

/// No run of so many characters of a secret may be left.
const RUN: usize = 8;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Those of which it holds.
    pub of: usize,
    /// All.
    pub all: usize,
}

impl Share {
    fn count(&mut self, holds: bool) {
        self.all += 1;
        self.of += usize::from(holds);
    }

    /// In percent; nothing of nothing.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        let number = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
        (self.all > 0).then(|| 100.0 * number(self.of) / number(self.all))
    }
}

/// What was found of one kind of secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kind {
    /// By itself: recall.
    pub alone: Share,
    /// With its name: recall.
    pub named: Share,
    /// Encoded, without its name: recall.
    pub encoded: Share,
    /// Precision: of the texts in which something was masked, those of which nothing but the secret was.
    pub precise: Share,
}

/// A text in which a secret was left, or an ordinary one that was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The text; its secret was made up.
    pub sample: Sample,
    /// As it was shown.
    pub shown: String,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// By kind.
    pub kinds: BTreeMap<&'static str, Kind>,
    /// By way of writing.
    pub ways: BTreeMap<(Class, &'static str), Share>,
    /// By way of naming.
    pub names: BTreeMap<&'static str, Share>,
    /// By class. Of ordinary texts, those that were touched.
    pub classes: BTreeMap<Class, Share>,
    /// Every text of which something was left, and every ordinary one that was touched.
    pub missed: Vec<Missed>,
}

impl Measured {
    /// Redacts every text of a corpus.
    #[must_use]
    pub fn of(samples: &[Sample]) -> Self {
        let mut report = Self::default();
        samples.iter().for_each(|sample| report.add(sample));
        report
    }

    /// The share of a class in percent; 0 of nothing.
    #[must_use]
    pub fn percent(&self, class: Class) -> f64 {
        self.classes.get(&class).and_then(|share| share.percent()).unwrap_or(0.0)
    }

    fn add(&mut self, sample: &Sample) {
        let shown = redact_text(&sample.text, "", &Known::nothing());
        let touched = !shown.masked.is_empty();
        let Some(label) = &sample.label else {
            self.classes.entry(sample.class).or_default().count(touched);
            self.ways.entry((sample.class, sample.way)).or_default().count(touched);
            if touched {
                self.missed.push(Missed { sample: sample.clone(), shown: shown.text });
            }
            return;
        };
        let found = !left(&shown.text, &sample.text, label);
        self.classes.entry(sample.class).or_default().count(found);
        self.ways.entry((sample.class, sample.way)).or_default().count(found);
        if !label.name.is_empty() {
            self.names.entry(label.name).or_default().count(found);
        }
        let kind = self.kinds.entry(label.kind).or_default();
        match sample.class {
            Class::Alone | Class::PersonAlone => kind.alone.count(found),
            Class::Encoded => kind.encoded.count(found),
            _ => kind.named.count(found),
        }
        if touched {
            kind.precise.count(nothing_else(&shown.text, &sample.text, &label.whole));
        }
        if !found {
            self.missed.push(Missed { sample: sample.clone(), shown: shown.text });
        }
    }
}

/// Whether something of a secret can still be read: eight of its characters in a row, or all of a shorter one, that do
/// not stand elsewhere in the text anyway.
#[must_use]
pub fn left(shown: &str, text: &str, label: &Label) -> bool {
    let shown = without_placeholders(shown);
    let elsewhere = text.replacen(&label.whole, "\0", 1);
    let around = label.whole.replacen(&label.secret, "\0", 1);
    [&label.secret, &label.plain].into_iter().any(|secret| {
        let chars: Vec<char> = secret.chars().collect();
        let length = chars.len().clamp(1, RUN);
        let read: HashSet<String> = runs(&shown, length).collect();
        let other: HashSet<String> = runs(&elsewhere, length).chain(runs(&around, length)).collect();
        runs(secret, length).any(|run| read.contains(&run) && !other.contains(&run))
    })
}

fn runs(text: &str, length: usize) -> impl Iterator<Item = String> {
    let chars: Vec<char> = text.chars().collect();
    let runs: Vec<String> = chars.windows(length).map(|run| run.iter().collect()).collect();
    runs.into_iter()
}

fn without_placeholders(shown: &str) -> String {
    let mut text = String::new();
    let mut from = 0;
    for (range, _) in placeholders(shown) {
        text.push_str(shown.get(from..range.start).unwrap_or_default());
        text.push('\0');
        from = range.end;
    }
    text + shown.get(from..).unwrap_or_default()
}

/// Whether every word that stands around the secret is still there.
fn nothing_else(shown: &str, text: &str, whole: &str) -> bool {
    let around = text.replacen(whole, " ", 1);
    let mut words =
        around.split(|char: char| !char.is_alphanumeric()).filter(|word| word.chars().count() > 3);
    words.all(|word| shown.contains(word))
}
