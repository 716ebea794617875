//! Characters that look like others (UTS 39), letters and punctuation: refused in a target, marked elsewhere.

use unicode_normalization::UnicodeNormalization;
use unicode_security::{MixedScript, confusable_detection};

/// Punctuation of ordinary prose that the table of confusables lists as similar to plain characters.
const TYPOGRAPHY: &str = "‘’‚‛“”„‟‹›«»–—―…•·′″×÷−\u{a0}\u{3000}¸´¨¯°";

/// The skeleton of a text: equal for texts that look alike.
pub(crate) fn skeleton(text: &str) -> String {
    confusable_detection::skeleton(text).collect()
}

/// The first character of a target that looks like another, or whose word mixes scripts: its place in characters.
pub(crate) fn in_target(text: &str) -> Option<(u32, char)> {
    if text.is_ascii() {
        return None;
    }
    let alone = text.chars().zip(0..).find(|(char, _)| looks_plain(*char));
    alone.map(|(char, offset)| (offset, char)).or_else(|| {
        let mixed = words(text).find(|word| !word.is_single_script())?;
        let inside = mixed.chars().find(|char| !char.is_ascii())?;
        let (_, offset) = text.chars().zip(0..).find(|(char, _)| *char == inside)?;
        Some((offset, inside))
    })
}

/// Whether a character that is not plain could be read as plain ones: by the table of confusables, or because it is a
/// plain character in another form (wide, mathematical, circled).
fn looks_plain(char: char) -> bool {
    !char.is_ascii() && (skeleton(char.encode_utf8(&mut [0; 4])).is_ascii() || is_styled(char))
}

/// A sign made of letters, as `™` and `№` are.
fn spells_letters(char: char) -> bool {
    skeleton(char.encode_utf8(&mut [0; 4]))
        .chars()
        .chain(std::iter::once(char).nfkc())
        .any(char::is_alphanumeric)
}

fn is_styled(char: char) -> bool {
    !char.is_ascii() && std::iter::once(char).nfkc().all(|plain| plain.is_ascii())
}

/// What a text is to whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A value of what will run: every character and word in it that looks like a plain one is marked.
    Value,
    /// A value between words: ordinary typography is accepted.
    Note,
    /// Prose: ordinary typography and texts in any one script are left alone; words of mixed scripts, in mathematical or
    /// full-width letters, or with rare letters that are taken for plain ones are told.
    Prose,
}

/// Words with characters that look like others, each once, in order.
#[must_use]
pub fn lookalikes(text: &str, reading: Reading) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    if text.is_ascii() {
        return found;
    }
    let between = |char: char| char.is_whitespace();
    for piece in text.split(between).filter(|piece| !piece.is_ascii()) {
        if has_sign(piece, reading == Reading::Value) {
            add(&mut found, piece);
        }
        for word in words(piece).filter(|word| !word.is_ascii()) {
            if !word.is_single_script() || has_letter(word, reading != Reading::Prose) {
                add(&mut found, word);
            }
        }
    }
    found
}

