//! `docs/api.md` has the routes, fields, statuses and codes of `openapi.json`, and the codes of denials that the functions write.
#![expect(clippy::disallowed_methods, reason = "a check of the tree fails loudly")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's own functions fail loudly"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

const PAGE: &str = "docs/api.md";
const ROUTES: (&str, &str) =
    ("<!-- made from openapi.json: UPDATE=1 cargo test --workspace --test api_page -->\n", "<!-- end -->");
const ANSWER: (&str, &str) = ("<!-- the answer of a test -->\n", "<!-- end of the answer -->");
const FIELDS: (&str, &str) = (
    "<!-- made from the schemas of openapi.json: UPDATE=1 cargo test --workspace --test api_page -->\n",
    "<!-- end of the schemas -->",
);
/// What the page explains field by field, in this order.
const SCHEMAS: [&str; 13] = [
    "Proposal",
    "ActionView",
    "OutcomeView",
    "ErrorView",
    "DenialView",
    "ResolutionView",
    "Preflight",
    "DecisionView",
    "VerdictBody",
    "GrantBody",
    "ResolutionBody",
    "SuspensionBody",
    "Problem",
];

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document() -> Value {
    serde_json::from_str(&text("functions/intake/openapi.json")).unwrap()
}

fn between(page: &str, (begin, end): (&str, &str), text: &str) -> String {
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    format!("{before}{begin}{text}{end}{after}")
}

/// The name at the end of a `$ref`, as a link into the page where the page has it; the words of a closed set.
fn name(reference: &Value) -> String {
    let name = reference["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
    if SCHEMAS.contains(&name) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    let schema = &document()["components"]["schemas"][name];
    let words = |one: &Value| one["enum"].as_array().cloned().unwrap_or_default();
    let words: Vec<Value> =
        schema["oneOf"].as_array().into_iter().flatten().chain([schema]).flat_map(words).collect();
    match words.is_empty() {
        true => format!("`{name}`"),
        false => words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The table of routes.
fn routes(document: &Value) -> String {
    let mut table = String::from("\n| route | does | body | success |\n|---|---|---|---|\n");
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = |part: &Value| part.pointer("/content/application~1json/schema").map(name);
            let body = schema(&operation["requestBody"]).unwrap_or_default();
            let answers = operation["responses"].as_object().unwrap().iter();
            let answers = answers.filter(|(status, _)| status.starts_with('2') || status.starts_with('3'));
            let answers: Vec<String> = answers
                .map(|(status, answer)| {
                    format!("{status} {}", schema(answer).unwrap_or_default()).trim_end().to_owned()
                })
                .collect();
            let (method, summary) = (method.to_uppercase(), operation["summary"].as_str().unwrap());
            table += &format!("| `{method} {path}` | {summary} | {body} | {} |\n", answers.join(", "));
        }
    }
    table + "\n"
}

/// A field's type in words.
fn form(field: &Value) -> String {
    let one = |field: &Value| match field["type"].as_str() {
        _ if field["$ref"].is_string() => name(field),
        Some("array") => format!("list of {}", form(&field["items"])),
        Some(kind) => kind.to_owned(),
        None => String::from("any"),
    };
    if let Some(kinds) = field["type"].as_array() {
        let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
        return kinds.join(" or ");
    }
    match field["oneOf"].as_array() {
        Some(all) => all.iter().map(one).collect::<Vec<_>>().join(" or "),
        None => one(field),
    }
}

/// One table for each schema.
fn fields(document: &Value) -> String {
    let mut tables = String::from("\n");
    for schema in SCHEMAS {
        let described = &document["components"]["schemas"][schema];
        let about = described["description"].as_str().unwrap();
        tables += &format!("### {schema}\n\n{about}\n\n| field | form | means |\n|---|---|---|\n");
        let required: Vec<&str> =
            described["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, field) in described["properties"].as_object().unwrap() {
            let about = field["description"]
                .as_str()
                .or_else(|| field["oneOf"].as_array()?.iter().find_map(|one| one["description"].as_str()));
            let absent = if required.contains(&name.as_str()) { "" } else { ", may be absent" };
            let about = about.unwrap().replace('\n', " ").replace('|', "\\|");
            tables += &format!("| `{name}` | {}{absent} | {about} |\n", form(field));
        }
        tables += "\n";
    }
    tables
}

/// The JSON of a snapshot.
fn snapshot(path: &str) -> String {
    text(path).splitn(3, "---\n").nth(2).unwrap().to_owned()
}

/// The page is current; run with `UPDATE=1` to write it.
#[test]
fn the_page_is_current() {
    let (document, page) = (document(), text(PAGE));
    let answer = snapshot("shared/review/tests/snapshots/view__the_whole_view.snap");
    let answer = format!("```json\n{}\n```\n", answer.trim_end());
    let new = between(&page, ROUTES, &routes(&document));
    let new = between(&between(&new, ANSWER, &answer), FIELDS, &fields(&document));
    if std::env::var("UPDATE").is_ok() {
        fs::write(root().join(PAGE), new).unwrap();
        return;
    }
    assert!(page == new, "{PAGE} is behind the code: UPDATE=1 cargo test --workspace --test api_page");
}

/// The rows of the table under a heading, each as its cells.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let section = page.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The names in backticks of a cell.
fn named(cell: &str) -> Vec<String> {
    let code = Regex::new("`([a-z-]+)`").unwrap();
    code.captures_iter(cell).map(|found| found[1].to_owned()).collect()
}

/// Every status has a row, and every row is one.
#[test]
fn every_status_is_explained() {
    let document = document();
    let statuses = &document["components"]["schemas"]["ActionView"]["properties"]["status"]["enum"];
    let expected: BTreeSet<String> =
        statuses.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let told: BTreeSet<String> =
        rows(&text(PAGE), "Statuses").iter().flat_map(|row| named(&row[0])).collect();
    assert_eq!(told, expected);
}

/// Every code of a problem has a row with its status, its title, and what to do.
#[test]
fn every_problem_says_what_to_do() {
    let document = document();
    let responses = document["components"]["responses"].as_object().unwrap();
    let expected: BTreeSet<(String, String)> = responses
        .iter()
        .map(|(code, response)| (code.clone(), response["description"].as_str().unwrap().to_owned()))
        .collect();
    let rows = rows(&text(PAGE), "Problems");
    let told: BTreeSet<(String, String)> = rows
        .iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), format!("{} ({}).", row[2], row[1])))
        .collect();
    assert_eq!(told, expected);
    assert!(rows.iter().all(|row| row.len() == 4 && row[3].len() > 5), "a row does not say what to do");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// Every code with which a function denies an action has a row, and every row is of such a code.
