//! Chat accounts and the people they are linked to. A link counts once it is recorded, and no longer once it has ended in the state
//! table.
//!
//! Several functions may write the state table, and whoever may act in a person's name could vote. What is recorded the ledger has
//! checked: the person's sign-in proves each link.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    AccountEvent, AccountLink, ActionId, Chain, ChatAccount, EventRejection, Fault, LinkProof, Person,
    Timestamp,
};
use wire::AccountItem;
use wire::text::Identity;

use crate::claim::first;
use crate::dynamo::Written;
use crate::state::{extending, key};
use crate::{Extended, Listing, ReadIndex, StateError, StateTable, image};

/// How often a write is tried when another one comes in between.
const TRIES: u32 = 5;
/// How many of a person's accounts are listed at most: whoever links more finds the newest.
const LISTED: usize = 50;

/// Who answers with a chat account.
#[async_trait]
pub trait ReadAccounts: Send + Sync {
    /// The link of this account that is in effect.
    ///
    /// # Errors
    /// [`Fault`]: nobody can tell now, so the account is nobody's.
    async fn account(&self, account: &ChatAccount) -> Result<Option<AccountLink>, Fault>;

    /// Every account that is linked to this person now, the newest first, at most fifty.
    ///
    /// # Errors
    /// [`Fault`].
    async fn accounts_of(&self, person: &Person) -> Result<Vec<AccountLink>, Fault>;
}

/// Linking accounts, and ending it.
#[async_trait]
pub trait WriteAccounts: Send + Sync {
    /// Links an account that is not linked. The documents that link and proof name are stored before.
    ///
    /// # Errors
    /// [`Fault`]; linking again is safe. A lasting one when the account has been linked too often.
    async fn link(&self, link: &AccountLink, proof: LinkProof) -> Result<Linked, Fault>;

    /// Ends this very link; false when it has ended before.
    ///
    /// # Errors
    /// [`Fault`]; ending it again is safe.
    async fn unlink(&self, link: &AccountLink, by: &Person, at: Timestamp) -> Result<bool, Fault>;
}

/// What linking found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// Linked, now or by the same write before, whose answer was lost.
    Done,
    /// The account is linked already, to this person.
    Already(AccountLink),
    /// This very link was made before and has ended since. Nothing was written.
    Ended,
}

/// The items of chat accounts in the state table.
#[async_trait]
pub trait AccountState: Send + Sync {
    /// The account's item, or none: it was never linked.
    ///
    /// # Errors
    /// [`StateError`]; only a clear "no such item" is absence.
    async fn account_item(&self, account: &ChatAccount) -> Result<Option<AccountItem>, StateError>;

    /// Puts `item` in place of the account's item whose chain is `from`; none: there was no item.
    ///
    /// # Errors
    /// [`StateError`]; a lost answer is a passing fault: read the item to see.
    async fn write_account(
        &self,
        from: Option<Chain>,
        item: &AccountItem,
    ) -> Result<Extended<AccountItem>, StateError>;
}

#[async_trait]
impl AccountState for StateTable {
    async fn account_item(&self, account: &ChatAccount) -> Result<Option<AccountItem>, StateError> {
        let id = ActionId::account(account);
        let stored = self.table.get("reading a chat account", key(id.as_str())).await?;
        Ok(stored.as_ref().map(image::account).transpose()?)
    }

    async fn write_account(
        &self,
        from: Option<Chain>,
        item: &AccountItem,
    ) -> Result<Extended<AccountItem>, StateError> {
        image::is_account(item)?;
        let update = match from {
            Some(from) => extending(from, item)?,
            None => first(item),
        };
        match self.table.update("writing a chat account", update).await? {
            Written::Done(_) => Ok(Extended::Updated),
            Written::Not(Some(stored)) => Ok(image::extended(item, image::account(&stored)?)),
            Written::Not(None) => Ok(Extended::Absent),
        }
    }
}

/// The accounts of the state table, as far as the log's index confirms them.
#[derive(Clone)]
pub struct LinkedAccounts {
    state: Arc<dyn AccountState>,
    index: Arc<dyn ReadIndex>,
}

impl LinkedAccounts {
    /// The accounts of this table, confirmed by this index.
    #[must_use]
    pub fn new(state: Arc<dyn AccountState>, index: Arc<dyn ReadIndex>) -> Self {
        Self { state, index }
    }

