//! The tests of the workspace and the ids that their doc comments (Rust) or docstrings (Python) cite.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// A test function of Python with its docstring; `None` never happens, the pattern is a constant.
static PYTHON_TEST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)def (test_\w+)\([^)]*\)[^:]*:\s+"""(.*?)""""#).ok());

/// An id, or a range of them.
static ID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b([PWDEOFCN])([1-9]\d?)(?:[–-]([PWDEOFCN])?([1-9]\d?))?\b").ok());

/// By id: the tests that cite it, each as its file and its name.
pub type Citations = BTreeMap<String, BTreeSet<(String, String)>>;

/// Reads all Rust and Python tests below `root`.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn citations(root: &Path) -> io::Result<Citations> {
    let mut cited = Citations::new();
    for file in files(root)? {
        let text = fs::read_to_string(&file)?;
        let path = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let tests = if is(&file, "py") { python_tests(&text) } else { rust_tests(&text) };
        for (name, doc) in tests {
            for id in ids_in(&doc) {
                cited.entry(id).or_default().insert((path.clone(), name.clone()));
            }
        }
    }
    Ok(cited)
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
    let Some(pattern) = PYTHON_TEST.as_ref() else { return Vec::new() };
    let found = pattern.captures_iter(text).map(|capture| capture.extract::<2>().1);
    found.map(|[name, doc]| (name.to_owned(), doc.to_owned())).collect()
}

/// The ids that a comment cites, ranges such as `D16–D18` included.
fn ids_in(doc: &str) -> BTreeSet<String> {
    let Some(pattern) = ID.as_ref() else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    for capture in pattern.captures_iter(doc) {
        let number = |group: usize| capture.get(group).and_then(|m| m.as_str().parse::<u32>().ok());
        let (Some(letter), Some(first)) = (capture.get(1), number(2)) else { continue };
        for n in first..=number(4).unwrap_or(first) {
            found.insert(format!("{}{n}", letter.as_str()));
        }
    }
    found
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Both languages: the doc comment of a test counts, that of anything else does not.
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
        let ids: Vec<Vec<String>> = found.iter().map(|(_, doc)| ids_in(doc).into_iter().collect()).collect();
        assert_eq!(ids, [["P1", "W2"]]);
    }
}