#[test]
fn every_denial_is_explained() {
    let rejected = r#"(?:Rejection|ExecutionError|Self)::(?:new|rejection)\(\s*"([a-z-]+)""#;
    let lasting = r#"of_fault\([^,"]*,\s*"([a-z-]+)""#;
    let mut expected = BTreeSet::new();
    for folder in ["functions/policy/src", "functions/execution/src", "shared/evaluation/src"] {
        for file in sources(&root().join(folder)) {
            let source = text(&file);
            for pattern in [rejected, lasting] {
                let pattern = Regex::new(pattern).unwrap();
                expected.extend(pattern.captures_iter(&source).map(|found| found[1].to_owned()));
            }
        }
    }
    let of_rules = Regex::new(r#"Self::\w+ => "([a-z]+-[a-z-]+)""#).unwrap();
    let rules = text("shared/policy/src/decision.rs");
    expected.extend(of_rules.captures_iter(&rules).map(|found| found[1].to_owned()));
    assert!(expected.len() > 15, "the codes are not found: {expected:?}");
    // `ExecutionError::changed` and `at_target` write it without a call that the pattern finds.
    expected.insert("changed-since-review".to_owned());
    let told: BTreeSet<String> =
        rows(&text(PAGE), "Why something was denied").iter().flat_map(|row| named(&row[0])).collect();
    assert_eq!(told, expected);
}

/// Every code with which an attempt ends without effect stands under the denials' table.
#[test]
fn every_failure_is_explained() {
    let (page, pattern) = (text(PAGE), Regex::new(r#"not_done\(\s*"([a-z-]+)""#).unwrap());
    let section =
        page.split("\n## Why something failed\n").nth(1).unwrap().split("\n## ").next().unwrap().to_owned();
    let mut found = 0;
    for folder in ["functions/execution/src", "shared/connectors/src"] {
        for file in sources(&root().join(folder)) {
            for code in pattern.captures_iter(&text(&file)) {
                found += 1;
                assert!(section.contains(&format!("`{}`", &code[1])), "{PAGE} has no {}", &code[1]);
            }
        }
    }
    assert!(found > 7, "the codes are not found");
}

/// Each example has only fields of its schema, and all that the schema requires.
#[test]
fn every_example_fits_its_schema() {
    let (document, page) = (document(), text(PAGE));
    let schemas = &document["components"]["schemas"];
    let mut fitting = BTreeSet::new();
    for example in page.split("\n```json\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()) {
        let example: Value =
            serde_json::from_str(example).unwrap_or_else(|error| panic!("{error}: {example}"));
        let fields = example.as_object().unwrap();
        // A part of an action: what it holds is a value of the schema that the field names.
        let part = fields.values().next().filter(|value| fields.len() == 1 && value.is_object());
        let fits = |schema: &str| {
            let (described, value) = (&schemas[schema], part.unwrap_or(&example));
            let properties = described["properties"].as_object().unwrap();
            let required = described["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let value = value.as_object().unwrap();
            value.keys().all(|name| properties.contains_key(name))
                && required.into_iter().all(|name| value.contains_key(name))
        };
        let schema = SCHEMAS
            .iter()
            .find(|schema| fits(schema))
            .unwrap_or_else(|| panic!("an example is of no schema: {example}"));
        fitting.insert(*schema);
    }
    let expected = [
        "ActionView",
        "OutcomeView",
        "DenialView",
        "ResolutionView",
        "VerdictBody",
        "ResolutionBody",
        "SuspensionBody",
        "Problem",
    ];
    assert!(expected.iter().all(|schema| fitting.contains(schema)), "{fitting:?}");
}

/// What `docs/approving.md` quotes of the pages stands there, or is the title of a code.
#[test]
fn the_labels_of_the_pages_are_theirs() {
    let page = text("docs/approving.md");
    let mut known = text("functions/intake/openapi.json");
    for folder in ["functions/callbacks/src", "shared/review/src"] {
        known.extend(sources(&root().join(folder)).iter().map(text));
    }
    let label = Regex::new(r"(?m)[^*]\*([^*\n]+)\*[^*]").unwrap();
    let labels: BTreeSet<String> = label.captures_iter(&page).map(|found| found[1].to_owned()).collect();
    assert!(labels.len() > 20, "{labels:?}");
    let unknown: Vec<&String> =
        labels.iter().filter(|label| !known.contains(label.trim_end_matches('.'))).collect();
    assert!(unknown.is_empty(), "no page says {unknown:?}");
}
