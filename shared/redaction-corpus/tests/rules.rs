//! Rules that find something have a name that is documented.
#![expect(
    clippy::disallowed_methods,
    reason = "a check of the tree says by its environment whether it writes"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use redaction::{explain, rules};
use redaction_corpus::generate;
use serde_json::Value;

const BEGIN: &str = "<!-- made from the code: UPDATE=1 cargo test -p redaction-corpus --test rules -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn every_rule_that_finds_is_listed() {
    let listed: BTreeSet<String> = rules().iter().map(|rule| rule.name.to_string()).collect();
    assert_eq!(listed.len(), rules().len(), "two rules have one name");
    let samples = generate(2).into_iter().step_by(3);
    let found: BTreeSet<String> = samples
        .flat_map(|sample| explain(&Value::String(sample.text), ""))
        .map(|finding| finding.rule.into_owned())
        .collect();
    assert_eq!(found.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(found.len() > 10, "{found:?}");
}

/// The table is current; run with `UPDATE=1` to write it.
#[test]
fn the_page_lists_every_rule() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/redaction.md");
    let old = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = old.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let table = format!("| kind | what it is | rules |\n|---|---|---|\n{}", rows());
    let new = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&page, &new).unwrap();
    }
    let new_is = std::fs::read_to_string(&page).unwrap() == new;
    assert!(
        new_is,
        "docs/redaction.md is behind the code: UPDATE=1 cargo test -p redaction-corpus --test rules"
    );
}

/// The kinds in the order of their names, each with its rules.
fn rows() -> String {
    let mut kinds: BTreeMap<&str, (String, Vec<String>)> = BTreeMap::new();
    for rule in rules() {
        let (about, names) = kinds.entry(rule.kind).or_default();
        if rule.name == rule.kind || about.is_empty() {
            *about = rule.about.to_string();
        }
        names.push(format!("`{}`", rule.name));
    }
    let row = |(kind, (about, names)): (&str, (String, Vec<String>))| {
        format!("| `{kind}` | {about} | {} |\n", names.join(" "))
    };
    kinds.into_iter().map(row).collect()
}
