//! Requirements that somebody can meet.

use bundle::content::Content;
use bundle::{Directory, RequirementRule, is_subject};
use domain::{Digest, Person, Proof, Timestamp, Vote, satisfied};
use policy::Diagnostic;

use super::finding::{is_name, repeated};
use super::terms;
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
        wrong.extend(after_a_change(rule, &content.directory).map(|message| place("may_change", message)));
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
    if rule.proof == Proof::Service && (rule.max_age.is_some() || rule.prompt_login) {
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

/// E5: whoever changes a parameter does not count for what they made of it, so the others must be enough: those who are
/// asked, and those who may stand in.
fn after_a_change(rule: &RequirementRule, directory: &Directory) -> Option<String> {
    let everybody = everybody(rule, directory);
    let mut asked = rule.requirement();
    asked.terms.standing_in = asked.terms.escalation.iter().flat_map(|one| one.groups.clone()).collect();
    if rule.may_change.is_empty()
        || rule.who_changed_may_approve
        || !satisfied(std::slice::from_ref(&asked), &everybody)
    {
        return None;
    }
    let stuck = |changer: &&Vote| {
        let others: Vec<Vote> = everybody.iter().filter(|vote| vote != changer).cloned().collect();
        !satisfied(std::slice::from_ref(&asked), &others)
    };
    let changer = everybody.iter().find(stuck)?;
    let who = changer.person.subject.as_str();
    Some(format!(
        "after a change by `{who}` too few people are left to approve it, because whoever changed it does not count: ask \
         more people, escalate to others, or say `who_changed_may_approve: true`"
    ))
}

/// A vote of everybody who could answer, those who may stand in included. A group without a list may have as many people as
/// are wanted, and one more.
fn everybody(rule: &RequirementRule, directory: &Directory) -> Vec<Vote> {
    let needed = rule.requirement().needed();
    let standing_in = rule.escalation.iter().flat_map(|one| &one.to);
    let asked: Vec<&String> = rule.groups.iter().map(|wanted| &wanted.group).chain(standing_in).collect();
    let mut subjects = std::collections::BTreeSet::new();
    for group in &asked {
        match directory.groups.get(*group).and_then(|group| group.members.as_ref()) {
            Some(members) => subjects.extend(members.iter().cloned()),
            None => subjects.extend((0..=needed).map(|n| format!("\0{group}\0{n}"))),
        }
    }
    let in_group = |subject: &str, group: &str| {
        let listed = directory.groups.get(group).and_then(|group| group.members.as_ref());
        listed.map_or_else(
            || subject.strip_prefix('\0').and_then(|rest| rest.split('\0').next()) == Some(group),
            |members| members.iter().any(|member| is_subject(member, subject)),
        )
    };
    let vote = |subject: String| {
        let groups = asked.iter().filter(|group| in_group(&subject, group));
        let groups = groups.map(|group| (*group).clone()).collect();
        let nothing = Digest::of(b"");
        Vote {
            person: Person { issuer: directory.people.clone(), subject },
            groups,
            seats: Vec::new(),
            approves: true,
            changers: Vec::new(),
            proof: rule.proof,
            statement: nothing,
            envelope: nothing,
            proof_document: None,
            at: Timestamp::from_millis(0),
        }
    };
    subjects.into_iter().map(vote).collect()
}
