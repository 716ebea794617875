//! `docs/glossary.md` explains the words of the API, the command line, the bundle and the pages.
//!
//! A term is known if each of its words stands in a term of the glossary, or in `everyday.txt` next to this test: the list
//! of words that need no explanation.
#![expect(clippy::disallowed_methods, reason = "a check of the tree fails loudly")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's own functions fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use domain::Status;
use regex::Regex;
use serde_json::Value;

const EVERYDAY: &str = "tests/obligations/tests/everyday.txt";

/// By term: where it is used.
type Terms = BTreeMap<String, &'static str>;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What `pattern` captures in `text`.
fn captured(pattern: &str, text: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found.get(1).unwrap().as_str().to_owned()).collect()
}

/// The words of a term in lower case and in the singular: `stands_in_for`, `own-request`, `ActionView`, `/v1/actions`.
fn words(term: &str) -> BTreeSet<String> {
    let spaced = Regex::new("([a-z])([A-Z])").unwrap().replace_all(term, "$1 $2").to_lowercase();
    let words = spaced.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1);
    words.map(singular).collect()
}

fn singular(word: &str) -> String {
    match word {
        _ if word.ends_with("ies") => format!("{}y", &word[..word.len() - 3]),
        _ if word.len() > 3
            && word != "this"
            && word.ends_with('s')
            && !word.ends_with("ss")
            && !word.ends_with("us") =>
        {
            word[..word.len() - 1].to_owned()
        }
        _ => word.to_owned(),
    }
}

/// Property names, values of enumerations and paths of the OpenAPI document.
fn of_the_api(terms: &mut Terms) {
    fn walk(value: &Value, terms: &mut Terms) {
        match value {
            Value::Object(map) => {
                for name in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
                    terms.insert(name.0.clone(), "a field of the API");
                }
                for name in map.get("enum").and_then(Value::as_array).into_iter().flatten() {
                    terms.extend(name.as_str().map(|name| (name.to_owned(), "a value of the API")));
                }
                map.values().for_each(|value| walk(value, terms));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, terms)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&text("functions/intake/openapi.json")).unwrap();
    walk(&document, terms);
    let paths = document["paths"].as_object().unwrap();
    terms.extend(paths.keys().map(|path| (path.clone(), "a path of the API")));
    let codes = captured(r#"[A-Z_]+ "([a-z-]+)" ""#, &text("shared/runtime/src/problem.rs"));
    assert!(codes.len() > 20, "the table of codes is not found");
    terms.extend(codes.into_iter().map(|code| (code, "an error code")));
}

/// Statuses and kinds of events, as `docs/formats.md` and the lifecycle name them.
fn of_the_lifecycle(terms: &mut Terms) {
    let page = text("docs/formats.md");
    let listed = captured(r"(?s)Event kinds: (.*?)\. `shared", &page).join(" ");
    let kinds = captured("([a-z_]+)", &captured("`([a-z_\\s]+)`", &listed).join(" "));
    assert!(kinds.len() > 15, "the kinds of events are not found");
    terms.extend(kinds.into_iter().map(|kind| (kind, "a kind of event")));
    terms.extend(Status::OF_ACTIONS.map(|status| (status.name().to_owned(), "a status")));
}

/// Subcommands, as the table of `docs/cli.md` lists them (a test of the command line keeps it true).
fn of_the_command_line(terms: &mut Terms) {
    let page = text("docs/cli.md");
    let table = page.split("| command | does |").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let commands = captured(r"`([a-z][a-z ]+)", &captured(r"(?m)^\| ([^|]+) \|", &table).join(" "));
    assert!(commands.len() > 10, "the table of commands is not found");
    terms.extend(commands.into_iter().map(|command| (command, "a command")));
}

/// Fields of catalogue entries, requirements and the directory.
fn of_the_bundle(terms: &mut Terms) {
    let catalogue = captured(r"(?m)^\| `([a-z_]+)` \|", &text("docs/catalogue.md"));
    let requirements = captured(r"(?m)^  ([a-z_]+):", &text("infra/policies/approvals.yaml"));
    let directory = captured(r"(?m)^([a-z_]+):", &text("infra/policies/directory.yaml"));
    for fields in [catalogue, requirements, directory] {
        assert!(fields.len() > 5, "{fields:?}");
        terms.extend(fields.into_iter().map(|field| (field, "a field of the bundle")));
    }
}

/// Headings, labels and buttons of the pages.
fn of_the_pages(terms: &mut Terms) {
    let mut found = 0;
    for path in sources(&root().join("functions/callbacks/src")) {
        let source = text(&path);
        let pattern = r#"\b(?:h1|h2|h3|legend|label|dt|th|button)\b[^"{;]*\{\s*"([^"]+)""#;
        for label in captured(pattern, &source) {
            found += 1;
            terms.insert(label, "a text of the pages");
        }
    }
    assert!(found > 5, "the texts of the pages are not found");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The words of the glossary's terms: what is bold, or code, before the colon of a list item.
fn explained() -> BTreeSet<String> {
    let page = text("docs/glossary.md");
    let items = captured(r"(?m)^- (\*\*.*?): [A-Z]", &page);
    assert_eq!(
        items.len(),
        page.lines().filter(|line| line.starts_with("- ")).count(),
        "an item has no sentence"
    );
    items.iter().flat_map(|item| words(item)).collect()
}

fn everyday() -> BTreeSet<String> {
    text(EVERYDAY).split_whitespace().map(str::to_owned).collect()
}

fn used() -> Terms {
    let mut terms = Terms::new();
    of_the_api(&mut terms);
    of_the_lifecycle(&mut terms);
    of_the_command_line(&mut terms);
    of_the_bundle(&mut terms);
    of_the_pages(&mut terms);
    terms
}

/// Every term is made of words that the glossary explains, or that everybody knows.
#[test]
fn every_term_is_explained() {
    let (explained, everyday) = (explained(), everyday());
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (term, place) in used() {
        for word in words(&term) {
            if !explained.contains(&word) && !everyday.contains(&word) {
                missing.entry(word).or_default().push(format!("`{term}` ({place})"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "docs/glossary.md does not explain, and {EVERYDAY} does not list: {missing:#?}"
    );
}

/// The list of everyday words stays short: no word that is not used or that the glossary explains. `UPDATE=1` shortens it.
#[test]
fn everyday_words_are_needed() {
    let explained = explained();
    let used: BTreeSet<String> = used().keys().flat_map(|term| words(term)).collect();
    let (needed, rest): (Vec<String>, Vec<String>) =
        everyday().into_iter().partition(|word| used.contains(word) && !explained.contains(word));
    if std::env::var("UPDATE").is_ok() {
        fs::write(root().join(EVERYDAY), needed.join("\n") + "\n").unwrap();
        return;
    }
    assert!(rest.is_empty(), "not needed in {EVERYDAY}: {rest:?}");
}
