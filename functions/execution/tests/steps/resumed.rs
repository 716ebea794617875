//! A resume ends the suspension that people were shown, and no other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{SampleAction, Strike, TestStack};
use async_trait::async_trait;
use domain::{ActionId, Fault, Scope, Status, SuspensionEvent};
use runtime::sqs::HandleMessage;
use store::{ClaimConditions, ClaimState, ClaimedState, ExtendState, Extended, ReadState, StateError};
use testkit::{Gate, Scenario, States};
use wire::{Item, SuspensionItem};

/// The suspension list as it is stored.
async fn suspensions(stack: &TestStack) -> SuspensionItem {
    stack.states.through(Gate::open()).suspensions().await.unwrap().unwrap()
}

fn suspension_count(suspensions: &SuspensionItem) -> usize {
    suspensions.state().active().len()
}

/// What people agreed to ends the very suspension they were shown, by this attempt, with no role and no target.
#[tokio::test]
async fn a_resume_ends_its_suspension() {
    let stack = TestStack::approved(SampleAction::Resume).await;
    assert_eq!(suspension_count(&suspensions(&stack).await), 1);
    stack.deliver(1).await.unwrap();
    let item = stack.item().await;
    assert_eq!(
        item.state().status(),
        Status::Succeeded,
        "a suspension of everything does not cover its own resume"
    );
    let (suspensions, run) = (suspensions(&stack).await, item.state().run().unwrap().clone());
    assert_eq!(suspension_count(&suspensions), 0);
    let resumed = SuspensionEvent::Resumed { scope: Scope::All, by: stack.id(), attempt: run.attempt };
    assert_eq!(suspensions.entries().last().unwrap().event, resumed);
    assert_eq!((stack.minted(), stack.log.claims().len()), (0, 1));
    assert_eq!(stack.targets.effects(), []);
}

/// D4: another suspension of the same scope is not what people agreed to end.
#[tokio::test]
async fn another_suspension_stands() {
    let stack = TestStack::approved(SampleAction::Resume).await;
    let mut other = Scenario::suspensions();
    other.now = other.now.plus_seconds(9);
    other.suspend("carol", &["sre"], Scope::All).await;
    let bob = suspensions(&stack).await;
    let resumed = SuspensionEvent::Resumed {
        scope: Scope::All,
        by: ActionId::of(b"another resume"),
        attempt: "a".into(),
    };
    let (next, _) = bob.extend(resumed, other.now).unwrap();
    let (next, _) = next.extend(other.list.entries()[0].event.clone(), other.now).unwrap();
    stack.states.rebuild(&next);
    stack.record_suspensions(&next, 3).await;
    stack.deliver(1).await.unwrap();
    let (code, detail) = stack.refusal().await.unwrap();
    assert!(code == "changed-since-review" && detail.starts_with("`suspension` is"), "{code}: {detail}");
    assert_eq!(suspension_count(&suspensions(&stack).await), 1);
}

/// A table that behaves once the claim is there: the suspension list becomes another, or its end is written and never answered.
struct AfterClaim {
    states: States,
    another: Option<SuspensionItem>,
    meanwhile: Mutex<Option<SuspensionItem>>,
    silent: AtomicBool,
}

#[async_trait]
impl ClaimState for AfterClaim {
    async fn claim(
        &self,
        from: domain::Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError> {
        let claimed = self.states.claim(from, item, conditions).await;
        self.another.iter().for_each(|suspensions| self.states.rebuild(suspensions));
        claimed
    }
}

#[async_trait]
impl ExtendState for AfterClaim {
    async fn extend(&self, from: domain::Chain, item: &Item) -> Result<Extended, StateError> {
        self.states.extend(from, item).await
    }

    async fn extend_suspensions(
        &self,
        from: domain::Chain,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        meanwhile.iter().for_each(|suspensions| self.states.rebuild(suspensions));
        let extended = self.states.extend_suspensions(from, list).await;
        if meanwhile.is_some() {
            return extended;
        }
        self.silent.store(true, Ordering::SeqCst);
        Err(Fault::passing("no answer").into())
    }
}

#[async_trait]
impl ReadState for AfterClaim {
    async fn item(&self, id: &ActionId) -> Result<Option<Item>, StateError> {
        self.states.item(id).await
    }

