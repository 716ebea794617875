//! `countersign policy diff` and `replay`: what new rules would have changed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod support;

use bytes::Bytes;
use domain::{DecisionKind, Event, KeyRef, RequesterSet};
use serde_json::{Value, json};
use support::{Sample, run};
use testkit::written::{follow, write};
use testkit::{SampleRequirement, Scenario};
use wire::documents::{DecisionDocument, DocumentKind, Mask, OutcomeKind, Request};

/// A download of a log with these actions, one object per event.
fn download(scenarios: &[Scenario]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::create_dir(&log).unwrap();
    let mut objects: Vec<Bytes> = Vec::new();
    for scenario in scenarios {
        for sequence in 1..=scenario.item.sequence() {
            objects.push(write(&follow(&objects), &[(scenario, sequence)]));
        }
    }
    for (number, bytes) in objects.iter().enumerate() {
        std::fs::write(log.join(format!("{number:020}")), bytes).unwrap();
    }
    folder
}

/// An export on which policy asked these.
fn export(key: &str, ask: SampleRequirement) -> Scenario {
    let mut scenario = Scenario::new(key);
    scenario.propose();
    scenario.decide(ask);
    scenario
}

/// A job with these parameters, masked there, that was denied with this code.
fn denied_job(key: &str, parameters: Value, masked: &[&str], code: &str) -> Scenario {
    let scenario = export(key, SampleRequirement::Nobody);
    let of_kind = |format: &str| {
        let found =
            scenario.documents.values().find(|one| one.body().contains(&format!("\"{format}\""))).cloned();
        found.unwrap()
    };
    let sealed = of_kind("countersign-sealed-payload/1");
    let mut request: Request = of_kind(Request::FORMAT).open().unwrap();
    let mask =
        |pointer: &&str| Mask { pointer: (*pointer).to_owned(), start: 0, end: 9, kind: "email".into() };
    request.action_type = "lambda-invoke".to_owned();
    request.parameters = parameters;
    request.masked = masked.iter().map(mask).collect();
    let mut decision: DecisionDocument = of_kind(DecisionDocument::FORMAT).open().unwrap();
    decision.outcome = OutcomeKind::Forbid;
    decision.code = Some(code.to_owned());
    let agent = scenario.agent();
    let mut told = Scenario::new(key);
    told.documents.insert(sealed.digest(), sealed.clone());
    let (request, document) = (told.put(&request), told.put(&decision));
    let expires_at = told.now.plus_seconds(3600);
    let kid = told.issuer.jwk()["kid"].as_str().unwrap().to_owned();
    told.add(Event::Proposed {
        action_type: "lambda-invoke".to_owned(),
        principal: agent.clone(),
        payload: sealed.digest(),
        request,
        token_key: KeyRef { issuer: agent.issuer.clone(), kid },
        expires_at,
    });
    told.add(Event::Decided {
        kind: DecisionKind::Forbid,
        document,
        review: None,
        action: None,
        requirements: Vec::new(),
        granted: Vec::new(),
        resolvers: Vec::new(),
        requester: RequesterSet { agent, owner: None, humans: Vec::new() },
        expires_at,
    });
    told
}

fn job(payload: &str) -> Value {
    json!({ "function": "demo-retrain", "version": "1", "payload": payload })
}

/// D13: what a new bundle newly allows, denies or asks is named action by action; the exit code tells "the same" from that.
#[test]
fn replay() {
    let sample = Sample::copy();
    let log =
        download(&[export("a", SampleRequirement::DataOwner), export("b", SampleRequirement::DataOwner)]);
    let ledger = log.path().to_str().unwrap().to_owned();
    let again = |sample: &Sample| run(&["policy", "replay", sample.path(), "--ledger", &ledger]);
    let (code, text) = again(&sample);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!("the_same_rules", text);

    let allowing = Sample::copy();
    let permit = "@id(\"agents-may-propose-exports\")\n";
    let file = "policies/exports.cedar";
    allowing.replace(file, permit, &format!("{permit}@unattended(\"a try\")\n"));
    let lifted = "unless { context.approvals.contains(\"data-owners\") }";
    allowing.replace(file, lifted, &format!("unless {{ context.sensitivity == \"high\" }}\n{lifted}"));
    let (code, text) = again(&allowing);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!("newly_allowed", text);

    let denying = Sample::copy();
    denying.replace("directory.yaml", "owner: dana, teams: [data-agents]", "owner: dana");
    let (code, text) = again(&denying);
    assert!(code == 1 && text.contains("0 newly allowed, 2 newly denied, 0 newly asked"), "{text}");

    let log = download(&[export("c", SampleRequirement::Nobody), export("d", SampleRequirement::TwoOfSre)]);
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", log.path().to_str().unwrap()]);
    assert!(code == 1 && text.contains("1 newly asked, 1 others asked"), "{text}");
    let arguments = ["policy", "replay", sample.path(), "--ledger", log.path().to_str().unwrap(), "--json"];
    let (_, text) = run(&arguments);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    let prompts = &value["prompts"];
    let total = |group: &str, when: &str| prompts[group][when]["by_hour"]["11"].as_u64();
    assert_eq!((total("data-owners", "is"), total("sre", "was")), (Some(2), Some(1)), "{prompts:#}");
}

