//! Chat accounts and their links, without a log: a link counts at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{Digest, Fault, Person, Timestamp};
use store::{AccountLink, ChatAccount, LinkProof, Linked, ReadAccounts, WriteAccounts};

use crate::Gate;

/// Links by account. Clones share them.
#[derive(Clone)]
pub struct Accounts {
    gate: Gate,
    links: Arc<Mutex<BTreeMap<ChatAccount, AccountLink>>>,
}

impl Accounts {
    /// No account is linked.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self { gate, links: Arc::default() }
    }

    /// Links an account, as if it had been linked and recorded. The result is the link.
    pub fn set(&self, channel: &str, id: &str, person: &Person) -> AccountLink {
        let account = ChatAccount { channel: channel.to_owned(), id: id.to_owned() };
        let link = AccountLink {
            account: account.clone(),
            person: person.clone(),
            shown_as: id.to_owned(),
            at: Timestamp::from_millis(1_795_000_000_000),
            statement: Digest::of(format!("{channel} {id} {person}").as_bytes()),
        };
        self.links().insert(account, link.clone());
        link
    }

    fn links(&self) -> MutexGuard<'_, BTreeMap<ChatAccount, AccountLink>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ReadAccounts for Accounts {
    async fn account(&self, account: &ChatAccount) -> Result<Option<AccountLink>, Fault> {
        self.gate.before("accounts.get").await?;
        let link = self.links().get(account).cloned();
        self.gate.after("accounts.get").await?;
        Ok(link)
    }

    async fn accounts_of(&self, person: &Person) -> Result<Vec<AccountLink>, Fault> {
        self.gate.before("accounts.list").await?;
        let mut links: Vec<AccountLink> =
            self.links().values().filter(|link| link.person == *person).cloned().collect();
        links.sort_by_key(|link| std::cmp::Reverse(link.at));
        self.gate.after("accounts.list").await?;
        Ok(links)
    }
}

#[async_trait]
impl WriteAccounts for Accounts {
    async fn link(&self, link: &AccountLink, _: LinkProof) -> Result<Linked, Fault> {
        self.gate.before("accounts.link").await?;
        let linked = {
            let mut links = self.links();
            match links.get(&link.account) {
                Some(there) if there.statement != link.statement => Linked::Already(there.clone()),
                _ => {
                    links.insert(link.account.clone(), link.clone());
                    Linked::Done
                }
            }
        };
        self.gate.after("accounts.link").await?;
        Ok(linked)
    }

    async fn unlink(&self, link: &AccountLink, _: &Person, _: Timestamp) -> Result<bool, Fault> {
        self.gate.before("accounts.unlink").await?;
        let ended = {
            let mut links = self.links();
            let stands = links.get(&link.account).is_some_and(|there| there.statement == link.statement);
            if stands {
                links.remove(&link.account);
            }
            stands
        };
        self.gate.after("accounts.unlink").await?;
        Ok(ended)
    }
}
