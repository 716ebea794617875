//! Checks the shape of every rule. A hold must be lifted by its requirement alone, must apply even where something is absent
//! or misspelt, and must never be harder to pass with more approvals than with fewer.

use cedar_policy::{Policy, PolicySet, ValidationMode, Validator};
use serde_json::Value;

use crate::finding::{Finding, Part};
use crate::parse::{self, Source};
use crate::rule::{ANNOTATIONS, OBSERVE, Rule};
use crate::tree::{self, Clause, Tree};
use crate::vocabulary::{TEAM_TYPE, Vocabulary};
use crate::{Diagnostic, cover};

/// Everything that is wrong with these rules, in file order.
///
/// # Errors
/// When they cannot be checked at all.
pub(crate) fn all(
    rules: &[Rule],
    sources: &[Source],
    vocabulary: &Vocabulary,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let mut wrong = validate(rules, sources, vocabulary)?;
    for rule in rules {
        wrong.extend(self::rule(rule, vocabulary).into_iter().map(|found| found.placed(rule, sources)));
    }
    let uncovered = cover::uncovered(rules, vocabulary);
    wrong.extend(uncovered.into_iter().map(|(rule, found)| found.placed(rule, sources)));
    wrong.sort();
    wrong.dedup();
    Ok(wrong)
}

fn validate(
    rules: &[Rule],
    sources: &[Source],
    vocabulary: &Vocabulary,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let schema = vocabulary.schema().map_err(|error| vec![Diagnostic::about("actions", error)])?;
    let policies = rules.iter().filter_map(|rule| Some(rule.parsed().ok()?.policy.clone()));
    let all = PolicySet::from_policies(policies);
    let all = all.map_err(|error| vec![Diagnostic::about("policies", error.to_string())])?;
    let result = Validator::new(schema).validate(&all, ValidationMode::Strict);
    let mut wrong = Vec::new();
    for error in result.validation_errors() {
        let Some(rule) = rules.iter().find(|rule| rule.id() == error.policy_id().as_ref() as &str) else {
            continue;
        };
        let Some(source) = sources.iter().find(|source| source.file == rule.header.file) else { continue };
        wrong.push(parse::cedar_error(source, rule.header.offset, error, error.to_string()));
    }
    if wrong.is_empty() && !result.validation_passed() {
        return Err(vec![Diagnostic::about("policies", "the policies do not validate")]);
    }
    Ok(wrong)
}

