//! Chat accounts: linked once, counted once recorded, and no longer once unlinked.

use std::sync::Arc;

use async_trait::async_trait;
use contract::Kit;
use domain::{ActionId, Chain, Digest, Person, Timestamp};
use futures::future::join_all;
use store::{
    AccountLink, AccountState, ChatAccount, Extended, IndexRow, LinkProof, Linked, LinkedAccounts,
    ReadAccounts, StateError, WriteAccounts,
};
use wire::AccountItem;

use super::index::{identity, position};
use crate::kit;

const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

struct Table(Kit);

#[async_trait]
impl AccountState for Table {
    async fn account_item(&self, account: &ChatAccount) -> Result<Option<AccountItem>, StateError> {
        self.0.state.account_item(account).await
    }

    async fn write_account(
        &self,
        from: Option<Chain>,
        item: &AccountItem,
    ) -> Result<Extended<AccountItem>, StateError> {
        self.0.state.write_account(from, item).await
    }
}

fn accounts(kit: &Kit) -> LinkedAccounts {
    LinkedAccounts::new(Arc::new(Table(kit.clone())), Arc::clone(&kit.index))
}

fn account(id: &str) -> ChatAccount {
    ChatAccount { channel: "slack".to_owned(), id: id.to_owned() }
}

fn link(id: &str, person: &str, seconds: i64) -> AccountLink {
    AccountLink {
        account: account(id),
        person: Person::from(identity(person)),
        shown_as: format!("{person} in chat"),
        at: AT.plus_seconds(seconds),
        statement: Digest::of(format!("{id} {person} {seconds}").as_bytes()),
    }
}

fn proof() -> LinkProof {
    LinkProof { envelope: Digest::of(b"envelope"), id_token: Digest::of(b"id token") }
}

/// The index as the ledger writes it, once everything of this account is recorded.
async fn record(kit: &Kit, id: &str, at: u64) {
    let item = kit.state.account_item(&account(id)).await.unwrap().unwrap();
    let blank = IndexRow::blank(item.id(), item.entries()[0].at, at);
    let linked = item.entries().iter().filter_map(|entry| match &entry.event {
        domain::AccountEvent::Linked { person, .. } => Some(person.into()),
        domain::AccountEvent::Unlinked { .. } => None,
    });
    let row = IndexRow {
        sequence: item.sequence(),
        chain: item.chain(),
        principal: wire::text::Identity { issuer: "slack".to_owned(), subject: id.to_owned() },
        deciders: linked.collect(),
        ..blank
    };
    kit.record.apply(&position(at, item.sequence(), "linked"), &row).await.unwrap();
}

/// W9, P5: whoever may write the state table could link an account. A link counts for nothing until the ledger has checked and
/// recorded it; it ends at once.
#[tokio::test]
async fn a_link_counts_once_it_is_recorded_and_ends_at_once() {
    let kit = kit().await;
    let accounts = accounts(&kit);
    let (alice, first) = (Person::from(identity("alice")), link("T1/U1", "alice", 0));
    assert_eq!(accounts.account(&account("T1/U1")).await, Ok(None));
    assert_eq!(accounts.link(&first, proof()).await, Ok(Linked::Done));
    assert_eq!(accounts.link(&first, proof()).await, Ok(Linked::Done), "the same write again");
    assert_eq!(accounts.account(&account("T1/U1")).await, Ok(None), "not recorded yet");
    assert_eq!(accounts.accounts_of(&alice).await, Ok(vec![]));
    record(&kit, "T1/U1", 1).await;
    assert_eq!(accounts.account(&account("T1/U1")).await, Ok(Some(first.clone())));
    assert_eq!(accounts.accounts_of(&alice).await, Ok(vec![first.clone()]));
    assert_eq!(accounts.account(&account("T1/U2")).await, Ok(None), "another account");
    assert_eq!(accounts.unlink(&first, &alice, AT.plus_seconds(5)).await, Ok(true));
    assert_eq!(accounts.unlink(&first, &alice, AT.plus_seconds(5)).await, Ok(true), "the same end again");
    assert_eq!(accounts.account(&account("T1/U1")).await, Ok(None), "ended, recorded or not");
    assert_eq!(accounts.accounts_of(&alice).await, Ok(vec![]));
    assert_eq!(accounts.link(&first, proof()).await, Ok(Linked::Ended), "what has ended does not come back");
    let second = link("T1/U1", "alice", 9);
    assert_eq!(accounts.link(&second, proof()).await, Ok(Linked::Done));
    assert_eq!(
        accounts.account(&account("T1/U1")).await,
        Ok(None),
        "the record of the first is not the second's"
    );
    assert_eq!(
        accounts.unlink(&first, &alice, AT.plus_seconds(11)).await,
        Ok(false),
        "an old link ends nothing"
    );
    record(&kit, "T1/U1", 2).await;
    assert_eq!(accounts.account(&account("T1/U1")).await, Ok(Some(second)));
}

