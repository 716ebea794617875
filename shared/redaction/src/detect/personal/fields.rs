//! Names of fields whose values are such numbers.

use std::sync::LazyLock;

use super::{ROWS, Row};

/// No name here is longer.
const LONGEST_NAME: usize = 64;
/// No name here is shorter, in ASCII letters.
const SHORTEST: usize = 3;
/// What a name may have behind it.
const ENDINGS: [&str; 9] = ["number", "nummer", "numero", "num", "nr", "no", "id", "code", "value"];
/// Shorter names count only as whole words: many words end in `sin`.
const TELLING: usize = 6;

/// A name and the rows that have it.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    /// Without spaces, backwards.
    letters: Vec<u8>,
    rows: Vec<usize>,
}

/// What a field's name says: its value is a number of one of these kinds, if it looks like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field([Option<&'static Name>; 4]);

impl Field {
    /// The kind of number that a value is as a whole.
    pub(crate) fn row(&self, value: &str) -> Option<&'static Row> {
        let rows = || {
            let rows = self.0.iter().flatten().flat_map(|name| &name.rows);
            rows.filter_map(|row| ROWS.get(*row).copied())
        };
        // A form of its own says more than a name alone.
        let formed = rows().find(|row| !row.is_free() && row.is(value));
        formed.or_else(|| rows().find(|row| row.is_free() && row.is(value)))
    }

    fn add(&mut self, name: &'static Name) {
        if let Some(free) = self.0.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(name);
        }
    }
}

/// Every name once, in order, so that they can be looked for from the end.
static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let names =
        ROWS.iter().enumerate().flat_map(|(index, row)| row.names.iter().map(move |name| (name, index)));
    let backwards = |name: &str| name.bytes().rev().filter(u8::is_ascii_alphanumeric).collect::<Vec<u8>>();
    let names = names.map(|(name, index)| (backwards(name), index));
    let mut names: Vec<_> = names.filter(|(letters, _)| letters.len() >= SHORTEST).collect();
    names.sort_unstable();
    let mut all: Vec<Name> = Vec::new();
    for (name, row) in names {
        match all.last_mut().filter(|last| last.letters == name) {
            Some(last) => last.rows.push(row),
            None => all.push(Name { letters: name, rows: vec![row] }),
        }
    }
    all
});

/// How names end, by a hash of their last letters: few names of fields end so.
static ENDS: LazyLock<[u64; 64]> = LazyLock::new(|| {
    let mut ends = [0; 64];
    for name in NAMES.iter() {
        let (slot, bit) = place(name.letters.iter().take(SHORTEST));
        if let Some(bits) = ends.get_mut(slot) {
            *bits |= bit;
        }
    }
    ends
});

/// Where letters have their bit among 4,096.
fn place<'a>(letters: impl Iterator<Item = &'a u8>) -> (usize, u64) {
    let hash = letters.fold(0_usize, |hash, letter| hash * 31 + usize::from(*letter)) & 0xFFF;
    (hash >> 6, 1 << (hash & 63))
}

/// What a field's name says, as it is written (`customerSsn`, `tax-id`) or in small letters without separators: its last
/// words count.
pub(crate) fn field(name: &str) -> Option<Field> {
    let name = Letters::of(name)?;
    let mut field = Field([None; 4]);
    name.names(name.count, &mut field);
    if let Some(shorter) = ENDINGS.iter().find_map(|ending| name.without(ending)) {
        name.names(shorter, &mut field);
    }
    field.0.iter().any(Option::is_some).then_some(field)
}

/// A name's letters and digits, small, and which of them begin a word.
struct Letters {
    letters: [u8; LONGEST_NAME],
    begins: u64,
    count: usize,
}

impl Letters {
    fn of(name: &str) -> Option<Self> {
        let mut all = Self { letters: [0; LONGEST_NAME], begins: 1, count: 0 };
        let mut before = b' ';
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() {
                let word = !before.is_ascii_alphanumeric()
                    || (before.is_ascii_lowercase() && byte.is_ascii_uppercase());
                *all.letters.get_mut(all.count)? = byte.to_ascii_lowercase();
                all.begins |= u64::from(word) << all.count;
                all.count += 1;
            }
            before = byte;
        }
        Some(all)
    }

    /// The names that the first `end` letters end with.
    fn names(&self, end: usize, field: &mut Field) {
        let last = self.letters.get(end.saturating_sub(SHORTEST)..end).unwrap_or_default();
        let (slot, bit) = place(last.iter().rev());
        if ENDS.get(slot).is_none_or(|bits| bits & bit == 0) {
            return;
        }
        let mut names = NAMES.as_slice();
        for (depth, letter) in self.letters.iter().take(end).rev().enumerate() {
            let letter_of = |name: &Name| name.letters.get(depth).copied();
            let first = names.partition_point(|name| letter_of(name) < Some(*letter));
            let behind = names.partition_point(|name| letter_of(name) <= Some(*letter));
            names = names.get(first..behind).unwrap_or_default();
            let Some(shortest) = names.first() else { return };
            let begins = self.begins >> (end - depth - 1) & 1 == 1 || depth + 1 >= TELLING;
            if shortest.letters.len() == depth + 1 && begins {
                field.add(shortest);
            }
        }
    }

    /// How many letters are left without an ending.
    fn without(&self, ending: &str) -> Option<usize> {
        let rest = self.letters.get(..self.count)?.strip_suffix(ending.as_bytes())?;
        (rest.len() >= 3).then_some(rest.len())
    }
}
