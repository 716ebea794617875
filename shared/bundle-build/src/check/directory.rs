//! A directory whose names all lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use bundle::content::Content;
use bundle::{Directory, Repeated, is_subject};
use domain::RESUME;
use policy::Diagnostic;
use url::Url;

use super::finding::{is_name, repeated, says};
use crate::sources::Sources;

const FILE: &str = "directory.yaml";

pub(crate) fn check(content: &Content, sources: &Sources) -> Vec<Diagnostic> {
    let directory = &content.directory;
    let kinds: BTreeSet<&str> = content
        .actions
        .iter()
        .flat_map(|entry| entry.resources().map(|(_, rule)| rule.kind.as_str()))
        .collect();
    let mut wrong = lists(directory);
    wrong.extend(people(directory));
    wrong.extend(identities(directory));
    wrong.extend(accounts(directory));
    wrong.extend(resources(directory, &kinds));
    wrong.extend(standing(directory));
    wrong.extend(suspending(content));
    wrong.extend(super::channels::check(directory));
    wrong.extend(super::asking::check(directory));
    wrong.extend(directory.repeated().into_iter().map(twice));
    wrong.into_iter().map(|(path, message)| sources.at(FILE, &path, message)).collect()
}

type Finding<'a> = (Vec<&'a str>, String);

/// Whoever may suspend things is a group, and what is suspended can run again.
fn suspending(content: &Content) -> Vec<Finding<'_>> {
    let directory = &content.directory;
    let unknown = directory.may_suspend.iter().filter(|name| !directory.groups.contains_key(*name));
    let mut wrong: Vec<Finding<'_>> =
        unknown.map(|name| (vec!["may_suspend"], format!("`{name}` is no group"))).collect();
    let open = |name: &&String| directory.groups.get(*name).is_some_and(|group| group.members.is_none());
    wrong.extend(directory.may_suspend.iter().filter(open).map(|name| {
        let message = format!(
            "`{name}` lists no members, so nobody of it could suspend anything: a suspension keeps no proof by the provider, and \
             without one only listed members count. Say `members: [...]` of it"
        );
        (vec!["may_suspend"], message)
    }));
    let resumes = content.actions.iter().any(|entry| entry.action_type == RESUME);
    if !directory.may_suspend.is_empty() && !resumes {
        let message = format!("what is suspended could never run again: there is no action type `{RESUME}`");
        wrong.push((vec!["may_suspend"], message));
    }
    wrong
}

/// Who stands above whom, and who votes for whom: only for a listed member, only for a while.
fn standing(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    for (name, group) in &directory.groups {
        for below in
            group.above.iter().filter(|below| !directory.groups.contains_key(*below) || *below == name)
        {
            wrong.push((vec!["groups", name.as_str()], format!("`{below}` is no other group of this file")));
        }
    }
    for one in &directory.delegations {
        let mut say = |message: String| wrong.push((vec!["delegations"], message));
        if !directory.groups.get(&one.group).is_some_and(|group| group.lists(&one.from)) {
            say(format!("`{}` is no listed member of `{}`: only a member can be away", one.from, one.group));
        }
        if is_subject(&one.from, &one.to) {
            say(format!("`{}` cannot vote for themselves", one.from));
        }
        let long = one.until.millis().saturating_sub(one.since.millis());
        if !(1..=AWAY).contains(&long) {
            say("a delegation ends after it begins, at most 31 days later".to_owned());
        }
    }
    wrong
}

/// The longest delegation, in milliseconds.
const AWAY: i64 = 31 * 86_400_000;

fn lists(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    if !is_issuer(&directory.people) {
        wrong.push((vec!["people"], format!("`{}` is no issuer: an https address", directory.people)));
    }
    for (key, values) in [
        ("classifications", &directory.classifications),
        ("environments", &directory.environments),
        ("teams", &directory.teams),
    ] {
        if values.is_empty() && key != "teams" {
            wrong.push((vec![key], format!("`{key}` lists nothing, so nothing could be the strictest")));
        }
        let twice = repeated(values.iter().map(String::as_str));
        wrong.extend(twice.into_iter().map(|value| (vec![key], format!("`{value}` is listed twice"))));
        let odd = values.iter().filter(|value| !is_name(value));
        wrong.extend(odd.map(|value| {
            (vec![key, value.as_str()], format!("`{value}` is no name: lower-case letters, digits and `-`"))
        }));
    }
    for window in directory.change_freezes.iter().filter(|window| window.from >= window.until) {
        let from = wire::text::rfc3339(window.from);
        wrong.push((vec!["change_freezes"], format!("the change freeze from {from} ends before it begins")));
    }
    wrong.extend(calendar(directory));
    wrong
}

fn calendar(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    let mut say = |key, message: &str| wrong.push((vec!["calendar", key], message.to_owned()));
    if let Some(hours) = &directory.calendar.business_hours {
        if hours.from >= hours.to {
            say("business_hours", "business hours end before they begin: `from` is earlier than `to`");
        }
        let twice =
            (1..).zip(&hours.days).any(|(next, day)| hours.days.iter().skip(next).any(|other| other == day));
        if hours.days.is_empty() || twice {
            say("business_hours", "`days` names each day of work once");
        }
    } else if !directory.calendar.holidays.is_empty() {
        say("holidays", "holidays without business hours change nothing: say `business_hours`");
    }
    wrong
}

