//! The index row of an action, computed from its records and their documents. Pure.

use domain::{AccountEvent, ChatAccount, Digest, Event, Person, State, Verdict, progress};
use ledger::evidence::DocumentsByDigest;
use store::IndexRow;
use wire::documents::{DecisionDocument, DocumentKind, Request, ReviewDocument};
use wire::text::Identity;
use wire::{AccountItem, Aggregate, AnyItem, Item, bounds, history_key};

/// The row after the item's event with this place, whose record and documents are in `object`.
#[must_use]
pub fn after(
    before: Option<&IndexRow>,
    item: &AnyItem,
    sequence: u32,
    documents: &DocumentsByDigest,
    object: u64,
) -> Option<IndexRow> {
    let at = item.at(sequence)?;
    let mut row = before.cloned().unwrap_or_else(|| IndexRow::blank(item.id(), at, object));
    if sequence == 1 {
        row.proposed_object = object;
        row.created_at = at;
    }
    row.sequence = sequence;
    row.chain = item.chain_at(sequence)?;
    row.updated_at = at;
    row.object = object;
    match item {
        AnyItem::Action(action) => told_of(&mut row, action, sequence, documents)?,
        AnyItem::Suspensions(list) => {
            row.status = list.state().status_name().to_owned();
            decided_by(&mut row, item.verdict(sequence));
        }
        AnyItem::Account(account) => told_of_account(&mut row, account, sequence)?,
    }
    Some(row)
}

/// What the row says of a chat account: its platform and its id there in place of who asked, and as deciders everybody it was
/// linked to, by whom it is listed.
fn told_of_account(row: &mut IndexRow, account: &AccountItem, sequence: u32) -> Option<()> {
    let event = &account.entry(sequence)?.event;
    let ChatAccount { channel, id } = event.account();
    row.principal = Identity { issuer: channel.clone(), subject: id.clone() };
    row.status = account.state_at(sequence)?.status_name().to_owned();
    if let AccountEvent::Linked { person, .. } = event {
        add(&mut row.deciders, Identity::from(person), bounds::DECIDERS);
    }
    Some(())
}

/// What the row says of an action alone; none where its events are no action.
fn told_of(row: &mut IndexRow, action: &Item, sequence: u32, documents: &DocumentsByDigest) -> Option<()> {
    let (entry, state) = (action.entry(sequence)?, action.state_at(sequence)?);
    let proposal = state.proposal()?;
    row.status = state.status().name().to_owned();
    row.action_type.clone_from(&proposal.action_type);
    row.principal = (&proposal.principal).into();
    row.expires_at = proposal.expires_at;
    told_by(row, &entry.event, documents);
    counted(row, &state);
    Some(())
}

fn told_by(row: &mut IndexRow, event: &Event, documents: &DocumentsByDigest) {
    match event {
        Event::Proposed { request, .. } | Event::Modified { request, .. } => {
            row.sentence.clone_from(&row.action_type);
            let request: Option<Request> = opened(documents, request);
            // A request with too many parameters to compare counts as unlike every other.
            let profile = request.as_ref().map(Request::profile);
            row.profile = profile.filter(|profile| profile.parameters.len() <= bounds::COMPARED);
            row.correlation = request.and_then(|request| request.correlation);
            // Approvals from before a change were about something else.
            (row.needed, row.given) = (0, 0);
        }
        Event::Decided { document, review, .. } => {
            let about =
                opened::<DecisionDocument>(documents, document).and_then(|decision| decision.resource);
            row.history_key =
                about.and_then(|name| history_key(&row.principal, &row.action_type, &name).ok());
            if let Some(shown) =
                review.as_ref().and_then(|review| opened::<ReviewDocument>(documents, review))
            {
                let sentence: String = shown.what.sentence.iter().map(|one| one.text.as_str()).collect();
                row.sentence = bounds::cut(&sentence, bounds::SENTENCE);
            }
        }
        _ => {}
    }
    decided_by(row, event.verdict());
}

fn decided_by(row: &mut IndexRow, verdict: Option<&Verdict>) {
    if let Some(verdict) = verdict {
        let known = |one: &Identity| Person::from(one.clone()) == verdict.person;
        if !row.deciders.iter().any(known) {
            add(&mut row.deciders, Identity::from(&verdict.person), bounds::DECIDERS);
        }
        row.grants |= verdict.grant.is_some();
    }
}

fn opened<T: DocumentKind>(documents: &DocumentsByDigest, digest: &Digest) -> Option<T> {
    documents.get(digest)?.open().ok()
}

fn counted(row: &mut IndexRow, state: &State) {
    let Some(review) = state.review() else { return };
    let requirements = &review.decision.requirements;
    // Who is asked what became of a lost attempt finds it among their groups' actions, as who is asked to approve does.
    let lost = matches!(state, State::Unknown(_)).then(|| review.resolvers());
    let named = requirements.iter().chain(lost.into_iter().flatten());
    let groups = named.flat_map(|requirement| &requirement.groups);
    groups.for_each(|wanted| add(&mut row.groups, wanted.group.clone(), bounds::GROUPS));
    let progress = progress(requirements, &review.votes);
    row.needed = progress.iter().map(|progress| progress.needed).sum();
    row.given = progress.iter().map(|progress| progress.given).sum();
}

fn add<T: PartialEq>(list: &mut Vec<T>, value: T, most: usize) {
    if !list.contains(&value) && list.len() < most {
        list.push(value);
    }
}
