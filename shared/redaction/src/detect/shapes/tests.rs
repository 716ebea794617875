//! Every row is put to the test by what its own pattern can make, by values written by hand, and by texts it must not touch.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::string::bytes_regex;
use proptest::test_runner::TestRunner;

use super::row::LONGEST_MASKED;
use super::*;
use crate::{Known, redact_text};

fn rows() -> impl Iterator<Item = &'static Shape> {
    TABLES.iter().copied().flatten()
}

/// A text that the pattern can make, as the row's pattern reads it.
fn samples<'a>(pattern: &str, runner: &'a mut TestRunner) -> impl Iterator<Item = String> + use<'a> {
    let strategy = bytes_regex(&format!("(?-u){pattern}")).unwrap();
    std::iter::repeat_with(move || String::from_utf8(strategy.new_tree(runner).unwrap().current()).unwrap())
}

/// The secret in a sample, if the row calls it one.
fn secret_of(shape: &Shape, sample: &str) -> Option<String> {
    let number = rows().position(|row| row.rule == shape.rule).unwrap();
    let pattern = row(number).unwrap().1;
    let captures = pattern.captures(sample).unwrap_or_else(|| panic!("{}: {sample}", shape.rule));
    assert_eq!(captures.get(0).unwrap().range(), 0..sample.len(), "{}: {sample}", shape.rule);
    let secret = captures.get(1).or(captures.get(0)).unwrap().as_str();
    Some(secret.to_owned()).filter(|secret| (shape.check)(secret))
}

/// Ways of writing in which a secret stands by itself.
fn written(secret: &str) -> [String; 8] {
    [
        secret.to_owned(),
        format!("we used {secret} yesterday"),
        format!("use \"{secret}\"."),
        format!("x={secret}"),
        format!("<a>{secret}</a>"),
        format!("first\\n{secret}\\nlast"),
        format!("next%3D{secret}"),
        format!("KEY_{secret} ä"),
    ]
}

/// Whatever a row's pattern can make is found, and nothing of it is left.
#[test]
fn what_a_pattern_can_make_is_found() {
    let mut runner = TestRunner::deterministic();
    let mut left = Vec::new();
    for shape in rows() {
        let mut tried = 0;
        for sample in samples(shape.pattern, &mut runner).take(400) {
            let Some(secret) = secret_of(shape, &sample) else { continue };
            assert!(sample.len() <= shape.longest, "{}: {} bytes", shape.rule, sample.len());
            for text in written(&sample) {
                let shown = redact_text(&text, "", &Known::nothing()).text;
                if shown.contains(&secret) {
                    left.push(format!("{}: {text} shows as {shown}", shape.rule));
                }
            }
            tried += 1;
            if tried == 6 {
                break;
            }
        }
        assert!(tried >= 2, "{}: {tried} samples pass its check", shape.rule);
    }
    left.dedup_by_key(|line| line.split(':').next().unwrap_or_default().to_owned());
    assert!(left.is_empty(), "{left:#?}");
}

/// A secret of no fixed length is found with all of its tail.
#[test]
fn a_tail_belongs_to_its_secret() {
    let mut runner = TestRunner::deterministic();
    for shape in rows().filter(|shape| shape.tail.is_some()) {
        let sample =
            samples(shape.pattern, &mut runner).find(|sample| secret_of(shape, sample).is_some()).unwrap();
        let text = format!("{sample}{} and", "a1B2".repeat(60));
        let shown = redact_text(&text, "", &Known::nothing()).text;
        assert!(!shown.contains("a1B2"), "{}: {shown}", shape.rule);
    }
}

/// Half of a secret is none: the pattern asks for more than its word.
#[test]
fn a_word_alone_is_no_secret() {
    let mut touched = Vec::new();
    for shape in rows() {
        for word in shape.words {
            for text in [(*word).to_owned(), format!("{word} "), format!("the {word}thing of it")] {
                if crate::detect::find(&text).iter().any(|found| found.rule == shape.rule) {
                    touched.push(format!("{}: {text}", shape.rule));
                }
            }
        }
    }
    assert!(touched.is_empty(), "{touched:#?}");
}

