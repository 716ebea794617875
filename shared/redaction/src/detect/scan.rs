//! One pass over a text for the words of all detectors. Three bytes after one another tell whether a word could begin with
//! them; only there words are compared. Such a table is built in microseconds and stays in the nearest cache, where an
//! automaton of as many words takes milliseconds and more than a megabyte.

use std::ops::Range;
use std::sync::LazyLock;

use super::detectors::{DETECTORS, When};
use super::glance::Glance;
use super::{personal, shapes, written};
use crate::work;

/// No secret that tells by its shape is shorter.
const SHORTEST_SHAPE: u32 = 12;

/// Whose a word is.
#[derive(Debug, Clone, Copy)]
enum Owner {
    /// A detector that reads the whole text.
    Detector(usize),
    /// Names that say secret.
    Name,
    /// The row of a secret by shape.
    Shape(usize),
    /// The row of a kind of personal data.
    Personal(usize),
}

/// What words stand in a text.
#[derive(Default)]
pub(super) struct Hits {
    pub(super) detectors: [bool; DETECTORS.len()],
    /// Words of names, in order of place, the longest first.
    pub(super) names: Vec<Range<usize>>,
    /// Rows of secrets by shape, and where their words stand.
    pub(super) shapes: Vec<(usize, usize)>,
    /// Rows of personal data, and where their words stand.
    pub(super) personal: Vec<(usize, usize)>,
}

impl Hits {
    pub(super) fn of(text: &str, glance: &Glance) -> Self {
        work::steps(2 * text.len());
        let mut hits = Self::default();
        let (shapes, personal) = (glance.shown >= SHORTEST_SHAPE, glance.digits > 0);
        WORDS.each(text, |owner, place| match owner {
            Owner::Detector(index) => {
                if let Some(slot) = hits.detectors.get_mut(index) {
                    *slot = true;
                }
            }
            Owner::Name => hits.names.push(place),
            Owner::Shape(row) if shapes => hits.shapes.push((row, place.start)),
            Owner::Personal(row) if personal => hits.personal.push((row, place.start)),
            Owner::Shape(_) | Owner::Personal(_) => {}
        });
        hits.names.sort_unstable_by_key(|word| (word.start, usize::MAX - word.end));
        hits
    }
}

/// Six bits of each of three bytes.
const SLOTS: usize = 1 << 18;
/// So many slots are looked up together.
const TOGETHER: usize = 8;

/// Six bits of a byte: letters without case, digits, everything else as it falls.
#[expect(clippy::indexing_slicing, reason = "a table built when this crate is compiled")]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            letter @ (b'a'..=b'z' | b'A'..=b'Z') => letter & 31,
            digit @ b'0'..=b'9' => 32 + (digit & 15),
            b'-' => 42,
            b'_' => 43,
            b'.' => 44,
            b':' => 45,
            b'/' => 46,
            other => 47 + (other & 15),
        };
        byte += 1;
    }
    classes
};

/// The words, by their first three bytes.
struct Table {
    /// Whether some word begins so.
    begins: Vec<u64>,
    /// Where the words of a few slots begin among all.
    places: Vec<u16>,
    /// Slot, word and owner, in order of slots.
    words: Vec<(u32, &'static str, Owner)>,
}

impl Table {
    fn of(words: impl Iterator<Item = (&'static str, Owner)>) -> Self {
        let slot = |word: &str| word.bytes().take(3).fold(0, shifted);
        let mut words: Vec<_> = words.map(|(word, owner)| (slot(word), word, owner)).collect();
        words.sort_unstable_by_key(|(slot, word, _)| (*slot, *word));
        let mut begins = vec![0_u64; SLOTS / 64];
        let mut places = vec![0_u16; SLOTS / TOGETHER + 1];
        for (slot, ..) in &words {
            let slot = index(*slot);
            if let Some(bits) = begins.get_mut(slot / 64) {
                *bits |= 1 << (slot % 64);
            }
            if let Some(count) = places.get_mut(slot / TOGETHER + 1) {
                *count += 1;
            }
        }
        places.iter_mut().fold(0, |before, count| {
            *count += before;
            *count
        });
        Self { begins, places, words }
    }

    /// Every word that stands in a text, in any case of its ASCII letters.
    fn each(&self, text: &str, mut found: impl FnMut(Owner, Range<usize>)) {
        let bytes = text.as_bytes();
        let mut slot = 0;
        for (end, byte) in bytes.iter().enumerate() {
            slot = shifted(slot, *byte);
            let bits = self.begins.get(index(slot) / 64).copied().unwrap_or(0);
            if bits >> (slot % 64) & 1 == 1 && end >= 2 {
                self.at(bytes, end - 2, slot, &mut found);
            }
        }
    }

    fn at(&self, bytes: &[u8], start: usize, slot: u32, found: &mut impl FnMut(Owner, Range<usize>)) {
        let place = |at: usize| usize::from(self.places.get(at).copied().unwrap_or(0));
        let few = index(slot) / TOGETHER;
        let words = self.words.get(place(few)..place(few + 1)).unwrap_or_default();
        for (_, word, owner) in words.iter().filter(|(other, ..)| *other == slot) {
            work::steps(1);
            let stands = bytes.get(start..start + word.len());
            if stands.is_some_and(|stands| stands.eq_ignore_ascii_case(word.as_bytes())) {
                found(*owner, start..start + word.len());
            }
        }
    }
}

fn shifted(slot: u32, byte: u8) -> u32 {
    let class = CLASSES.get(usize::from(byte)).copied().unwrap_or(0);
    (slot << 6 | u32::from(class)) & 0x3_FFFF
}

fn index(slot: u32) -> usize {
    usize::try_from(slot).unwrap_or(0)
}

static WORDS: LazyLock<Table> = LazyLock::new(|| {
    let detectors = DETECTORS.iter().enumerate().flat_map(|(index, detector)| {
        let words = match detector.when {
            When::Words(words) => words,
            When::Shape(_) | When::Glance(_) => &[],
        };
        words.iter().map(move |word| (*word, Owner::Detector(index)))
    });
    let names = written::WORDS.iter().map(|word| (*word, Owner::Name));
    let shapes = shapes::words().map(|(word, row)| (word, Owner::Shape(row)));
    let personal = personal::words().map(|(word, row)| (word, Owner::Personal(row)));
    Table::of(detectors.chain(names).chain(shapes).chain(personal))
});

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the obvious way: every word, everywhere.
    #[test]
    fn every_word_is_found_in_any_case() {
        for (_, word, _) in &WORDS.words {
            assert!(word.len() >= 3, "{word}");
            for text in
                [(*word).to_owned(), word.to_ascii_uppercase(), format!("xx{word}yy"), format!("ä{word}")]
            {
                let mut places = Vec::new();
                WORDS.each(&text, |_, place| places.push(place));
                let stands = |place: &Range<usize>| text[place.clone()].eq_ignore_ascii_case(word);
                assert!(places.iter().any(stands), "{word} in {text}");
            }
        }
    }

    #[test]
    fn nothing_else_is_found() {
        for text in ["", "a", "ab", "Quarterly report for the partner programme", "12,408 rows in 3.1 MB"] {
            let mut found = 0;
            WORDS.each(text, |owner, place| {
                found += usize::from(matches!(owner, Owner::Name));
                assert!(place.end <= text.len());
            });
            assert_eq!(found, 0, "{text}");
        }
    }
}
