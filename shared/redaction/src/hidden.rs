//! Characters nobody can see, and how they are shown all the same.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use crate::pattern::compile;

/// One character that cannot be seen, or that changes how others are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// Its place, counted in characters from 0.
    pub offset: u32,
    /// The character.
    pub codepoint: u32,
}

/// A text with its hidden characters spelled out, e.g. `⟨U+202E⟩`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escaped {
    /// The text as shown.
    pub text: String,
    /// How many characters were spelled out.
    pub hidden: u32,
}

/// Controls, format characters (zero-width, bidirectional, tags), private and unassigned code points, spaces that are
/// not the space, letters that are blank. The line feed is listed apart, and so is the ideographic space, which shows.
static INVISIBLE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"[[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\x{2800}\x{FFFC}]--[ \n\x{3000}]]",
    )
});
/// The same for each character of the basic plane, one bit each, in rows of 256 made when one of them is first met.
static ROWS: [OnceLock<[u64; 4]>; 256] = [const { OnceLock::new() }; 256];
static SPELLED: LazyLock<Regex> = LazyLock::new(|| compile(r"⟨U\+[0-9A-F]{4,6}(?: ×[0-9]{1,9})?⟩"));
static EMOJI: LazyLock<Regex> = LazyLock::new(|| compile(r"^[\p{Emoji}--[\x00-\x7F]]$"));
static MARK: LazyLock<Regex> = LazyLock::new(|| compile(r"^\p{M}$"));
/// More marks than this on one letter paint over its neighbours.
const MARKS_IN_A_ROW: u32 = 3;

/// Every hidden character of a text, in order. A line feed is not one: prose has lines; [`escape_value`] spells it
/// out where it would hide something.
#[must_use]
pub fn find_hidden(text: &str) -> Vec<Hidden> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return Vec::new();
    }
    let mut hidden = Vec::new();
    let mut before = None;
    let mut marks = 0;
    let mut chars = text.chars().zip(0..).peekable();
    while let Some((char, offset)) = chars.next() {
        let after = chars.peek().map(|(next, _)| *next);
        marks = if !char.is_ascii() && !char.is_alphabetic() && is(&MARK, char) { marks + 1 } else { 0 };
        let selector = selects(before, char, after);
        if marks > MARKS_IN_A_ROW || (!selector && invisible(char)) {
            hidden.push(Hidden { offset, codepoint: char.into() });
        }
        before = Some(char);
    }
    hidden
}

/// The text with hidden characters spelled out; lines stay lines.
#[must_use]
pub fn escape_hidden(text: &str) -> Escaped {
    escape(text, Spells::Hidden)
}

/// The same on one line: line feeds are spelled out, spaces stay. For columns and texts whose spaces mean something, shown
/// where they do not collapse.
#[must_use]
pub fn escape_line(text: &str) -> Escaped {
    escape(text, Spells::Lines)
}

/// A value with hidden characters, line feeds among them, spelled out: it stays on one line. Spaces that a reader would
/// not count are spelled out too: at its ends, several in a row (`⟨U+0020 ×3⟩`), and the ideographic one.
#[must_use]
pub fn escape_value(text: &str) -> Escaped {
    escape(text, Spells::Spaces)
}

/// What is spelled out in addition to hidden characters; each more than the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spells {
    Hidden,
    Lines,
    Spaces,
}

fn escape(text: &str, spells: Spells) -> Escaped {
    let mut hidden = find_hidden(text).into_iter().peekable();
    let mut escaped = Escaped { text: String::with_capacity(text.len()), hidden: 0 };
    let mut chars = text.chars().zip(0..).peekable();
    while let Some((char, offset)) = chars.next() {
        let found = hidden.next_if(|hidden| hidden.offset == offset).is_some();
        // Writing into a string does not fail.
        if found || (spells >= Spells::Lines && char == '\n') {
            let _ = write!(escaped.text, "⟨U+{:04X}⟩", u32::from(char));
            escaped.hidden += 1;
        } else if spells == Spells::Spaces && matches!(char, ' ' | '\u{3000}') {
            let mut row = 1_u32;
            while chars.next_if(|(next, _)| *next == char).is_some() {
                row += 1;
            }
            let edge = offset == 0 || chars.peek().is_none();
            match row {
                1 if char == ' ' && !edge => escaped.text.push(char),
                1 => drop(write!(escaped.text, "⟨U+{:04X}⟩", u32::from(char))),
                _ => drop(write!(escaped.text, "⟨U+{:04X} ×{row}⟩", u32::from(char))),
            }
        } else {
            escaped.text.push(char);
        }
    }
    escaped
}

/// Where characters are spelled out in a text as [`escape_value`] and [`escape_hidden`] do it, in bytes.
#[must_use]
pub fn spelled_out(text: &str) -> Vec<Range<usize>> {
    if !text.contains('⟨') {
        return Vec::new();
    }
    SPELLED.find_iter(text).map(|found| found.range()).collect()
}

/// Whether this is a variation selector with something in front that it may select a form of.
fn selects(before: Option<char>, char: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    match char {
        '\u{FE0E}' | '\u{FE0F}' => is(&EMOJI, before) || (before.is_ascii() && after == Some('\u{20E3}')),
        '\u{E0100}'..='\u{E01EF}' => matches!(before, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}'),
        _ => false,
    }
}

