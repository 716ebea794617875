//! What is suspended is not claimed, whenever the suspension comes.

use std::sync::{Arc, Mutex};

use crate::support::{SampleAction, TestStack};
use async_trait::async_trait;
use domain::{ActionId, Scope, Status};
use runtime::sqs::HandleMessage;
use store::{ClaimConditions, ClaimState, ClaimedState, StateError, SuspendState, image};
use testkit::{Gate, Scenario, States};
use wire::{Item, SuspensionItem};

fn own(stack: &TestStack) -> Scope {
    Scope::Agent(stack.scenario.item.state().proposal().unwrap().principal.clone())
}

async fn suspended(scopes: &[Scope]) -> Scenario {
    let mut suspensions = Scenario::suspensions();
    for scope in scopes {
        suspensions.suspend("bob", &["sre"], scope.clone()).await;
    }
    suspensions
}

/// A suspension that covers the action denies it for good, when it was approved before too; the denial says so.
#[tokio::test]
async fn what_is_suspended_is_denied() {
    for scope in
        [Scope::All, Scope::Type("s3-export".into()), own(&TestStack::approved(SampleAction::Export).await)]
    {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.states.suspend(None, &suspended(&[scope]).await.list).await.unwrap();
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap();
        assert!(code == "suspended" && detail.starts_with("bob suspended every"), "{code}: {detail}");
        stack.assert_untouched("suspended");
    }
}

#[tokio::test]
async fn other_and_resumed_suspensions_cover_nothing() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let other = testkit::Scenario::new("any").agent();
    let other = Scope::Agent(domain::Principal { subject: "somebody-else".into(), ..other });
    let mut suspensions = suspended(&[Scope::All, Scope::Type("lambda-invoke".into()), other]).await;
    suspensions.resume(Scope::All, ActionId::of(b"a resume"), "a1");
    stack.states.suspend(None, &suspensions.list).await.unwrap();
    stack.record_suspensions(&suspensions.list, suspensions.list.sequence()).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
}

/// D1: a suspension counts once it is written, a resume once it is recorded: nobody who may only write the table lifts a suspension.
#[tokio::test]
async fn a_resume_counts_once_it_is_recorded() {
    let mut suspensions = suspended(&[Scope::All]).await;
    let suspended = suspensions.list.clone();
    suspensions.resume(Scope::All, ActionId::of(b"a resume"), "a1");
    for recorded in [0, 1] {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.states.suspend(None, &suspensions.list).await.unwrap();
        stack.record_suspensions(&suspended, recorded).await;
        stack.deliver(1).await.unwrap();
        assert_eq!(stack.refusal().await.unwrap().0, "suspended");
    }
    // What was recorded and is gone, or another one, suspends everything.
    let mut other = Scenario::suspensions();
    other.now = other.now.plus_seconds(7);
    other.suspend("carol", &["sre"], Scope::Type("lambda-invoke".into())).await;
    for item in [None, Some(other.list)] {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.record_suspensions(&suspended, 1).await;
        if let Some(item) = item {
            stack.states.suspend(None, &item).await.unwrap();
        }
        assert!(stack.deliver(1).await.is_err());
        stack.assert_untouched("not the suspension list that was recorded");
    }
}

/// P10: a suspension list that cannot be read may suspend everything.
#[tokio::test]
async fn suspensions_that_cannot_be_read() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let id = ActionId::suspensions();
    let mut forged = image::created(&stack.scenario.item);
    forged.insert("id".to_owned(), store::AttributeValue::S(id.to_string()));
    stack.states.forge(id.as_str(), forged);
    assert!(stack.deliver(1).await.is_err());
    assert_eq!(stack.item().await.state().status(), Status::Approved, "nothing is decided by it");
    stack.assert_untouched("an unreadable suspension list");
}

/// A table in which the suspension list moves just before a claim arrives, to one of these in turn.
struct Suspending {
    states: States,
    next: Mutex<Vec<SuspensionItem>>,
}

#[async_trait]
impl ClaimState for Suspending {
    async fn claim(
        &self,
        from: domain::Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError> {
        let next = self.next.lock().unwrap().pop();
        if let Some(suspensions) = next {
            self.states.rebuild(&suspensions);
        }
        self.states.claim(from, item, conditions).await
    }
}

async fn moving(mut scopes: Vec<Scope>) -> TestStack {
    let stack = TestStack::approved(SampleAction::Export).await;
    let mut suspensions = Scenario::suspensions();
    let mut next = Vec::new();
    for scope in scopes.drain(..) {
        suspensions.suspend("bob", &["sre"], scope).await;
        next.insert(0, suspensions.list.clone());
    }
    let claim = Arc::new(Suspending { states: stack.states.through(Gate::open()), next: next.into() });
    let process = stack.process_with(|capabilities| capabilities.claim = claim);
    let answer = process.handle(&stack.message()).await;
    assert!(answer.is_ok() || answer.unwrap_err().is_passing());
    stack
}

/// A suspension between the last look and the claim is not overtaken; one of something else costs a second look.
#[tokio::test]
async fn a_suspension_in_the_last_moment() {
    let other = |name: &str| Scope::Type(name.to_owned());
    let stack = moving(vec![other("other"), Scope::All]).await;
    assert_eq!(stack.refusal().await.unwrap().0, "suspended");
    stack.assert_untouched("suspended in the last moment");

    let stack = moving(vec![other("one"), other("two")]).await;
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);

    let stack = moving(["a", "b", "c", "d", "e"].map(other).to_vec()).await;
    assert_eq!(stack.item().await.state().status(), Status::Approved, "the message comes again");
    stack.assert_untouched("it kept moving");
}
