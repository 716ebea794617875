//! What rules may read, and rules that only look.
#![expect(clippy::panic, reason = "a test's own functions fail loudly")]

mod support;

use policy::{Counts, Decision, Engine, Facts, History, Reason};
use support::{engine, export, names, sources, vocabulary};

const PERMIT: &str = r#"@id("p") permit (principal, action, resource);"#;

/// Whether a permit with this one condition lets the facts through.
fn holds(condition: &str, facts: &Facts) -> bool {
    let rule = format!(
        r#"@id("p") @unattended("w") permit (principal, action == Action::"s3-export", resource) when {{ {condition} }};"#
    );
    let built = Engine::build(&sources(&rule), &vocabulary());
    let engine = built.unwrap_or_else(|wrong| panic!("{wrong:?}"));
    matches!(engine.decide(facts, &names(&[])), Decision::Permit { .. })
}

fn said(decision: &Decision) -> Vec<(&str, &str)> {
    let (Decision::Permit { reasons }
    | Decision::Forbid { reasons, .. }
    | Decision::RequireApproval { reasons, .. }) = decision;
    reasons.iter().map(|reason| (reason.policy.as_str(), reason.message.as_str())).collect()
}

/// W25: every fact reaches the rules under its name, and another value of it does not match.
#[test]
fn every_fact_is_offered() {
    let mut facts = export("internal");
    let about = &mut facts.context;
    about.emergency = true;
    about.provenance.insert("ref".to_owned(), "refs/heads/release/2".to_owned());
    about.provenance.insert("event".to_owned(), "push".to_owned());
    about.provenance.insert("repository_id".to_owned(), "456789".to_owned());
    let counts = |hour, day, week| Counts { hour, day, week };
    about.history = Some(History {
        executed: counts(1, 2, 3),
        denied: counts(4, 5, 6),
        failed: counts(7, 8, 9),
        changed_since_last: names(&["first", "branch"]),
    });
    let history = "context.history.executed_hour == 1 && context.history.executed_day == 2 \
        && context.history.executed_week == 3 && context.history.denied_hour == 4 && context.history.denied_day == 5 \
        && context.history.denied_week == 6 && context.history.failed_hour == 7 && context.history.failed_day == 8 \
        && context.history.failed_week == 9";
    for (condition, expected) in [
        (history, true),
        ("context.changed_since_last == [\"first\", \"branch\"]", true),
        ("context.changed_since_last.contains(\"commit\")", false),
        ("context.emergency", true),
        ("context.business_hours && context.weekday == 3 && context.hour == 9 && context.minute == 30", true),
        ("context.date == \"2026-11-18\"", true),
        ("context.change_freeze", false),
        ("principal.owner == \"dana\" && principal.owned", true),
        ("principal.groups == [\"data-agents\"]", true),
        ("principal.issuer == \"http://127.0.0.1:8081\" && principal.subject == \"demo-agent\"", true),
        ("context.provenance.branch == \"release/2\" && context.provenance.verified", true),
        ("context.provenance.ref == \"refs/heads/release/2\"", true),
        // C12: what set it going, which file says what runs, and whose it is by ids that never change.
        ("context.provenance.event == \"push\" && context.provenance.repository_id == \"456789\"", true),
        (
            "context.provenance.event == \"pull_request_target\" || context.provenance.workflow_ref != \"\"",
            false,
        ),
        ("context.sensitivity == \"high\" && !context.reversible", true),
        ("resource.environment == \"production\" && resource.inside", true),
    ] {
        assert_eq!(holds(condition, &facts), expected, "{condition}");
    }
    facts.agent.owner.clear();
    assert!(holds("principal.owner == \"\" && !principal.owned", &facts));
    facts.context.provenance.clear();
    assert!(holds("context.provenance.branch == \"\" && !context.provenance.verified", &facts));
    // A tag is no branch, whatever it is called.
    facts.context.provenance.insert("ref".to_owned(), "refs/tags/main".to_owned());
    assert!(holds("context.provenance.branch == \"\"", &facts));
}

