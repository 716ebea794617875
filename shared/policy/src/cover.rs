//! Checks that nothing dangerous can run unasked by accident: every permit of an irreversible or highly sensitive action type
//! is covered by a hold, or says why nobody needs to be asked.

use crate::finding::{Finding, Part};
use crate::rule::Rule;
use crate::tree::{Clause, Tree};
use crate::vocabulary::{ActionWords, Vocabulary};

/// Rules that leave something uncovered, with what to do about it.
pub(crate) fn uncovered<'a>(rules: &'a [Rule], vocabulary: &Vocabulary) -> Vec<(&'a Rule, Finding)> {
    let mut wrong = Vec::new();
    for action in vocabulary.actions.iter().filter(|action| action.guarded()) {
        let applying: Vec<&Rule> = rules.iter().filter(|rule| rule.header.applies_to(action)).collect();
        for permit in applying.iter().filter(|rule| rule.is_permit() && !says_why(rule)) {
            if !applying.iter().any(|hold| covers(hold, permit)) {
                wrong.push((*permit, asks_for_cover(permit, action)));
            }
        }
        let names = applying.iter().filter_map(|rule| rule.approval().map(|name| (*rule, name)));
        for (hold, name) in names.filter(|_| action.high) {
            if vocabulary.requirements.get(name).is_some_and(|words| !words.fresh_proof) {
                wrong.push((hold, asks_for_proof(name, action)));
            }
        }
    }
    wrong
}

fn says_why(permit: &Rule) -> bool {
    permit.says("unattended").is_some_and(|why| !why.trim().is_empty())
}

fn asks_for_cover(permit: &Rule, action: &ActionWords) -> Finding {
    let nature = if action.high { "highly sensitive" } else { "irreversible" };
    let message = format!("`{}` lets `{}` ({nature}) run without being asked", permit.id(), action.name);
    Finding::new(
        Part::Rule,
        message,
        "cover it with a hold (a forbid with `@approval` whose conditions the permit repeats, or that has none), or say \
         `@unattended(\"why\")`",
    )
}

fn asks_for_proof(name: &str, action: &ActionWords) -> Finding {
    let message = format!("`{}` is highly sensitive, and `{name}` asks for no fresh sign-in", action.name);
    let help = format!("the requirement `{name}` must have `proof: idp`, `max_age` and `prompt_login: true`");
    Finding::new(Part::Annotation("approval".to_owned()), message, help)
}

/// Whether the hold matches wherever the permit matches. Only the shape is compared, so it may answer no where a prover would
/// answer yes: the hold's scope must be open or the permit's own, and the permit must repeat each of its conditions word for
/// word.
pub(crate) fn covers(hold: &Rule, permit: &Rule) -> bool {
    let Some(requirement) = hold.approval().filter(|_| !hold.header.observe) else { return false };
    let tree = |rule: &Rule| Tree::of(&rule.parsed().ok()?.policy).ok();
    let (Some(hold), Some(permit)) = (tree(hold), tree(permit)) else { return false };
    let open = |scope: &serde_json::Value| scope.get("op").and_then(serde_json::Value::as_str) == Some("All");
    let scoped = (open(&hold.principal) || hold.principal == permit.principal)
        && (open(&hold.resource) || hold.resource == permit.resource);
    let repeated = |clause: &Clause| {
        let same = permit.clauses.contains(clause);
        let demanded: Vec<&serde_json::Value> =
            permit.clauses.iter().filter(|clause| !clause.unless).flat_map(Clause::conjuncts).collect();
        same || (!clause.unless && clause.conjuncts().iter().all(|part| demanded.contains(part)))
    };
    scoped && hold.clauses.iter().all(|clause| clause.lifts(requirement) || repeated(clause))
}
