//! Properties over generated rule sets; proptest prints the seed of a failure.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod support;

use std::collections::BTreeSet;

use cedar_policy::{Authorizer, Context, Decision as Cedar, Entities, PolicySet, Request};
use policy::{Decision, Engine, Facts};
use proptest::prelude::*;
use serde_json::json;
use support::{engine, export, sources, vocabulary};

const REQUIREMENTS: [&str; 3] = ["data-owners", "sre", "security"];
const CLASSES: [&str; 3] = ["public", "internal", "customer"];

/// A sound rule without its id: permits, holds and unconditional forbids with and without conditions.
fn rule() -> impl Strategy<Value = String> {
    let scope = prop_oneof![
        Just("principal, action, resource"),
        Just(r#"principal in Team::"data-agents", action in Action::"data-export", resource"#),
        Just(r#"principal in Team::"others", action, resource"#),
        Just(r#"principal, action == Action::"lambda-invoke", resource"#),
    ];
    let condition = prop_oneof![
        Just(String::new()),
        Just("when { context.change_freeze }".to_owned()),
        prop::sample::select(&CLASSES[..])
            .prop_map(|class| format!("when {{ resource.classification == \"{class}\" }}")),
        Just(r#"unless { context.provenance.repository == "acme/reports" }"#.to_owned()),
    ];
    let erring = r#"forbid (principal, action == Action::"s3-export", resource)
        when { context.parameters.rows + 9223372036854775807 > 0 };"#;
    let head = prop_oneof![
        4 => Just(None),
        5 => prop::sample::select(&REQUIREMENTS[..]).prop_map(Some),
    ];
    prop_oneof![
        12 => (scope.clone(), condition.clone()).prop_map(|(scope, when)| format!("permit ({scope}) {when};")),
        12 => (scope, condition, head).prop_map(|(scope, when, approval)| match approval {
            Some(name) => format!(
                "@approval(\"{name}\") forbid ({scope}) {when} unless {{ context.approvals.contains(\"{name}\") }};"
            ),
            None => format!("forbid ({scope}) {when} when {{ context.change_freeze }};"),
        }),
        1 => Just(erring.to_owned()),
    ]
}

fn numbered(rules: &[String]) -> String {
    rules.iter().enumerate().map(|(n, rule)| format!("@id(\"r{n}\") {rule}\n")).collect()
}

fn facts() -> impl Strategy<Value = Facts> {
    (prop::sample::select(&CLASSES[..]), any::<bool>(), any::<bool>()).prop_map(
        |(class, change_freeze, proven)| {
            let mut facts = export(class);
            facts.context.change_freeze = change_freeze;
            if !proven {
                facts.context.provenance.clear();
            }
            facts
        },
    )
}

fn approvals() -> impl Strategy<Value = BTreeSet<String>> {
    prop::sample::subsequence(REQUIREMENTS.map(str::to_owned).to_vec(), 0..=3).prop_map(BTreeSet::from_iter)
}

/// Cedar asked directly, over the whole set, with entities and context written out as JSON here.
fn cedar(rules: &str, facts: &Facts, approvals: &BTreeSet<String>) -> (bool, bool) {
    let resource = |resource: &policy::Resource| {
        json!({ "uid": { "type": resource.kind, "id": resource.id }, "parents": [], "attrs": {
            "account": resource.account, "classification": resource.classification, "environment": resource.environment,
            "inside": resource.inside, "known": resource.known, "owner": resource.owner, "path": resource.id } })
    };
    let id = format!("{}|{}", facts.agent.issuer, facts.agent.subject);
    let entities = json!([
        { "uid": { "type": "Agent", "id": id }, "parents": [{ "type": "Team", "id": "data-agents" }], "attrs": {
            "issuer": facts.agent.issuer, "subject": facts.agent.subject, "owned": true } },
        { "uid": { "type": "Team", "id": "data-agents" }, "parents": [], "attrs": {} },
        { "uid": { "type": "Action", "id": "s3-export" }, "parents": [{ "type": "Action", "id": "data-export" }], "attrs": {} },
        resource(&facts.resource), resource(&facts.related["destination"]),
    ]);
    let repository = facts.context.provenance.get("repository").cloned().unwrap_or_default();
    let context = json!({ "approvals": approvals, "change_freeze": facts.context.change_freeze, "sensitivity": "high",
        "reversible": false, "parameters": { "rows": 12, "labels": ["a"], "dry": false },
        "provenance": { "repository": repository, "ref": "", "commit": "", "run": "", "workflow": "" } });
    let uid =
        |kind: &str, id: &str| cedar_policy::EntityUid::from_json(json!({ "type": kind, "id": id })).unwrap();
    let request = Request::new(
        uid("Agent", &id),
        uid("Action", "s3-export"),
        uid("Object", &facts.resource.id),
        Context::from_json_value(context, None).unwrap(),
        None,
    );
    let set: PolicySet = rules.parse().unwrap();
    let answer = Authorizer::new().is_authorized(
        &request.unwrap(),
        &set,
        &Entities::from_json_value(entities, None).unwrap(),
    );
    (answer.decision() == Cedar::Allow, answer.diagnostics().errors().next().is_some())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// P3, W25: with approvals given the engine says what Cedar says over the whole set, and never yes where any rule
    /// erred.
    #[test]
    fn confirms_what_cedar_allows(rules in prop::collection::vec(rule(), 0..7), facts in facts(), given in approvals()) {
        let text = numbered(&rules);
        let (allowed, erred) = cedar(&text, &facts, &given);
        let confirmed = engine(&text).confirm(&facts, &given).is_ok();
        prop_assert_eq!(confirmed, allowed && !erred);
        let permitted = matches!(engine(&text).decide(&facts, &given), Decision::Permit { .. });
        prop_assert_eq!(permitted, allowed && !erred);
    }

    /// P3: more approvals never turn yes into no, and the requirements of a decision are enough.
    #[test]
    fn approvals_only_help(rules in prop::collection::vec(rule(), 0..7), facts in facts(), some in approvals(), more in approvals()) {
        let engine = engine(&numbered(&rules));
        let union: BTreeSet<String> = some.union(&more).cloned().collect();
        if engine.confirm(&facts, &some).is_ok() {
            prop_assert!(engine.confirm(&facts, &union).is_ok());
        }
        if let Decision::RequireApproval { requirements, .. } = engine.decide(&facts, &some) {
            let granted: BTreeSet<String> = some.union(&requirements).cloned().collect();
            prop_assert!(engine.confirm(&facts, &granted).is_ok());
            for left_out in &requirements {
                let fewer: BTreeSet<String> = granted.iter().filter(|name| *name != left_out).cloned().collect();
                prop_assert!(engine.confirm(&facts, &fewer).is_err(), "{} was not needed", left_out);
            }
        }
    }

    /// W25: taking a hold away never adds a requirement.
    #[test]
    fn fewer_holds_never_ask_for_more(rules in prop::collection::vec(rule(), 1..7), facts in facts(), at in any::<prop::sample::Index>()) {
        let at = at.index(rules.len());
        prop_assume!(rules[at].starts_with("@approval"));
        let fewer: Vec<String> = rules.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, rule)| rule.clone()).collect();
        let asked = |rules: &[String]| match engine(&numbered(rules)).decide(&facts, &BTreeSet::new()) {
            Decision::RequireApproval { requirements, .. } => Some(requirements),
            Decision::Permit { .. } => Some(BTreeSet::new()),
            Decision::Forbid { .. } => None,
        };
        if let Some(before) = asked(&rules) {
            let after = asked(&fewer);
            prop_assert!(after.is_some_and(|after| after.is_subset(&before)));
        }
    }

    /// Every generated rule is one that the build accepts by shape, so the properties above are about real bundles.
    #[test]
    fn generated_rules_have_a_sound_shape(rules in prop::collection::vec(rule(), 0..7)) {
        let mut vocabulary = vocabulary();
        vocabulary.actions.iter_mut().for_each(|action| (action.high, action.irreversible) = (false, false));
        let built = Engine::build(&sources(&numbered(&rules)), &vocabulary);
        prop_assert!(built.is_ok(), "{:?}", built.err());
    }
}
