//! Every key of the index table, in one place.
//!
//! | partition | sort key | what |
//! |---|---|---|
//! | `a#<action>` | `row` | the action's row |
//! | `a#<action>` | `r#<position, 20 digits>` | one record's position |
//! | `l#all`, `l#group#<group>`, `l#principal#<length>\|<issuer>\|<subject>`, `l#decider#…`, `l#granting#…` and `l#accounts#…` alike | `<created, epoch ms, 15 digits>#<action>` | one row of one list, a copy of the action's row |
//! | `p#<digest of principal, type, resource>` | `d#<at, epoch ms, 15 digits>#<action>#<sequence>` | one history entry |
//! | `p#…` alike | `x#<at, epoch ms, 15 digits>#<action>` | how one that ran looked |
//! | `watermark` | `watermark` | how far the index follows the log, and when each heartbeat was written that was handled last |
//!
//! An inbox is the group's list filtered by status: nothing is ever deleted, so no role needs to.

use data_encoding::BASE64URL_NOPAD;
use domain::{ActionId, Digest, Fault, Timestamp};
use wire::text::Identity;

use super::StoredEntry;
use crate::Listing;

/// Partition and sort key of the watermark.
pub(crate) const WATERMARK: &str = "watermark";
/// Sort key of an action's row.
pub(crate) const ROW: &str = "row";
/// The prefix of the sort keys of positions.
pub(crate) const POSITION: &str = "r#";

/// The partition of one action.
pub(crate) fn action(action: &ActionId) -> String {
    format!("a#{action}")
}

/// The sort key of one record's position.
pub(crate) fn position(position: u64) -> String {
    format!("{POSITION}{position:020}")
}

/// The partition of somebody's past.
pub(crate) fn history(history_key: &Digest) -> String {
    format!("p#{}", history_key.hex())
}

/// The sort key of a history entry, whoever records it.
pub(crate) fn entry(stored_entry: &StoredEntry) -> String {
    format!(
        "{}#{}#{}",
        entries_from(stored_entry.history_entry.at),
        stored_entry.action,
        stored_entry.sequence
    )
}

/// The sort key of how something that ran looked.
pub(crate) fn seen(stored_entry: &StoredEntry) -> String {
    format!("{}#{}", seen_from(stored_entry.history_entry.at), stored_entry.action)
}

/// Where the history entries of this moment begin among all.
pub(crate) fn entries_from(at: Timestamp) -> String {
    format!("d#{:015}", at.millis().max(0))
}

/// The same among those that ran.
pub(crate) fn seen_from(at: Timestamp) -> String {
    format!("x#{:015}", at.millis().max(0))
}

/// When something that ran was claimed, as its sort key says.
///
/// # Errors
/// A lasting [`Fault`] when it is no such key.
pub(crate) fn seen_at(key: &str) -> Result<Timestamp, Fault> {
    let millis = key.strip_prefix("x#").and_then(|rest| rest.split('#').next()?.parse().ok());
    millis.map(Timestamp::from_millis).ok_or_else(|| Fault::lasting("reading the index: no such key"))
}

/// The partition of a list.
pub(crate) fn list(listing: &Listing) -> String {
    match listing {
        Listing::All => "l#all".to_owned(),
        Listing::Inbox(group) | Listing::Group(group) => format!("l#group#{group}"),
        Listing::Principal(identity) => format!("l#principal#{}", pair(identity)),
        // A person finds what they decided under every spelling of their subject.
        Listing::Decider(identity) => format!("l#decider#{}", pair(identity).to_ascii_lowercase()),
        Listing::Accounts(identity) => format!("l#accounts#{}", pair(identity).to_ascii_lowercase()),
        Listing::Granting(identity) => format!("l#granting#{}", pair(identity)),
    }
}

/// Whether both are one list in the table: a person's are the same under every spelling of their subject.
#[must_use]
pub fn same_list(one: &Listing, other: &Listing) -> bool {
    list(one) == list(other)
}

/// The sort key of an action in every list; a row's creation time never changes, so neither does this.
#[must_use]
pub fn place(created_at: Timestamp, action: &ActionId) -> String {
    format!("{:015}#{action}", created_at.millis().max(0))
}

/// Issuer and subject in one text that no other pair has: the issuer's length goes in front.
fn pair(identity: &Identity) -> String {
    format!("{}|{}|{}", identity.issuer.len(), identity.issuer, identity.subject)
}

/// The cursor that continues this list after the row at `place`.
#[must_use]
pub fn cursor_after(listing: &Listing, place: &str) -> String {
    BASE64URL_NOPAD.encode(format!("{}{place}", mark(listing)).as_bytes())
}

/// The sort key after which a cursor says that this list continues.
///
/// # Errors
/// A lasting [`Fault`] when it is not one that [`cursor_after`] made for this list.
pub fn cursor_start(listing: &Listing, cursor: &str) -> Result<String, Fault> {
    let wrong = || Fault::lasting("the cursor is not one this list gave");
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let place = text.strip_prefix(&mark(listing)).ok_or_else(wrong)?;
    let (created, action) = place.split_once('#').ok_or_else(wrong)?;
    let shaped = created.len() == 15 && created.bytes().all(|byte| byte.is_ascii_digit());
    if shaped && action.parse::<ActionId>().is_ok() { Ok(place.to_owned()) } else { Err(wrong()) }
}

/// Names the list inside its cursors, so that a cursor of one list is not valid for another.
fn mark(listing: &Listing) -> String {
    let kind = if matches!(listing, Listing::Inbox(_)) { "inbox" } else { "list" };
    let digest = Digest::of(format!("{kind}#{}", list(listing)).as_bytes()).hex();
    format!("1#{}#", digest.get(..16).unwrap_or(&digest))
}
