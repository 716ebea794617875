//! What agents did before, as the log tells it: the history that rules read.

use std::collections::{BTreeMap, BTreeSet};

use bundle::Bundle;
use domain::{DecisionKind, Event, Timestamp, VerdictKind};
use policy::{Counts, History};
use wire::documents::Request;

/// An hour, a day and a week in milliseconds.
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// Something that became of a request.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) at: Timestamp,
    pub(super) kind: Kind,
    pub(super) request: Request,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Executed,
    Denied,
    Failed,
}

impl Kind {
    /// What an event tells, if it tells of a deed.
    pub(super) fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Claimed { .. } => Some(Self::Executed),
            Event::Failed { .. } => Some(Self::Failed),
            Event::Refused { .. } | Event::Decided { kind: DecisionKind::Forbid, .. } => Some(Self::Denied),
            Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Deny => Some(Self::Denied),
            _ => None,
        }
    }
}

/// The history of this request at that time, and parameters in which the last one cannot be compared because something
/// was masked.
pub(super) fn history(
    bundle: &Bundle,
    deeds: &[Deed],
    request: &Request,
    now: Timestamp,
) -> (History, BTreeSet<String>) {
    let about = resource(bundle, request);
    let same = |deed: &&Deed| {
        deed.at < now
            && deed.request.action_type == request.action_type
            && deed.request.principal == request.principal
            && resource(bundle, &deed.request) == about
    };
    let before: Vec<&Deed> = deeds.iter().filter(same).collect();
    let count = |kind: Kind| {
        let within = |span: i64| {
            let since = now.millis().saturating_sub(span);
            let some = before.iter().filter(|deed| deed.kind == kind && deed.at.millis() >= since);
            u32::try_from(some.count()).unwrap_or(u32::MAX)
        };
        Counts { hour: within(HOUR), day: within(DAY), week: within(WEEK) }
    };
    let last = before.iter().rev().find(|deed| deed.kind == Kind::Executed).map(|deed| &deed.request);
    let (unlike, unknown) = match last {
        None => (BTreeSet::from(["first".to_owned()]), BTreeSet::new()),
        Some(last) => unlike(request, last),
    };
    let (executed, denied, failed) = (count(Kind::Executed), count(Kind::Denied), count(Kind::Failed));
    (History { executed, denied, failed, unlike }, unknown)
}

fn resource(bundle: &Bundle, request: &Request) -> Option<String> {
    let entry = bundle.entry(&request.action_type)?;
    entry.resource.id.render(&entry.values(&request.parameters).ok()?).ok()
}

/// What differs, and the parameters of which nobody can tell because either was masked.
fn unlike(one: &Request, other: &Request) -> (BTreeSet<String>, BTreeSet<String>) {
    let masked: BTreeSet<String> = [one, other].into_iter().flat_map(masked).collect();
    let names = [one, other].into_iter().filter_map(|request| request.parameters.as_object());
    let names: BTreeSet<&String> = names.flat_map(|map| map.keys()).collect();
    let differs = |name: &&&String| one.parameters.get(**name) != other.parameters.get(**name);
    let mut found: BTreeSet<String> = names.iter().filter(differs).map(|name| (*name).clone()).collect();
    let proven = |request: &Request| -> BTreeMap<String, String> {
        let facts = request.provenance.iter().filter(|fact| fact.verified);
        facts.map(|fact| (fact.name.clone(), fact.value.clone())).collect()
    };
    let (one, other) = (proven(one), proven(other));
    for (fact, name) in
        [("repository", "repository"), ("ref", "branch"), ("commit", "commit"), ("workflow", "workflow")]
    {
        if one.get(fact) != other.get(fact) {
            found.insert(name.to_owned());
        }
    }
    let known = found.into_iter().filter(|name| !masked.contains(name)).collect();
    (known, masked)
}

/// Top-level parameters of which something was masked.
pub(super) fn masked(request: &Request) -> BTreeSet<String> {
    let top = |pointer: &str| pointer.strip_prefix("/parameters/")?.split('/').next().map(str::to_owned);
    request.masked.iter().filter_map(|mask| top(&mask.pointer)).collect()
}
