//! One pass over a text for the words of all detectors.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{DETECTORS, When, personal, shapes, written};
use crate::work;

/// Whose a word is.
#[derive(Debug, Clone, Copy)]
enum Owner {
    /// A detector that reads the whole text.
    Detector(usize),
    /// Names that say secret.
    Name,
}

/// What words stand in a text.
#[derive(Default)]
pub(super) struct Hits {
    pub(super) detectors: [bool; DETECTORS.len()],
    /// Words of names, in order of place.
    pub(super) names: Vec<Range<usize>>,
}

impl Hits {
    pub(super) fn of(text: &str) -> Self {
        work::steps(2 * text.len());
        let mut hits = Self::default();
        for found in KEYWORDS.words.find_overlapping_iter(text) {
            match KEYWORDS.owners.get(found.pattern().as_usize()) {
                Some(Owner::Detector(index)) => {
                    if let Some(slot) = hits.detectors.get_mut(*index) {
                        *slot = true;
                    }
                }
                Some(Owner::Name) => hits.names.push(found.range()),
                None => {}
            }
        }
        hits.names.sort_unstable_by_key(|word| (word.start, usize::MAX - word.end));
        hits
    }
}

struct Keywords {
    words: AhoCorasick,
    owners: Vec<Owner>,
}

static KEYWORDS: LazyLock<Keywords> = LazyLock::new(|| {
    let words = DETECTORS.iter().enumerate().flat_map(|(index, detector)| {
        let words = match detector.when {
            When::Words(words) => words,
            When::Shape(_) | When::Glance(_) => &[],
        };
        words.iter().map(move |word| (*word, Owner::Detector(index)))
    });
    let words = words.chain(written::WORDS.iter().map(|word| (*word, Owner::Name)));
    let (words, owners): (Vec<&str>, Vec<Owner>) = words.unzip();
    Keywords { words: automaton(&words, AhoCorasickKind::DFA), owners }
});

/// Rows of a table, each with the places where one of its words stands.
struct Rows {
    words: AhoCorasick,
    rows: Vec<usize>,
}

impl Rows {
    fn of(words: impl Iterator<Item = (&'static str, usize)>, kind: AhoCorasickKind) -> Self {
        let (words, rows): (Vec<&str>, Vec<usize>) = words.unzip();
        Self { words: automaton(&words, kind), rows }
    }

    fn places(&self, text: &str) -> Vec<(usize, usize)> {
        work::steps(text.len());
        let found = self.words.find_overlapping_iter(text);
        found
            .filter_map(|hit| self.rows.get(hit.pattern().as_usize()).map(|row| (*row, hit.start())))
            .collect()
    }
}

fn automaton(words: &[&str], kind: AhoCorasickKind) -> AhoCorasick {
    #[expect(clippy::expect_used, reason = "the words are constants of this crate and tests build them")]
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(kind))
        .build(words)
        .expect("a few hundred short words")
}

/// Rows of secrets by shape. Apart from the rest, since few texts have a word long enough.
pub(super) fn shape_words(text: &str) -> Vec<(usize, usize)> {
    static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows::of(shapes::words(), AhoCorasickKind::DFA));
    ROWS.places(text)
}

/// Rows of personal data. Apart from the rest, since few texts have digits.
pub(super) fn personal_words(text: &str) -> Vec<(usize, usize)> {
    static ROWS: LazyLock<Rows> =
        LazyLock::new(|| Rows::of(personal::words(), AhoCorasickKind::ContiguousNFA));
    ROWS.places(text)
}
