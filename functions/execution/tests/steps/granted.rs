//! What runs because an earlier approval granted it: checked like a vote of its own, and counted with the claim.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{ActionId, Chain, Digest, Event, Grant, GrantTerms, Granted, Proof, Status, VerdictKind};
use runtime::sqs::HandleMessage;
use store::{
    ClaimConditions, ClaimState, ClaimedState, ExtendState, IndexRow, ReadState, StateError, WriteDocuments,
};
use testkit::{Gate, Scenario, States};
use wire::Item;

use crate::support::{SampleAction, Tampering, TestStack, changed};

/// A job that bob approved, and more like it for ten minutes; it has run unless it `waits`.
async fn earlier_grant(uses: u32, waits: bool) -> (TestStack, Scenario) {
    let mut stack = TestStack::empty("promised").await;
    let fixed = vec!["/function".to_owned(), "/version".to_owned()];
    let until = stack.scenario.now.plus_seconds(600);
    stack.scenario.grant = Some(GrantTerms { until, uses, fixed });
    stack.tell(SampleAction::Job, Tampering::None).await;
    if !waits {
        stack.scenario.claim();
        stack.scenario.succeed();
    }
    stack.settle().await;
    let earlier = stack.scenario.clone();
    (stack, earlier)
}

/// Policy permits another on these grants.
async fn decided_on(stack: &mut TestStack, ask: SampleAction, granted: Vec<Granted>) {
    decided(stack, ask, Tampering::Unasked, granted).await;
}

async fn decided(stack: &mut TestStack, ask: SampleAction, tampering: Tampering, granted: Vec<Granted>) {
    let now = stack.scenario.now.plus_seconds(60);
    stack.scenario = Scenario { now, ..Scenario::new("covered") };
    stack.granted = granted;
    stack.tell(ask, tampering).await;
    stack.settle().await;
}

fn named(earlier: &Scenario) -> Granted {
    let statement = grant(&earlier.item).vote.statement;
    Granted { requirement: "sre".to_owned(), action: earlier.item.id().clone(), statement }
}

fn grant(item: &Item) -> Grant {
    item.state().review().unwrap().grants[0].clone()
}

async fn stored(stack: &TestStack, id: &ActionId) -> Item {
    stack.states.through(Gate::open()).item(id).await.unwrap().unwrap()
}

fn use_of(earlier: &Scenario, by: &[u8]) -> Event {
    let statement = grant(&earlier.item).vote.statement;
    Event::GrantUsed { statement, by: ActionId::of(by), attempt: "another".to_owned() }
}

/// The earlier action went on to this.
async fn went_on(stack: &TestStack, earlier: &Scenario, later: &Scenario) {
    for document in later.documents.values() {
        stack.documents.through(Gate::open()).put(document).await.unwrap();
    }
    let states = stack.states.through(Gate::open());
    states.extend(earlier.item.chain(), &later.item).await.unwrap();
}

/// P2, P5: it runs without anybody being asked, and the use stands in the action that was approved, with the attempt.
#[tokio::test]
async fn a_grant_covers_and_is_counted() {
    let (mut stack, earlier) = earlier_grant(2, false).await;
    decided_on(&mut stack, SampleAction::Job, vec![named(&earlier)]).await;
    stack.deliver(1).await.unwrap();
    let item = stack.item().await;
    assert_eq!(item.state().status(), Status::Succeeded, "{:?}", stack.refusal().await);
    let granting = stored(&stack, earlier.item.id()).await;
    assert_eq!(grant(&granting).used, 1);
    let Event::GrantUsed { by, attempt, .. } = &granting.entries().last().unwrap().event else {
        panic!("the use is the last event")
    };
    assert_eq!((by, attempt), (&stack.id(), &item.state().run().unwrap().attempt));
    stack.deliver(2).await.unwrap();
    assert_eq!(grant(&stored(&stack, earlier.item.id()).await).used, 1, "delivered twice, used once");
}