/// P10: a rule that reads the history denies what it concerns while nobody knows the history, and nothing else; however
/// the reading is written.
#[test]
fn a_missing_history_denies_what_depends_on_it() {
    let mut facts = export("internal");
    facts.context.history = None;
    for condition in [
        "context.history.denied_day > 3",
        "context[\"history\"].denied_day > 3",
        "context[\"his\\u{74}ory\"].denied_day > 3",
        "context.changed_since_last.contains(\"repository\")",
    ] {
        let rule =
            |scope: &str| engine(&format!(r#"{PERMIT}@id("r") forbid ({scope}) when {{ {condition} }};"#));
        let concerned = rule("principal, action, resource");
        let decision = concerned.decide(&facts, &names(&[]));
        assert_eq!(said(&decision), [("r", "the history is stale or missing")], "{condition}");
        assert!(concerned.confirm(&facts, &names(&["data-owners"])).is_err());
        for elsewhere in [
            r#"principal in Team::"others", action, resource"#,
            r#"principal, action == Action::"lambda-invoke", resource"#,
        ] {
            assert!(rule(elsewhere).confirm(&facts, &names(&[])).is_ok(), "{elsewhere}");
        }
        facts.context.history = Some(History::default());
        assert!(concerned.confirm(&facts, &names(&[])).is_ok(), "{condition}");
        facts.context.history = None;
    }
}

/// A forbid that only observes says what it would have said: it never denies, never asks, never errs for the decision.
#[test]
fn an_observing_rule_changes_nothing() {
    let overflow = "context.parameters.rows + 9223372036854775807 > 0";
    let rules = format!(
        r#"{PERMIT}
        @id("a") @mode("observe") @reason("Would be never") forbid (principal, action, resource);
        @id("b") @mode("observe") @approval("sre") forbid (principal, action, resource) unless {{ context.approvals.contains("sre") }};
        @id("c") @mode("observe") forbid (principal, action == Action::"s3-export", resource) when {{ {overflow} }};
        @id("d") @mode("observe") forbid (principal, action, resource) when {{ context.history.denied_day > 3 }};
        @id("e") @mode("observe") forbid (principal, action, resource) when {{ context.change_freeze }};"#
    );
    let engine = engine(&rules);
    let mut facts = export("internal");
    facts.context.history = None;
    assert_eq!(said(&engine.decide(&facts, &names(&[]))), [("p", "permitted by `p`")]);
    assert_eq!(engine.confirm(&facts, &names(&[])), Ok(()));
    let observed = |approvals: &[&str]| -> Vec<(String, String)> {
        let told = engine.observe(&facts, &names(approvals)).into_iter();
        told.map(|Reason { policy, message, .. }| (policy, message)).collect()
    };
    let pair = |policy: &str, message: &str| (policy.to_owned(), message.to_owned());
    let a = pair("a", "Would be never");
    let c = pair("c", "this rule could not be evaluated");
    let d = pair("d", "the history is stale or missing");
    assert_eq!(observed(&[]), [a.clone(), pair("b", "`sre` must agree"), c.clone(), d.clone()]);
    assert_eq!(observed(&["sre"]), [a, c, d]);
}

/// The lists of rules show which of them only observe, and what each is about.
#[test]
fn rules_are_listed() {
    let rules = format!(
        "{PERMIT}\n\n{}",
        r#"@id("h") @mode("observe") @approval("sre") @reason("r") @instead("i") forbid (principal, action in Action::"data-export", resource)
        unless { context.approvals.contains("sre") };"#
    );
    let engine = engine(&rules);
    let listed: Vec<_> = engine.rules().collect();
    let told: Vec<_> =
        listed.iter().map(|rule| (rule.id(), rule.line(), rule.is_permit(), rule.observes())).collect();
    assert_eq!(told, [("p", 1, true, false), ("h", 3, false, true)]);
    let hold = &listed[1];
    assert_eq!((hold.approval(), hold.reason(), hold.instead()), (Some("sre"), Some("r"), Some("i")));
    assert!(hold.applies_to("s3-export") && !hold.applies_to("lambda-invoke"));
    assert_eq!(hold.file(), "policies/test.cedar");
}