/// An entry the second time, at its own place: the key is there once in each entry of the list.
fn twice(again: Repeated<'_>) -> Finding<'_> {
    let keys = std::iter::repeat_n(again.key, again.number + 1);
    let path = std::iter::once(again.list).chain(keys).collect();
    (path, format!("`{}` is listed twice in `{}`: which of the two would hold?", again.name, again.list))
}

/// https, or plain http to this very machine (the local stack); written as it is compared, so that nothing reads it
/// another way.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let host = match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")),
        _ => false,
    };
    let bare = url.username().is_empty() && url.password().is_none();
    let ends = url.query().is_none() && url.fragment().is_none();
    let plain = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
    host && bare && ends && plain
}

fn people(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    for (name, group) in &directory.groups {
        let members = group.members.iter().flatten();
        let twice = repeated(members.clone().map(String::as_str));
        wrong.extend(
            twice.into_iter().map(|who| (vec!["groups", name.as_str()], format!("`{who}` is listed twice"))),
        );
        if members.clone().any(|member| !says(member)) {
            wrong.push((vec!["groups", name], "a member without a subject".to_owned()));
        }
    }
    wrong.extend(spellings(directory));
    if let Some(group) = directory.auditors.as_ref().filter(|name| !directory.groups.contains_key(*name)) {
        wrong.push((vec!["auditors"], format!("`{group}` is no group")));
    }
    for agent in &directory.agents {
        let mut say = |message: String| wrong.push((vec!["agents", agent.subject.as_str()], message));
        if !says(&agent.subject) || !says(&agent.display) {
            say("an agent needs `subject` and `display`".to_owned());
        }
        if agent.owner.as_deref().is_some_and(|owner| !says(owner)) {
            say("an owner without a subject".to_owned());
        }
        for team in agent.teams.iter().filter(|team| !directory.teams.contains(team)) {
            say(format!("`{team}` is no team"));
        }
    }
    wrong
}

/// Whom other issuers mean: each at an issuer that is not the people's own, with a person to stand for.
fn identities(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    for one in &directory.identities {
        let mut say = |message: String| wrong.push((vec!["identities", one.id.as_str()], message));
        if !says(&one.person) || !says(&one.id) {
            say("an identity needs `person`, `issuer` and `id`".to_owned());
        }
        if one.issuer == directory.people {
            say("the people's own issuer calls them by their subjects; it needs no identity".to_owned());
        } else if !is_issuer(&one.issuer) {
            say(format!("`{}` is no issuer: an https address", one.issuer));
        }
    }
    wrong
}

/// Whether a token's subject can be this, so that somebody is meant.
fn is_person(subject: &str) -> bool {
    let plain = subject.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    plain && subject.len() <= 255 && subject.trim() == subject
}

/// C1: one person has one spelling here. Letter case tells nobody apart, so two spellings would look like two people.
fn spellings(directory: &Directory) -> Vec<Finding<'_>> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let mut wrong = Vec::new();
    for subject in directory.subjects() {
        if says(subject) && !is_person(subject) {
            let message = format!(
                "`{subject}` is no subject of a person: ASCII without spaces around it, at most 255 bytes; nobody would be meant"
            );
            wrong.push((vec!["groups"], message));
        }
        if let Some(other) = known.insert(subject.to_ascii_lowercase(), subject) {
            let message = format!(
                "`{other}` and `{subject}` are one person, since letter case does not count: write them one way"
            );
            wrong.push((vec!["groups"], message));
        }
    }
    wrong
}

fn accounts(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    for account in &directory.accounts {
        let path = || vec!["accounts", account.id.as_str()];
        if account.id.len() != 12 || !account.id.bytes().all(|b| b.is_ascii_digit()) {
            wrong.push((path(), format!("`{}` is no account: twelve digits in quotation marks", account.id)));
        }
        if !directory.environments.contains(&account.environment) {
            wrong.push((path(), format!("`{}` is no environment", account.environment)));
        }
        if !is_name(&account.region) {
            wrong.push((path(), format!("`{}` is no region", account.region)));
        }
    }
    if let Some(home) = directory.home_account.as_ref().filter(|id| directory.account(id).is_none()) {
        wrong.push((vec!["home_account"], format!("`{home}` is none of the accounts")));
    }
    wrong
}

fn resources<'a>(directory: &'a Directory, kinds: &BTreeSet<&str>) -> Vec<Finding<'a>> {
    let mut wrong = Vec::new();
    for entry in &directory.resources {
        let mut say = |message: String| wrong.push((vec!["resources", entry.pattern.as_str()], message));
        if !kinds.contains(entry.kind.as_str()) {
            say(format!("no action has resources of the type `{}`", entry.kind));
        }
        if !directory.classifications.contains(&entry.classification) {
            say(format!("`{}` is no classification", entry.classification));
        }
        if let Some(name) = entry.environment.as_ref().filter(|name| !directory.environments.contains(name)) {
            say(format!("`{name}` is no environment"));
        }
        if let Some(id) = entry.account.as_ref().filter(|id| directory.account(id).is_none()) {
            say(format!("`{id}` is none of the accounts"));
        }
        if !says(&entry.pattern) || entry.pattern.trim_matches('*').is_empty() {
            say(format!("the pattern `{}` would describe everything there is", entry.pattern));
        }
    }
    wrong
}
