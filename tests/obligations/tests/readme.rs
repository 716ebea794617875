//! `tests/README.md` lists every id, each with its tests or with what is still owed.
#![expect(clippy::disallowed_methods, reason = "a check of the tree fails loudly")]

use std::fs;
use std::path::PathBuf;

use obligations::{ids, kept, table};

const BEGIN: &str = "<!-- made from the tests' doc comments: UPDATE=1 cargo test -p obligations -->\n";
const END: &str = "<!-- end -->";

/// The table is current; run with `UPDATE=1` to write it.
#[test]
fn the_table_is_current() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let page = root.join("tests/README.md");
    let text = fs::read_to_string(&page).expect("tests/README.md");
    let (before, rest) = text.split_once(BEGIN).expect("the beginning of the table");
    let (old, after) = rest.split_once(END).expect("the end of the table");
    let new = table(&kept(&root).expect("the tests"));
    if std::env::var("UPDATE").is_ok() {
        fs::write(&page, format!("{before}{BEGIN}{new}{END}{after}")).expect("writing tests/README.md");
        return;
    }
    assert!(old == new, "tests/README.md is behind the tests: UPDATE=1 cargo test -p obligations");
}

/// Nothing is forgotten: an id has a test, or a line under "Still owed" that says why not.
#[test]
fn every_id_has_a_test_or_a_reason() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let kept = kept(&root).expect("the tests");
    let text = fs::read_to_string(root.join("tests/README.md")).expect("tests/README.md");
    let owed = text.split("## Still owed").nth(1).expect("a section `Still owed`");
    let named = |id: &str| owed.lines().any(|line| line.starts_with(&format!("- **{id}**")));
    let forgotten: Vec<String> =
        ids().into_iter().filter(|id| !kept.contains_key(id) && !named(id)).collect();
    assert!(forgotten.is_empty(), "neither tested nor owed: {forgotten:?}");
}
