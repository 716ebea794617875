//! Requirements that somebody can meet.

use domain::{Digest, Person, Timestamp, Vote, satisfied};
use policy::Diagnostic;
use wire::documents::ProofName;

use super::{is_name, repeated, terms};
use crate::approvals::RequirementRule;
use crate::content::Content;
use crate::directory::Directory;
use crate::sources::Sources;

const FILE: &str = "approvals.yaml";
/// Deadlines between a minute and seven days, the longest a proposal stands.
const DEADLINE: std::ops::RangeInclusive<u64> = 60..=7 * 86_400;
/// A sign-in older than this is not fresh for anybody.
const MAX_AGE: std::ops::RangeInclusive<u32> = 1..=86_400;

pub(crate) fn check(content: &Content, sources: &Sources) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for rule in &content.requirements {
        let place = |key: &str, message: String| sources.at(FILE, &[&rule.name, key], message);
        wrong.extend(form(rule).into_iter().map(|(key, message)| place(key, message)));
        wrong.extend(people(rule, &content.directory).into_iter().map(|message| place("groups", message)));
        wrong.extend(terms::check(rule, content).into_iter().map(|(key, message)| place(key, message)));
    }
    wrong
}

fn form(rule: &RequirementRule) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    if !is_name(&rule.name) {
        wrong.push(("", format!("`{}` is no name: lower-case letters, digits and `-`", rule.name)));
    }
    if !DEADLINE.contains(&rule.deadline) {
        wrong.push(("deadline", "a deadline is between a minute and seven days".to_owned()));
    }
    if rule.reminder.is_some_and(|reminder| reminder == 0 || reminder >= rule.deadline) {
        wrong.push(("reminder", "a reminder comes before the deadline".to_owned()));
    }
    if rule.max_age.is_some_and(|age| !MAX_AGE.contains(&age)) {
        wrong.push(("max_age", "`max_age` is between a second and a day".to_owned()));
    }
    if rule.proof == ProofName::Service && (rule.max_age.is_some() || rule.prompt_login) {
        wrong.push((
            "proof",
            "`max_age` and `prompt_login` need `proof: idp`: nothing else can show them".to_owned(),
        ));
    }
    wrong
}

/// W23, O12: groups that exist, counts above zero, and enough distinct people where the directory lists them.
fn people(rule: &RequirementRule, directory: &Directory) -> Vec<String> {
    let mut wrong = Vec::new();
    if rule.groups.is_empty() {
        wrong.push("nobody is asked: a requirement names at least one group".to_owned());
    }
    for wanted in &rule.groups {
        if !directory.groups.contains_key(&wanted.group) {
            wrong.push(format!("`{}` is no group of directory.yaml", wanted.group));
        }
        if wanted.count == 0 || wanted.count > 20 {
            wrong.push(format!("`{}`: a count is between 1 and 20", wanted.group));
        }
    }
    for group in repeated(rule.groups.iter().map(|wanted| wanted.group.as_str())) {
        wrong.push(format!("`{group}` is named twice"));
    }
    if wrong.is_empty() && !satisfied(&[rule.requirement()], &everybody(rule, directory)) {
        wrong
            .push("the groups have too few distinct people to meet it, even if all of them agree".to_owned());
    }
    wrong
}

/// A vote of everybody who could answer. A group without a list may have as many people as are wanted.
fn everybody(rule: &RequirementRule, directory: &Directory) -> Vec<Vote> {
    let mut subjects = std::collections::BTreeSet::new();
    for wanted in &rule.groups {
        match directory.groups.get(&wanted.group).and_then(|group| group.members.as_ref()) {
            Some(members) => subjects.extend(members.iter().cloned()),
            None => subjects.extend((0..wanted.count).map(|n| format!("\0{}\0{n}", wanted.group))),
        }
    }
    let in_group = |subject: &str, group: &str| {
        let listed = directory.groups.get(group).and_then(|group| group.members.as_ref());
        listed.map_or_else(
            || subject.strip_prefix('\0').and_then(|rest| rest.split('\0').next()) == Some(group),
            |members| members.iter().any(|member| member == subject),
        )
    };
    let vote = |subject: String| {
        let groups = rule.groups.iter().map(|wanted| wanted.group.clone());
        let groups = groups.filter(|group| in_group(&subject, group)).collect();
        let nothing = Digest::of(b"");
        Vote {
            person: Person { issuer: directory.people.clone(), subject },
            groups,
            approves: true,
            proof: rule.proof.into(),
            statement: nothing,
            envelope: nothing,
            proof_document: None,
            at: Timestamp::from_millis(0),
        }
    };
    subjects.into_iter().map(vote).collect()
}
