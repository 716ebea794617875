//! Catalogue entries that say everything, and nothing that is not so.

use std::collections::BTreeSet;

use bundle::content::{self, Content};
use bundle::{CatalogueEntry, Idempotency, NameFormat, Part, Sensitivity, probes};
use domain::RESUME;
use policy::{CONTEXT, Diagnostic, PRINCIPAL_TYPE, TEAM_TYPE};
use serde_json::Value;

use super::finding::{Findings, is_name, repeated, says};
use super::parameters::{needed, property};
use super::{masking, pins, schema, session};
use crate::held::held;
use crate::sources::Sources;

pub(crate) fn check(content: &Content, sources: &Sources) -> Vec<Diagnostic> {
    let types: BTreeSet<&str> = content.actions.iter().map(|entry| entry.action_type.as_str()).collect();
    let mut wrong = Vec::new();
    for entry in &content.actions {
        let mut found = words(entry, &types);
        found.extend(parameters(entry));
        found.extend(canonical(entry));
        found.extend(mapping(entry));
        found.extend(masking::check(entry));
        found.extend(templates(entry));
        found.extend(resolve(entry, content).map(|message| (vec!["resolve".to_owned()], message)));
        found.extend(pins::check(entry));
        found.extend(if entry.is_built_in() { built_in(entry) } else { session::check(entry) });
        let file = format!("actions/{}.yaml", entry.action_type);
        wrong.extend(found.into_iter().map(|(path, message)| {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            sources.at(&file, &path, message)
        }));
    }
    wrong
}

/// What Countersign does itself: one type, with no role, never less than highly sensitive, so that it needs people.
fn built_in(entry: &CatalogueEntry) -> Findings {
    let mut wrong = Vec::new();
    let mut say = |key: &str, message: &str| wrong.push((vec![key.to_owned()], message.to_owned()));
    if entry.action_type != RESUME {
        say("connector", "`resume` is the connector of `countersign-resume` alone");
    }
    if !entry.inspection_role.is_blank() || !entry.run_role.is_blank() || !entry.session_policy.is_null() {
        say("connector", "Countersign resumes by itself: without roles and without a session policy");
    }
    if entry.sensitivity != Sensitivity::High {
        say("sensitivity", "ending a suspension is of `high` sensitivity");
    }
    if entry.formats.get("scope") != Some(&NameFormat::Scope) || !content::required(entry).contains("scope") {
        say("formats", "a resume has a required parameter `scope`, of the form `scope`");
    }
    if entry.pins.iter().map(|pin| pin.name.as_str()).ne(["suspension"]) {
        say(
            "pins",
            "a resume pins `suspension`, the very suspension that people are shown, and nothing else",
        );
    }
    wrong
}

fn words(entry: &CatalogueEntry, types: &BTreeSet<&str>) -> Findings {
    let mut wrong = Vec::new();
    let mut say = |key: &str, message: String| wrong.push((vec![key.to_owned()], message));
    for (key, text) in [
        ("title", &entry.title),
        ("summary", &entry.summary),
        ("consequence", &entry.consequence),
        ("description", &entry.reversible.description),
    ] {
        if !says(text) {
            say(key, format!("`{key}` says nothing"));
        }
    }
    if entry.title.contains(['{', '}']) {
        say("title", "a title names the kind of action; values belong into the `sentence`".to_owned());
    }
    if entry.consequence.split_whitespace().count() > 4 {
        say("consequence", "the consequence stands on a button: about three words".to_owned());
    }
    if !is_name(&entry.connector) {
        say("connector", format!("`{}` is no name of a connector", entry.connector));
    }
    if entry.action_type == RESUME && !entry.is_built_in() {
        say(
            "connector",
            "`countersign-resume` is done by Countersign itself: its connector is `resume`".to_owned(),
        );
    }
    if entry.expected_seconds == 0 || entry.expected_seconds > 900 {
        say("expected_seconds", "between 1 and 900 seconds".to_owned());
    }
    if let Some(wrong) = idempotency(entry) {
        say("idempotency", wrong);
    }
    if entry.pins.is_empty() && entry.unpinned.is_empty() {
        say("pins", "says neither what is pinned nor what cannot be".to_owned());
    }
    if entry.fields.is_empty() {
        say("fields", "shows nothing of what will run".to_owned());
    }
    for name in repeated(
        entry.pins.iter().map(|pin| pin.name.as_str()).chain(entry.effects.iter().map(String::as_str)),
    ) {
        say("pins", format!("`{name}` is named twice among pins and effects"));
    }
    for tag in &entry.tags {
        if !is_name(tag) || types.contains(tag.as_str()) {
            say("tags", format!("`{tag}` is no name of a group of actions, or an action type has it"));
        }
    }
    wrong
}

/// What the entry says of a lost attempt, the connector has to be able to do.
fn idempotency(entry: &CatalogueEntry) -> Option<String> {
    held(&entry.connector)?;
    let (name, probes) = (&entry.connector, probes(&entry.connector));
    match (entry.idempotency, probes) {
        (Idempotency::Probeable, false) => {
            Some(format!("`{name}` cannot find out what a lost attempt did, so it is not `probeable`"))
        }
        (Idempotency::Neither, true) => {
            Some(format!("`{name}` can find out what a lost attempt did: it is `probeable`, or `idempotent`"))
        }
        _ => None,
    }
}

