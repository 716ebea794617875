//! Properties over generated vocabularies, rules and requests; proptest prints the seed of a failure.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's own functions fail loudly")]

#[path = "support/generated.rs"]
mod generated;

use std::collections::BTreeSet;

use cedar_policy::PolicySet;
use generated::{Dice, GeneratedRules, REQUIREMENTS, cedar, facts};
use policy::{Decision, Engine, Facts, ForbidCode};
use proptest::prelude::*;

/// Generated rules, facts about what they name, and approvals.
fn made(seed: u64) -> (GeneratedRules, Facts, BTreeSet<String>) {
    let mut dice = Dice(seed);
    let (actions, rules) = (1 + dice.roll(4), dice.roll(9));
    let generated = GeneratedRules::new(&mut dice, actions, rules, 4);
    let facts = facts(&mut dice, &generated);
    let given = dice.some(&REQUIREMENTS.map(str::to_owned));
    (generated, facts, given)
}

fn engine(generated: &GeneratedRules) -> Engine {
    let built = Engine::build(&generated.sources(), &generated.vocabulary);
    let built = built.unwrap_or_else(|wrong| panic!("{wrong:#?}\n{}", generated.text()));
    // As a function reads it: by rule headers, nothing parsed.
    Engine::load(&generated.sources(), built.headers().cloned().collect(), &generated.vocabulary).unwrap()
}

/// Whether a rule that concerns the agent reads a history that nobody knows.
fn blind(facts: &Facts, engine: &Engine) -> bool {
    let reads = |text: &str| text.contains("context.history") || text.contains("context.changed_since_last");
    let named = |text: &str| {
        let team =
            (0..4).map(|n| format!("team-{n}")).find(|team| text.contains(&format!("Team::\"{team}\"")));
        let agent = text.contains("Agent::").then(|| text.contains(&format!("|{}\"", facts.agent.subject)));
        team.map_or(agent.unwrap_or(true), |team| facts.agent.teams.contains(&team))
    };
    let mut rules = engine.rules().filter(|rule| !rule.observes() && rule.applies_to(&facts.action));
    facts.context.history.is_none() && rules.any(|rule| reads(rule.text()) && named(rule.text()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// P3, W25: with approvals given the decision equals Cedar's own over the whole set; an error in any rule, or a
    /// history that a rule reads and nobody knows, never allows.
    #[test]
    fn equals_cedar_over_the_whole_set(seed in any::<u64>()) {
        let (generated, facts, given) = made(seed);
        let engine = engine(&generated);
        let set: PolicySet = generated.deciding().parse().unwrap();
        let (allowed, erred) = cedar(&set, None, &facts, &given, &generated.vocabulary);
        let expected = allowed && !erred && !blind(&facts, &engine);
        prop_assert_eq!(engine.confirm(&facts, &given).is_ok(), expected, "{}", generated.text());
        let decision = engine.decide(&facts, &given);
        prop_assert_eq!(matches!(decision, Decision::Permit { .. }), expected, "{:?}", decision);
        if erred {
            let denied = matches!(decision, Decision::Forbid { code: ForbidCode::PolicyError, .. });
            prop_assert!(denied, "{:?}\n{}", decision, generated.text());
        }
    }

    /// P3: more approvals never turn yes into no, and those that a decision asks for are enough and all needed.
    #[test]
    fn approvals_only_help(seed in any::<u64>()) {
        let (generated, facts, some) = made(seed);
        let engine = engine(&generated);
        let more = Dice(!seed).some(&REQUIREMENTS.map(str::to_owned));
        let union: BTreeSet<String> = some.union(&more).cloned().collect();
        if engine.confirm(&facts, &some).is_ok() {
            prop_assert!(engine.confirm(&facts, &union).is_ok(), "{}", generated.text());
        }
        if let Decision::RequireApproval { requirements, .. } = engine.decide(&facts, &some) {
            let granted: BTreeSet<String> = some.union(&requirements).cloned().collect();
            prop_assert!(engine.confirm(&facts, &granted).is_ok());
            for name in &requirements {
                let fewer = granted.iter().filter(|granted| *granted != name).cloned().collect();
                prop_assert!(engine.confirm(&facts, &fewer).is_err(), "{} was not needed", name);
            }
        }
    }

    /// W25: taking a hold away never adds a requirement, and taking any rule that only observes changes nothing.
    #[test]
    fn fewer_rules_never_ask_for_more(seed in any::<u64>()) {
        let (mut generated, facts, given) = made(seed);
        let asked = |decision: Decision| match decision {
            Decision::RequireApproval { requirements, .. } => Some(requirements),
            Decision::Permit { .. } => Some(BTreeSet::new()),
            Decision::Forbid { .. } => None,
        };
        let before = engine(&generated).decide(&facts, &given);
        let all = generated.rules.clone();
        for (at, rule) in all.iter().enumerate() {
            generated.rules = all.clone();
            generated.rules.remove(at);
            let after = engine(&generated).decide(&facts, &given);
            if rule.contains("@mode") {
                prop_assert_eq!(&after, &before);
            } else if rule.contains("@approval") && let Some(before) = asked(before.clone()) {
                prop_assert!(asked(after).is_some_and(|after| after.is_subset(&before)), "{}", rule);
            }
        }
    }
}
