//! What a requirement says beyond its count: nothing of it may make it weaker, or grant what nobody could use.

use std::collections::BTreeSet;

use bundle::content::Content;
use bundle::{Directory, EmergencyAccess, EscalationRule, GrantRule, RequirementRule};

/// A grant between a minute and a week.
const GRANT: std::ops::RangeInclusive<u64> = 60..=7 * 86_400;
/// A grant of more uses is a policy.
const USES: std::ops::RangeInclusive<u32> = 1..=100;
/// An emergency is looked at between five minutes and a week later.
const REVIEW: std::ops::RangeInclusive<u64> = 300..=7 * 86_400;

pub(crate) type Findings = Vec<(&'static str, String)>;

pub(crate) fn check(rule: &RequirementRule, content: &Content) -> Findings {
    let directory = &content.directory;
    let mut wrong = Findings::new();
    if let Some(escalation) = &rule.escalation {
        wrong.extend(escalates(rule, escalation, directory).into_iter().map(|text| ("escalation", text)));
    }
    if let Some(grant) = &rule.grant {
        wrong.extend(grants(rule, grant).into_iter().map(|text| ("grant", text)));
        wrong.extend(shown("grant", &grant.fixed, content));
    }
    if let Some(access) = &rule.emergency {
        wrong.extend(hurries(rule, access, directory).into_iter().map(|text| ("emergency", text)));
    }
    wrong.extend(shown("may_change", &rule.may_change, content));
    let parts = rule.may_change.iter().filter(|pointer| pointer.matches('/').count() > 1);
    wrong.extend(
        parts.map(|pointer| ("may_change", format!("`{pointer}` is a part: name the whole parameter"))),
    );
    wrong
}

/// The same name never comes to mean less: the count stays, and whoever stands in stands above all who were asked.
fn escalates(rule: &RequirementRule, escalation: &EscalationRule, directory: &Directory) -> Vec<String> {
    let mut wrong = Vec::new();
    if escalation.after == 0 || escalation.after >= rule.deadline {
        wrong.push("an escalation comes before the deadline".to_owned());
    }
    if escalation.to.is_empty() {
        wrong.push("an escalation names at least one group".to_owned());
    }
    for name in &escalation.to {
        let Some(group) = directory.groups.get(name) else {
            wrong.push(format!("`{name}` is no group of directory.yaml"));
            continue;
        };
        let below = rule.groups.iter().filter(|wanted| !group.above.contains(&wanted.group));
        wrong.extend(below.map(|wanted| {
            format!(
                "`{name}` would be a weaker group under the same name: say `above: [{}]` of it in directory.yaml, or \
                 escalate to one that stands above",
                wanted.group
            )
        }));
    }
    wrong
}

fn grants(rule: &RequirementRule, grant: &GrantRule) -> Vec<String> {
    let mut wrong = Vec::new();
    if rule.requirement().needed() != 1 {
        wrong.push(
            "one person's grant cannot stand for several people: a grant needs a count of one".to_owned(),
        );
    }
    if rule.confirm.is_some() {
        wrong.push(
            "a grant cannot stand for the human the agent acts for: `grant` and `confirm` exclude each other"
                .to_owned(),
        );
    }
    if !GRANT.contains(&grant.at_most) {
        wrong.push("`at_most` is between a minute and seven days".to_owned());
    }
    if !USES.contains(&grant.uses) {
        wrong.push("`uses` is between 1 and 100".to_owned());
    }
    if grant.fixed.is_empty() {
        wrong.push("a grant fixes at least one parameter: without any it is a permit".to_owned());
    }
    wrong
}

fn hurries(rule: &RequirementRule, access: &EmergencyAccess, directory: &Directory) -> Vec<String> {
    let mut wrong = Vec::new();
    if access.groups.is_empty() {
        wrong.push("emergency access names at least one group".to_owned());
    }
    if !REVIEW.contains(&access.review_within) {
        wrong.push("`review_within` is between five minutes and seven days".to_owned());
    }
    let groups = access.groups.iter().chain(rule.groups.iter().map(|wanted| &wanted.group));
    let mut people = BTreeSet::new();
    let mut open = false;
    for name in groups {
        match directory.groups.get(name) {
            None => wrong.push(format!("`{name}` is no group of directory.yaml")),
            Some(group) => match &group.members {
                None => open = true,
                Some(members) => people.extend(members),
            },
        }
    }
    if !open && people.len() < 2 {
        wrong.push(
            "nobody is left to look at an emergency: whoever runs it cannot close its review".to_owned(),
        );
    }
    wrong
}

/// Pointers that name a parameter people are shown, of at least one action type; one that is masked in another is none.
fn shown(key: &'static str, pointers: &[String], content: &Content) -> Findings {
    let known = |pointer: &&String| {
        let masked = content.actions.iter().flat_map(|entry| &entry.redaction.masked).any(|marked| {
            let below = marked.pointer.strip_prefix(pointer.as_str());
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        });
        let name = pointer.strip_prefix('/').unwrap_or_default();
        let place = format!("/properties/{name}");
        !masked && content.actions.iter().any(|entry| entry.parameters.pointer(&place).is_some())
    };
    let unknown = pointers.iter().filter(|pointer| !known(pointer));
    unknown.map(|pointer| (key, format!("`{pointer}` is no parameter that people are shown"))).collect()
}