/// Whoever may resolve lost attempts is somebody.
fn resolve(entry: &CatalogueEntry, content: &Content) -> Option<String> {
    let name = entry.resolve.as_ref()?;
    let known = content.requirements.iter().any(|rule| rule.name == *name);
    (!known).then(|| format!("`{name}` is no requirement of approvals.yaml"))
}

fn parameters(entry: &CatalogueEntry) -> Findings {
    let path = || vec!["parameters".to_owned()];
    let mut wrong: Findings =
        schema::open_ends(&entry.parameters).into_iter().map(|message| (path(), message)).collect();
    if let Err(error) = bundle::check_schema(&entry.parameters) {
        wrong.push((path(), format!("no valid JSON Schema: {error}")));
    }
    let required = content::required(entry);
    for (name, form) in &entry.derived {
        let place = || vec!["derived".to_owned(), name.clone()];
        let text = property(entry, &format!("/{name}")).and_then(|schema| schema.get("type"))
            == Some(&Value::from("string"));
        if !text || !required.contains(name.as_str()) {
            wrong.push((place(), format!("values are derived from required texts only; `{name}` is none")));
        }
        let clash =
            form.names().into_iter().find(|derived| property(entry, &format!("/{derived}")).is_some());
        if let Some(derived) = clash {
            wrong.push((place(), format!("`{derived}` is a parameter already")));
        }
        let segments = form.segments();
        let touching = segments.windows(2).any(|pair| pair.iter().all(|part| matches!(part, Part::Value(_))));
        if form.names().is_empty() || touching {
            wrong.push((place(), "a derivation needs holes with words between them".to_owned()));
        }
    }
    wrong
}

/// O8: a target that can be written in two ways has two names in rules and directory, and the strict one is passed by.
fn canonical(entry: &CatalogueEntry) -> Findings {
    let text = |name: &str| {
        property(entry, &format!("/{name}")).and_then(|schema| schema.get("type"))
            == Some(&Value::from("string"))
    };
    let mut wrong = Vec::new();
    for name in entry.formats.keys().filter(|name| !text(name) || entry.masks(name)) {
        let message = format!("`{name}` is no text among the parameters that is shown");
        wrong.push((vec!["formats".to_owned(), name.clone()], message));
    }
    for name in needed(entry).into_iter().filter(|name| text(name) && !entry.formats.contains_key(name)) {
        let message =
            format!("`{name}` decides what is touched: say the one way it is written (`arn`, `name`, …)");
        wrong.push((vec!["formats".to_owned()], message));
    }
    wrong
}

fn mapping(entry: &CatalogueEntry) -> Findings {
    let steady = entry.steady_names();
    let mut wrong = Vec::new();
    for (at, (name, rule)) in entry.resources().enumerate() {
        let mut say = |message: String| wrong.push((vec![name.to_owned()], message));
        if at > 0 && (name == "resource" || CONTEXT.contains(&name) || !is_name(name)) {
            say(format!("`{name}` cannot be the name of a related resource"));
        }
        let identifier = rule.kind.bytes().all(|b| b.is_ascii_alphanumeric())
            && rule.kind.starts_with(|c: char| c.is_ascii_uppercase());
        if !identifier || [PRINCIPAL_TYPE, TEAM_TYPE, "Action"].contains(&rule.kind.as_str()) {
            say(format!("`{}` cannot be the name of a resource type", rule.kind));
        }
        for template in std::iter::once(&rule.id).chain(&rule.account) {
            if template.names().is_empty() {
                say(format!("`{}` names the same resource for every proposal", template.text()));
            }
            for unknown in template.names().into_iter().filter(|name| !steady.contains(*name)) {
                say(format!(
                    "`{unknown}` is no required simple parameter that is shown, nor derived from one"
                ));
            }
        }
    }
    if entry.is_built_in() {
        return wrong;
    }
    for (role, key) in [(&entry.inspection_role, "inspection_role"), (&entry.run_role, "run_role")] {
        if role.names() != BTreeSet::from(["deployment"]) {
            wrong.push((vec![key.to_owned()], format!("`{key}` names `{{deployment}}` and nothing else")));
        }
    }
    wrong
}

fn templates(entry: &CatalogueEntry) -> Findings {
    let known = entry.shown_names();
    let fields = entry.fields.iter().flat_map(|field| std::iter::once(&field.value).chain(&field.note));
    let shown =
        std::iter::once(("sentence", &entry.sentence)).chain(fields.map(|template| ("fields", template)));
    let mut wrong = Vec::new();
    for (key, template) in shown {
        for name in template.names().into_iter().filter(|name| !known.contains(*name)) {
            let message = format!(
                "`{{{name}}}` is no required parameter, derived value, pin, effect or part of the plan"
            );
            wrong.push((vec![key.to_owned(), name.to_owned()], message));
        }
    }
    if entry.sentence.names().is_empty() {
        let message = "the sentence says nothing of what this one is about".to_owned();
        wrong.push((vec!["sentence".to_owned()], message));
    }
    wrong
}
