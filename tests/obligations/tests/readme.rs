//! `docs/invariants.md` defines every id that a test cites, and `tests/README.md` lists the tests of each.
#![expect(clippy::disallowed_methods, reason = "a check of the tree fails loudly")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test's own functions fail loudly")]

use std::fs;
use std::path::PathBuf;

use obligations::{Citations, Group, citations, groups, linked, listing};

const BEGIN: &str =
    "<!-- made from the tests' doc comments: UPDATE=1 cargo test --workspace --test readme -->\n";
const END: &str = "<!-- end -->";

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn read() -> (Vec<Group>, Citations) {
    (groups(&page("docs/invariants.md")), citations(&root()).expect("the tests"))
}

/// Both pages are current; run with `UPDATE=1` to write them.
#[test]
fn both_pages_are_current() {
    let (groups, cited) = read();
    let old = page("tests/README.md");
    let (before, rest) = old.split_once(BEGIN).expect("the beginning of the list");
    let (_, after) = rest.split_once(END).expect("the end of the list");
    let list = format!("{before}{BEGIN}{}{END}{after}", listing(&groups, &cited));
    let invariants = page("docs/invariants.md");
    let links = linked(&invariants, &cited);
    if std::env::var("UPDATE").is_ok() {
        fs::write(root().join("tests/README.md"), list).expect("writing tests/README.md");
        fs::write(root().join("docs/invariants.md"), links).expect("writing docs/invariants.md");
        return;
    }
    let update = "UPDATE=1 cargo test --workspace --test readme";
    assert!(old == list, "tests/README.md is behind the tests: {update}");
    assert!(invariants == links, "the links of docs/invariants.md are behind the tests: {update}");
}

/// An id that a test cites is defined, and defined once.
#[test]
fn every_cited_id_is_defined() {
    let (groups, cited) = read();
    let mut defined: Vec<&str> =
        groups.iter().flat_map(|group| &group.invariants).map(|invariant| invariant.id.as_str()).collect();
    let undefined: Vec<_> = cited.iter().filter(|(id, _)| !defined.contains(&id.as_str())).collect();
    assert!(undefined.is_empty(), "cited but not defined in docs/invariants.md: {undefined:?}");
    let all = defined.len();
    defined.sort_unstable();
    defined.dedup();
    assert_eq!(defined.len(), all, "docs/invariants.md defines an id twice");
}

/// Nothing is forgotten: an id has a test, or a sentence that says what is owed and why.
#[test]
fn every_id_has_a_test_or_a_reason() {
    let (groups, cited) = read();
    let forgotten: Vec<&str> = groups
        .iter()
        .flat_map(|group| &group.invariants)
        .filter(|invariant| invariant.owed.is_none() && !cited.contains_key(&invariant.id))
        .map(|invariant| invariant.id.as_str())
        .collect();
    assert!(forgotten.is_empty(), "neither tested nor owed in docs/invariants.md: {forgotten:?}");
}

/// A definition is one sentence in plain words, in the group of its letter.
#[test]
fn definitions_are_sentences_in_their_group() {
    for group in read().0 {
        for invariant in &group.invariants {
            let letter = &invariant.id[..1];
            let letters = group.heading.split(':').next().unwrap_or_default();
            assert!(letters.contains(letter), "{} stands under `{}`", invariant.id, group.heading);
            assert!(invariant.sentence.ends_with('.'), "{} is no sentence", invariant.id);
        }
    }
}
