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
    /// The row of a secret's shape.
    Shape(usize),
}

/// What words stand in a text.
#[derive(Default)]
pub(super) struct Hits {
    pub(super) detectors: [bool; DETECTORS.len()],
    /// Words of names, in order of place.
    pub(super) names: Vec<Range<usize>>,
    /// Rows of shapes, and where their words stand.
    pub(super) shapes: Vec<(usize, usize)>,
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
                Some(Owner::Shape(row)) => hits.shapes.push((*row, found.start())),
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
            When::Shape(_) => &[],
        };
        words.iter().map(move |word| (*word, Owner::Detector(index)))
    });
    let words = words.chain(written::WORDS.iter().map(|word| (*word, Owner::Name)));
    let words = words.chain(shapes::words().map(|(word, row)| (word, Owner::Shape(row))));
    let (words, owners): (Vec<&str>, Vec<Owner>) = words.unzip();
    #[expect(clippy::expect_used, reason = "the words are constants of this crate and a test builds them")]
    let built = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("a few hundred short words");
    Keywords { words: built, owners }
});

/// Each row of personal data that has one of its words in a text, and where. Apart from the rest, since few texts have
/// digits enough.
pub(super) fn personal_words(text: &str) -> Vec<(usize, usize)> {
    work::steps(text.len());
    let found = PERSONAL.0.find_overlapping_iter(text);
    found.filter_map(|hit| PERSONAL.1.get(hit.pattern().as_usize()).map(|row| (*row, hit.start()))).collect()
}

static PERSONAL: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let (words, rows): (Vec<&str>, Vec<usize>) = personal::words().unzip();
    #[expect(clippy::expect_used, reason = "the words are constants of this crate and a test builds them")]
    let built = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(words)
        .expect("a few hundred short words");
    (built, rows)
});
