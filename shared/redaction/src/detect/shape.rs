//! What a text could hold by its bytes alone: one pass, so that most texts are asked about by no detector at all. It says
//! yes too often rather than no.

use super::encoded::SHORTEST;

/// What could stand in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// A telephone number.
    pub(super) phone: bool,
    /// A payment card's number.
    pub(super) card: bool,
    /// A bank account's number.
    pub(super) iban: bool,
    /// A secret key of forty characters.
    pub(super) key: bool,
    /// Something in base64 or hexadecimal digits.
    pub(super) encoded: bool,
    /// A run of twenty characters and more of what secrets are made of, a digit among them.
    pub(super) run: bool,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut shape = Self::default();
        let (mut before, mut digits, mut row, mut run, mut long) = (b' ', 0_u32, 0_u32, 0_u32, 0_u32);
        let mut wide = 0_usize;
        let mut phone = false;
        for (at, byte) in bytes.iter().copied().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    digits += 1;
                    row += 1;
                    phone = phone || opens_number(bytes, at, before);
                }
                b'+' | b'(' => {
                    row = 0;
                    phone = phone || next(bytes, at + 1).is_ascii_digit();
                }
                b' ' | b'-' if before.is_ascii_digit() => {}
                _ => row = 0,
            }
            let letters = byte.is_ascii_alphabetic() && !before.is_ascii_alphanumeric();
            shape.iban = shape.iban || (letters && opens_account(bytes, at));
            run = if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+') { run + 1 } else { 0 };
            shape.key = shape.key || run >= 40;
            wide = if run > 0 || matches!(byte, b'-' | b'_') { wide + 1 } else { 0 };
            shape.encoded = shape.encoded || wide >= SHORTEST;
            shape.card = shape.card || row >= 13;
            long = if byte.is_ascii_alphanumeric()
                || matches!(byte, b'/' | b'+' | b'-' | b'_' | b'.' | b':' | b'=' | b'|' | b'!' | b'%')
            {
                long + 1
            } else {
                0
            };
            shape.run = shape.run || long >= 20;
            before = byte;
        }
        shape.phone = phone && digits >= 7;
        shape.run = shape.run && digits > 0;
        shape
    }
}

fn next(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Whether a national number could begin with this digit: after what may stand in front of one, `0` and a group of digits,
/// or the three digits of an area code and a separator, or a `1` and a separator.
fn opens_number(bytes: &[u8], at: usize, before: u8) -> bool {
    if before.is_ascii_alphanumeric()
        || matches!(before, b'.' | b'/' | b'_' | b'+' | b'%' | b'#' | b'-' | b')')
    {
        return false;
    }
    let digit = |ahead: usize| next(bytes, at + ahead).is_ascii_digit();
    let gap = |ahead: usize| matches!(next(bytes, at + ahead), b' ' | b'.' | b'-' | b'(');
    match next(bytes, at) {
        b'0' => {
            let first = (1..7).find(|ahead| !digit(*ahead)).unwrap_or(7);
            let parted = matches!(next(bytes, at + first), b' ' | b'/' | b'-' | b'.' | b'(');
            digit(1) && (next(bytes, at + 1) == b'0' || parted)
        }
        b'1' => gap(1),
        _ => digit(1) && digit(2) && gap(3) && digit(4) && digit(5) && digit(6),
    }
}

fn opens_account(bytes: &[u8], at: usize) -> bool {
    next(bytes, at + 1).is_ascii_alphabetic()
        && next(bytes, at + 2).is_ascii_digit()
        && next(bytes, at + 3).is_ascii_digit()
        && bytes.len() >= at + 15
}