fn is(class: &Regex, char: char) -> bool {
    class.is_match(char.encode_utf8(&mut [0; 4]))
}

/// Whether a character cannot be seen wherever it stands.
pub(crate) fn invisible(char: char) -> bool {
    if matches!(char, ' '..='~') {
        return false;
    }
    let code = u32::from(char);
    let row = usize::try_from(code / 256).ok().and_then(|row| ROWS.get(row));
    let Some(row) = row else { return is(&INVISIBLE, char) };
    let bits = row.get_or_init(|| row_of(code / 256 * 256));
    let word = usize::try_from(code % 256 / 64).ok().and_then(|word| bits.get(word));
    word.is_none_or(|word| word & (1 << (code % 64)) != 0)
}

fn row_of(first: u32) -> [u64; 4] {
    let hidden = |code: u32| char::from_u32(code).is_some_and(|char| is(&INVISIBLE, char));
    let word =
        |from: u32| (0..64).filter(|bit| hidden(first + from + bit)).fold(0, |word, bit| word | (1 << bit));
    [word(0), word(64), word(128), word(192)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// W24: what cannot be seen is found.
    #[test]
    fn hidden_characters_are_found() {
        for (text, codepoints) in [
            ("a\u{200B}b", vec![0x200B]),
            ("\u{202E}gpj.exe", vec![0x202E]),
            ("a\u{2066}b\u{2069}", vec![0x2066, 0x2069]),
            ("a\tb\r", vec![9, 13]),
            ("\0\u{1b}[31m", vec![0, 0x1b]),
            ("x\u{E0041}\u{E007F}", vec![0xE0041, 0xE007F]),
            ("\u{FEFF}x\u{00AD}y", vec![0xFEFF, 0xAD]),
            ("a\u{00A0}b\u{2003}c\u{202F}", vec![0xA0, 0x2003, 0x202F]),
            ("\u{3164}\u{115F}\u{FFA0}\u{2800}", vec![0x3164, 0x115F, 0xFFA0, 0x2800]),
            ("\u{2028}\u{2029}", vec![0x2028, 0x2029]),
            ("\u{E000}\u{0378}\u{FFFE}", vec![0xE000, 0x378, 0xFFFE]),
            ("a\u{FE0F}\u{FE00}", vec![0xFE0F, 0xFE00]),
            ("\u{1F600}\u{FE0F}\u{FE0F}", vec![0xFE0F]),
            ("a\u{E0101}", vec![0xE0101]),
            ("z\u{300}\u{301}\u{302}\u{303}\u{304}", vec![0x303, 0x304]),
            ("\u{1F468}\u{200D}\u{1F469}", vec![0x200D]),
        ] {
            let found: Vec<u32> = find_hidden(text).iter().map(|hidden| hidden.codepoint).collect();
            assert_eq!(found, codepoints, "{text:?}");
        }
    }

    #[test]
    fn what_can_be_seen_is_left_alone() {
        for text in [
            "plain\ntwo lines",
            "Größe, naïve, Ω, Привет",
            "日本語\u{3000}テキスト",
            "❤\u{FE0F} 1\u{FE0F}\u{20E3}",
            "‹email 1›",
            "葛\u{E0100}",
        ] {
            assert_eq!(find_hidden(text), vec![], "{text:?}");
            assert_eq!(escape_hidden(text).text, text);
        }
    }

    #[test]
    fn offsets_count_characters() {
        assert_eq!(find_hidden("äö\u{200B}")[0].offset, 2);
    }

    /// W24: spelled out where it stood, and counted.
    #[test]
    fn hidden_characters_are_spelled_out() {
        let escaped = escape_hidden("pay\u{202E}lla\n\u{200B}");
        assert_eq!(escaped, Escaped { text: "pay⟨U+202E⟩lla\n⟨U+200B⟩".to_owned(), hidden: 2 });
        assert_eq!(escape_value("a\nb\u{E0001}").text, "a⟨U+000A⟩b⟨U+E0001⟩");
    }

    /// C24: spaces that a reader would not count are spelled out in a value; in prose they stay.
    #[test]
    fn spaces_are_spelled_out_in_values() {
        for (text, shown) in [
            ("v3  final.csv", "v3⟨U+0020 ×2⟩final.csv"),
            ("v3 final.csv ", "v3 final.csv⟨U+0020⟩"),
            (" v3 final.csv", "⟨U+0020⟩v3 final.csv"),
            ("   ", "⟨U+0020 ×3⟩"),
            (" ", "⟨U+0020⟩"),
            ("a\tb", "a⟨U+0009⟩b"),
            ("a\u{a0}b\u{2003}c\u{202f}d", "a⟨U+00A0⟩b⟨U+2003⟩c⟨U+202F⟩d"),
            ("a\u{3000}b\u{3000}\u{3000}", "a⟨U+3000⟩b⟨U+3000 ×2⟩"),
            ("a \u{a0} b", "a ⟨U+00A0⟩ b"),
            ("{\"name\":\"a   b\"}", "{\"name\":\"a⟨U+0020 ×3⟩b\"}"),
        ] {
            assert_eq!(escape_value(text).text, shown, "{text:?}");
            assert_eq!(spelled_out(shown).len(), shown.matches('⟨').count());
        }
        assert_eq!(escape_hidden(" a  b ").text, " a  b ");
    }
}
