//! `docs/catalogue.md` and `docs/directory.md` say of every field what its doc comment says, and the table of connectors says
//! what the build checks.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "whether to write is asked of the environment; a test's own functions fail loudly"
)]

use std::fs;
use std::path::PathBuf;

const FIELDS: (&str, &str) =
    ("<!-- made from the doc comments: UPDATE=1 cargo test -p bundle --test page -->\n", "<!-- end -->");
const REQUIREMENTS: (&str, &str) = (
    "<!-- made from the doc comments of requirements: UPDATE=1 cargo test -p bundle --test page -->\n",
    "<!-- end of the requirements -->",
);
const EXAMPLE: (&str, &str) = ("<!-- the sample's own file -->\n", "<!-- end of the file -->");

/// A `pub struct` or `pub enum` with what its comments say.
struct Shape {
    name: String,
    doc: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    kind: String,
    doc: String,
}

/// The page is current; run with `UPDATE=1` to write it.
#[test]
fn the_page_is_current() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
    let page = read("docs/catalogue.md");
    let mut shapes = shapes(&read("shared/bundle/src/catalogue.rs"));
    shapes.extend(self::shapes(&read("shared/bundle/src/canonical.rs")));
    let fields = shapes.iter().map(section).collect::<String>() + "\n";
    let example = format!("```yaml\n{}```\n", read("infra/policies/actions/s3-export.yaml"));
    let new = between(&between(&page, FIELDS, &fields), EXAMPLE, &example);
    current("docs/catalogue.md", &page, &new);
}

/// The reference of `directory.yaml` and `approvals.yaml` is current; run with `UPDATE=1` to write it.
#[test]
fn the_directory_s_page_is_current() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
    let of = |files: &[&str]| {
        let shapes = files.iter().flat_map(|file| shapes(&read(&format!("shared/bundle/src/{file}"))));
        // What has no fields is written as a text, and its form says so.
        shapes
            .filter(|shape| !shape.name.contains('(') && shape.name != "Weekday")
            .map(|shape| section(&shape))
            .collect::<String>()
            + "\n"
    };
    let page = read("docs/directory.md");
    let new = between(
        &page,
        FIELDS,
        &of(&["directory.rs", "behind.rs", "asking.rs", "calendar.rs", "channels.rs"]),
    );
    let new = between(&new, REQUIREMENTS, &of(&["approvals.rs"]));
    current("docs/directory.md", &page, &new);
}

fn current(file: &str, page: &str, new: &str) {
    if std::env::var("UPDATE").is_ok() {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        fs::write(root.join(file), new).unwrap();
        return;
    }
    assert!(page == new, "{file} is behind the code: UPDATE=1 cargo test -p bundle --test page");
}

/// Every connector has a row, with the pins that it reads, what keeps each from changing, and whether it can ask its target.
#[test]
fn every_connector_has_its_row() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let page = fs::read_to_string(root.join("docs/catalogue.md")).unwrap();
    let section = page.split("\n## Connectors\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let told: Vec<(String, String, String)> = rows
        .map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>())
        .map(|cells| (cells[0].clone(), cells[2].clone(), cells[7].clone()))
        .collect();
    let expected: Vec<(String, String, String)> = bundle_build::connectors()
        .map(|name| {
            let pins = bundle_build::held(name).unwrap().iter().map(|(pin, by)| match by {
                bundle::HeldBy::Call => format!("`{pin}` (call)"),
                bundle::HeldBy::Check => format!("`{pin}` (check)"),
            });
            let tells = if bundle::probes(name) { "yes" } else { "no" };
            (format!("`{name}`"), pins.collect::<Vec<_>>().join(", "), tells.to_owned())
        })
        .collect();
    assert_eq!(told, expected);
}

fn between(page: &str, (begin, end): (&str, &str), text: &str) -> String {
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    format!("{before}{begin}{text}{end}{after}")
}