/// W9: an account that is linked answers for one person until that link has ended.
#[tokio::test]
async fn an_account_is_linked_to_one_person() {
    let kit = kit().await;
    let accounts = accounts(&kit);
    let people = ["alice", "bob", "carol", "mallory"];
    let links: Vec<AccountLink> = people.iter().map(|person| link("T1/U1", person, 0)).collect();
    let raced = join_all(links.iter().map(|link| accounts.link(link, proof()))).await;
    let done = raced.iter().filter(|result| **result == Ok(Linked::Done)).count();
    assert_eq!(done, 1, "{raced:?}");
    record(&kit, "T1/U1", 1).await;
    let winner = accounts.account(&account("T1/U1")).await.unwrap().unwrap();
    let refused = raced.into_iter().filter(|result| *result != Ok(Linked::Done));
    refused.for_each(|result| assert_eq!(result, Ok(Linked::Already(winner.clone()))));
    for person in people.map(|person| Person::from(identity(person))) {
        let found = accounts.accounts_of(&person).await.unwrap();
        assert_eq!(found.len(), usize::from(winner.person == person), "{person}");
    }
}

/// D16: an account's item that is not the recorded one links nobody, and neither does a copy of it under another account's key.
#[tokio::test]
async fn another_history_links_nobody() {
    let kit = kit().await;
    let accounts = accounts(&kit);
    accounts.link(&link("T1/U1", "alice", 0), proof()).await.unwrap();
    record(&kit, "T1/U1", 1).await;
    let key = ActionId::account(&account("T1/U1"));
    let mut stolen = kit.behind.state_item(key.as_str()).await.unwrap();
    let other = ActionId::account(&account("T1/U9"));
    stolen.insert("id".to_owned(), store::AttributeValue::S(other.to_string()));
    kit.behind.forge_item(other.as_str(), stolen).await;
    assert!(kit.state.account_item(&account("T1/U9")).await.is_err());
    assert_eq!(accounts.account(&account("T1/U9")).await, Ok(None));
    let forged = AccountItem::of(&account("T1/U1"));
    let event = domain::AccountEvent::Linked {
        account: account("T1/U1"),
        person: Person::from(identity("mallory")),
        shown_as: "Mallory".to_owned(),
        statement: Digest::of(b"other"),
        proof: proof(),
    };
    let forged = forged.extend(event, AT).unwrap().0;
    kit.behind.forge_item(key.as_str(), store::image::created(&forged)).await;
    assert!(accounts.account(&account("T1/U1")).await.is_err(), "nobody can tell");
}

/// P2: no action is found under an account's id.
#[tokio::test]
async fn an_account_is_no_action() {
    let kit = kit().await;
    accounts(&kit).link(&link("T1/U1", "alice", 0), proof()).await.unwrap();
    let id = ActionId::account(&account("T1/U1"));
    assert_eq!(id.to_string().parse(), Ok(id.clone()));
    assert_eq!(kit.state.item(&id).await, Ok(None));
}
