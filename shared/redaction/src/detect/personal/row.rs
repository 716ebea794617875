//! A kind of number: how it is written, what it is called, and what tells it from others.

use crate::detect::{DataKind, Holds, after, before};
use crate::work;

pub(super) const NATIONAL: DataKind = DataKind::NationalId;
pub(super) const TAX: DataKind = DataKind::TaxId;
pub(super) const HEALTH: DataKind = DataKind::HealthId;
pub(super) const PASSPORT: DataKind = DataKind::Passport;
pub(super) const BANK: DataKind = DataKind::BankAccount;
pub(super) const DEVICE: DataKind = DataKind::DeviceId;
pub(super) const CRYPTO: DataKind = DataKind::CryptoAddress;
pub(super) const BIRTH: DataKind = DataKind::BirthDate;
/// As of the numbers of payment cards.
pub(super) const CARD: DataKind = DataKind::Card;

/// No number is longer, what stands between its groups included.
pub(super) const LONGEST: usize = 40;

/// A kind of number.
///
/// A picture is how it is written: `9` a digit, `A` a letter of either case, `X` one of both, anything else itself.
pub(crate) struct Row {
    /// The rule's name: the country or what it is of, then what it is called there.
    pub(crate) rule: &'static str,
    /// What its placeholder says.
    pub(crate) kind: DataKind,
    /// Pictures that nothing else has, so that they tell by themselves.
    pub(super) anywhere: &'static [&'static str],
    /// Pictures that other things have too.
    pub(super) named: &'static [&'static str],
    /// What it is called, in small letters with single spaces (what is not ASCII as people write it): beside one of these the other pictures tell too.
    pub(super) names: &'static [&'static str],
    /// Whether letters and digits, in capitals, are such a number.
    check: fn(&[u8]) -> bool,
    /// How many bytes at the beginning of a text are such a value, for what is written too freely for pictures.
    free: Option<fn(&str) -> Option<usize>>,
}

impl Row {
    pub(super) const fn new(rule: &'static str, kind: DataKind, check: fn(&[u8]) -> bool) -> Self {
        Self { rule, kind, anywhere: &[], named: &[], names: &[], check, free: None }
    }

    pub(super) const fn free(rule: &'static str, kind: DataKind, free: fn(&str) -> Option<usize>) -> Self {
        Self { free: Some(free), ..Self::new(rule, kind, |_| false) }
    }

    pub(super) const fn anywhere(self, pictures: &'static [&'static str]) -> Self {
        Self { anywhere: pictures, ..self }
    }

    pub(super) const fn named(
        self,
        pictures: &'static [&'static str],
        names: &'static [&'static str],
    ) -> Self {
        Self { named: pictures, names, ..self }
    }

    pub(super) const fn beside(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }

    /// Whether it has no form of its own, so that only its name right in front tells.
    pub(super) fn is_free(&self) -> bool {
        self.free.is_some()
    }

    /// Whether a value as a whole is such a number, where its field's name says so.
    pub(crate) fn is(&self, value: &str) -> bool {
        let value = value.trim_matches(' ');
        self.named_at(value, 0).is_some_and(|(end, _)| end == value.len())
    }

    /// Where a number that begins at a place ends, and what it can hold, where its name stands in front.
    pub(super) fn named_at(&self, text: &str, start: usize) -> Option<(usize, Holds)> {
        let rest = text.get(start..)?;
        if let Some(free) = self.free {
            work::steps(LONGEST);
            let length = free(rest)?;
            let end = start + length;
            return stands_alone(text, start, end).then_some((end, closed(length, FREE)));
        }
        let mut pictures = self.anywhere.iter().chain(self.named);
        pictures.find_map(|picture| self.pictured(text, start, picture))
    }

    /// Where a number that is written so and begins at a place ends, and what it can hold.
    pub(super) fn pictured(&self, text: &str, start: usize, picture: &str) -> Option<(usize, Holds)> {
        let end = start + picture.len();
        let written = text.as_bytes().get(start..end)?;
        let same = written.iter().zip(picture.bytes()).position(|(byte, drawn)| !fits(*byte, drawn));
        work::steps(same.unwrap_or(picture.len()) + 1);
        if same.is_some() || !stands_apart(text, start, end, picture) {
            return None;
        }
        let mut plain = [0; LONGEST];
        let mut count = 0;
        for byte in written.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            *plain.get_mut(count)? = byte.to_ascii_uppercase();
            count += 1;
        }
        work::steps(count);
        (self.check)(plain.get(..count)?).then_some((end, closed(picture.len(), marks(picture))))
    }
}

fn closed(max: usize, marks: &'static str) -> Holds {
    Holds::ClosedGrammar { max, marks }
}

/// What stands in values that are written freely.
const FREE: &str = "-./, :+";

/// What a picture holds beside letters and digits.
fn marks(picture: &str) -> &'static str {
    let mark = |mark: char| picture.contains(mark);
    match picture.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => "",
        false if mark('(') => "()",
        false if mark('+') => "+",
        false => "-./ ",
    }
}

fn fits(byte: u8, drawn: u8) -> bool {
    match drawn {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_alphabetic(),
        b'X' => byte.is_ascii_alphanumeric(),
        other => byte.eq_ignore_ascii_case(&other),
    }
}

/// Whether a character next to a number makes it part of something longer. Scripts without spaces write on.
fn touches(char: Option<char>) -> bool {
    char.is_some_and(|char| char.is_alphanumeric() && char < '\u{2E80}')
}

/// Whether no letter and no digit touches a stretch.
pub(super) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    !touches(before(text, start)) && !touches(after(text, end))
}

/// Whether a stretch with this picture is not part of something longer: of a name, a path, an identifier, a decimal.
fn stands_apart(text: &str, start: usize, end: usize, picture: &str) -> bool {
    let bytes = text.as_bytes();
    let byte = |place: Option<usize>| place.and_then(|place| bytes.get(place)).copied().unwrap_or(b' ');
    let (mark, beyond) = (byte(start.checked_sub(1)), byte(start.checked_sub(2)));
    let (next, further) = (byte(Some(end)), byte(Some(end + 1)));
    let grouped = picture.bytes().any(|byte| !byte.is_ascii_alphanumeric());
    let amount = picture.bytes().all(|byte| matches!(byte, b'9' | b' '));
    let joins = |mark: u8, other: u8| match mark {
        b'-' | b'+' => other.is_ascii_alphanumeric(),
        b'.' => other.is_ascii_digit(),
        // Fields of a table stand between commas too; an amount has digits and spaces alone.
        b',' => amount && other.is_ascii_digit(),
        b'_' | b'@' => !grouped,
        b'/' => picture.contains('/') && other.is_ascii_alphanumeric(),
        b' ' => picture.contains(' ') && other.is_ascii_digit(),
        _ => false,
    };
    stands_alone(text, start, end) && !joins(mark, beyond) && !joins(next, further)
}
