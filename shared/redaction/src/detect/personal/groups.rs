//! Pictures looked for in one pass: a text is cut into groups of letters and digits, and the lengths of at most seven
//! groups with what stands between them are a key that few pictures have.

use std::sync::LazyLock;

use super::{ROWS, Row, crypto, row::LONGEST};
use crate::detect::Found;
use crate::work;

/// No picture has more groups.
const MOST: usize = 7;
/// A group is a byte of a key: five bits for its length and three for what stands in front of it.
const BITS: usize = 8;
const LONGEST_GROUP: usize = 31;

/// What may stand between two groups; its place, plus one, is its code.
const MARKS: [u8; 6] = *b"-./ (+";

struct Pictures {
    /// Each key, its row and its picture, in the order of the keys.
    all: Vec<(u64, &'static Row, &'static str)>,
    /// Which keys there may be, by their hash.
    some: [u64; 64],
}

static PICTURES: LazyLock<Pictures> = LazyLock::new(|| {
    let rows = ROWS.iter().flat_map(|row| row.anywhere.iter().map(|picture| (*row, *picture)));
    let mut all: Vec<_> = rows.map(|(row, picture)| (key(picture), row, picture)).collect();
    all.sort_by_key(|(key, ..)| *key);
    let mut some = [0; 64];
    for (key, ..) in &all {
        let (slot, bit) = place(*key);
        if let Some(bits) = some.get_mut(slot) {
            *bits |= bit;
        }
    }
    Pictures { all, some }
});

impl Pictures {
    fn with(&self, key: u64) -> &[(u64, &'static Row, &'static str)] {
        let (slot, bit) = place(key);
        if self.some.get(slot).is_none_or(|bits| bits & bit == 0) {
            return &[];
        }
        let first = self.all.partition_point(|(other, ..)| *other < key);
        let rest = self.all.get(first..).unwrap_or_default();
        let count = rest.iter().take_while(|(other, ..)| *other == key).count();
        rest.get(..count).unwrap_or_default()
    }
}

/// Where a key's bit stands among 4,096.
fn place(key: u64) -> (usize, u64) {
    let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52;
    (usize::try_from(hash >> 6).unwrap_or(0), 1 << (hash & 63))
}

/// The key of a picture.
fn key(picture: &str) -> u64 {
    let mut key = 0;
    let mut last = Chain::default();
    Groups { bytes: picture.as_bytes(), at: 0 }.for_each(|group| {
        last.push(&group);
        key = last.key(last.count);
    });
    key
}

/// A run of letters and digits.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    /// What stands between it and the group in front, if that is one character that may: its code, or 0.
    mark: u64,
}

struct Groups<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Iterator for Groups<'_> {
    type Item = Group;

    fn next(&mut self) -> Option<Group> {
        let from = self.at;
        let rest = self.bytes.get(from..)?;
        let start = from + rest.iter().position(u8::is_ascii_alphanumeric)?;
        let rest = self.bytes.get(start..)?;
        let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        self.at = start + length;
        let mark = match (start - from, self.bytes.get(from)) {
            (1, Some(mark)) if from > 0 => {
                MARKS.iter().position(|known| known == mark).map_or(0, |at| at as u64 + 1)
            }
            _ => 0,
        };
        Some(Group { start, end: self.at, mark })
    }
}

/// The last groups.
#[derive(Default)]
struct Chain {
    lengths: u64,
    starts: [usize; MOST],
    count: usize,
}

impl Chain {
    fn push(&mut self, group: &Group) {
        let length = (group.end - group.start).min(LONGEST_GROUP) as u64;
        self.lengths = self.lengths << BITS | group.mark << 5 | length;
        self.starts.rotate_right(1);
        if let Some(first) = self.starts.first_mut() {
            *first = group.start;
        }
        self.count = if group.mark == 0 { 1 } else { (self.count + 1).min(MOST) };
    }

    /// The key of the last `count` groups: what stands in front of the first of them does not matter.
    fn key(&self, count: usize) -> u64 {
        let first = (count - 1) * BITS;
        let rest = self.lengths & !(u64::MAX << first);
        rest | (self.lengths >> first & LONGEST_GROUP as u64) << first
    }
}

/// What has one of the pictures, and addresses with a checksum.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let pictures = &*PICTURES;
    let mut chain = Chain::default();
    work::steps(text.len());
    for group in (Groups { bytes: text.as_bytes(), at: 0 }) {
        chain.push(&group);
        work::steps(chain.count);
        for (count, start) in (1..=chain.count).zip(chain.starts) {
            if group.end - start > LONGEST {
                break;
            }
            for (_, row, picture) in pictures.with(chain.key(count)) {
                found.extend(row.pictured(text, start, picture).map(|(end, holds)| Found {
                    range: start..end,
                    kind: row.kind,
                    rule: row.rule,
                    holds,
                }));
            }
        }
        if group.end - group.start >= crypto::SHORTEST {
            found.extend(crypto::find(text, group.start, group.end));
        }
    }
}