#[test]
fn every_row_is_well_formed() {
    let mut rules = BTreeSet::new();
    for shape in rows() {
        assert!(rules.insert(shape.rule), "{} is there twice", shape.rule);
        assert!(!shape.words.is_empty(), "{}", shape.rule);
        for word in shape.words {
            let plain = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_graphic());
            assert!(plain && !word.bytes().any(|byte| byte.is_ascii_uppercase()), "{}: {word}", shape.rule);
        }
        assert!(crate::detect::rank(shape.kind.name()) > 0, "{:?}", shape.kind);
        let open = |char: char| char.is_whitespace() || "\"'`()[]{}<>,;\\".contains(char);
        assert!(!shape.marks.contains(open), "{}", shape.rule);
    }
    assert!(rules.len() >= 300, "{} rows", rules.len());
}

/// E1: in a parameter a secret is masked or refuses the proposal; what is masked there holds no quotation mark, bracket,
/// comma, white space or backslash.
#[test]
fn in_a_parameter_a_secret_is_masked_or_refused() {
    let mut runner = TestRunner::deterministic();
    for shape in rows() {
        let Some(sample) =
            samples(shape.pattern, &mut runner).take(100).find(|sample| secret_of(shape, sample).is_some())
        else {
            continue;
        };
        let secret = secret_of(shape, &sample).unwrap();
        let text = format!("use {sample} now");
        if let Ok(redacted) =
            crate::redact(&serde_json::json!({ "note": text }), "why", &crate::Marks::none())
        {
            let shown = redacted.parameters.to_string();
            assert!(!shown.contains(&secret), "{}: {shown}", shape.rule);
            assert!(secret.len() <= LONGEST_MASKED, "{}: {secret}", shape.rule);
        }
    }
}

/// Secrets without a word, from their patterns.
#[test]
fn structures_are_found() {
    let mut runner = TestRunner::deterministic();
    for (rule, pattern, check) in structure::patterns() {
        let mut tried = 0;
        for sample in samples(pattern, &mut runner).take(2_000) {
            if !check(&sample) || sample.ends_with('.') || sample.ends_with('/') {
                continue;
            }
            for text in [sample.clone(), format!("we used {sample} yesterday"), format!("\"{sample}\"")] {
                let shown = redact_text(&text, "", &Known::nothing()).text;
                assert!(!shown.contains(&sample), "{rule}: {text} shows as {shown}");
            }
            tried += 1;
            if tried == 6 {
                break;
            }
        }
        assert!(tried >= 2, "{rule}: {tried}");
    }
}

/// E25: whatever is written again and again, each byte costs a bounded number of looks.
#[test]
fn hostile_texts_cost_what_their_length_costs() {
    let words: BTreeSet<&str> = words().map(|(word, _)| word).collect();
    let mut worst = Vec::new();
    for word in words {
        for tail in ["", " ", "-", "a1B", "_a1-", "\u{e4}"] {
            let text = format!("{word}{tail}").repeat(2_000 / (word.len() + tail.len()));
            let mut hits = Vec::new();
            for (known, row) in super::words() {
                hits.extend(text.match_indices(known).map(|(place, _)| (row, place)));
            }
            let work = crate::work::counted(|| find(&text, &hits, &mut Vec::new()));
            worst.push((work / text.len(), format!("{word}{tail}")));
        }
    }
    worst.sort();
    worst.reverse();
    worst.truncate(12);
    assert!(worst.iter().all(|(looks, _)| *looks <= 40), "{worst:#?}");
}

proptest! {
    /// Nothing of a secret is left, whatever ordinary text stands around it.
    #[test]
    fn nothing_of_a_secret_is_left(row in 0..COUNT, before in "[a-z ,.äß\u{200B}]{0,12}", after in "[a-zß ,]{0,12}", seed in any::<[u8; 32]>()) {
        let shape = rows().nth(row).unwrap();
        let rng = proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let sample = samples(shape.pattern, &mut runner).next().unwrap();
        if let Some(secret) = secret_of(shape, &sample) {
            let text = format!("{before} {sample} {after}");
            let shown = redact_text(&text, "", &Known::nothing()).text;
            prop_assert!(!shown.contains(&secret), "{}: {text} shows as {shown}", shape.rule);
        }
    }
}
