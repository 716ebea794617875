//! The shape every rule must have, so that a hold holds: lifted by its requirement and by nothing less, unable to vanish
//! because something is absent or misspelt, and never harder to pass with more approvals than with fewer.

use serde_json::Value;

use crate::rule::{ANNOTATIONS, Rule};
use crate::tree::{self, Clause, Tree};
use crate::vocabulary::{TEAM_TYPE, Vocabulary};

/// Everything that is wrong with one rule.
pub(crate) fn rule(rule: &Rule, vocabulary: &Vocabulary) -> Vec<String> {
    let mut wrong = annotations(rule, vocabulary);
    match Tree::of(rule) {
        Err(error) => wrong.push(format!("the policy cannot be read: {error}")),
        Ok(tree) => {
            wrong.extend(approvals(rule, &tree));
            if !rule.is_permit() {
                wrong.extend(absences(&tree));
            }
            wrong.extend(words(&tree, vocabulary));
        }
    }
    wrong
}

fn annotations(rule: &Rule, vocabulary: &Vocabulary) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in rule.policy.annotations() {
        if !ANNOTATIONS.contains(&name) {
            wrong.push(format!("an unknown annotation `@{name}`"));
        } else if value.trim().is_empty() {
            wrong.push(format!("`@{name}` says nothing"));
        }
    }
    let says = |name: &str| rule.policy.annotation(name);
    match (rule.is_permit(), says("approval"), says("unattended")) {
        (true, Some(_), _) => wrong.push("`@approval` on a permit: a hold is a forbid".to_owned()),
        (false, _, Some(_)) => wrong.push("`@unattended` on a forbid: it belongs to a permit".to_owned()),
        (false, Some(name), _) if !vocabulary.requirements.contains_key(name) => {
            wrong.push(format!("`@approval` names `{name}`, which approvals.yaml does not have"));
        }
        _ => {}
    }
    wrong
}

/// `context` may only be read one attribute at a time, and `context.approvals` only as the one clause that lifts a hold.
fn approvals(rule: &Rule, tree: &Tree) -> Vec<String> {
    let lifting: Vec<&Clause> =
        tree.clauses.iter().filter(|clause| rule.approval().is_some_and(|name| clause.lifts(name))).collect();
    let others = tree.clauses.iter().filter(|clause| !lifting.contains(clause));
    let mut wrong = Vec::new();
    if let (Some(name), true) = (rule.approval(), lifting.is_empty()) {
        wrong.push(format!(
            "`@approval(\"{name}\")` needs the clause `unless {{ context.approvals.contains(\"{name}\") }}`, alone"
        ));
    }
    for clause in others {
        let all = tree::nodes(&clause.body);
        let whole = all.iter().filter(|node| tree::is_variable(node, "context")).count();
        let read = all.iter().filter_map(|node| tree::attribute(node));
        let read = read.filter(|(left, _)| tree::is_variable(left, "context")).map(|(_, name)| name);
        let read: Vec<&str> = read.collect();
        if read.contains(&"approvals") {
            wrong.push(match (rule.is_permit(), rule.approval()) {
                (true, _) => "a permit that reads `context.approvals`: only a hold may".to_owned(),
                (false, None) => "a forbid that reads `context.approvals` without `@approval`".to_owned(),
                (false, Some(name)) => {
                    format!("a hold that something else than `{name}` alone could lift: `context.approvals` is read twice")
                }
            });
        } else if whole != read.len() {
            wrong.push("`context` as a whole: read its attributes one by one".to_owned());
        }
    }
    wrong
}

/// What may be absent cannot decide a forbid.
fn absences(tree: &Tree) -> Vec<String> {
    let tests = tree.clauses.iter().flat_map(|clause| tree::nodes(&clause.body));
    let mut names: Vec<&str> = tests
        .filter_map(|node| node.get("has"))
        .filter_map(|has| has.get("attr").and_then(Value::as_str))
        .collect();
    names.sort_unstable();
    names.dedup();
    let says = |name: &str| {
        format!("a forbid that asks whether `{name}` is there vanishes when it is not: make it mandatory")
    };
    names.into_iter().map(says).collect()
}

/// Texts compared with a closed list must be of that list, and teams must exist: a misspelt one never matches.
fn words(tree: &Tree, vocabulary: &Vocabulary) -> Vec<String> {
    let sensitivities = ["low", "medium", "high"].map(str::to_owned);
    let lists: [(&str, &[String]); 3] = [
        ("classification", &vocabulary.classifications),
        ("environment", &vocabulary.environments),
        ("sensitivity", &sensitivities),
    ];
    let mut wrong = Vec::new();
    for clause in &tree.clauses {
        for node in tree::nodes(&clause.body) {
            let compared = ["==", "!="].iter().find_map(|operator| tree::operands(node, operator));
            let contained = tree::operands(node, "contains").map(|(list, member)| (member, list));
            let Some((one, other)) = compared.or(contained) else { continue };
            for (read, values) in [(one, other), (other, one)] {
                let Some((_, name)) = tree::attribute(read) else { continue };
                let Some((_, list)) = lists.iter().find(|(listed, _)| *listed == name) else { continue };
                for value in tree::nodes(values).into_iter().filter_map(tree::literal) {
                    if !list.iter().any(|known| known == value) {
                        wrong.push(format!("`{value}` is no {name} of directory.yaml"));
                    }
                }
            }
        }
    }
    let scopes = [&tree.principal, &tree.resource];
    let everywhere = scopes.into_iter().chain(tree.clauses.iter().map(|clause| &clause.body));
    for node in everywhere.flat_map(tree::nodes) {
        let named = (node.get("type").and_then(Value::as_str), node.get("id").and_then(Value::as_str));
        if let (Some(TEAM_TYPE), Some(team)) = named
            && !vocabulary.teams.contains(team)
        {
            wrong.push(format!("`{team}` is no team of directory.yaml"));
        }
    }
    wrong
}