fn add<'a>(found: &mut Vec<&'a str>, word: &'a str) {
    if !found.contains(&word) {
        found.push(word);
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Punctuation that looks like a plain sign, other than that of the script around it.
fn has_sign(piece: &str, value: bool) -> bool {
    let plain = |char: char| !char.is_alphanumeric() && looks_plain(char) && !spells_letters(char);
    // Wide and Arabic punctuation belongs to its script.
    let own = |char: char| matches!(char, '\u{3000}'..='\u{303F}' | '\u{FF01}'..='\u{FF65}' | '\u{600}'..='\u{6FF}');
    let foreign = piece.chars().any(|char| char.is_alphabetic() && !is_latin(char));
    let quiet = |char: char| (!value && TYPOGRAPHY.contains(char)) || (foreign && own(char));
    piece.chars().any(|char| plain(char) && !quiet(char))
}

fn has_letter(word: &str, value: bool) -> bool {
    let styled = word.chars().filter(|char| char.is_alphanumeric() && is_letter_styled(*char)).count() > 1;
    let rare = word.chars().any(|char| is_latin(char) && stands_for_one(char));
    let disguised = value && skeleton(word).is_ascii();
    styled || rare || disguised
}

/// A plain letter or digit in another form.
fn is_letter_styled(char: char) -> bool {
    let mut plain = std::iter::once(char).nfkc();
    !char.is_ascii()
        && plain.next().is_some_and(|plain| plain.is_ascii_alphanumeric())
        && plain.next().is_none()
}

/// A letter that could be read as one plain letter: `ı`, `ſ`, `ɑ`; not `æ`, which would be read as two.
fn stands_for_one(char: char) -> bool {
    let skeleton = skeleton(char.encode_utf8(&mut [0; 4]));
    !char.is_ascii() && skeleton.is_ascii() && skeleton.len() == 1
}

fn is_latin(char: char) -> bool {
    char.is_ascii_alphabetic()
        || matches!(char, '\u{AA}' | '\u{BA}' | '\u{C0}'..='\u{2AF}' | '\u{1D00}'..='\u{1DBF}' | '\u{1E00}'..='\u{1EFF}')
        || matches!(char, '\u{2C60}'..='\u{2C7F}' | '\u{A722}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB64}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E26: in a target no character may be taken for a plain one, and no word mixes scripts.
    #[test]
    fn targets_hold_nothing_that_looks_like_something_else() {
        for text in [
            "s3://partner\u{2215}drop/q3",
            "partner\u{2010}drop",
            "q3\u{2024}csv",
            "s3\u{589}//x",
            "par\u{131}ner-drop",
            "partner\u{1C0}drop",
            "\u{17F}3://x",
            "p\u{430}rtner-drop",
            "\u{440}\u{430}\u{443}\u{440}\u{430}l",
            "partner\u{434}",
            "\u{1D429}artner",
            "ｐartner",
            "a\u{2044}b",
            "a\u{FF0F}b",
            "q\u{B3}.csv",
            "a\u{2236}b",
            "a\u{A789}b",
            "a\u{2212}b",
            "a\u{2013}b",
            "\u{2018}x\u{2019}",
            "x\u{37E}y",
            "a\u{5C3}b",
        ] {
            assert!(in_target(text).is_some(), "{text}");
        }
        for text in ["s3://partner-drop/q3.csv", "größe/übersicht.csv", "données-été", "日本語", "отдел1"]
        {
            let cyrillic = text == "отдел1";
            assert_eq!(in_target(text).is_some(), cyrillic, "{text}");
        }
        assert_eq!(in_target("ab\u{2215}c"), Some((2, '\u{2215}')));
    }

    /// E26: elsewhere the word is told, punctuation too.
    #[test]
    fn lookalikes_are_told() {
        for (text, value, word) in [
            ("copy to s3://partner\u{2215}drop/q3 now", false, "s3://partner\u{2215}drop/q3"),
            ("the partner\u{2010}drop bucket", false, "partner\u{2010}drop"),
            ("see q3\u{2024}csv", false, "q3\u{2024}csv"),
            ("par\u{131}ner-drop", false, "par\u{131}ner"),
            ("\u{17F}ecret", false, "\u{17F}ecret"),
            ("partner\u{1C0}drop", false, "partner\u{1C0}drop"),
            ("p\u{430}rtner", false, "p\u{430}rtner"),
            ("𝐝𝐞𝐥𝐞𝐭𝐞 it", false, "𝐝𝐞𝐥𝐞𝐭𝐞"),
            ("ｄｅｌｅｔｅ it", false, "ｄｅｌｅｔｅ"),
            ("ⓓⓔⓛ", false, "ⓓⓔⓛ"),
            ("\u{441}\u{43E}\u{440}", true, "\u{441}\u{43E}\u{440}"),
            ("a\u{2019}b", true, "a\u{2019}b"),
        ] {
            let reading = if value { Reading::Value } else { Reading::Prose };
            assert_eq!(lookalikes(text, reading), [word], "{text}");
        }
    }

    /// E26: ordinary typography stays quiet in prose.
    #[test]
    fn ordinary_prose_is_left_alone() {
        for text in [
            "It’s “quoted” – and — dashed… „so“ «là», 3 × 4 − 5 °C",
            "Größe, naïve, ärgerlich, Ærø, cœur, façade, Łódź, smørrebrød",
            "Отчёт за третий квартал, см. приложение «А»",
            "日本語のテキスト、句読点。（括弧）：コロン！",
            "تقرير الربع الثالث، الجزء الأول؟",
            "한국어 문장입니다.",
            "ελληνικό κείμενο",
            "50 m², ½, № 5, ™, §",
            "❤ done",
        ] {
            assert_eq!(lookalikes(text, Reading::Prose), Vec::<&str>::new(), "{text}");
        }
    }
}