/// P3, P5, F17, W16: whatever is not as it was granted refuses the action, each with its code, and uses nothing.
#[tokio::test]
async fn what_was_not_granted_is_denied() {
    let mut table = String::new();
    for what in [
        "used up",
        "taken back",
        "over",
        "another version",
        "another agent",
        "another human",
        "another entry",
        "nobody's",
        "other terms",
        "left",
        "itself waits",
    ] {
        let (mut stack, earlier) = earlier_grant(1, what == "itself waits").await;
        let mut granted = named(&earlier);
        if what == "nobody's" {
            granted.statement = Digest::of(b"nobody");
        }
        if what == "another entry" {
            stack.publish(&changed("actions/lambda-invoke.yaml", "title: Run", "title: Start")).await;
        }
        let (ask, tampering) = match what {
            "another version" => (SampleAction::OtherJob, Tampering::Unasked),
            "another agent" => (SampleAction::Job, Tampering::UnaskedOther),
            "another human" => (SampleAction::Job, Tampering::UnaskedBehind),
            _ => (SampleAction::Job, Tampering::Unasked),
        };
        decided(&mut stack, ask, tampering, vec![granted]).await;
        let mut later = Scenario { now: stack.now(), grant: None, ..earlier.clone() };
        match what {
            "used up" => later.add(use_of(&earlier, b"another")),
            "taken back" => later.vote("carol", &["sre"], VerdictKind::Revoke, Proof::Service).await,
            "over" => stack.clock.pass(600),
            "other terms" => stack.publish(&changed("approvals.yaml", "uses: 5", "uses: 4")).await,
            "left" => {
                stack
                    .publish(&changed("directory.yaml", "members: [bob, carol]", "members: [carol, erin]"))
                    .await
            }
            _ => {}
        }
        if later.item != earlier.item {
            went_on(&stack, &earlier, &later).await;
        }
        let before = stored(&stack, earlier.item.id()).await;
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap_or_else(|| panic!("{what} was not refused"));
        stack.assert_untouched(what);
        assert_eq!(stored(&stack, earlier.item.id()).await, before, "{what}");
        table += &format!("{what}: {code}: {detail}\n");
    }
    insta::assert_snapshot!(table);
}

/// P4, D1, D16: a grant whose records do not prove it ends where people see it.
#[tokio::test]
async fn a_grant_that_is_not_proven() {
    for what in ["quarantined", "not recorded", "absent", "another chain"] {
        let (mut stack, earlier) = earlier_grant(1, false).await;
        let mut granted = named(&earlier);
        if what == "absent" {
            granted.action = ActionId::of(b"absent");
        }
        decided_on(&mut stack, SampleAction::Job, vec![granted]).await;
        let rows = stack.index.rows();
        let row = rows.into_iter().find(|row| row.action == *earlier.item.id()).unwrap();
        match what {
            "quarantined" => stack.index.forge(IndexRow { quarantined: true, ..row }),
            "another chain" => stack.index.forge(IndexRow { chain: domain::ZERO_CHAIN, ..row }),
            "not recorded" => stack.index.forget_positions(earlier.item.id()),
            _ => {}
        }
        assert!(stack.deliver(1).await.is_err(), "{what}");
        assert_eq!(stack.item().await.state().status(), Status::Approved, "{what}");
        stack.assert_untouched(what);
    }
}

/// A table in which another action uses the grant just before each of the first claims arrives.
struct Using {
    states: States,
    next: Mutex<Vec<Item>>,
}

#[async_trait]
impl ClaimState for Using {
    async fn claim(
        &self,
        from: Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError> {
        let next = self.next.lock().unwrap().pop();
        if let Some(granting) = next {
            self.states.rebuild(&granting);
        }
        self.states.claim(from, item, conditions).await
    }
}

/// P2: two actions that run at the same moment never use the same use: the later one looks again, and what is used up
/// covers nothing.
#[tokio::test]
async fn a_grant_that_is_used_in_the_last_moment() {
    for (uses, runs) in [(1, false), (2, true)] {
        let (mut stack, earlier) = earlier_grant(uses, false).await;
        decided_on(&mut stack, SampleAction::Job, vec![named(&earlier)]).await;
        let mut later = Scenario { now: stack.now(), ..earlier.clone() };
        later.add(use_of(&earlier, b"another"));
        let states = stack.states.through(Gate::open());
        let claim = Arc::new(Using { states, next: Mutex::new(vec![later.item.clone()]) });
        let process = stack.process_with(|capabilities| capabilities.claim = claim);
        process.handle(&stack.message()).await.unwrap();
        assert_eq!(grant(&stored(&stack, earlier.item.id()).await).used, uses);
        assert_eq!(stack.item().await.state().status() == Status::Succeeded, runs);
        if !runs {
            assert_eq!(stack.refusal().await.unwrap().0, "grant-used-up");
            stack.assert_untouched("used up in the last moment");
        }
    }
}
