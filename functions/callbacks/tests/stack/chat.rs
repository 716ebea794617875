//! What tests of every chat platform share: links of accounts, and messages as the function that sends them makes them.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Fault, Person, Verdict};
use store::{
    AccountLink, Channels, ChatAccount, CreateState, LinkedAccounts, ReadAccounts, ReadDocuments,
    WriteDocuments,
};
use testkit::{Accounts, Gate, SampleRequirement, Scenario};
use wire::documents::{ReviewDocument, Statement};
use wire::{CardReference, Item};

use super::{Groups, TestStack};

/// Everybody who has an account on every platform.
pub const PEOPLE: [&str; 5] = ["alice", "bob", "carol", "dana", "mallory"];

/// Links that tests set, and those of the state table.
pub struct EitherAccounts {
    pub set: Accounts,
    pub recorded: Arc<LinkedAccounts>,
}

#[async_trait]
impl ReadAccounts for EitherAccounts {
    async fn account(&self, account: &ChatAccount) -> Result<Option<AccountLink>, Fault> {
        match self.set.account(account).await? {
            Some(link) => Ok(Some(link)),
            None => self.recorded.account(account).await,
        }
    }

    async fn accounts_of(&self, person: &Person) -> Result<Vec<AccountLink>, Fault> {
        self.recorded.accounts_of(person).await
    }
}

/// An action whose card can be approved by one press: nothing in it is masked or hidden.
pub async fn approvable(ask: SampleRequirement, gate: Gate, directory: Groups) -> TestStack {
    let mut scenario = Scenario { reason: "The quarterly report", ..Scenario::new("callbacks") };
    scenario.propose();
    scenario.decide(ask);
    TestStack::by(scenario, gate, directory).await
}

/// What a message is made of before a platform renders it.
pub struct Unsent {
    pub card: channel::Card,
    pub message: String,
    pub page: String,
    pub reference: String,
}

impl TestStack {
    /// A message about this item, whose reference is stored as the function that sends it stores it.
    pub async fn unsent(&self, item: &Item, letter: char) -> Unsent {
        let reference: String = std::iter::repeat_n(letter, 32).collect();
        let message = format!("msg_{letter}");
        let digest = item.state().last_review().unwrap().decision.review;
        let review = self.documents.document(digest).await.unwrap().unwrap();
        let review: ReviewDocument = review.open().unwrap();
        let card = review::card(item, &review, Some(&reference));
        let page = format!("http://127.0.0.1:8080/review/{}", item.id());
        let (action, sequence) = (item.id().clone(), item.sequence());
        let record = CardReference { action, sequence, message: message.clone() };
        let topic = CardReference::topic(&reference).unwrap();
        self.channels.remember(&topic, CardReference::KEY, &record.to_stored().unwrap()).await.unwrap();
        Unsent { card, message, page, reference }
    }

    /// What people decided about the action, in order.
    pub async fn verdicts(&self) -> Vec<Verdict> {
        let item = self.item().await;
        item.entries().iter().filter_map(|entry| entry.event.verdict().cloned()).collect()
    }

    pub async fn statement(&self, verdict: &Verdict) -> Statement {
        self.documents.document(verdict.statement).await.unwrap().unwrap().open().unwrap()
    }
}

impl TestStack {
    /// Another action that may be changed, proposed and decided.
    pub async fn another(&self) -> Scenario {
        let mut other = Scenario { reason: "Another report", ..Scenario::new("another") };
        other.propose();
        other.decide(SampleRequirement::Changing);
        for document in other.documents.values() {
            self.documents.put(document).await.unwrap();
        }
        self.states.create(&other.item).await.unwrap();
        other
    }
}
