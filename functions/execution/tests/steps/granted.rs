//! What runs because an earlier approval granted it: checked like a vote of its own, and counted with the claim.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{ActionId, Chain, Digest, Event, Grant, GrantTerms, Granted, Proof, Status, VerdictKind};
use runtime::sqs::HandleMessage;
use store::{
    ClaimConditions, ClaimState, ClaimedState, ExtendState, IndexRow, ReadState, StateError, WriteDocuments,
};
use testkit::{Gate, States, Story};
use wire::Item;

use crate::support::{Ask, Twist, World, changed};

/// A job that bob approved, and more like it for ten minutes; it has run unless it `waits`.
async fn earlier_grant(uses: u32, waits: bool) -> (World, Story) {
    let mut world = World::empty("promised").await;
    let fixed = vec!["/function".to_owned(), "/version".to_owned()];
    let until = world.story.now.plus_seconds(600);
    world.story.grant = Some(GrantTerms { until, uses, fixed });
    world.tell(Ask::Job, Twist::None).await;
    if !waits {
        world.story.claim();
        world.story.succeed();
    }
    world.settle().await;
    let earlier = world.story.clone();
    (world, earlier)
}

/// Policy permits another on these grants.
async fn decided_on(world: &mut World, ask: Ask, granted: Vec<Granted>) {
    decided(world, ask, Twist::Unasked, granted).await;
}

async fn decided(world: &mut World, ask: Ask, twist: Twist, granted: Vec<Granted>) {
    let now = world.story.now.plus_seconds(60);
    world.story = Story { now, ..Story::new("covered") };
    world.granted = granted;
    world.tell(ask, twist).await;
    world.settle().await;
}

fn named(earlier: &Story) -> Granted {
    let statement = grant(&earlier.item).vote.statement;
    Granted { requirement: "sre".to_owned(), action: earlier.item.id().clone(), statement }
}

fn grant(item: &Item) -> Grant {
    item.state().review().unwrap().grants[0].clone()
}

async fn stored(world: &World, id: &ActionId) -> Item {
    world.states.through(Gate::open()).item(id).await.unwrap().unwrap()
}

fn use_of(earlier: &Story, by: &[u8]) -> Event {
    let statement = grant(&earlier.item).vote.statement;
    Event::GrantUsed { statement, by: ActionId::of(by), attempt: "another".to_owned() }
}

/// The earlier action went on to this.
async fn went_on(world: &World, earlier: &Story, later: &Story) {
    for document in later.documents.values() {
        world.documents.through(Gate::open()).put(document).await.unwrap();
    }
    let states = world.states.through(Gate::open());
    states.extend(earlier.item.chain(), &later.item).await.unwrap();
}

/// P2, P5: it runs without anybody being asked, and the use stands in the action that was approved, with the attempt.
#[tokio::test]
async fn a_grant_covers_and_is_counted() {
    let (mut world, earlier) = earlier_grant(2, false).await;
    decided_on(&mut world, Ask::Job, vec![named(&earlier)]).await;
    world.deliver(1).await.unwrap();
    let item = world.item().await;
    assert_eq!(item.state().status(), Status::Succeeded, "{:?}", world.refusal().await);
    let granting = stored(&world, earlier.item.id()).await;
    assert_eq!(grant(&granting).used, 1);
    let Event::GrantUsed { by, attempt, .. } = &granting.entries().last().unwrap().event else {
        panic!("the use is the last event")
    };
    assert_eq!((by, attempt), (&world.id(), &item.state().run().unwrap().attempt));
    world.deliver(2).await.unwrap();
    assert_eq!(grant(&stored(&world, earlier.item.id()).await).used, 1, "delivered twice, used once");
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
        let (mut world, earlier) = earlier_grant(1, what == "itself waits").await;
        let mut granted = named(&earlier);
        if what == "nobody's" {
            granted.statement = Digest::of(b"nobody");
        }
        if what == "another entry" {
            world.publish(&changed("actions/lambda-invoke.yaml", "title: Run", "title: Start")).await;
        }
        let (ask, twist) = match what {
            "another version" => (Ask::OtherJob, Twist::Unasked),
            "another agent" => (Ask::Job, Twist::UnaskedOther),
            "another human" => (Ask::Job, Twist::UnaskedBehind),
            _ => (Ask::Job, Twist::Unasked),
        };
        decided(&mut world, ask, twist, vec![granted]).await;
        let mut later = Story { now: world.now(), grant: None, ..earlier.clone() };
        match what {
            "used up" => later.add(use_of(&earlier, b"another")),
            "taken back" => later.vote("carol", &["sre"], VerdictKind::Revoke, Proof::Service).await,
            "over" => world.clock.pass(600),
            "other terms" => world.publish(&changed("approvals.yaml", "uses: 5", "uses: 4")).await,
            "left" => {
                world
                    .publish(&changed("directory.yaml", "members: [bob, carol]", "members: [carol, erin]"))
                    .await
            }
            _ => {}
        }
        if later.item != earlier.item {
            went_on(&world, &earlier, &later).await;
        }
        let before = stored(&world, earlier.item.id()).await;
        world.deliver(1).await.unwrap();
        let (code, detail) = world.refusal().await.unwrap_or_else(|| panic!("{what} was not refused"));
        world.assert_untouched(what);
        assert_eq!(stored(&world, earlier.item.id()).await, before, "{what}");
        table += &format!("{what}: {code}: {detail}\n");
    }
    insta::assert_snapshot!(table);
}

/// P4, D1, D16: a grant whose records do not prove it ends where people see it.
#[tokio::test]
async fn a_grant_that_is_not_proven() {
    for what in ["quarantined", "not recorded", "absent", "another chain"] {
        let (mut world, earlier) = earlier_grant(1, false).await;
        let mut granted = named(&earlier);
        if what == "absent" {
            granted.action = ActionId::of(b"absent");
        }
        decided_on(&mut world, Ask::Job, vec![granted]).await;
        let rows = world.index.rows();
        let row = rows.into_iter().find(|row| row.action == *earlier.item.id()).unwrap();
        match what {
            "quarantined" => world.index.forge(IndexRow { quarantined: true, ..row }),
            "another chain" => world.index.forge(IndexRow { chain: domain::ZERO_CHAIN, ..row }),
            "not recorded" => world.index.forget_positions(earlier.item.id()),
            _ => {}
        }
        assert!(world.deliver(1).await.is_err(), "{what}");
        assert_eq!(world.item().await.state().status(), Status::Approved, "{what}");
        world.assert_untouched(what);
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
        let (mut world, earlier) = earlier_grant(uses, false).await;
        decided_on(&mut world, Ask::Job, vec![named(&earlier)]).await;
        let mut later = Story { now: world.now(), ..earlier.clone() };
        later.add(use_of(&earlier, b"another"));
        let states = world.states.through(Gate::open());
        let claim = Arc::new(Using { states, next: Mutex::new(vec![later.item.clone()]) });
        let process = world.process_with(|capabilities| capabilities.claim = claim);
        process.handle(&world.message()).await.unwrap();
        assert_eq!(grant(&stored(&world, earlier.item.id()).await).used, uses);
        assert_eq!(world.item().await.state().status() == Status::Succeeded, runs);
        if !runs {
            assert_eq!(world.refusal().await.unwrap().0, "grant-used-up");
            world.assert_untouched("used up in the last moment");
        }
    }
}