    async fn suspensions(&self) -> Result<Option<SuspensionItem>, StateError> {
        if self.silent.load(Ordering::SeqCst) {
            return Err(Fault::passing("no answer").into());
        }
        self.states.suspensions().await
    }

    async fn last_polled_at(&self, id: &ActionId) -> Result<Option<domain::Timestamp>, Fault> {
        self.states.last_polled_at(id).await
    }
}

impl AfterClaim {
    fn of(stack: &TestStack, another: Option<SuspensionItem>) -> Arc<Self> {
        let states = stack.states.through(Gate::open());
        Arc::new(Self { states, another, meanwhile: Mutex::default(), silent: AtomicBool::new(false) })
    }
}

/// D4: the suspension that was shown ended in the last moment, and there is another of the same scope: that one stands.
#[tokio::test]
async fn another_suspension_in_the_last_moment() {
    let stack = TestStack::approved(SampleAction::Resume).await;
    let mut other = Scenario::suspensions();
    other.now = other.now.plus_seconds(9);
    other.suspend("carol", &["sre"], Scope::All).await;
    let claim = AfterClaim::of(&stack, Some(other.list));
    stack.process_with(|capabilities| capabilities.claim = claim).handle(&stack.message()).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Failed);
    assert_eq!(suspension_count(&suspensions(&stack).await), 1);
}

/// F7: somebody suspends something else just before the end is written: the end comes after it.
#[tokio::test]
async fn a_suspension_before_the_end() {
    let stack = TestStack::approved(SampleAction::Resume).await;
    let mut both = Scenario::suspensions();
    both.suspend("bob", &["sre"], Scope::All).await;
    assert_eq!(both.list, suspensions(&stack).await);
    both.suspend("carol", &["sre"], Scope::Type("lambda-invoke".into())).await;
    let extend = AfterClaim::of(&stack, None);
    *extend.meanwhile.lock().unwrap() = Some(both.list);
    extend.silent.store(false, Ordering::SeqCst);
    stack.process_with(|capabilities| capabilities.extend = extend).handle(&stack.message()).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
    let suspensions = suspensions(&stack).await;
    let [left] = suspensions.state().active() else { panic!("{suspensions:?}") };
    assert_eq!(left.scope, Scope::Type("lambda-invoke".into()));
}

/// F9, P2: an end that was written and whose answer is lost is neither done nor not done.
#[tokio::test]
async fn an_end_that_nobody_hears_of() {
    let stack = TestStack::approved(SampleAction::Resume).await;
    let silent = AfterClaim::of(&stack, None);
    let process = stack.process_with(|capabilities| {
        capabilities.state = silent.clone();
        capabilities.extend = silent;
    });
    process.handle(&stack.message()).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Unknown);
    assert_eq!(suspension_count(&suspensions(&stack).await), 0);
}

/// F8, F9, P2: every await answers once with a fault that may pass, or kills: the state tells the truth about the suspension.
#[tokio::test]
async fn a_resume_is_told_truly() {
    let passages = {
        let stack = TestStack::approved(SampleAction::Resume).await;
        stack.deliver(1).await.unwrap();
        stack.probe.passages()
    };
    let claim = passages.iter().position(|(point, _)| *point == "state.claim").unwrap();
    for (number, passage) in passages.iter().enumerate().skip(claim) {
        for strike in [Strike::Fault, Strike::Kill, Strike::Lasting] {
            let why = format!("{strike:?} at {passage:?} ({number})");
            let stack = TestStack::approved(SampleAction::Resume).await;
            stack.probe.strike(number, strike);
            let _ = crate::support::killed(stack.deliver(1)).await;
            stack.probe.clear();
            let _ = crate::support::killed(stack.deliver(2)).await;
            let (status, suspensions) =
                (stack.item().await.state().status(), suspension_count(&suspensions(&stack).await));
            match status {
                Status::Succeeded => assert_eq!(suspensions, 0, "{why}"),
                Status::Failed | Status::Approved | Status::Denied => assert_eq!(suspensions, 1, "{why}"),
                Status::Unknown | Status::Executing => {}
                other => panic!("{why}: left {other:?}"),
            }
            assert!(strike != Strike::Fault || status == Status::Succeeded, "{why}: {status:?}");
        }
    }
}
