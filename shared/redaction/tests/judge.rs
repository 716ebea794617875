//! Somebody else's list of secrets judges ours: what its patterns can make stands alone in a text and has to be found. Where
//! the patterns come from stands in `judge/NOTICE`.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::bytes_regex;
use proptest::test_runner::TestRunner;
use redaction::{Known, redact_text};
use serde_json::Value;

const PER_RULE: usize = 20;

/// The rules whose secrets have a shape of their own: each with its pattern.
fn rules() -> Vec<(String, String)> {
    let rules: Value = wire::json::parse(include_bytes!("judge/betterleaks.json")).unwrap();
    let text = |rule: &Value, field: &str| rule[field].as_str().unwrap().to_owned();
    let judged = rules.as_array().unwrap().iter().filter(|rule| rule["left_out"].is_null());
    judged.map(|rule| (text(rule, "id"), text(rule, "pattern"))).collect()
}

/// At least nine of ten secrets that somebody else's rules describe are found although nothing names them, and of at least
/// nine of ten vendors most.
#[test]
fn secrets_that_others_describe_are_found_alone() {
    let mut runner = TestRunner::deterministic();
    let (mut tried, mut found, mut kinds) = (0, 0, 0);
    let mut missed = Vec::new();
    let rules = rules();
    for (rule, pattern) in &rules {
        let strategy = bytes_regex(&format!("(?-u:{pattern})")).unwrap();
        let mut hits = 0;
        for _ in 0..PER_RULE {
            let secret = String::from_utf8(strategy.new_tree(&mut runner).unwrap().current()).unwrap();
            let shown = redact_text(&secret, "", &Known::nothing()).text;
            hits += usize::from(!left(&secret, &shown));
        }
        tried += PER_RULE;
        found += hits;
        kinds += usize::from(hits * 2 > PER_RULE);
        if hits < PER_RULE {
            missed.push(format!("{rule}: {hits} of {PER_RULE}: {pattern}"));
        }
    }
    println!("{found} of {tried} found, most of {kinds} of {} rules\n{}", rules.len(), missed.join("\n"));
    assert!(rules.len() >= 250, "{} rules", rules.len());
    assert!(found * 100 >= tried * 90, "{found} of {tried}: {missed:#?}");
    assert!(kinds * 100 >= rules.len() * 90, "{kinds} of {}: {missed:#?}", rules.len());
}

/// Whether sixteen of the last characters of the secret are left readable in a row, or all of a shorter one.
fn left(secret: &str, shown: &str) -> bool {
    let last = secret.get(secret.len().saturating_sub(32)..).unwrap();
    let chars: Vec<char> = last.chars().collect();
    let length = chars.len().min(16);
    chars.windows(length).any(|part| shown.contains(&part.iter().collect::<String>()))
}
