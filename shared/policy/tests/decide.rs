//! The decision, rule by rule.

mod support;

use policy::{Decision, ForbidCode};
use support::{engine, export, names};

const PERMIT: &str =
    r#"@id("p") permit (principal in Team::"data-agents", action in Action::"data-export", resource);"#;
const HOLD: &str = r#"@id("h") @approval("data-owners") @reason("Owners first")
    forbid (principal, action in Action::"data-export", resource)
    when { resource.classification == "customer" }
    unless { context.approvals.contains("data-owners") };"#;

fn told(decision: &Decision) -> String {
    match decision {
        Decision::Permit { reasons } => {
            format!("permit {:?}", reasons.iter().map(|r| &r.policy).collect::<Vec<_>>())
        }
        Decision::Forbid { code, reasons } => {
            format!("{} {:?}", code.as_str(), reasons.iter().map(|r| &r.policy).collect::<Vec<_>>())
        }
        Decision::RequireApproval { requirements, reasons } => {
            format!("ask {requirements:?} {:?}", reasons.iter().map(|r| &r.policy).collect::<Vec<_>>())
        }
    }
}

/// P3, W25: no permit denies, a hold asks, an unconditional forbid beats everything, and the strictest rule wins in
/// whatever order the rules stand.
#[test]
fn the_strictest_rule_wins() {
    let hold_sre = r#"@id("h2") @approval("sre") forbid (principal, action, resource)
        when { resource.environment == "production" } unless { context.approvals.contains("sre") };"#;
    let never = r#"@id("n") @reason("Frozen") forbid (principal, action, resource) when { resource.environment == "production" };"#;
    let frozen = r#"@id("f") forbid (principal, action, resource) when { context.change_freeze };"#;
    let table: &[(&str, &[&str], &[&str], &str)] = &[
        ("customer", &[], &[], "no-permit []"),
        ("customer", &[PERMIT], &[], r#"permit ["p"]"#),
        ("customer", &[HOLD], &[], "no-permit []"),
        ("customer", &[PERMIT, HOLD], &[], r#"ask {"data-owners"} ["h"]"#),
        ("internal", &[PERMIT, HOLD], &[], r#"permit ["p"]"#),
        ("customer", &[PERMIT, HOLD], &["data-owners"], r#"permit ["p"]"#),
        ("customer", &[PERMIT, HOLD], &["sre"], r#"ask {"data-owners"} ["h"]"#),
        ("customer", &[PERMIT, HOLD, hold_sre], &[], r#"ask {"data-owners", "sre"} ["h", "h2"]"#),
        ("customer", &[PERMIT, HOLD, hold_sre], &["sre"], r#"ask {"data-owners"} ["h"]"#),
        ("customer", &[PERMIT, HOLD, never], &[], r#"forbidden-by-policy ["n"]"#),
        ("customer", &[PERMIT, HOLD, never], &["data-owners"], r#"forbidden-by-policy ["n"]"#),
        ("customer", &[PERMIT, frozen], &[], r#"permit ["p"]"#),
    ];
    for (class, rules, approvals, expected) in table {
        for turned in [rules.to_vec(), rules.iter().rev().copied().collect()] {
            let decision = engine(&turned.join("\n")).decide(&export(class), &names(approvals));
            assert_eq!(&told(&decision), expected, "{class} {rules:?} {approvals:?}");
        }
    }
}

/// O11: a reason contains the rule's words, and what would be allowed.
#[test]
fn reasons_carry_the_rules_words() {
    let never = r#"@id("n") @reason("Not abroad") @instead("Export to `analytics`") forbid (principal, action, resource);"#;
    let Decision::Forbid { reasons, .. } =
        engine(&format!("{PERMIT}{never}")).decide(&export("public"), &names(&[]))
    else {
        panic!("forbidden")
    };
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].message, "Not abroad");
    assert_eq!(reasons[0].instead.as_deref(), Some("Export to `analytics`"));
}

/// W25, P10: Cedar skips a policy that errs; a skipped forbid would be a hole, so any error denies, a permit's too.
#[test]
fn an_error_in_any_rule_denies() {
    let overflow = "context.parameters.rows + 9223372036854775807 > 0";
    for erring in [
        format!(
            r#"@id("e") forbid (principal, action == Action::"s3-export", resource) when {{ {overflow} }};"#
        ),
        format!(
            r#"@id("e") permit (principal, action == Action::"s3-export", resource) when {{ {overflow} }};"#
        ),
    ] {
        let engine = engine(&format!("{PERMIT}{erring}"));
        let decision = engine.decide(&export("public"), &names(&[]));
        assert_eq!(told(&decision), r#"policy-error ["e"]"#);
        assert!(engine.confirm(&export("public"), &names(&["data-owners"])).is_err());
    }
}

/// P10: facts that do not fit the schema (an unknown action, a missing parameter, one of another type) deny.
#[test]
fn facts_that_do_not_fit_deny() {
    let engine = engine(PERMIT);
    let mut unknown = export("public");
    unknown.action = "s3-delete".to_owned();
    let mut missing = export("public");
    missing.context.parameters.remove("rows");
    let mut other = export("public");
    other.context.parameters.insert("rows".to_owned(), policy::Fact::Text("12".to_owned()));
    let mut related = export("public");
    related.related.clear();
    let mut clash = export("public");
    clash.related.insert("destination".to_owned(), support::object("s3://customers/2026/q3.csv", "internal"));
    for facts in [unknown, missing, other, related, clash] {
        let decision = engine.decide(&facts, &names(&[]));
        assert!(matches!(decision, Decision::Forbid { code: ForbidCode::PolicyError, .. }), "{decision:?}");
        assert!(engine.confirm(&facts, &names(&[])).is_err());
    }
}

/// P3: at the claim the question is put with the approvals really given, under the rules then in force.
#[test]
fn the_claim_asks_again() {
    let before = engine(&format!("{PERMIT}{HOLD}"));
    assert!(before.confirm(&export("customer"), &names(&[])).is_err());
    assert!(before.confirm(&export("customer"), &names(&["sre"])).is_err());
    assert!(before.confirm(&export("customer"), &names(&["data-owners"])).is_ok());
    let frozen = r#"@id("f") forbid (principal, action, resource);"#;
    let after = engine(&format!("{PERMIT}{HOLD}{frozen}"));
    let reasons = after.confirm(&export("customer"), &names(&["data-owners"])).unwrap_err();
    assert_eq!(reasons[0].policy, "f");
}

/// A hold that its own requirement does not lift is never offered to people: it would wait for nothing.
#[test]
fn a_hold_nobody_can_lift_is_a_denial() {
    let broken = r#"@id("b") @approval("sre") forbid (principal, action, resource) unless { context.approvals.contains("security") };"#;
    let decision = engine(&format!("{PERMIT}{broken}")).decide(&export("public"), &names(&[]));
    assert_eq!(told(&decision), r#"forbidden-by-policy ["b"]"#);
}

/// What a catalogue shows: only types some permit could ever match.
#[test]
fn a_permit_that_could_match_is_found() {
    let engine = engine(PERMIT);
    let mut agent = export("public").agent;
    assert!(engine.might_permit(&agent, "s3-export"));
    assert!(!engine.might_permit(&agent, "lambda-invoke"));
    agent.teams = names(&["others"]);
    assert!(!engine.might_permit(&agent, "s3-export"));
}