/// What was masked is said to be unknown, never guessed; what no rule reads does not matter; a denial that was not the rules'
/// stays out of the comparison.
#[test]
fn what_cannot_be_told() {
    let sample = Sample::copy();
    let masked = denied_job("m", job("‹email 1›"), &["/parameters/payload"], "no-permit");
    let token = denied_job("t", job("{}"), &[], "token-invalid");
    let plain = download(std::slice::from_ref(&masked));
    let ledger = plain.path().to_str().unwrap();
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", ledger]);
    assert!(code == 1 && text.contains("newly asked"), "{text}");

    sample.replace(
        "policies/jobs.cedar",
        "when { resource.environment == \"production\" && context.change_freeze }",
        "when { context.parameters has payload && context.parameters.payload == \"\" }",
    );
    let (code, text) = run(&["policy", "check", sample.path()]);
    assert!(code == 1 && text.contains("vanishes"), "a forbid cannot read what may be absent: {text}");
    let sample = Sample::copy();
    sample.replace(
        "policies/jobs.cedar",
        "when { resource.environment == \"development\" }",
        "when { resource.environment == \"development\" && context.parameters has payload }",
    );
    let both = download(&[masked, token]);
    let ledger = both.path().to_str().unwrap();
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", ledger]);
    assert_eq!(code, 2, "{text}");
    insta::assert_snapshot!("cannot_be_told", text);
}

/// Denials that no rule made are counted apart: a log with one of them is compared like any other.
#[test]
fn what_no_rule_decided() {
    let sample = Sample::copy();
    let cannot = denied_job("p", job("{}"), &[], "cannot-plan");
    let log = download(&[export("a", SampleRequirement::DataOwner), cannot.clone()]);
    let ledger = log.path().to_str().unwrap();
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", ledger]);
    assert!(code == 0 && text.contains("1 the same, 0 cannot be told, 1 not decided by rules"), "{text}");
    assert!(text.contains("not by rules") && text.contains("forbid (cannot-plan)"), "{text}");
    let (_, text) = run(&["policy", "replay", sample.path(), "--ledger", ledger, "--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    let codes: Vec<_> = value["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["not_by_rules"].as_str())
        .collect();
    assert_eq!(codes, ["cannot-plan"]);
    let (code, text) = run(&["policy", "diff", sample.path(), sample.path(), "--ledger", ledger]);
    assert!(code == 0 && text.contains("0 differ"), "{text}");

    let alone = download(&[cannot]);
    let alone = alone.path().to_str().unwrap();
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", alone]);
    assert_eq!(code, 2, "nothing was compared: {text}");
}

/// History is what the log itself tells: the same request again is not the first, and counts.
#[tokio::test]
async fn replay_knows_what_was_done_before() {
    let sample = Sample::copy();
    let hold = "@id(\"customer-exports-need-their-owners\")";
    let limit = "@id(\"once-a-day\")\nforbid (principal, action in Action::\"data-export\", resource)\n\
                 when { context.history.executed_day >= 1 && !context.changed_since_last.contains(\"first\") };\n\n";
    sample.replace("policies/exports.cedar", hold, &format!("{limit}{hold}"));
    let mut later = Scenario::new("later");
    later.now = later.now.plus_seconds(3600);
    later.propose();
    later.decide(SampleRequirement::DataOwner);
    let mut next_week = Scenario::new("next week");
    next_week.now = next_week.now.plus_seconds(8 * 86_400);
    next_week.propose();
    next_week.decide(SampleRequirement::DataOwner);
    let log = download(&[Scenario::export("first").await, later, next_week]);
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", log.path().to_str().unwrap()]);
    assert!(code == 1 && text.contains("1 newly denied") && text.contains("2 the same"), "{text}");
}

/// A log that is not whole is read as far as it goes, and that is said; one that is not there is no answer.
#[test]
fn a_log_that_is_not_whole() {
    let sample = Sample::copy();
    let log =
        download(&[export("a", SampleRequirement::DataOwner), export("b", SampleRequirement::DataOwner)]);
    std::fs::remove_file(log.path().join(format!("log/{:020}", 2))).unwrap();
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", log.path().to_str().unwrap()]);
    assert!(code == 2 && text.contains("object 2 is missing") && text.contains("1 the same"), "{text}");
    let (code, text) = run(&["policy", "replay", sample.path(), "--ledger", "/nowhere/at/all"]);
    assert!(code == 2 && text.contains("is no folder"), "{text}");
}

/// Two bundles, compared over the cases of both and over the log.
#[test]
fn diff() {
    let (before, after) = (Sample::copy(), Sample::copy());
    let (code, text) = run(&["policy", "diff", before.path(), after.path()]);
    assert!(code == 0 && text == "18 decisions, 0 differ\n", "{text}");
    after.replace(
        "approvals.yaml",
        "sre-pair:\n  groups: [{ group: sre, count: 2 }]",
        "sre-two:\n  groups: [{ group: sre, count: 2 }]",
    );
    for rules in ["policies/privileges.cedar", "policies/suspensions.cedar"] {
        let file = after.file(rules);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("\"sre-pair\"", "\"sre-two\"")).unwrap();
    }
    after.replace("directory.yaml", "s3://partner-drop/*", "s3://partners/*");
    let log = download(&[export("a", SampleRequirement::DataOwner)]);
    let ledger = log.path().to_str().unwrap();
    let (code, text) = run(&["policy", "diff", before.path(), after.path(), "--ledger", ledger]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!("two_bundles", text);
}
