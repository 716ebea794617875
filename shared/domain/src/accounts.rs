//! Chat accounts and the people they are linked to.
//!
//! Each account is an aggregate of its own, with its own events and its own fold. A link is only a name: what the person
//! may decide is asked of the directory at every press.

use crate::event::{Actor, Effect};
use crate::{ActionId, Digest, EventRejection, Person, Timestamp};

/// An account on a chat platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatAccount {
    /// The platform: `slack` or `teams`.
    pub channel: String,
    /// The platform's own ids, never an e-mail address: `<team>/<user>` in Slack, `<tenant>/<object id>` in Teams.
    pub id: String,
}

/// An account that answers in a person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// The account.
    pub account: ChatAccount,
    /// The person.
    pub person: Person,
    /// The account's name as the platform showed it when it was linked. Others choose it: it is only ever shown.
    pub shown_as: String,
    /// When it was linked.
    pub at: Timestamp,
    /// The person's statement; it names this very link.
    pub statement: Digest,
}

/// The documents that prove a link besides its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkProof {
    /// The signed envelope.
    pub envelope: Digest,
    /// The ID token whose nonce is the statement's digest.
    pub id_token: Digest,
}

/// One fact about an account. Together with its time it is one entry of the account's item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountEvent {
    /// A person signed in to link it, and the account's user typed the code that the page showed.
    Linked {
        /// The account.
        account: ChatAccount,
        /// The person.
        person: Person,
        /// The account's name on the platform.
        shown_as: String,
        /// The person's statement.
        statement: Digest,
        /// What proves it.
        proof: LinkProof,
    },
    /// A person ended the link.
    Unlinked {
        /// The account.
        account: ChatAccount,
        /// Whoever ended it.
        by: Person,
        /// The statement of the link that ended.
        statement: Digest,
    },
}

impl AccountEvent {
    /// The stable name of the kind, as records write it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Linked { .. } => "linked",
            Self::Unlinked { .. } => "unlinked",
        }
    }

    /// Who caused it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Linked { person: by, .. } | Self::Unlinked { by, .. } => Actor::Person(by.clone()),
        }
    }

    /// The account it is about.
    #[must_use]
    pub fn account(&self) -> &ChatAccount {
        match self {
            Self::Linked { account, .. } | Self::Unlinked { account, .. } => account,
        }
    }

    /// The link that begins with this event at this time, and what proves it; none for the end of one.
    #[must_use]
    pub fn link(&self, at: Timestamp) -> Option<(AccountLink, LinkProof)> {
        let Self::Linked { account, person, shown_as, statement, proof } = self else { return None };
        let (account, person, shown_as) = (account.clone(), person.clone(), shown_as.clone());
        Some((AccountLink { account, person, shown_as, at, statement: *statement }, *proof))
    }

    /// Every document the event names, which must be stored before it. A link that ends names the document of its beginning,
    /// which is recorded there.
    #[must_use]
    pub fn documents(&self) -> Vec<Digest> {
        match self {
            Self::Linked { statement, proof, .. } => vec![*statement, proof.envelope, proof.id_token],
            Self::Unlinked { .. } => Vec::new(),
        }
    }
}

/// An account as its events tell it. It is only ever built by folding events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkedAccount {
    account: Option<ChatAccount>,
    link: Option<AccountLink>,
}

impl LinkedAccount {
    /// The account; none before its first event.
    #[must_use]
    pub fn account(&self) -> Option<&ChatAccount> {
        self.account.as_ref()
    }

    /// The link in effect.
    #[must_use]
    pub fn link(&self) -> Option<&AccountLink> {
        self.link.as_ref()
    }

    /// What this event makes of the account at this time. An account is linked while it is not, and unlinked while it is; nothing
    /// follows from either.
    ///
    /// # Errors
    /// [`EventRejection::Malformed`] for an event of another account, [`EventRejection::NotPossible`] for a link of a linked
    /// account or the end of a link that is not there. The state is unchanged.
    pub fn advance(
        &self,
        event: &AccountEvent,
        now: Timestamp,
    ) -> Result<(Self, Vec<Effect>), EventRejection> {
        if self.account.as_ref().is_some_and(|account| account != event.account()) {
            return Err(EventRejection::Malformed);
        }
        let link = match (event, &self.link) {
            (AccountEvent::Linked { .. }, None) => event.link(now).map(|(link, _)| link),
            (AccountEvent::Unlinked { statement, .. }, Some(link)) if link.statement == *statement => None,
            (AccountEvent::Linked { .. }, Some(_)) | (AccountEvent::Unlinked { .. }, _) => {
                return Err(EventRejection::NotPossible);
            }
        };
        Ok((Self { account: Some(event.account().clone()), link }, Vec::new()))
    }
}

impl ActionId {
    /// The id under which a chat account is kept. No action has it: it begins with `acc_`.
    #[must_use]
    pub fn account(account: &ChatAccount) -> Self {
        let ChatAccount { channel, id } = account;
        Self::of_account(format!("countersign-account/1 {} {channel} {id}", channel.len()).as_bytes())
    }
}
