//! Which test keeps which promise: read from the tests' own doc comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use regex::Regex;

/// How many ids each family has: promises, gate bugs, design attacks, doors, faults.
pub const FAMILIES: [(&str, u32); 5] = [("P", 12), ("W", 25), ("D", 18), ("O", 12), ("F", 26)];

/// Tests by id, as `path::test_name`.
pub type Kept = BTreeMap<String, BTreeSet<String>>;

/// Every id there is, in order.
#[must_use]
pub fn ids() -> Vec<String> {
    let family =
        |(letter, count): (&str, u32)| (1..=count).map(|n| format!("{letter}{n}")).collect::<Vec<_>>();
    FAMILIES.into_iter().flat_map(family).collect()
}

/// Reads all Rust tests below `root`.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn kept(root: &Path) -> io::Result<Kept> {
    let mut kept = Kept::new();
    for file in rust_files(root)? {
        let text = fs::read_to_string(&file)?;
        let path = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        for (name, doc) in tests(&text) {
            for id in named(&doc) {
                kept.entry(id).or_default().insert(format!("{path}::{name}"));
            }
        }
    }
    Ok(kept)
}

/// The tests of a file: name and doc comment.
fn tests(text: &str) -> Vec<(String, String)> {
    let (mut doc, mut is_test, mut found) = (String::new(), false, Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            doc.push_str(words);
            doc.push(' ');
        } else if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("test(");
        } else {
            let name = line.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
            if let (true, Some(name)) = (is_test, name) {
                found.push((name.to_owned(), std::mem::take(&mut doc)));
            }
            (doc, is_test) = (String::new(), false);
        }
    }
    found
}

/// The ids a comment names, ranges such as `D16–D18` included.
fn named(doc: &str) -> BTreeSet<String> {
    let Ok(pattern) = Regex::new(r"\b([PWDOF])(\d{1,2})(?:[–-]([PWDOF])?(\d{1,2}))?\b") else {
        return BTreeSet::new();
    };
    let all: BTreeSet<String> = ids().into_iter().collect();
    let mut found = BTreeSet::new();
    for capture in pattern.captures_iter(doc) {
        let number = |group: usize| capture.get(group).and_then(|m| m.as_str().parse::<u32>().ok());
        let (Some(letter), Some(first)) = (capture.get(1), number(2)) else { continue };
        for n in first..=number(4).unwrap_or(first) {
            found.insert(format!("{}{n}", letter.as_str()));
        }
    }
    found.intersection(&all).cloned().collect()
}

fn rust_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in ["shared", "functions", "cli", "tests"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The table for `tests/README.md`.
#[must_use]
pub fn table(kept: &Kept) -> String {
    let mut table = String::from("| id | tests |\n|---|---|\n");
    for (id, tests) in ids().iter().filter_map(|id| kept.get(id).map(|tests| (id, tests))) {
        let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
        table.push_str(&format!("| {id} | {} |\n", tests.join("<br>")));
    }
    table
}
