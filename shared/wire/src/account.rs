//! The JSON of a chat account's events: a mirror of [`domain::AccountEvent`].

use domain::{AccountEvent, ChatAccount, Digest, LinkProof};
use serde::{Deserialize, Serialize};

use crate::text::{self, Identity};

/// A chat account as `{"channel", "id"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountJson {
    /// The platform: `slack` or `teams`.
    pub channel: String,
    /// The platform's own ids of it.
    pub id: String,
}

impl From<&ChatAccount> for AccountJson {
    fn from(account: &ChatAccount) -> Self {
        Self { channel: account.channel.clone(), id: account.id.clone() }
    }
}

impl From<AccountJson> for ChatAccount {
    fn from(account: AccountJson) -> Self {
        Self { channel: account.channel, id: account.id }
    }
}

/// One event, tagged by `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AccountEventJson {
    Linked {
        account: AccountJson,
        person: Identity,
        shown_as: String,
        #[serde(with = "text")]
        statement: Digest,
        #[serde(with = "text")]
        envelope: Digest,
        #[serde(with = "text")]
        id_token: Digest,
    },
    Unlinked {
        account: AccountJson,
        by: Identity,
        #[serde(with = "text")]
        statement: Digest,
    },
}

impl From<&AccountEvent> for AccountEventJson {
    fn from(event: &AccountEvent) -> Self {
        match event {
            AccountEvent::Linked { account, person, shown_as, statement, proof } => Self::Linked {
                account: account.into(),
                person: person.into(),
                shown_as: shown_as.clone(),
                statement: *statement,
                envelope: proof.envelope,
                id_token: proof.id_token,
            },
            AccountEvent::Unlinked { account, by, statement } => {
                Self::Unlinked { account: account.into(), by: by.into(), statement: *statement }
            }
        }
    }
}

impl From<AccountEventJson> for AccountEvent {
    fn from(event: AccountEventJson) -> Self {
        match event {
            AccountEventJson::Linked { account, person, shown_as, statement, envelope, id_token } => {
                Self::Linked {
                    account: account.into(),
                    person: person.into(),
                    shown_as,
                    statement,
                    proof: LinkProof { envelope, id_token },
                }
            }
            AccountEventJson::Unlinked { account, by, statement } => {
                Self::Unlinked { account: account.into(), by: by.into(), statement }
            }
        }
    }
}
