//! Which test keeps which promise: read from the tests' own doc comments and docstrings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use regex::Regex;

/// How many ids each family has: promises, gate bugs, attacks on the design, attacks on the running product, doors, faults.
pub const FAMILIES: [(&str, u32); 6] = [("P", 12), ("W", 25), ("D", 18), ("E", 27), ("O", 12), ("F", 26)];
/// The reports from the field that have tests so far.
pub const FIELD_REPORTS: [u32; 24] =
    [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 28, 30];

/// Tests by id, as `path::test_name`.
pub type Kept = BTreeMap<String, BTreeSet<String>>;

/// Every id there is, in order.
#[must_use]
pub fn ids() -> Vec<String> {
    let family =
        |(letter, count): (&str, u32)| (1..=count).map(|n| format!("{letter}{n}")).collect::<Vec<_>>();
    let reports = FIELD_REPORTS.into_iter().map(|n| format!("C{n}"));
    FAMILIES.into_iter().flat_map(family).chain(reports).collect()
}

/// Reads all Rust and Python tests below `root`.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn kept(root: &Path) -> io::Result<Kept> {
    let mut kept = Kept::new();
    for file in files(root)? {
        let text = fs::read_to_string(&file)?;
        let path = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let tests = if is(&file, "py") { python_tests(&text) } else { rust_tests(&text) };
        for (name, doc) in tests {
            for id in named(&doc) {
                kept.entry(id).or_default().insert(format!("{path}::{name}"));
            }
        }
    }
    Ok(kept)
}

/// The tests of a Rust file: name and doc comment.
fn rust_tests(text: &str) -> Vec<(String, String)> {
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

/// The tests of a Python file: name and docstring.
fn python_tests(text: &str) -> Vec<(String, String)> {
    let Ok(pattern) = Regex::new(r#"(?s)def (test_\w+)\([^)]*\)[^:]*:\s+"""(.*?)""""#) else {
        return Vec::new();
    };
    let found = pattern.captures_iter(text).map(|capture| capture.extract::<2>().1);
    found.map(|[name, doc]| (name.to_owned(), doc.to_owned())).collect()
}

/// The ids a comment names, ranges such as `D16–D18` included.
fn named(doc: &str) -> BTreeSet<String> {
    let Ok(pattern) = Regex::new(r"\b([PWDEOFC])(\d{1,2})(?:[–-]([PWDEOFC])?(\d{1,2}))?\b") else {
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

fn files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in ["shared", "functions", "cli", "infra/local", "tests"] {
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
        } else if is(&path, "rs") || is(&path, "py") {
            files.push(path);
        }
    }
    Ok(())
}

fn is(path: &Path, kind: &str) -> bool {
    path.extension().is_some_and(|extension| extension == kind)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Both languages: a test's own words count, those of anything else do not.
    #[test]
    fn tests_of_both_languages() {
        let rust = "/// P1: kept.\n#[tokio::test]\nasync fn kept() {}\n/// P2: no test.\nfn helper() {}\n";
        assert_eq!(rust_tests(rust), [("kept".to_owned(), " P1: kept. ".to_owned())]);
        let python = concat!(
            "class A:\n    \"\"\"P3: a class.\"\"\"\n\n    def test_kept(self) -> None:\n",
            "        \"\"\"P1, W2: kept,\n        on two lines.\"\"\"\n\n    def helper(self):\n        \"\"\"P4: no test.\"\"\"\n",
        );
        let found = python_tests(python);
        assert_eq!(found.len(), 1);
        let ids: Vec<Vec<String>> = found.iter().map(|(_, doc)| named(doc).into_iter().collect()).collect();
        assert_eq!(ids, [["P1", "W2"]]);
    }
}
