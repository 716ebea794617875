//! What a set of rules must be to build.

mod support;

use policy::Engine;
use support::{sources, vocabulary};

fn wrong(text: &str) -> Vec<String> {
    match Engine::build(&sources(text), &vocabulary()) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
    }
}

const HOLD: &str = r#"@id("h") @approval("data-owners") forbid (principal, action == Action::"s3-export", resource)
unless { context.approvals.contains("data-owners") };"#;
const PERMIT: &str = r#"@id("p") permit (principal in Team::"data-agents", action, resource);"#;

#[test]
fn a_sound_set_builds() {
    assert_eq!(wrong(&format!("// rules\n{PERMIT}\n{HOLD}\n")), Vec::<String>::new());
}

/// W25, D13: every way a hold could fail to hold is refused, with its place.
#[test]
fn unsound_rules_do_not_build() {
    let forbid = r#"forbid (principal, action == Action::"s3-export", resource)"#;
    let lifted = r#"unless { context.approvals.contains("data-owners") }"#;
    let table = [
        ("permit (principal in", "unexpected"),
        ("permit (principal, action, resource);", "without `@id`"),
        (r#"@id("h") permit (principal, action, resource);"#, "the id `h` is taken"),
        (
            r#"@id("x") @aproval("sre") forbid (principal, action, resource);"#,
            "unknown annotation `@aproval`",
        ),
        (r#"@id("x") @reason("") forbid (principal, action, resource);"#, "`@reason` says nothing"),
        (r#"@id("x") @approval("data-owners") permit (principal, action, resource);"#, "on a permit"),
        (&format!(r#"@id("x") @unattended("w") {forbid};"#), "on a forbid"),
        (
            &format!(
                r#"@id("x") @approval("nobody") {forbid} unless {{ context.approvals.contains("nobody") }};"#
            ),
            "`nobody`, which",
        ),
        (&format!(r#"@id("x") @approval("data-owners") {forbid};"#), "needs the clause"),
        (&format!(r#"@id("x") @approval("security") {forbid} {lifted};"#), "needs the clause"),
        (
            &format!(
                r#"@id("x") @approval("data-owners") {forbid} unless {{ context.change_freeze || context.approvals.contains("data-owners") }};"#
            ),
            "needs the clause",
        ),
        (
            &format!(
                r#"@id("x") @approval("data-owners") {forbid} {lifted} when {{ !context.approvals.contains("sre") }};"#
            ),
            "read twice",
        ),
        (
            &format!(
                r#"@id("x") @approval("data-owners") {forbid} {lifted} when {{ context.approvals.containsAny(["sre"]) }};"#
            ),
            "read twice",
        ),
        (&format!("@id(\"x\") {forbid} {lifted};"), "without `@approval`"),
        (
            &format!(r#"@id("x") {forbid} when {{ context.approvals.contains("sre") }};"#),
            "without `@approval`",
        ),
        (
            r#"@id("x") @unattended("w") permit (principal, action, resource) when { context.approvals.contains("sre") };"#,
            "a permit that reads",
        ),
        (
            &format!(
                r#"@id("x") {forbid} when {{ (if true then context else context).approvals.isEmpty() }};"#
            ),
            "`context` as a whole",
        ),
        (
            &format!(r#"@id("x") {forbid} when {{ context has change_freeze }};"#),
            "asks whether `change_freeze` is there",
        ),
        (
            &format!(
                r#"@id("x") {forbid} when {{ context.parameters has note && context.parameters.note == "x" }};"#
            ),
            "asks whether `note`",
        ),
        (&format!(r#"@id("x") {forbid} when {{ context.parameters.note == "x" }};"#), "note"),
        (&format!(r#"@id("x") {forbid} when {{ resource.clasification == "customer" }};"#), "clasification"),
        (
            &format!(r#"@id("x") {forbid} when {{ resource.classification == "custmer" }};"#),
            "`custmer` is no classification",
        ),
        (
            &format!(r#"@id("x") {forbid} when {{ ["prod"].contains(context.destination.environment) }};"#),
            "`prod` is no environment",
        ),
        (
            r#"@id("x") forbid (principal in Team::"data-agent", action, resource);"#,
            "`data-agent` is no team",
        ),
        (&format!(r#"@id("x") {forbid} when {{ principal in Team::"nobody" }};"#), "`nobody` is no team"),
        (r#"@id("x") forbid (principal, action == Action::"s3-exprot", resource);"#, "s3-exprot"),
        (r#"@id("x") forbid (principal == ?principal, action, resource);"#, "template"),
    ];
    for (rule, expected) in table {
        let found = wrong(&format!("{PERMIT}\n{HOLD}\n\n{rule}\n"));
        assert!(
            found.iter().any(|line| line.contains(expected)),
            "{rule}\nshould say {expected}: {found:#?}"
        );
        assert!(
            found.iter().all(|line| line.starts_with("policies/test.cedar:5:")),
            "{rule}\nplace: {found:#?}"
        );
    }
}

/// D13: a new action type under an old broad permit does not build without a hold or `@unattended`.
#[test]
fn dangerous_types_are_covered_or_say_why() {
    let covered = |rules: &[&str]| wrong(&rules.join("\n")).is_empty();
    let partly = r#"@id("h") @approval("data-owners") forbid (principal, action == Action::"s3-export", resource)
        when { resource.classification == "customer" } unless { context.approvals.contains("data-owners") };"#;
    let only_customer = r#"@id("p") permit (principal, action == Action::"s3-export", resource)
        when { resource.classification == "customer" && !context.change_freeze };"#;
    let unattended = r#"@id("p") @unattended("it stays inside") permit (principal, action, resource);"#;
    let harmless = r#"@id("p") permit (principal, action == Action::"lambda-invoke", resource);"#;
    let elsewhere = r#"@id("h") @approval("data-owners") forbid (principal in Team::"others", action, resource)
        unless { context.approvals.contains("data-owners") };"#;
    let weak = r#"@id("w") @approval("sre") forbid (principal, action, resource)
        unless { context.approvals.contains("sre") };"#;
    assert!(!covered(&[PERMIT]), "no hold at all");
    assert!(covered(&[PERMIT, HOLD]), "a hold without conditions");
    assert!(!covered(&[PERMIT, partly]), "a hold that leaves a part open");
    assert!(covered(&[only_customer, partly]), "the permit repeats the hold's condition");
    assert!(covered(&[unattended]), "the permit says why");
    assert!(covered(&[harmless]), "nothing dangerous is permitted");
    assert!(!covered(&[PERMIT, elsewhere]), "a hold on somebody else");
    assert!(
        !covered(&[PERMIT, HOLD, weak]),
        "a highly sensitive type under a requirement without fresh proof"
    );
}

/// A rule behind a comment that ends in a carriage return, or with `;` and quotes where nobody expects them, is read.
#[test]
fn no_rule_is_overlooked() {
    let odd = "// a comment; \"with\" things\r@id(\"f\") @reason(\"a \\\"quoted\\\"; // reason\") forbid (principal, action, resource);";
    let engine = Engine::build(&sources(&format!("{PERMIT}\n{HOLD}\n{odd}")), &vocabulary()).unwrap();
    let decision = engine.decide(&support::export("public"), &support::names(&["data-owners"]));
    let policy::Decision::Forbid { reasons, .. } = decision else { panic!("{decision:?}") };
    assert_eq!(reasons[0].message, "a \"quoted\"; // reason");
    let open = wrong(&format!("{PERMIT}\n{HOLD}\nforbid (principal, action, resource)"));
    assert!(!open.is_empty());
    assert!(
        Engine::read(&sources(&format!("{PERMIT} forbid (principal, action, resource)")), &vocabulary())
            .is_err()
    );
}

/// O12: every refusal of the build's own points at the part that is meant and says what to write instead.
#[test]
fn refusals_are_shown_as_a_compiler_shows_them() {
    let text = format!(
        "{PERMIT}\n{HOLD}\n@id(\"né\") @approval(\"nobody\")\nforbid (principal in Team::\"dat\", action == Action::\"s3-export\", resource)\n\
         when {{ context has change_freeze }};\n@id(\"m\") @mode(\"off\") forbid (principal, action, resource);\n\
         @id(\"q\") @mode(\"observe\") permit (principal, action, resource) when {{ resource.clasification == \"x\" }};\n"
    );
    let wrong = Engine::build(&sources(&text), &vocabulary()).unwrap_err();
    let shown: Vec<String> = wrong.iter().map(|found| found.render(&text, false)).collect();
    insta::assert_snapshot!(shown.join("\n"));
    let own = wrong.iter().filter(|found| !found.message.starts_with("for policy"));
    assert!(own.clone().count() > 5 && own.clone().all(|found| found.help.is_some()), "{wrong:#?}");
    assert!(wrong[0].render(&text, true).contains("\u{1b}[1;31m^"));
    let nasty = policy::Diagnostic::about("f", "a \u{1b}[2J message");
    assert!(!nasty.render("a \u{1b}[2J line", false).contains('\u{1b}'));
}

/// D13: a hold that only observes covers nothing.
#[test]
fn an_observing_hold_is_no_cover() {
    let observing = HOLD.replace("@approval", "@mode(\"observe\") @approval");
    assert!(wrong(&format!("{PERMIT}\n{observing}")).iter().any(|line| line.contains("without being asked")));
    assert!(wrong(&format!("{PERMIT}\n{HOLD}\n{}", observing.replace("\"h\"", "\"o\""))).is_empty());
}

/// P10: rules load by their rule headers, and one that is not what its rule header says is never asked in silence.
#[test]
fn outlines_must_be_the_rules_own() {
    let rules = sources(&format!("{PERMIT}\n{HOLD}"));
    let built = Engine::build(&rules, &vocabulary()).unwrap();
    let headers: Vec<policy::RuleHeader> = built.headers().cloned().collect();
    let load = |change: &dyn Fn(&mut Vec<policy::RuleHeader>)| {
        let mut changed = headers.clone();
        change(&mut changed);
        Engine::load(&rules, changed, &vocabulary())
    };
    let facts = support::export("public");
    let asked = |engine: &Engine| engine.decide(&facts, &support::names(&[]));
    let same = load(&|_| {}).unwrap();
    assert_eq!((asked(&same), same.parse_all()), (asked(&built), Ok(())));
    type Change = fn(&mut Vec<policy::RuleHeader>);
    let cut: [Change; 2] = [|all| all[1].length -= 1, |all| all[1].offset -= 1];
    assert!(cut.iter().all(|change| load(change).is_err()));
    let changes: [Change; 5] = [
        |all| all[1].id = "x".to_owned(),
        |all| all[1].observe = true,
        |all| all[1].permit = true,
        |all| all[1].actions = None,
        |all| all[1].principal = policy::RuleScope::Team("data-agents".to_owned()),
    ];
    for (number, change) in changes.iter().enumerate() {
        let engine = load(change).unwrap();
        assert!(engine.parse_all().is_err(), "{number}");
        let decision = asked(&engine);
        assert!(
            matches!(decision, policy::Decision::Forbid { code: policy::ForbidCode::PolicyError, .. }),
            "{number}: {decision:?}"
        );
    }
    assert!(load(&|all| all[1].offset = 1_000_000).is_err());
    assert!(load(&|all| all[1].file = "policies/other.cedar".to_owned()).is_err());
    assert!(load(&|all| all[1] = all[0].clone()).is_err());
}
