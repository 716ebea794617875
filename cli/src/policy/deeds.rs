//! What agents did before, as the log tells it: the history that rules read.

use std::collections::BTreeSet;

use bundle::Bundle;
use domain::{DeedKind, LastRun, Past, Timestamp};
use policy::History;
use wire::documents::Request;

/// Something that became of a request.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) at: Timestamp,
    pub(super) kind: DeedKind,
    pub(super) request: Request,
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
    let last = before.iter().rev().find(|deed| deed.kind == DeedKind::Executed);
    let last = last.map(|deed| LastRun {
        action: deed.request.action.clone(),
        at: deed.at,
        look: deed.request.look(),
    });
    let look = request.look();
    let unknown: BTreeSet<String> =
        last.iter().flat_map(|last| last.look.masked().chain(look.masked())).cloned().collect();
    let deeds = before.iter().map(|deed| domain::Deed { at: deed.at, kind: deed.kind }).collect();
    let past = Past { deeds, last, ..Past::default() };
    let mut history = History::of(&past, &look, now);
    history.unlike.retain(|name| !unknown.contains(name));
    (history, unknown)
}

fn resource(bundle: &Bundle, request: &Request) -> Option<String> {
    let entry = bundle.entry(&request.action_type)?;
    entry.resource.id.render(&entry.values(&request.parameters).ok()?).ok()
}
