//! `docs/policy.md`: every snippet is built and tried. So is the one of `docs/directory.md`.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use support::{Sample, run};

const PAGE: &str = include_str!("../../docs/policy.md");
const DIRECTORY: &str = include_str!("../../docs/directory.md");

/// The snippets of one language, in order.
fn snippets(language: &str) -> Vec<&'static str> {
    of(PAGE, language)
}

fn of(page: &'static str, language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    page.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// O12: each rule of the guide builds together with the sample's rules; the one it says does not build alone does not.
#[test]
fn every_rule_builds() {
    let rules = snippets("cedar");
    assert!(rules.len() >= 7, "{}", rules.len());
    for rule in &rules {
        let sample = Sample::copy();
        std::fs::write(sample.file("policies/guide.cedar"), rule).unwrap();
        let (code, text) = run(&["policy", "check", sample.path()]);
        let alone = rule.contains("agents-may-invoke-retraining");
        assert_eq!(code, i32::from(alone), "{rule}\n{text}");
        assert!(!alone || text.contains("without being asked"), "{text}");
    }
    // The first permit does build with the first hold.
    let sample = Sample::copy();
    let both: Vec<&str> = rules.iter().filter(|rule| rule.contains("retraining")).copied().collect();
    std::fs::write(sample.file("policies/guide.cedar"), both.join("\n")).unwrap();
    let (code, text) = run(&["policy", "check", sample.path()]);
    assert_eq!((code, both.len()), (0, 2), "{text}");
}

/// O12: each YAML snippet names its file, and the key it stands below; added to the sample, requirements build and cases pass.
#[test]
fn every_yaml_snippet_builds() {
    let sample = Sample::copy();
    let directory = of(DIRECTORY, "yaml");
    assert_eq!(directory.len(), 1, "the change freeze");
    for snippet in snippets("yaml").into_iter().chain(directory) {
        let (head, body) = snippet.split_once('\n').unwrap();
        let (file, below) = head.strip_prefix("# ").unwrap().split_once(": ").unwrap_or((&head[2..], ""));
        let path = sample.file(file);
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let (key, end) = (format!("\n{below}:\n"), format!("{before}\n{body}\n"));
        let after = if below.is_empty() { end } else { before.replacen(&key, &format!("{key}{body}\n"), 1) };
        assert!(after.contains(body), "{file} has no `{below}`");
        std::fs::write(&path, after).unwrap();
    }
    let (code, text) = run(&["policy", "test", sample.path()]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("once they agreed it runs") && text.contains("21 cases, 0 failed"), "{text}");
}

/// Every command of the guide is one.
#[test]
fn every_command_is_one() {
    for line in snippets("sh").iter().flat_map(|snippet| snippet.lines()) {
        let words: Vec<&str> = line.split_whitespace().take(3).skip(1).collect();
        let (code, text) = run(&[&words[..], &["--help"]].concat());
        assert_eq!(code, 0, "{line}\n{text}");
        for flag in line.split_whitespace().filter(|word| word.starts_with("--")) {
            assert!(text.contains(flag), "{line}: {flag}");
        }
    }
}
