//! A new state or status has to be considered everywhere: outside `domain` no match on one has a wildcard arm, so the compiler
//! names every place that a new one reaches. A pattern of `matches!`, `if let` or `let … else` may name one state, which is then
//! what the place is about; one that names several is a class of states, which is a method or a column of the table in `domain`.

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

/// What stands before the parenthesis that closes an open one.
fn in_parentheses(text: &str) -> &str {
    let mut open = 1_usize;
    let close = text.char_indices().find(|(_, letter)| {
        match letter {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        open == 0
    });
    close.map_or(text, |(at, _)| text.get(..at).unwrap_or_default())
}

/// The lines, from 1, of patterns of `matches!`, `if let` and `let … else` that name several states.
fn classes(source: &str) -> Vec<usize> {
    let calls = source
        .match_indices("matches!(")
        .map(|(at, begin)| (at, in_parentheses(source.get(at + begin.len()..).unwrap_or_default())));
    let lets = source.match_indices("let ").map(|(at, begin)| {
        let rest = source.get(at + begin.len()..).unwrap_or_default();
        (at, rest.split_once(" = ").map_or("", |(pattern, _)| pattern))
    });
    let named = |pattern: &str| -> usize {
        // `domain::State::` contains `State::`.
        ["State::", "Status::"].iter().map(|name| pattern.matches(name).count()).sum()
    };
    let several = calls.chain(lets).filter(|(_, pattern)| named(pattern) > 1);
    let mut found: Vec<usize> =
        several.map(|(at, _)| source.get(..at).unwrap_or_default().matches('\n').count() + 1).collect();
    found.sort_unstable();
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
        let lines = wildcards(&source).into_iter().map(|line| (line, "name the states instead of `_`"));
        let several = "several states at once are a question to `domain`";
        let lines = lines.chain(classes(&source).into_iter().map(|line| (line, several)));
        found.extend(lines.map(|(line, why)| format!("{}:{line}: {why}", file.display())));
    }
    assert_eq!(found, Vec::<String>::new());
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

#[test]
fn a_class_of_states_is_found() {
    let one = "fn lost(state: &State) -> bool {\n    matches!(state, State::Unknown(_))\n}\n";
    assert_eq!(classes(one), Vec::<usize>::new());
    assert_eq!(classes(&one.replace("Unknown(_)", "Unknown(_) | domain::State::Held { .. }")), [2]);
    assert_eq!(classes("matches!(\n    status,\n    Status::Held\n        | Status::Unknown\n)\n"), [1]);
    let bound = "let State::Unknown(run) = item.state() else { return other(State::Absent) };\n";
    assert_eq!(classes(bound), Vec::<usize>::new());
    assert_eq!(classes(&bound.replace("State::Unknown", "(State::Held | State::Unknown)")), [1]);
}
