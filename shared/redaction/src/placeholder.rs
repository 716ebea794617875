//! Placeholders: `‹email 1›`, and in a parameter `‹email 1, 17 characters›`. They carry the kind, the order of first
//! appearance, in a parameter also the length, and nothing else of the value (D5).

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::compile;

static OURS: LazyLock<Regex> =
    LazyLock::new(|| compile(r"‹([a-z][a-z-]*) ([0-9]{1,6})(?:, [0-9]{1,7} characters?)?›"));
/// Any kind of angle, a word, a number, an angle: what a reader could take for a placeholder. Plain quotation marks are
/// suspicious only around a kind we use.
static ALIKE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"[‹<«＜﹤〈⟨❮❬˂ᐸ《≺⧼⟪❰〈≪⦑⦓]\s*[\p{L}\p{M}][\p{L}\p{M}\s_-]{0,40}[\s\p{Z}_-]\s*\p{N}{1,6}",
        r"(?:[\s\p{P}]{1,3}\p{N}{1,7}[\p{L}\s\p{P}]{0,16})?",
        r"\s*[›>»＞﹥〉⟩❯❭˃ᐳ》≻⧽⟫❱〉≫⦒⦔]",
        r#"|['‘’‚‛"“”](?i:email|phone|card|iban|jwt|token|password|secret|private-key|aws-key|aws-secret|national-id|tax-id|health-id|passport|bank-account|birth-date|device-id|crypto-address) [0-9]{1,6}(?:, [0-9]{1,7} characters?)?['‘’‚‛"“”]"#,
        r"|[⟨〈〈<‹]\s*U\+[0-9A-Fa-f]{1,6}[^⟩〉〉>›]{0,8}[⟩〉〉>›]",
    ))
});

/// Where placeholders stand in a shown text (bytes), each with its kind.
#[must_use]
pub fn placeholders(text: &str) -> Vec<(Range<usize>, String)> {
    if !text.contains('‹') {
        return Vec::new();
    }
    let found = OURS.captures_iter(text).filter_map(|found| {
        let kind = found.get(1)?.as_str().to_owned();
        Some((found.get(0)?.range(), kind))
    });
    found.collect()
}

/// Whether somebody typed what could be taken for a placeholder, with any angle that looks alike.
pub(crate) fn typed(text: &str) -> bool {
    let could = |byte: u8| !byte.is_ascii() || matches!(byte, b'<' | b'\'' | b'"');
    text.bytes().any(could) && ALIKE.is_match(text)
}

/// Whether a text is exactly one placeholder of this kind: masked before.
pub(crate) fn is_of(text: &str, kind: &str) -> bool {
    if !text.starts_with('‹') {
        return false;
    }
    let whole = OURS.captures(text).filter(|found| found.get(0).is_some_and(|all| all.len() == text.len()));
    whole.and_then(|found| found.get(1)).is_some_and(|word| word.as_str() == kind)
}

/// The numbers of one document.
#[derive(Default)]
pub(crate) struct Numbers {
    /// Of each kind, the values and the last number given.
    given: HashMap<String, (HashMap<String, u32>, u32)>,
    taken: HashSet<(String, u32)>,
}

impl Numbers {
    /// Numbers that stand in the text already are not given to anything else.
    pub(crate) fn reserve(&mut self, text: &str) {
        if !text.contains('‹') {
            return;
        }
        for found in OURS.captures_iter(text) {
            let number = found.get(2).and_then(|number| number.as_str().parse().ok());
            if let (Some(kind), Some(number)) = (found.get(1), number) {
                self.taken.insert((kind.as_str().to_owned(), number));
            }
        }
    }

    /// The placeholder of a value: the same value, the same number. With `length`, in characters, where it is told.
    pub(crate) fn placeholder(&mut self, kind: &str, value: &str, length: Option<usize>) -> String {
        let number = match self.given.get(kind).and_then(|(values, _)| values.get(value)) {
            Some(number) => *number,
            None => self.next(kind, value),
        };
        match length {
            None => format!("‹{kind} {number}›"),
            Some(1) => format!("‹{kind} {number}, 1 character›"),
            Some(length) => format!("‹{kind} {number}, {length} characters›"),
        }
    }

    fn next(&mut self, kind: &str, value: &str) -> u32 {
        let Self { given, taken } = self;
        let (values, last) = given.entry(kind.to_owned()).or_default();
        *last += 1;
        while taken.contains(&(kind.to_owned(), *last)) {
            *last += 1;
        }
        values.insert(value.to_owned(), *last);
        *last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_appearance() {
        let mut numbers = Numbers::default();
        numbers.reserve("see ‹email 2›");
        let given: Vec<String> =
            ["a", "b", "a", "c"].iter().map(|value| numbers.placeholder("email", value, None)).collect();
        assert_eq!(given, ["‹email 1›", "‹email 3›", "‹email 1›", "‹email 4›"]);
        assert_eq!(numbers.placeholder("phone", "a", None), "‹phone 1›");
        assert_eq!(numbers.placeholder("phone", "a", Some(1)), "‹phone 1, 1 character›");
        assert!(is_of(&numbers.placeholder("phone", "b", Some(12)), "phone"));
    }

    /// D14: plain quotation marks around every kind that is used.
    #[test]
    fn every_kind_is_told_in_quotation_marks() {
        for (_, kind) in crate::detect::rules() {
            assert!(typed(&format!("see '{kind} 1' here")), "{kind}");
        }
    }

    /// D14: whatever could be taken for a placeholder.
    #[test]
    fn lookalikes_are_told() {
        for text in [
            "‹email 1›",
            "to ‹ email  12 ›.",
            "<email 1>",
            "«email 1»",
            "〈email 1〉",
            "＜email 1＞",
            "⟨secret 3⟩",
            "❮phone 2❯",
            "‹еmail 1›",
            "‹email １›",
            "‹email_1›",
            "‹aws-key-1›",
            "‹e-mail 1>",
            "‹email\u{a0}1›",
            "'email 1'",
            "‹email 1, 17 characters›",
            "<secret 1 (8 characters)>",
            "'secret 2, 8 characters'",
            "⟨U+0020⟩",
            "⟨U+202E ×3⟩",
            "<U+200B>",
        ] {
            assert!(typed(text), "{text}");
        }
        for text in [
            "<h1>title</h1>",
            "'page 3'",
            "a < b and c > 1",
            "Vec<u8>",
            "x << 2 >> 1",
            "it's 1 o'clock",
            "« bonjour »",
        ] {
            assert!(!typed(text), "{text}");
        }
    }
}
