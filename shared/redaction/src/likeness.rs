//! A text as known values are looked for in it: without case, accents apart from their letters, wide letters plain, without
//! what nobody sees, and with the escapes of addresses, JSON and HTML undone, so that a value is found however it is spelled.
//! One rule for the values and the texts they are looked for in.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

use crate::fold::plain;

/// A character that represents more than this many plain ones is looked for as itself.
const LONGEST_SPELLING: usize = 4;

/// The bytes of a value, as they are looked for.
pub(crate) fn likeness(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    each(text, Breaks::Space, |byte, _, _| bytes.push(byte));
    bytes
}

/// How a text that breaks lines is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breaks {
    /// A line break is white space, as in the value that has one.
    Space,
    /// A line break, and the white space after it, is nothing: mail, `base64` and `openssl` break a long value so.
    Nothing,
}

/// The value with which a plain byte is compared; 0 for one that may begin an escape or is not visible ASCII.
#[expect(clippy::indexing_slicing, reason = "a table built when this crate is compiled")]
pub(crate) static PLAIN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        if !matches!(byte, b'%' | b'\\' | b'&') {
            table[byte as usize] = same(byte);
        }
        byte += 1;
    }
    table
};

/// Every byte that is compared, with the place of its origin. Says whether there were line breaks.
pub(crate) fn each(text: &str, breaks: Breaks, mut emit: impl FnMut(u8, usize, usize)) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut broken) = (0, false);
    while let Some(byte) = bytes.get(at).copied() {
        let (char, end) = match byte {
            b'%' | b'\\' => unescaped(text, at),
            b'&' => reference(text, at),
            b' '..=b'~' => {
                emit(same(byte), at, at + 1);
                at += 1;
                continue;
            }
            _ => {
                let Some(char) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
                (Some(char), at + char.len_utf8())
            }
        };
        let is_break = matches!(char, Some('\n' | '\r'));
        broken |= is_break;
        match char {
            Some(_) if is_break && breaks == Breaks::Nothing => {
                let indented = bytes.iter().skip(end).take_while(|byte| byte.is_ascii_whitespace());
                at = end + indented.count();
            }
            Some(char) => {
                spell(char, at, end, &mut emit);
                at = end;
            }
            None => at = end,
        }
    }
    broken
}

/// Letters without case; the signs that the alphabets of base64 and of forms put for one another as one.
const fn same(byte: u8) -> u8 {
    match byte {
        b'\t' | b'\n' | b'\r' | b' ' | b'-' => b'+',
        b'_' => b'/',
        other => other.to_ascii_lowercase(),
    }
}

fn spell(char: char, start: usize, end: usize, emit: &mut impl FnMut(u8, usize, usize)) {
    let Some(char) = plain(char) else { return };
    if char.is_ascii() {
        return emit(same(u8::try_from(char).unwrap_or(b'+')), start, end);
    }
    let mut letters = 0;
    decompose_compatible(char, |_| letters += 1);
    let mut put = |char: char| {
        for char in char.to_lowercase() {
            match u8::try_from(char).ok().filter(u8::is_ascii) {
                Some(byte) => emit(same(byte), start, end),
                None => char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| emit(byte, start, end)),
            }
        }
    };
    if letters > LONGEST_SPELLING { put(char) } else { decompose_compatible(char, put) }
}

/// The character that an escape at this place stands for, if it stands for one, and where it ends: `%2f`, `\n`, `\u002f`, any
/// of them behind further backslashes. A backslash in front of anything else counts for nothing.
fn unescaped(text: &str, at: usize) -> (Option<char>, usize) {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with('%') {
        return percent(rest).map_or((Some('%'), at + 1), |(char, length)| (Some(char), at + length));
    }
    let slashes = rest.len() - rest.trim_start_matches('\\').len();
    let after = rest.get(slashes..).unwrap_or_default();
    let end = at + slashes;
    match after.bytes().next() {
        Some(b'n' | b'r') => (Some('\n'), end + 1),
        Some(b't' | b'b' | b'f') => (Some(' '), end + 1),
        Some(b'u') => match unit(after) {
            Some(high @ 0xD800..=0xDBFF) => {
                let rest = after.get(5..).unwrap_or_default();
                let second = rest.trim_start_matches('\\');
                let low =
                    unit(second).filter(|low| second.len() < rest.len() && (0xDC00..=0xDFFF).contains(low));
                let code = low.map(|low| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                match code.and_then(char::from_u32) {
                    Some(char) => (Some(char), end + 10 + rest.len() - second.len()),
                    None => (None, end + 5),
                }
            }
            Some(code) => (char::from_u32(code), end + 5),
            None => (None, end),
        },
        _ => (None, end),
    }
}

/// The character that a reference of HTML at this place stands for, `&#47;`, `&#x2f;` or `&quot;`, and where it ends; else the
/// `&` itself.
fn reference(text: &str, at: usize) -> (Option<char>, usize) {
    let rest = text.get(at + 1..).unwrap_or_default();
    let length = rest.bytes().take(10).position(|byte| byte == b';');
    let name = length.and_then(|length| rest.get(..length)).unwrap_or_default();
    let char = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name
            .strip_prefix('#')
            .and_then(|digits| match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => digits.parse().ok(),
            })
            .and_then(char::from_u32),
    };
    match char {
        Some(char) => (Some(char), at + name.len() + 2),
        None => (Some('&'), at + 1),
    }
}

