//! Invitations: facts in the channels table, each put once, so that two requests never both win.
//!
//! | topic | key | value |
//! |---|---|---|
//! | `invitation/<reference>` | `account` | which account was invited, as JSON |
//! | alike | `opened` | the person who pressed the button of its page first |
//! | alike | `proven` | the documents of their sign-in, and the code, encrypted |
//! | alike | `try/1` to `try/5` | a code was typed |
//! | alike | `agreed` | the right code was typed |
//! | alike | `done` | the account was linked |

use domain::{ChatAccount, Digest, Fault, Person, Timestamp};
use identity::LINK_SECONDS;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::AccountLink;
use wire::text::{self, Identity};
use wire::{AccountJson, bounds, json};

use super::refusal::LinkRefusal;
use crate::app::Callbacks;

/// How many codes may be typed.
pub(super) const TRIES: usize = 5;

/// An invitation to link an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Names it in chat: 32 characters, letters, digits, `-` and `_`. What is confirmed with it must come from the same account.
    pub reference: String,
    /// The page to open. Whoever opens it first and signs in is who the account will be linked to, if the code is typed.
    pub url: String,
    /// When it ends.
    pub until: Timestamp,
}

/// Which account was invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invited {
    pub account: AccountJson,
    pub shown_as: String,
    #[serde(with = "text::time")]
    pub until: Timestamp,
}

/// What somebody's sign-in proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proven {
    #[serde(with = "text")]
    pub statement: Digest,
    #[serde(with = "text")]
    pub id_token: Digest,
    /// The code, encrypted: whoever may read the table cannot read it.
    pub code: String,
}

/// Whether a text has the form of an invitation's reference.
pub(crate) fn is_reference(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn topic(reference: &str) -> String {
    format!("invitation/{reference}")
}

impl Callbacks {
    /// Invites this account, which the platform has named in a verified request, to be linked. `shown_as` is the account's name there.
    ///
    /// # Errors
    /// [`LinkRefusal::Linked`], [`LinkRefusal::Unavailable`].
    pub async fn invite(&self, account: &ChatAccount, shown_as: &str) -> Result<Invitation, LinkRefusal> {
        if self.link_of(account).await?.is_some() {
            return Err(LinkRefusal::Linked);
        }
        let reference = self.secret::<24>().map_err(unavailable)?;
        let until = self.capabilities.clock.now().plus_seconds(LINK_SECONDS);
        let shown_as = bounds::cut(shown_as, bounds::ACCOUNT);
        self.note(&reference, "account", &Invited { account: account.into(), shown_as, until }).await?;
        let url = self.link_page_url(&reference);
        Ok(Invitation { reference, url, until })
    }

    /// The link of this account that is in effect.
    pub(super) async fn link_of(&self, account: &ChatAccount) -> Result<Option<AccountLink>, LinkRefusal> {
        self.capabilities.accounts.account(account).await.map_err(unavailable)
    }

    /// The invitation, while it lasts.
    pub(super) async fn invited(&self, reference: &str) -> Result<Invited, LinkRefusal> {
        if !is_reference(reference) {
            return Err(LinkRefusal::Unknown);
        }
        let invited: Invited = self.noted(reference, "account").await?.ok_or(LinkRefusal::Unknown)?;
        if self.capabilities.clock.now() >= invited.until {
            return Err(LinkRefusal::Expired);
        }
        Ok(invited)
    }

    /// The invitation, while it can still be used.
    pub(super) async fn unused(&self, reference: &str) -> Result<Invited, LinkRefusal> {
        let invited = self.invited(reference).await?;
        match self.noted::<bool>(reference, "done").await? {
            None => Ok(invited),
            Some(_) => Err(LinkRefusal::Used),
        }
    }

    /// Whoever pressed the button of its page first.
    pub(super) async fn opened(&self, reference: &str) -> Result<Option<Person>, LinkRefusal> {
        Ok(self.noted::<Identity>(reference, "opened").await?.map(Person::from))
    }

    /// Makes this person the one who opened it, unless somebody else has.
    pub(super) async fn open_invitation(&self, reference: &str, person: &Person) -> Result<(), LinkRefusal> {
        self.note(reference, "opened", &Identity::from(person)).await?;
        match self.opened(reference).await? {
            Some(first) if first == *person => Ok(()),
            _ => Err(LinkRefusal::OpenedByAnother),
        }
    }

    /// A fact of the invitation.
    pub(super) async fn noted<T: DeserializeOwned>(
        &self,
        reference: &str,
        key: &str,
    ) -> Result<Option<T>, LinkRefusal> {
        let value = self.capabilities.channels.recall(&topic(reference), key).await.map_err(unavailable)?;
        let read = |value: String| json::parse_stored(value.as_bytes());
        value.map(read).transpose().map_err(|_| unavailable(Fault::lasting("an invitation cannot be read")))
    }

    /// Notes a fact of the invitation, unless it is there; false when it was.
    pub(super) async fn note<T: Serialize>(
        &self,
        reference: &str,
        key: &str,
        value: &T,
    ) -> Result<bool, LinkRefusal> {
        let unwritable = |_| unavailable(Fault::lasting("an invitation cannot be written"));
        let value = json::canonical(value).map_err(unwritable)?.into_string();
        self.capabilities.channels.remember(&topic(reference), key, &value).await.map_err(unavailable)
    }
}

/// Another system failed: nothing is linked.
pub(super) fn unavailable(fault: Fault) -> LinkRefusal {
    tracing::warn!(%fault, passing = fault.is_passing(), "an account was not linked");
    LinkRefusal::Unavailable
}
