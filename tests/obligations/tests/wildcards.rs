//! A new state or status has to be considered everywhere: outside `domain` no match on one has a wildcard arm, so the compiler
//! names every place that a new one reaches.

#![expect(clippy::expect_used, reason = "a check fails loudly")]

use std::path::{Path, PathBuf};

/// What an arm of such a match begins with.
const NAMES: [&str; 4] = ["State::", "Status::", "domain::State::", "domain::Status::"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines, from 1, of arms `_ =>` and `_ if … =>` in a match of which another arm names a state. Sources are formatted, so the arms of a
/// match begin at the same column.
fn wildcards(source: &str) -> Vec<usize> {
    let lines: Vec<&str> = source.lines().collect();
    let is_wildcard = |line: &str| ["_ =>", "_ if "].iter().any(|arm| line.trim_start().starts_with(arm));
    let names_a_state = |line: &&str| {
        let arm = line.trim_start().trim_start_matches("| ").trim_start_matches('(');
        NAMES.iter().any(|name| arm.starts_with(name))
    };
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| is_wildcard(line)) {
        let before = lines.iter().take(place).rev();
        let inside = before.take_while(|other| other.trim().is_empty() || indent(other) >= indent(line));
        if inside.filter(|other| indent(other) == indent(line)).any(&names_a_state) {
            found.push(place + 1);
        }
    }
    found
}

#[test]
fn no_match_on_a_state_has_a_wildcard() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for part in ["shared", "functions", "cli/src"] {
        sources(&root.join(part), &mut files);
    }
    let domain = root.join("shared/domain");
    let of_tests = |file: &PathBuf| file.components().any(|part| part.as_os_str() == "tests");
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.starts_with(&domain) && !of_tests(file)) {
        let source = std::fs::read_to_string(file).expect("a source of the repository");
        found.extend(wildcards(&source).into_iter().map(|line| format!("{}:{line}", file.display())));
    }
    assert_eq!(found, Vec::<String>::new(), "name the states instead of `_`");
}

#[test]
fn a_wildcard_is_found() {
    let wild = "match state {\n    State::Absent => 1,\n    _ => 2,\n}\n";
    assert_eq!(wildcards(wild), [3]);
    assert_eq!(wildcards(&wild.replace("_ => 2", "_ if late => 2")), [3]);
    assert_eq!(wildcards(&wild.replace("State::Absent", "Code::Absent")), Vec::<usize>::new());
    assert_eq!(wildcards(&wild.replace("_ => 2", "State::Cancelled(_) => 2")), Vec::<usize>::new());
    let nested = "match state {\n    State::Absent => match code {\n        Code::A => 1,\n        _ => 2,\n    },\n}\n";
    assert_eq!(wildcards(nested), Vec::<usize>::new());
}
