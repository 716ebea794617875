//! `docs/identity/`: every entry is configuration that holds, every rule and every list of the directory builds, every command is one.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::path::Path;

use identity::Issuers;
use support::{Sample, run};

/// Name and text of every page.
fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/identity");
    let page = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(page).collect()
}

/// The snippets of one language, each without the indentation of the list it may stand in.
fn snippets<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("\n```{language}\n");
    page.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// Each page's entries are read as configuration; each preset has a page that uses it.
#[test]
fn every_entry_is_configuration() {
    let pages = pages();
    let mut presets = Vec::new();
    for (name, text) in &pages {
        let entries = snippets(text, "json");
        assert!(!entries.is_empty(), "{name} configures nothing");
        for entry in entries {
            Issuers::parse(entry).unwrap_or_else(|error| panic!("{name}: {error}\n{entry}"));
            presets.extend(
                entry.split("\"preset\": \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
            );
        }
        let preset = name.trim_end_matches(".md");
        assert!(
            name == "README.md" || presets.iter().any(|used| used == preset),
            "{name} does not use its preset"
        );
    }
    let unknown =
        Issuers::parse(r#"[{ "preset": "none", "issuer": "https://id.example.com", "audience": "a" }]"#)
            .unwrap_err();
    for preset in unknown.to_string().split("there are: ").nth(1).unwrap_or_default().split(", ") {
        let preset = preset.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        assert!(presets.iter().any(|used| used == preset), "no page for `{preset}`: {unknown}");
    }
}

/// O12: rules of the pages build in the sample, and so do the agents and identities they list.
#[test]
fn every_rule_and_list_builds() {
    let mut tried = 0;
    for (name, text) in pages() {
        let sample = Sample::copy();
        std::fs::write(sample.file("policies/page.cedar"), snippets(&text, "cedar").join("\n\n")).unwrap();
        let path = sample.file("directory.yaml");
        let mut directory = std::fs::read_to_string(&path).unwrap();
        let lists: Vec<&str> = snippets(&text, "yaml")
            .into_iter()
            .filter(|one| one.starts_with("agents:") || one.starts_with("identities:"))
            .collect();
        tried += lists.len();
        let lists = lists.join("\n");
        let (agents, identities): (Vec<&str>, Vec<&str>) =
            lists.lines().filter(|line| line.starts_with("  - ")).partition(|line| line.contains("subject:"));
        directory = directory.replacen("\nagents:\n", &format!("\nagents:\n{}\n", agents.join("\n")), 1);
        if !identities.is_empty() {
            directory.push_str(&format!("\nidentities:\n{}\n", identities.join("\n")));
        }
        std::fs::write(&path, directory).unwrap();
        let (code, said) = run(&["policy", "check", sample.path()]);
        assert_eq!(code, 0, "{name}\n{said}");
    }
    assert!(tried >= 6, "{tried}");
}

/// The commands of a page's examples, each on one line.
fn commands(page: &str) -> Vec<String> {
    let lines = snippets(page, "sh").join("\n").replace("\\\n", " ");
    lines
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("countersign "))
        .map(str::to_owned)
        .collect()
}

/// Every command of the pages is one, with these options.
#[test]
fn every_command_is_one() {
    let mut tried = 0;
    for (name, text) in pages() {
        for command in commands(&text) {
            tried += 1;
            let is_verb = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
            let verbs: Vec<&str> = command.split_whitespace().take_while(is_verb).collect();
            let (code, help) = run(&[&verbs[..], &["--help"]].concat());
            assert_eq!(code, 0, "{name}: {command}\n{help}");
            for flag in command.split_whitespace().filter(|word| word.starts_with("--")) {
                assert!(help.contains(flag), "{name}: {command}: {flag}");
            }
        }
    }
    assert!(tried >= 7, "{tried}");
}
