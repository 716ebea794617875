//! A press as a platform's route hands it over, and what it is about once its reference and its account were looked up.

use std::collections::BTreeMap;

use domain::{Digest, State, VerdictKind};
use store::{AccountLink, ChatAccount};
use wire::{CardReference, Item};

use super::refusal::ChatRefusal;
use super::shown::{Shown, ShownCard};
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;

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

/// A press, looked up.
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

impl Callbacks {
    /// C39, W9, W15: the action comes from the reference that was stored here, and the person from the link of the account. Both are
    /// looked up for each press.
    pub(super) async fn press_context(&self, press: &ChatPress<'_>) -> Result<PressContext, ChatRefusal> {
        let reference = self.card_reference(press.reference).await.map_err(|no| self.without_action(no))?;
        let page = self.review_page_url(&reference.action);
        let link = self.capabilities.accounts.account(press.account).await;
        let link = link.map_err(|fault| ChatRefusal::of(fault.into(), &page))?;
        let link = link.filter(|link| link.account == *press.account).ok_or(ChatRefusal::NotLinked)?;
        let found = self.person_and_item(&link, &reference).await;
        let (resolved, item) = found.map_err(|no| ChatRefusal::of(no, &page))?;
        let asked = item.state_at(reference.sequence).and_then(|state| match state {
            State::Pending(review) => Some((review.decision.action, review.decision.review)),
            _ => None,
        });
        Ok(PressContext { reference, link, resolved, item, asked })
    }

    async fn card_reference(&self, reference: &str) -> Result<CardReference, RequestRejection> {
        let topic = CardReference::topic(reference).ok_or_else(RequestRejection::not_found)?;
        let stored = self.capabilities.channels.recall(&topic, CardReference::KEY).await?;
        let stored = stored.ok_or_else(RequestRejection::not_found)?;
        CardReference::parse(&stored).map_err(|error| {
            tracing::error!(alarm = true, %error, "the record of a message's reference is not one of ours");
            RequestRejection::unavailable()
        })
    }

    async fn person_and_item(
        &self,
        link: &AccountLink,
        reference: &CardReference,
    ) -> Result<(ResolvedPerson, Item), RequestRejection> {
        let item = self.item(reference.action.as_str()).await?;
        Ok((self.resolve_person(&link.person, &[]).await?, item))
    }
}
