//! What agents did before, as the log tells it: the history that rules read.

use std::collections::BTreeSet;

use bundle::Bundle;
use domain::{ActivityHistory, HistoryKind, LastRun, Timestamp};
use policy::History;
use wire::documents::Request;

/// Something that became of a request.
#[derive(Debug)]
pub(super) struct HistoryEvent {
    pub(super) at: Timestamp,
    pub(super) kind: HistoryKind,
    pub(super) request: Request,
}

/// The history of this request at that time, and parameters in which the last one cannot be compared because something
/// was masked.
pub(super) fn told(
    bundle: &Bundle,
    events: &[HistoryEvent],
    request: &Request,
    now: Timestamp,
) -> (History, BTreeSet<String>) {
    let about = resource(bundle, request);
    let same = |event: &&HistoryEvent| {
        event.at < now
            && event.request.action_type == request.action_type
            && event.request.principal == request.principal
            && resource(bundle, &event.request) == about
    };
    let before: Vec<&HistoryEvent> = events.iter().filter(same).collect();
    let last = before.iter().rev().find(|event| event.kind == HistoryKind::Executed);
    let last = last.map(|event| LastRun {
        action: event.request.action.clone(),
        at: event.at,
        profile: event.request.profile(),
    });
    let profile = request.profile();
    let unknown: BTreeSet<String> =
        last.iter().flat_map(|last| last.profile.masked().chain(profile.masked())).cloned().collect();
    let events = before.iter().map(|event| domain::HistoryEntry { at: event.at, kind: event.kind }).collect();
    let activity = ActivityHistory { entries: events, last, ..ActivityHistory::default() };
    let mut history = History::of(&activity, &profile, now);
    history.changed_since_last.retain(|name| !unknown.contains(name));
    (history, unknown)
}

fn resource(bundle: &Bundle, request: &Request) -> Option<String> {
    let entry = bundle.entry(&request.action_type)?;
    entry.resource.id.render(&entry.values(&request.parameters).ok()?).ok()
}
