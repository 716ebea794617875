//! Why a decision came out as it did.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use policy::{Engine, RuleChange, RuleOutcome};
use support::{engine, export, names};

const RULES: &str = r#"@id("p") permit (principal in Team::"data-agents", action, resource) when { resource.inside };
@id("elsewhere") permit (
    principal in Team::"others", // a comment, with (brackets
    action, resource) when { resource.inside && "a } b" != "c" } unless { context.change_freeze };
@id("h") @approval("data-owners") forbid (principal, action in Action::"data-export", resource)
when { resource.classification == "customer" } unless { context.approvals.contains("data-owners") };
@id("n") forbid (principal, action, resource) when { context.change_freeze };
@id("o") @mode("observe") forbid (principal, action, resource);
@id("e") forbid (principal, action == Action::"s3-export", resource)
when { context.parameters.dry } when { context.parameters.rows + 9223372036854775807 > 0 };
@id("s") forbid (principal, action, resource) when { context.history.denied_day > 3 };"#;

fn told(
    engine: &Engine,
    facts: &policy::Facts,
    approvals: &[&str],
) -> Vec<(String, RuleOutcome, RuleChange)> {
    let explained = engine.explain(facts, &names(approvals)).unwrap();
    explained.into_iter().map(|one| (one.rule.id().to_owned(), one.outcome, one.change)).collect()
}

/// O11: for each rule the part that said no, as written, and what would change the answer.
#[test]
fn each_rule_says_what_came_of_it() {
    let engine = engine(RULES);
    let mut facts = export("customer");
    let unmatched =
        |parts: &[&str]| RuleOutcome::Unmatched(parts.iter().map(|part| (*part).to_owned()).collect());
    let scope = r#"principal in Team::"others""#;
    let expected = [
        ("p", RuleOutcome::Matched, RuleChange::Nothing),
        ("elsewhere", unmatched(&[scope]), RuleChange::Hold(vec![scope.to_owned()])),
        ("h", RuleOutcome::Matched, RuleChange::Approval("data-owners".to_owned())),
        ("n", unmatched(&["when { context.change_freeze }"]), RuleChange::Nothing),
        ("o", RuleOutcome::Matched, RuleChange::Nothing),
        ("e", unmatched(&["when { context.parameters.dry }"]), RuleChange::Nothing),
        ("s", unmatched(&["when { context.history.denied_day > 3 }"]), RuleChange::Nothing),
    ];
    let expected = expected.map(|(id, outcome, change)| (id.to_owned(), outcome, change));
    assert_eq!(told(&engine, &facts, &[]), expected);

    let lifted = unmatched(&[r#"unless { context.approvals.contains("data-owners") }"#]);
    assert_eq!(told(&engine, &facts, &["data-owners"])[2], ("h".to_owned(), lifted, RuleChange::Nothing));

    facts.context.change_freeze = true;
    facts.context.history = None;
    facts.context.parameters.insert("dry".to_owned(), policy::Fact::Truth(true));
    let frozen = told(&engine, &facts, &[]);
    assert_eq!(frozen[3].2, RuleChange::Fail(vec!["when { context.change_freeze }".to_owned()]));
    let overflow = "when { context.parameters.rows + 9223372036854775807 > 0 }";
    assert_eq!(frozen[5].1, RuleOutcome::Erred(overflow.to_owned()));
    assert_eq!(frozen[6].1, RuleOutcome::Erred("the history is stale or missing".to_owned()));
}

/// P10: facts that do not fit are no explanation.
#[test]
fn what_cannot_be_asked_is_not_explained() {
    let engine = engine(RULES);
    let mut facts = export("customer");
    facts.context.parameters.clear();
    assert!(engine.explain(&facts, &names(&[])).is_err());
    facts.action = "s3-delete".to_owned();
    assert!(engine.explain(&facts, &names(&[])).is_err());
}
