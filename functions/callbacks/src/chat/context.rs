//! A press, looked up.

use domain::Digest;
use store::AccountLink;
use wire::{CardReference, Item};

use crate::app::ResolvedPerson;

/// What a press is about, and whose it is.
pub(super) struct PressContext {
    pub reference: CardReference,
    /// The link by which the account is the person's.
    pub link: AccountLink,
    /// The person, with the groups of the directory alone.
    pub resolved: ResolvedPerson,
    /// The action as it is now.
    pub item: Item,
    /// What the message asked about: the digests of action and review document. None where the reference names an event after
    /// which nobody was asked.
    pub asked: Option<(Digest, Digest)>,
}
