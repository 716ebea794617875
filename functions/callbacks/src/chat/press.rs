//! A press as a platform's route hands it over.

use std::collections::BTreeMap;

use channel::Card;
use domain::VerdictKind;
use store::ChatAccount;

/// Who pressed on which message. The platform's signature and a look-up vouch for the account; nothing vouches for the reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChatPress<'a> {
    pub account: &'a ChatAccount,
    /// The id of the app at the platform. The statement names it as the client.
    pub client: &'a str,
    /// What the button or the form contains.
    pub reference: &'a str,
}

/// What somebody wants by pressing.
#[derive(Clone, Copy)]
pub(crate) enum ChatWish<'a> {
    /// To approve what the message shows.
    Approve {
        /// Compares what was pressed with our own card of the same moment. It is asked only where that card can be approved.
        shows: &'a (dyn Fn(&ShownCard) -> Shown + Send + Sync),
    },
    /// To deny, for this reason.
    Deny { reason: &'a str },
    /// To change parameters: what was typed, by JSON pointer ([`ChatField::pointer`](super::ChatField::pointer)). What was typed
    /// for anything else is not looked at.
    Change { fields: &'a BTreeMap<String, String> },
}

impl ChatWish<'_> {
    pub(super) fn kind(&self) -> VerdictKind {
        match self {
            Self::Approve { .. } => VerdictKind::Approve,
            Self::Deny { .. } => VerdictKind::Deny,
            Self::Change { .. } => VerdictKind::Modify,
        }
    }
}

/// A form that somebody wants to see before they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChatForm {
    /// Confirms an approval.
    Approve,
    /// Asks for the reason of a denial.
    Deny,
    /// Shows the parameters that may be changed.
    Change,
}

impl ChatForm {
    pub(super) fn kind(self) -> VerdictKind {
        match self {
            Self::Approve => VerdictKind::Approve,
            Self::Deny => VerdictKind::Deny,
            Self::Change => VerdictKind::Modify,
        }
    }
}

/// A card, with everything else that its rendering depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownCard {
    pub card: Card,
    /// The key of the message ([`channel::Message::key`]).
    pub message: String,
    /// The address of the review's page.
    pub link: String,
}

/// What comparing a press with our own card found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The message shows this card, with a control that approves it.
    Approvable,
    /// On this platform the card has no control that approves: it does not fit, or cannot be shown exactly.
    NotApprovable,
    /// The message shows something else.
    Otherwise,
}