fn section(shape: &Shape) -> String {
    let head = format!("\n## {}\n\n{}\n\n", shape.name, shape.doc);
    if shape.rows.iter().all(|row| row.kind.is_empty()) {
        let line = |row: &Row| format!("| `{}` | {} |\n", row.name, row.doc);
        return head
            + "| value | means |\n|---|---|\n"
            + &shape.rows.iter().map(line).collect::<String>()
            + "\n";
    }
    let line = |row: &Row| format!("| `{}` | {} | {} |\n", row.name, row.kind, row.doc);
    head + "| field | form | means |\n|---|---|---|\n"
        + &shape.rows.iter().map(line).collect::<String>()
        + "\n"
}

/// Public types of a source file, in order, as serde reads them.
fn shapes(source: &str) -> Vec<Shape> {
    let mut found: Vec<Shape> = Vec::new();
    let (mut doc, mut attributes, mut inside, mut kebab) = (String::new(), String::new(), false, false);
    for line in source.lines() {
        let text = line.trim();
        if let Some(words) = text.strip_prefix("/// ") {
            doc = format!("{doc} {words}").trim().to_owned();
            continue;
        }
        if text.starts_with("#[") {
            attributes += text;
            continue;
        }
        let named = ["pub struct ", "pub enum "].iter().find_map(|start| text.strip_prefix(start));
        if let Some(name) = named.filter(|_| !line.starts_with(' ') && attributes.contains("Deserialize")) {
            (inside, kebab) = (true, attributes.contains("kebab-case"));
            let name = name.trim_end_matches(" {").to_owned();
            found.push(Shape { name, doc: doc.clone(), rows: Vec::new() });
        } else if line.starts_with('}') {
            inside = false;
        } else if let (true, false, Some(shape)) = (inside, text.is_empty(), found.last_mut()) {
            shape.rows.push(row(text, &doc, &attributes, kebab));
        }
        (doc, attributes) = (String::new(), String::new());
    }
    found
}

fn row(text: &str, doc: &str, attributes: &str, kebab: bool) -> Row {
    let text = text.trim_end_matches(',');
    let doc = doc.replace('|', "\\|");
    let Some((name, kind)) = text.strip_prefix("pub ").and_then(|field| field.split_once(": ")) else {
        return Row { name: words(text, if kebab { '-' } else { '_' }), kind: String::new(), doc };
    };
    let renamed = attributes.split_once("rename = \"").and_then(|(_, rest)| rest.split_once('"'));
    let name = renamed.map_or(name, |(renamed, _)| renamed).to_owned();
    let optional = if attributes.contains("serde(default") { ", may be absent" } else { "" };
    // A number of seconds may be written as a duration.
    let kind = if attributes.contains("seconds\"") {
        "a duration as `PT1H`, or seconds".to_owned()
    } else {
        form(kind)
    };
    Row { name, kind: format!("{kind}{optional}"), doc }
}

/// A Rust type as somebody who writes YAML would call it.
fn form(kind: &str) -> String {
    let inner = |wrapper: &str| kind.strip_prefix(wrapper).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inner("Option<") {
        return form(inner);
    }
    if let Some(inner) = inner("Vec<") {
        return format!("list of {}", form(inner));
    }
    if let Some(inner) = inner("BTreeMap<String, ") {
        return format!("name → {}", form(inner));
    }
    match kind {
        "String" => "text".to_owned(),
        "bool" => "`true` or `false`".to_owned(),
        "u32" => "whole number".to_owned(),
        "Value" => "any YAML".to_owned(),
        "Template" => "template".to_owned(),
        "Timestamp" => "time, as `2026-12-24T00:00:00.000Z`".to_owned(),
        "Zone" => "name of a time zone".to_owned(),
        "Weekday" => "`mon` to `sun`".to_owned(),
        "WallTime" => "time of day, as `\"09:00\"`".to_owned(),
        "Day" => "date, as `\"2026-12-25\"`".to_owned(),
        "GroupCount" => "`{ group, count }`".to_owned(),
        "Proof" => "`idp` or `service`".to_owned(),
        named => format!("[{named}](#{})", named.to_lowercase()),
    }
}

/// `S3Uri` as `s3-uri`.
fn words(variant: &str, between: char) -> String {
    // What a variant holds, its sentence says.
    let variant = variant.split('(').next().unwrap_or(variant);
    let mut name = String::new();
    for (at, letter) in variant.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            name.push(between);
        }
        name.extend(letter.to_lowercase());
    }
    name
}
