//! How one record changes an action's row. Pure, and the same for the table and its double.

use domain::ActionId;
use wire::bounds;

use crate::{IndexRow, Listing};

/// The most lists that are kept for one action, because one transaction has at most a hundred items and the index is
/// only for searching.
const MAX_LISTS: usize = 90;

/// The row after this record. A later sequence replaces what is there; an earlier or the same one changes nothing but may
/// kill; what is quarantined stays so, and whoever was asked or has voted stays named.
#[must_use]
pub fn merge(stored: Option<&IndexRow>, new: &IndexRow) -> IndexRow {
    let Some(stored) = stored else { return new.clone() };
    let quarantined = stored.quarantined || new.quarantined;
    if new.sequence <= stored.sequence {
        return IndexRow { quarantined, ..stored.clone() };
    }
    IndexRow {
        quarantined,
        groups: union(&stored.groups, &new.groups, bounds::GROUPS),
        deciders: union(&stored.deciders, &new.deciders, bounds::DECIDERS),
        principal: stored.principal.clone(),
        created_at: stored.created_at,
        proposed_object: stored.proposed_object,
        history_key: new.history_key.or(stored.history_key),
        profile: new.profile.clone().or_else(|| stored.profile.clone()),
        grants: stored.grants || new.grants,
        ..new.clone()
    }
}

/// The lists this row is in. The suspension list is no action, so it is in none; a chat account is only in those of the people
/// it is or was linked to.
#[must_use]
pub fn lists(row: &IndexRow) -> Vec<Listing> {
    if row.action == ActionId::suspensions() {
        return Vec::new();
    }
    if row.action.is_account() {
        return row.deciders.iter().cloned().map(Listing::Accounts).collect();
    }
    let fixed = [Listing::All, Listing::Principal(row.principal.clone())];
    let granting = row.grants.then(|| Listing::Granting(row.principal.clone()));
    let groups = row.groups.iter().cloned().map(Listing::Group);
    let deciders = row.deciders.iter().cloned().map(Listing::Decider);
    let lists: Vec<Listing> =
        fixed.into_iter().chain(granting).chain(deciders).chain(groups).take(MAX_LISTS).collect();
    if lists.len() == MAX_LISTS {
        tracing::warn!(action = %row.action, "the action is in more lists than the index keeps");
    }
    lists
}

/// Whether a row of the list's partition belongs on the list.
#[must_use]
pub fn shows(listing: &Listing, row: &IndexRow) -> bool {
    match listing {
        Listing::Inbox(_) => row.status == "pending" && !row.quarantined,
        _ => true,
    }
}

/// Both without repetition, up to this many. The log still contains those that are left out; the lists do not.
fn union<T: Clone + PartialEq>(stored: &[T], new: &[T], most: usize) -> Vec<T> {
    let mut all = stored.to_vec();
    for value in new {
        if !all.contains(value) && all.len() < most {
            all.push(value.clone());
        }
    }
    all
}
