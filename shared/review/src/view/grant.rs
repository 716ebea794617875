//! The grants that approvals of an action made, as they are now.

use domain::{Digest, Grant, Person, Timestamp};
use redaction::escape_value;
use serde_json::Value;
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::documents::Request;
use wire::http::{FixedView, GrantState, GrantView, PersonView};

use super::parts::{links, principal, shown};
use crate::votes::Votes;

/// Every grant of the item's approvals that this viewer may see, the oldest first.
#[must_use]
pub fn grants(
    item: &Item,
    action_documents: &ActionDocuments,
    base_url: &str,
    viewer: Option<&Person>,
    now: Timestamp,
) -> Vec<GrantView> {
    let state = item.state();
    let (Some(proposal), Some(review)) = (state.proposal(), state.review()) else { return Vec::new() };
    let view = |grant: &Grant| GrantView {
        action: item.id().clone(),
        action_type: proposal.action_type.clone(),
        principal: principal(proposal, action_documents),
        person: person(grant),
        grant: grant_state(item, grant, &action_documents.request, now),
        at: grant.vote.at,
        links: links(item, base_url),
    };
    let votes = Votes::of(item, viewer);
    review.grants.iter().filter(|grant| votes.shows(&grant.vote.person)).map(view).collect()
}

/// The grant this statement made, if it stands in the item.
pub(super) fn grant_of(
    item: &Item,
    statement: Digest,
    request: &Request,
    now: Timestamp,
) -> Option<GrantState> {
    let mut grants = item.state().review()?.grants.iter();
    let grant = grants.find(|grant| grant.vote.statement == statement)?;
    Some(grant_state(item, grant, request, now))
}

/// What a grant would keep the same, by name and in words; none when one of it is not shown, so that nothing could ever
/// be compared with it.
#[must_use]
pub fn fixed(pointers: &[String], request: &Request) -> Option<Vec<(String, String)>> {
    let shown = |pointer: &String| {
        let value = shown_at(pointer, request)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = pointer.trim_start_matches('/').replace('/', " → ");
        Some((escape_value(&name).text, escape_value(&text).text))
    };
    pointers.iter().map(shown).collect()
}

fn shown_at<'a>(pointer: &str, request: &'a Request) -> Option<&'a Value> {
    let hidden = request.masked.iter().any(|mask| mask.hides(pointer));
    request.parameters.pointer(pointer).filter(|_| !hidden)
}

fn person(grant: &Grant) -> PersonView {
    let subject = grant.vote.person.subject.clone();
    PersonView { display: shown(&subject), subject }
}

fn grant_state(item: &Item, grant: &Grant, request: &Request, now: Timestamp) -> GrantState {
    let fixed = |pointer: &String| FixedView {
        pointer: pointer.clone(),
        value: shown_at(pointer, request).cloned().unwrap_or(Value::Null),
    };
    GrantState {
        live: item.state().run().is_some() && grant.live(now),
        requirements: grant.requirements.clone(),
        fixed: grant.terms.fixed.iter().map(fixed).collect(),
        until: grant.terms.until,
        uses: grant.terms.uses,
        used: grant.used,
        revoked: grant.revoked,
    }
}