/// `u` and four hex digits.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('u').and_then(|text| text.get(..4));
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// The character of one or several percent escapes, and their length.
fn percent(text: &str) -> Option<(char, usize)> {
    let byte = |index: usize| {
        let escape = text.get(index * 3..index * 3 + 3)?.strip_prefix('%')?;
        let digits = escape.bytes().all(|byte| byte.is_ascii_hexdigit());
        u8::from_str_radix(escape, 16).ok().filter(|_| digits)
    };
    let first = byte(0)?;
    let count = match first {
        0x00..=0x7F => 1,
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let bytes = (0..count).map(byte).collect::<Option<Vec<u8>>>()?;
    let char = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    Some((char, count * 3))
}

/// A text with its escapes undone, and where each byte of that came from.
pub(crate) struct Plain {
    pub(crate) text: String,
    places: Vec<(usize, usize)>,
}

impl Plain {
    /// `None` if there is no escape of a visible character.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let first = text.bytes().position(|byte| matches!(byte, b'%' | b'\\' | b'&'))?;
        let mut plain =
            Self { text: String::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        let (mut at, mut escaped) = (first, false);
        plain.push_all(text, 0..first);
        while let Some(byte) = text.as_bytes().get(at).copied() {
            let (char, end) = match byte {
                b'%' => unescaped(text, at),
                b'\\' => code(text, at),
                b'&' => reference(text, at),
                _ => {
                    let next = text.get(at..).and_then(|rest| rest.find(['%', '\\', '&']));
                    let end = next.map_or(text.len(), |next| at + next);
                    plain.push_all(text, at..end);
                    at = end;
                    continue;
                }
            };
            escaped |= end > at + 1;
            let char = char.or_else(|| text.get(at..).and_then(|rest| rest.chars().next()));
            if let Some(char) = char {
                plain.text.push(char);
                plain.places.resize(plain.text.len(), (at, end));
            }
            at = end.max(at + 1);
        }
        escaped.then_some(plain)
    }

    fn push_all(&mut self, text: &str, range: Range<usize>) {
        self.text.push_str(text.get(range.clone()).unwrap_or_default());
        self.places.extend(range.map(|at| (at, at + 1)));
    }

    /// The same stretch in the text as written.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.places.get(range.start).map_or(0, |place| place.0);
        let end =
            range.end.checked_sub(1).and_then(|last| self.places.get(last)).map_or(start, |place| place.1);
        start..end
    }
}

/// `\u002f` and `\x2f`; any other backslash is itself.
fn code(text: &str, at: usize) -> (Option<char>, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let after = rest.trim_start_matches('\\');
    let hexadecimal = after
        .strip_prefix('x')
        .and_then(|rest| rest.get(..2))
        .and_then(|digits| u8::from_str_radix(digits, 16).ok());
    match hexadecimal {
        Some(byte) => (Some(char::from(byte)), at + rest.len() - after.len() + 3),
        None if after.starts_with('u') && unit(after).is_some() => unescaped(text, at),
        None => (None, at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_are_alike() {
        let plain = likeness("Größe \"A/b\"\nc");
        for text in [
            "GRÖSSE \"a/B\"\nC".replace("SS", "ß").as_str(),
            "Gro\u{308}ße \"A/b\"\nc",
            "Gr%C3%B6ße%20%22A%2fb%22%0Ac",
            "Gr\\u00f6\\u00DFe \\\"A\\/b\\\"\\nc",
            "Gr\\\\u00f6ße \\\\\\\"A/b\\\\\\\"\\\\nc",
            "Ｇröße\u{200B} \"Ａ/b\"\u{AD}\nc",
            "Gr&#246;&#xDF;e &quot;A&#x2F;b&#34;&#10;c",
        ] {
            assert_eq!(String::from_utf8_lossy(&likeness(text)), String::from_utf8_lossy(&plain), "{text}");
        }
        assert_eq!(likeness("\\ud83d\\ude00"), likeness("😀"));
        assert_eq!(likeness("%ff%zz%"), b"%ff%zz%");
        assert_eq!(likeness("\\ud83dx"), b"x");
        assert_eq!(likeness("a&b&#xD800;&#;&#99999999;"), b"a&b&#xd800;&#;&#99999999;");
    }

    #[test]
    fn places_lead_back() {
        let mut places = Vec::new();
        each("a%2Fä\\n", Breaks::Space, |byte, start, end| places.push((byte, start, end)));
        let places: Vec<_> = places.into_iter().filter(|(byte, ..)| byte.is_ascii()).collect();
        assert_eq!(places, [(b'a', 0, 1), (b'/', 1, 4), (b'a', 4, 6), (b'+', 6, 8)]);
    }
}
