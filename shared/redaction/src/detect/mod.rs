//! Detectors: what looks like a secret or like personal data. They err on the side of masking in prose and values, and
//! leave identifiers alone that are needed to see what is acted on (ARNs, account numbers, dates, hashes).

mod cloud;
mod contact;
mod named;
mod payment;
mod phone;
mod token;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

pub(crate) use named::by_name;

/// A stretch of the folded text and what it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Bytes of the folded text.
    pub(crate) range: Range<usize>,
    /// E.g. `email`.
    pub(crate) kind: &'static str,
}

/// One detector.
struct Detector {
    /// It is asked only where one of these stands (ASCII case ignored); empty: wherever there is a digit.
    keywords: &'static [&'static str],
    find: fn(&str, &mut Vec<Found>),
}

const DETECTORS: [Detector; 10] = [
    Detector { keywords: token::PRIVATE_KEY_WORDS, find: token::private_keys },
    Detector { keywords: &["eyj"], find: token::jwts },
    Detector { keywords: &["bearer", "authorization"], find: token::bearers },
    Detector { keywords: token::VENDOR_WORDS, find: token::vendors },
    Detector { keywords: named::WORDS, find: named::assignments },
    Detector { keywords: &["://"], find: named::user_infos },
    Detector { keywords: &["@", "%40"], find: contact::emails },
    Detector { keywords: &[], find: phone::phones },
    Detector { keywords: &[], find: payment::payments },
    Detector { keywords: &[], find: cloud::aws },
];

/// The most sensitive first: where stretches overlap, the first of them names the whole. What a catalogue marks comes
/// before all of these.
const BY_SENSITIVITY: [&str; 10] =
    ["private-key", "aws-secret", "aws-key", "jwt", "token", "password", "card", "iban", "email", "phone"];

/// 0 is the most sensitive.
pub(crate) fn rank(kind: &str) -> usize {
    BY_SENSITIVITY.iter().position(|known| *known == kind).map_or(0, |place| place + 1)
}

/// Everything found in a folded text.
pub(crate) fn find(text: &str) -> Vec<Found> {
    let mut asked = asked(text);
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let mut found = Vec::new();
    for (detector, named) in DETECTORS.iter().zip(&mut asked) {
        if *named || (digits && detector.keywords.is_empty()) {
            (detector.find)(text, &mut found);
        }
    }
    found
}

/// Which detectors have one of their keywords in the text: one pass for all of them.
fn asked(text: &str) -> [bool; DETECTORS.len()] {
    let mut asked = [false; DETECTORS.len()];
    for found in KEYWORDS.words.find_overlapping_iter(text) {
        let detector = KEYWORDS.detectors.get(found.pattern().as_usize());
        if let Some(slot) = detector.and_then(|index| asked.get_mut(*index)) {
            *slot = true;
        }
    }
    asked
}

struct Keywords {
    words: AhoCorasick,
    /// The detector of each word.
    detectors: Vec<usize>,
}

static KEYWORDS: LazyLock<Keywords> = LazyLock::new(|| {
    let words = DETECTORS.iter().enumerate();
    let words: Vec<(usize, &str)> = words
        .flat_map(|(index, detector)| detector.keywords.iter().map(move |word| (index, *word)))
        .collect();
    let texts = words.iter().map(|(_, word)| word);
    #[expect(clippy::expect_used, reason = "the words are constants of this crate and a test builds them")]
    let built = AhoCorasick::builder().ascii_case_insensitive(true).build(texts).expect("a few short words");
    Keywords { words: built, detectors: words.iter().map(|(index, _)| *index).collect() }
});

/// The character before a place.
fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character at a place.
fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

fn alphanumeric(char: Option<char>) -> bool {
    char.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each detector finds in a text, as `kind:text`.
    pub(super) fn shown(text: &str) -> Vec<String> {
        let mut found = find(text);
        found.sort_by_key(|found| (found.range.start, found.range.end));
        found.dedup();
        found.iter().map(|found| format!("{}:{}", found.kind, &text[found.range.clone()])).collect()
    }

    #[test]
    fn every_kind_has_its_rank() {
        assert!(rank("secret") < rank("private-key"));
        assert!(rank("token") < rank("email"));
    }

    #[test]
    fn prose_without_secrets_is_left_alone() {
        for text in [
            "Quarterly report for the partner programme, 12,408 rows in 3.1 MB since 2026-07-01",
            "Roll back to commit 9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e3f4a5b6c",
            "sha256:8d1f6a0b5c1e4e0b9a8c1f3b2d7e6a5940c3b2a1908f7e6d5c4b3a2918070605",
            "s3://customers/2026/q3.csv to s3://partner-drop/q3.csv",
            "arn:aws:iam::004915112345:role/etl-nightly and arn:aws:lambda:eu-central-1:123456789012:function:x:1",
            "550e8400-e29b-41d4-a716-446655440000",
            "2026-11-21T14:47:31.204Z and 21.11.2026 14:47 and 01/02/2026 14:30 and 1763718000000",
            "role id AROAEXAMPLEID1234567, account 1111-2222-3333, account 0123-4567-8901",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess to arn:aws:iam::000000000000:role/etl-nightly",
            "arn:aws:lambda:us-east-1:000000000000:function:demo-retrain:1",
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/payments/db-a1B2c3",
            "prod/payments/db",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}