fn rule(rule: &Rule, vocabulary: &Vocabulary) -> Vec<Finding> {
    let unreadable = |error: &str| {
        let message = format!("the policy cannot be read: {error}");
        vec![Finding::new(Part::Rule, message, "write it as Cedar's own tools accept it")]
    };
    let policy = match rule.parsed() {
        Ok(parsed) => &parsed.policy,
        Err(error) => return unreadable(error),
    };
    let mut wrong = annotations(rule, policy, vocabulary);
    match Tree::of(policy) {
        Err(error) => wrong.extend(unreadable(&error)),
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

fn annotations(rule: &Rule, policy: &Policy, vocabulary: &Vocabulary) -> Vec<Finding> {
    let mut wrong = Vec::new();
    let mut say = |name: &str, message: String, help: String| {
        wrong.push(Finding::new(Part::Annotation(name.to_owned()), message, help));
    };
    for (name, value) in policy.annotations() {
        if !ANNOTATIONS.contains(&name) {
            say(
                name,
                format!("an unknown annotation `@{name}`"),
                format!("there are {}", listed(ANNOTATIONS)),
            );
        } else if value.trim().is_empty() {
            say(name, format!("`@{name}` says nothing"), "say it, or leave it out".to_owned());
        }
    }
    match (rule.is_permit(), rule.says("approval"), rule.says("unattended")) {
        (true, Some(_), _) => {
            let help = "put it on a forbid that `unless { context.approvals.contains(…) }` lifts";
            say("approval", "`@approval` on a permit: a hold is a forbid".to_owned(), help.to_owned());
        }
        (false, _, Some(_)) => {
            let help = "say `@reason(…)` here, and `@unattended(…)` on the permit that needs no hold";
            say(
                "unattended",
                "`@unattended` on a forbid: it belongs to a permit".to_owned(),
                help.to_owned(),
            );
        }
        (false, Some(name), _) if !vocabulary.requirements.contains_key(name) => {
            let help = format!("there are {}", listed(vocabulary.requirements.keys()));
            say("approval", format!("`@approval` names `{name}`, which approvals.yaml does not have"), help);
        }
        _ => {}
    }
    match rule.says("mode") {
        Some(OBSERVE) if rule.is_permit() => {
            let help = "leave the permit out: what nothing permits is denied".to_owned();
            say("mode", "`@mode(\"observe\")` on a permit: only a forbid can be tried out".to_owned(), help);
        }
        Some(mode) if mode != OBSERVE => {
            let help = "write `@mode(\"observe\")`, or leave it out to enforce the rule".to_owned();
            say("mode", format!("`@mode` knows no `{mode}`"), help);
        }
        _ => {}
    }
    wrong
}

/// `context` may only be read one attribute at a time, and `context.approvals` only as the one clause that lifts a hold.
fn approvals(rule: &Rule, tree: &Tree) -> Vec<Finding> {
    let lifts = |clause: &Clause| rule.approval().is_some_and(|name| clause.lifts(name));
    let mut wrong = Vec::new();
    if let (Some(name), false) = (rule.approval(), tree.clauses.iter().any(lifts)) {
        wrong.push(Finding::new(
            Part::Annotation("approval".to_owned()),
            format!(
                "`@approval(\"{name}\")` needs the clause that lifts it, and nothing else in that clause"
            ),
            format!("end the rule with `unless {{ context.approvals.contains(\"{name}\") }}`"),
        ));
    }
    for (at, clause) in tree.clauses.iter().enumerate().filter(|(_, clause)| !lifts(clause)) {
        let all = tree::nodes(&clause.body);
        let whole = all.iter().filter(|node| tree::is_variable(node, "context")).count();
        let read = all.iter().filter_map(|node| tree::attribute(node));
        let read: Vec<&str> =
            read.filter(|(left, _)| tree::is_variable(left, "context")).map(|(_, name)| name).collect();
        if read.contains(&"approvals") {
            let (message, help) = misread(rule);
            wrong.push(Finding::new(Part::Clause(at), message, help));
        } else if whole != read.len() {
            let help = "write `context.` and the attribute's name, e.g. `context.change_freeze`";
            wrong.push(Finding::new(
                Part::Clause(at),
                "`context` as a whole: read its attributes one by one",
                help,
            ));
        }
    }
    wrong
}

fn misread(rule: &Rule) -> (String, &'static str) {
    match (rule.is_permit(), rule.approval()) {
        (true, _) => (
            "a permit that reads `context.approvals`: only a hold may".to_owned(),
            "permit it, and write a forbid with `@approval` that the approval lifts",
        ),
        (false, None) => (
            "a forbid that reads `context.approvals` without `@approval`".to_owned(),
            "name the requirement: `@approval(\"…\")`, or leave the clause out",
        ),
        (false, Some(name)) => (
            format!(
                "a hold that something else than `{name}` alone could lift: `context.approvals` is read twice"
            ),
            "write one hold for each requirement",
        ),
    }
}

/// What may be absent cannot decide a forbid.
fn absences(tree: &Tree) -> Vec<Finding> {
    let mut wrong = Vec::new();
    for (at, clause) in tree.clauses.iter().enumerate() {
        let tests = tree::nodes(&clause.body).into_iter().filter_map(|node| node.get("has"));
        let names: std::collections::BTreeSet<&str> =
            tests.filter_map(|has| has.get("attr").and_then(Value::as_str)).collect();
        for name in names {
            wrong.push(Finding::new(
                Part::Clause(at),
                format!("a forbid that asks whether `{name}` is there vanishes when it is not"),
                format!("make `{name}` mandatory (`required` in the action's schema) and compare it"),
            ));
        }
    }
    wrong
}

/// Texts compared with a closed list must be of that list, and teams must exist: a misspelt one never matches.
fn words(tree: &Tree, vocabulary: &Vocabulary) -> Vec<Finding> {
    let sensitivities = ["low", "medium", "high"].map(str::to_owned);
    let lists: [(&str, &[String]); 3] = [
        ("classification", &vocabulary.classifications),
        ("environment", &vocabulary.environments),
        ("sensitivity", &sensitivities),
    ];
    let mut wrong = Vec::new();
    for (at, clause) in tree.clauses.iter().enumerate() {
        for node in tree::nodes(&clause.body) {
            let compared = ["==", "!="].iter().find_map(|operator| tree::operands(node, operator));
            let contained = tree::operands(node, "contains").map(|(list, member)| (member, list));
            let Some((one, other)) = compared.or(contained) else { continue };
            for (read, values) in [(one, other), (other, one)] {
                let Some((_, name)) = tree::attribute(read) else { continue };
                let Some((_, list)) = lists.iter().find(|(listed, _)| *listed == name) else { continue };
                for value in tree::nodes(values).into_iter().filter_map(tree::literal) {
                    if !list.iter().any(|known| known == value) {
                        let message = format!("`{value}` is no {name} of directory.yaml");
                        let help = format!("there are {}", listed(list.iter()));
                        wrong.push(Finding::new(Part::Clause(at), message, help));
                    }
                }
            }
        }
    }
    let scopes = [(Part::Scope(0), &tree.principal), (Part::Scope(2), &tree.resource)];
    let clauses = tree.clauses.iter().enumerate().map(|(at, clause)| (Part::Clause(at), &clause.body));
    for (part, body) in scopes.into_iter().chain(clauses) {
        let mut named = tree::nodes(body).into_iter().filter_map(|node| {
            let kind = node.get("type").and_then(Value::as_str)?;
            node.get("id").and_then(Value::as_str).filter(|_| kind == TEAM_TYPE)
        });
        if let Some(team) = named.find(|team| !vocabulary.teams.contains(*team)) {
            let help = format!("there are {}", listed(vocabulary.teams.iter()));
            wrong.push(Finding::new(part, format!("`{team}` is no team of directory.yaml"), help));
        }
    }
    wrong
}

fn listed(names: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