    /// Writes one more event; none: the account is not in a state where it can be.
    async fn add(
        &self,
        account: &ChatAccount,
        at: Timestamp,
        event: impl Fn(&AccountItem) -> Option<AccountEvent>,
    ) -> Result<Option<AccountItem>, Fault> {
        for _ in 0..TRIES {
            let stored = self.state.account_item(account).await?;
            let from = stored.as_ref().map(AccountItem::chain);
            let item = stored.unwrap_or_else(|| AccountItem::of(account));
            let Some(event) = event(&item) else { return Ok(Some(item)) };
            let next = match item.extend(event, at) {
                Ok((next, _)) => next,
                Err(EventRejection::NotPossible) => return Ok(None),
                Err(rejection) => {
                    return Err(Fault::lasting(format!("the account cannot be written: {rejection}")));
                }
            };
            match self.state.write_account(from, &next).await {
                Ok(Extended::Updated) => return Ok(Some(next)),
                Ok(Extended::Differs(_) | Extended::Absent) => {}
                // The write may have succeeded although its response was lost; the next round sees it.
                Err(StateError::Fault(fault)) if fault.is_passing() => {
                    tracing::warn!(%fault, "the answer to a write was lost");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::passing("writing a chat account: it keeps moving"))
    }
}

#[async_trait]
impl ReadAccounts for LinkedAccounts {
    async fn account(&self, account: &ChatAccount) -> Result<Option<AccountLink>, Fault> {
        // The row first: it never speaks of more than the item read after it has.
        let row = self.index.row(&ActionId::account(account)).await?;
        let Some(row) = row.filter(|row| row.sequence > 0 && !row.quarantined) else { return Ok(None) };
        let item = self.state.account_item(account).await?;
        let Some(item) = item.filter(|item| item.chain_at(row.sequence) == Some(row.chain)) else {
            return Err(Fault::lasting("a chat account is not the one that was recorded"));
        };
        let recorded = item.state_at(row.sequence);
        let recorded = recorded.as_ref().and_then(|account| account.link());
        Ok(item.state().link().filter(|link| recorded == Some(*link) && link.account == *account).cloned())
    }

    async fn accounts_of(&self, person: &Person) -> Result<Vec<AccountLink>, Fault> {
        let listing = Listing::Accounts(Identity::from(person));
        let (mut links, mut cursor): (Vec<AccountLink>, Option<String>) = (Vec::new(), None);
        loop {
            let page = self.index.list(&listing, cursor.as_deref(), 50).await?;
            for row in page.rows {
                let account = ChatAccount { channel: row.principal.issuer, id: row.principal.subject };
                let link = self.account(&account).await?;
                links.extend(link.filter(|link| link.person == *person));
            }
            cursor = page.next;
            if cursor.is_none() || links.len() >= LISTED {
                links.truncate(LISTED);
                return Ok(links);
            }
        }
    }
}

#[async_trait]
impl WriteAccounts for LinkedAccounts {
    async fn link(&self, link: &AccountLink, proof: LinkProof) -> Result<Linked, Fault> {
        // A link is made once: what has ended does not come back by the same statement.
        let before = |item: &AccountItem| {
            item.entries().iter().any(|entry| match &entry.event {
                AccountEvent::Linked { statement, .. } => *statement == link.statement,
                AccountEvent::Unlinked { .. } => false,
            })
        };
        let linked = self
            .add(&link.account, link.at, |item| match item.state().link() {
                Some(_) => None,
                None if before(item) => None,
                None => Some(AccountEvent::Linked {
                    account: link.account.clone(),
                    person: link.person.clone(),
                    shown_as: link.shown_as.clone(),
                    statement: link.statement,
                    proof,
                }),
            })
            .await?;
        let now = linked.as_ref().and_then(|item| item.state().link());
        match now {
            Some(there) if there.statement == link.statement => Ok(Linked::Done),
            Some(there) => Ok(Linked::Already(there.clone())),
            None => Ok(Linked::Ended),
        }
    }

    async fn unlink(&self, link: &AccountLink, by: &Person, at: Timestamp) -> Result<bool, Fault> {
        let stands =
            |item: &AccountItem| item.state().link().is_some_and(|there| there.statement == link.statement);
        let end = AccountEvent::Unlinked {
            account: link.account.clone(),
            by: by.clone(),
            statement: link.statement,
        };
        let item = self.add(&link.account, at, |item| stands(item).then(|| end.clone())).await?;
        // Whoever ended it: the last event says so, also after a write whose answer was lost.
        Ok(item.is_some_and(|item| item.entries().last().is_some_and(|entry| entry.event == end)))
    }
}
