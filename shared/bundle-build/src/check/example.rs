//! Examples that work: each goes the way of a real proposal, as far as no target is needed.

use std::collections::{BTreeMap, BTreeSet};

use bundle::{Bundle, CatalogueEntry, RequestContext};
use domain::{Principal, Timestamp};
use policy::{Decision, Diagnostic, ForbidCode};
use serde_json::Value;

use crate::sources::Sources;

/// The fields of a proposal body.
const BODY: [&str; 6] = ["type", "parameters", "reason", "provenance", "correlation", "expires_in"];

pub(crate) fn check(bundle: &Bundle, entry: &CatalogueEntry, sources: &Sources) -> Vec<Diagnostic> {
    let mut wrong = body(entry);
    let none = Value::Null;
    let parameters = entry.example.get("parameters").unwrap_or(&none);
    if let Err(errors) = bundle.validate_parameters(&entry.action_type, parameters) {
        wrong.extend(errors.into_iter().map(|error| format!("`{}`: {}", error.pointer, error.detail)));
    } else {
        wrong.extend(way(bundle, entry, parameters));
    }
    let file = format!("actions/{}.yaml", entry.action_type);
    wrong
        .into_iter()
        .map(|message| sources.at(&file, &["example"], format!("the example: {message}")))
        .collect()
}

fn body(entry: &CatalogueEntry) -> Vec<String> {
    let mut wrong = Vec::new();
    let example = entry.example.as_object();
    let unknown = example.into_iter().flat_map(|map| map.keys()).filter(|key| !BODY.contains(&key.as_str()));
    wrong.extend(unknown.map(|key| format!("`{key}` is no field of a proposal")));
    if entry.example.get("type").and_then(Value::as_str) != Some(entry.action_type.as_str()) {
        wrong.push(format!("its `type` is not `{}`", entry.action_type));
    }
    let reason = entry.example.get("reason").and_then(Value::as_str).unwrap_or_default();
    if !(1..=2000).contains(&reason.chars().count()) {
        wrong.push("a proposal has a `reason` of 1 to 2,000 characters".to_owned());
    }
    wrong
}

/// Facts, account, roles and session policy follow from it, and no agent's question about it ends in an error.
fn way(bundle: &Bundle, entry: &CatalogueEntry, parameters: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let pins: BTreeMap<String, String> =
        entry.pins.iter().map(|pin| (pin.name.clone(), "x".repeat(128))).collect();
    let session = bundle
        .place(entry, parameters, "a-deployment-of-20ch")
        .and_then(|place| bundle.session_policy(entry, parameters, &place, &pins));
    wrong.extend(session.err().map(|error| error.to_string()));
    wrong.extend(bundle.described(entry, parameters).err().map(|error| error.to_string()));
    for agent in &bundle.directory().agents {
        let issuer = agent.issuer.clone().unwrap_or_else(|| bundle.people_issuer().to_owned());
        let principal = Principal { issuer, subject: agent.subject.clone() };
        let claims = BTreeMap::new();
        let history = Some(policy::History::default());
        let context = RequestContext { history, ..RequestContext::new(&claims, Timestamp::from_millis(0)) };
        match bundle.facts(&principal, entry, parameters, &context) {
            Err(error) => wrong.push(error.to_string()),
            Ok(facts) => {
                let decision = bundle.engine().decide(&facts, &BTreeSet::new());
                if let Decision::Forbid { code: ForbidCode::PolicyError, reasons } = decision {
                    let first = reasons.first().map_or("", |reason| reason.message.as_str());
                    wrong.push(format!("no decision for `{}`: {first}", agent.subject));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}
