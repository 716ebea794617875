//! Which numbers a text with many digits could hold: one pass, which says yes too often rather than no.

/// What could stand in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// A telephone number.
    pub(super) phone: bool,
    /// A payment card's number.
    pub(super) card: bool,
    /// A bank account's number.
    pub(super) iban: bool,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut shape = Self::default();
        let (mut before, mut digits, mut row) = (b' ', 0_u32, 0_u32);
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
            shape.card = shape.card || row >= 13;
            before = byte;
        }
        shape.phone = phone && digits >= 7;
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
