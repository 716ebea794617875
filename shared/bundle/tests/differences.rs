//! What people read of new rules: before and after, for everything a bundle holds.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod bucket;
#[path = "../../bundle-build/tests/sample/mod.rs"]
mod sample;

use bucket::edited;
use bundle::{Bundle, differences, summary};
use bundle_build::Compiled;
use serde_json::Value;
use wire::documents::{ChangeName, Difference};

type Edit<'a> = (&'a str, &'a str, &'a str);

fn told(edits: &[Edit<'_>]) -> Vec<Difference> {
    differences(&edited(&[]).bundle, &edited(edits).bundle)
}

/// The only difference.
fn only(edits: &[Edit<'_>]) -> Difference {
    let mut all = told(edits);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn has(one: &Difference, line: &str) -> bool {
    one.lines.iter().any(|shown| shown == line)
}

/// Every name that is added, changed or gone, whatever kind of thing it is, in one line.
#[test]
fn names_are_summed_up() {
    assert_eq!(summary(&told(&[])), "nothing");
    let reworded = ("policies/jobs.cedar", "One of sre agrees before", "Somebody of sre agrees before");
    let many = summary(&told(&[
        ("actions/lambda-invoke.yaml", "/title", r#""Start a function""#),
        ("policies/jobs.cedar", "jobs-in-development", "jobs-anywhere-in-development"),
        reworded,
        ("approvals.yaml", "/data-owners/reminder", r#""PT20M""#),
        ("directory.yaml", "/agents/0/owner", r#""carol""#),
        ("directory.yaml", "/groups/data-owners/members", r#"["alice", "erin"]"#),
        ("directory.yaml", "/accounts/0/name", r#""home""#),
        ("directory.yaml", "/resources/1/pattern", r#""s3://report/*""#),
        ("directory.yaml", "/may_suspend", r#"["sre", "data-owners"]"#),
        ("directory.yaml", "/calendar/zone", r#""Europe/Paris""#),
    ]));
    assert_eq!(
        many,
        "action types: ~ lambda-invoke; \
         rules: + jobs-anywhere-in-development, - jobs-in-development, ~ jobs-need-one-of-sre; \
         requirements: ~ data-owners; agents: ~ demo-agent; groups: ~ data-owners; accounts: ~ 000000000000; \
         resources: + Object s3://report/*, - Object s3://reports/*; directory: ~ calendar, ~ may_suspend"
    );
}

/// C23: a rule is shown before and after, not by its name; what is only a comment or only words is said to be just that.
#[test]
fn rules_are_shown_before_and_after() {
    let file = "policies/exports.cedar";
    let known = "resource.classification == \"customer\" && !context.destination.known";
    let condition = only(&[(file, known, &known.replace("!context", "context"))]);
    assert_eq!((condition.kind.as_str(), condition.change), ("rule", ChangeName::Changed));
    assert_eq!(
        (condition.name.as_str(), condition.note.as_str()),
        ("customer-data-stays-with-known-partners", "")
    );
    assert!(has(&condition, &format!("- when {{ {known} }};")), "{condition:?}");
    assert!(
        has(&condition, &format!("+ when {{ {} }};", known.replace("!context", "context"))),
        "{condition:?}"
    );
    assert!(
        has(&condition, "  forbid (principal, action in Action::\"data-export\", resource)"),
        "{condition:?}"
    );

    let comment = only(&[(file, known, &format!("\n  // a note\n  {known}"))]);
    assert_eq!(comment.note, "only comments or white space");
    assert!(has(&comment, "+   // a note"), "{comment:?}");

    let words = only(&[("policies/jobs.cedar", "One of sre agrees before", "Somebody of sre agrees before")]);
    assert_eq!(words.note, "only what it says to people (@reason, @instead)");

    let outside = only(&[("policies/jobs.cedar", "// Jobs", "// All jobs")]);
    assert_eq!(
        (outside.kind.as_str(), outside.name.as_str()),
        ("comments outside rules", "policies/jobs.cedar")
    );
}

/// C23: requirements, groups, owners and limits are shown with what they were and what they would be.
#[test]
fn everything_else_is_shown_before_and_after() {
    let joins = only(&[("directory.yaml", "/groups/data-owners/members", r#"["alice", "mallory"]"#)]);
    assert_eq!((joins.kind.as_str(), joins.name.as_str()), ("group", "data-owners"));
    assert!(has(&joins, "+   - \"mallory\"") && has(&joins, "    - \"alice\""), "{joins:?}");
    let owner = only(&[("directory.yaml", "/agents/0/owner", r#""carol""#)]);
    assert!(has(&owner, "- owner: \"dana\"") && has(&owner, "+ owner: \"carol\""), "{owner:?}");
    let may = only(&[("directory.yaml", "/may_suspend", r#"["sre", "data-owners"]"#)]);
    assert!(has(&may, "+ - \"data-owners\""), "{may:?}");
}

/// C23: sixty new rules are sixty names and sixty texts.
#[test]
fn many_rules_are_all_named() {
    let rules: String = (0..60)
        .map(|n| format!("@id(\"more-{n}\") forbid (principal, action == Action::\"lambda-invoke\", resource) when {{ resource.known == false }};\n"))
        .collect();
    let all = told(&[("policies/jobs.cedar", "// Jobs", &format!("{rules}// Jobs"))]);
    let named = all.iter().filter(|one| one.name.starts_with("more-") && one.change == ChangeName::Added);
    assert_eq!(named.clone().count(), 60);
    assert!(named.clone().all(|one| one.lines.iter().any(|line| line.starts_with("+ @id(\"more-"))));
    let summary = summary(&all);
    assert!(summary.contains("+ more-0,") && summary.contains("+ more-59"), "{summary}");
}

/// C23: a list that rules are read from in order is told when its order changes; a file's name alone too.
#[test]
fn order_and_place_are_told() {
    let (old, bytes) = sample();
    let mut content: Value = wire::json::parse_value(&bytes).unwrap();
    content["directory"]["resources"].as_array_mut().unwrap().reverse();
    let all = differences(&old.bundle, &load(&content));
    assert_eq!(
        all.iter().map(|one| (one.kind.as_str(), one.name.as_str())).collect::<Vec<_>>(),
        [("order", "resources")]
    );
    let mut content: Value = wire::json::parse_value(&bytes).unwrap();
    content["policies"][0]["file"] = "policies/elsewhere.cedar".into();
    let all = differences(&old.bundle, &load(&content));
    assert!(
        all.iter().filter(|one| one.kind == "rule").all(|one| one.note == "only the file it is in"),
        "{all:?}"
    );
}

fn sample() -> (Compiled, Vec<u8>) {
    let old = edited(&[]);
    let bytes = old.bytes.clone();
    (old, bytes)
}

fn load(content: &Value) -> Bundle {
    try_load(content).unwrap()
}

fn try_load(content: &Value) -> Option<Bundle> {
    Bundle::load(wire::json::canonical(content).unwrap().as_bytes()).ok()
}

/// C23: whatever value of a bundle changes, the change is shown, old and new: also of a field that is added later.
#[test]
fn no_value_changes_unseen() {
    let (old, bytes) = sample();
    let content: Value = wire::json::parse_value(&bytes).unwrap();
    let mut pointers = Vec::new();
    leaves(&content, String::new(), &mut pointers);
    let mut tried = 0;
    for pointer in pointers {
        let mut changed = content.clone();
        let leaf = changed.pointer_mut(&pointer).unwrap();
        let before = leaf.clone();
        *leaf = match &before {
            Value::String(text) => Value::from(format!("{text}x")),
            Value::Number(number) => Value::from(number.as_u64().unwrap_or(0) + 1),
            Value::Bool(yes) => Value::from(!yes),
            _ => continue,
        };
        let after = leaf.clone();
        // What is no bundle any more cannot be staged.
        let Some(new) = try_load(&changed) else { continue };
        tried += 1;
        let all = differences(&old.bundle, &new);
        let shown = |mark: char, value: &Value| {
            let quoted = value.to_string();
            all.iter().any(|one| {
                one.name.contains(quoted.trim_matches('"'))
                    || one.lines.iter().any(|line| line.starts_with(mark) && line.contains(&quoted))
            })
        };
        assert!(shown('-', &before) && shown('+', &after), "{pointer}: {all:?}");
    }
    assert!(tried > 300, "{tried}");
}

/// Rules are told as texts, in another test; their rule headers follow from them.
fn leaves(value: &Value, pointer: String, out: &mut Vec<String>) {
    match value {
        _ if pointer.starts_with("/policies") => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                leaves(value, format!("{pointer}/{name}"), out);
            }
        }
        Value::Array(list) => {
            list.iter()
                .enumerate()
                .for_each(|(place, value)| leaves(value, format!("{pointer}/{place}"), out));
        }
        _ => out.push(pointer),
    }
}

/// C27: that a target will show what a detector finds is read before it is in force, and approved with the entry's digest.
#[test]
fn an_exemption_is_a_difference() {
    let exempt =
        r#"[{ "target": "/destination", "detector": "card", "because": "keys hold order numbers" }]"#;
    let edit: Edit<'_> = ("actions/s3-export.yaml", "/redaction/exempt", exempt);
    let one = only(&[edit]);
    assert_eq!(
        (one.kind.as_str(), one.name.as_str(), one.change),
        ("action type", "s3-export", ChangeName::Changed)
    );
    for word in ["exempt", "/destination", "card", "keys hold order numbers"] {
        assert!(one.lines.iter().any(|line| line.starts_with('+') && line.contains(word)), "{word}: {one:?}");
    }
    let digest = |edits: &[Edit<'_>]| edited(edits).bundle.entry_digest("s3-export").unwrap();
    assert_ne!(digest(&[]), digest(&[edit]));
}
