//! What changes between the proposal and the claim, and what changes while execution looks.

use std::sync::Arc;

use crate::support::{Ask, Twist, World, changed, killed};
use async_trait::async_trait;
use bytes::Bytes;
use domain::{ActionId, Event, Fault, Status};
use ledger::{Claim, Claimed};
use runtime::sqs::HandleMessage;
use store::{Beside, ClaimState, ClaimedState, ExtendState};
use testkit::{Gate, Moment};

/// D9: the agent's token counts as of the proposal's record: one that was not valid then does not become valid later.
#[tokio::test]
async fn a_token_counts_as_of_the_proposal() {
    let world = World::twisted(Ask::Export, Twist::LaterToken).await;
    world.clock.pass(900);
    world.deliver(1).await.unwrap();
    assert_eq!(world.refusal().await.unwrap().0, "invalid-token");
    world.assert_untouched("a token of later");
}

/// F17: under `idp` a group counts by the ID token's own word, listed or not; without that word, only while it is listed.
#[tokio::test]
async fn groups_by_token_and_by_directory() {
    let unlisted = changed("directory.yaml", "members: [alice]", "members: [erin]");
    let world = World::approved(Ask::Export).await;
    world.publish(&unlisted).await;
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded, "the provider said so");

    let world = World::twisted(Ask::Export, Twist::ListedOnly).await;
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded, "the directory says so");

    let world = World::twisted(Ask::Export, Twist::ListedOnly).await;
    world.publish(&unlisted).await;
    world.deliver(1).await.unwrap();
    let (code, detail) = world.refusal().await.unwrap();
    assert!(code == "verdict-invalid" && detail.contains("group-unproven"), "{code}: {detail}");
    world.assert_untouched("no longer listed");
}

/// The place of this point's last passage up to the claim, in an undisturbed run.
async fn place(point: &str) -> usize {
    let world = World::approved(Ask::Export).await;
    world.deliver(1).await.unwrap();
    let passages = world.probe.passages();
    let claim = passages.iter().position(|(at, _)| *at == "state.claim").unwrap();
    let at = |(at, moment): &(&str, Moment)| *at == point && *moment == Moment::Before;
    passages[..=claim].iter().rposition(at).unwrap()
}

/// D2, F16: rules that change while execution looks begin the whole check again.
#[tokio::test]
async fn rules_that_change_meanwhile() {
    let world = World::approved(Ask::Export).await;
    world.probe.hold(place("bundles.get").await);
    let (process, message) = (world.process(1), world.message());
    let mut run = Box::pin(process.handle(&message));
    assert!(killed(&mut run).await.is_none(), "it asks for the rules in force");
    let other = changed("actions/s3-export.yaml", "expected_seconds: 30", "expected_seconds: 32");
    world.publish(&other).await;
    world.probe.release();
    assert!(run.await.unwrap_err().is_passing());
    world.assert_untouched("other rules");
    world.deliver(2).await.unwrap();
    assert_eq!(world.refusal().await.unwrap().0, "changed-since-review");
}

/// W18, P3: the claim is a write on the chain that was checked. What was cancelled a moment before does not run, whether
/// the write is refused or its answer is lost.
#[tokio::test]
async fn a_claim_on_another_chain_is_none() {
    for lost in [false, true] {
        let world = World::approved(Ask::Export).await;
        let item = world.item().await;
        let states = world.states.through(Gate::open());
        let claim = Arc::new(Cancelling { states, item, lost });
        let process = world.process_with(|can| can.claim = claim);
        process.handle(&world.message()).await.unwrap();
        assert_eq!(world.item().await.state().status(), Status::Cancelled, "lost: {lost}");
        world.assert_untouched("cancelled meanwhile");
    }
}

/// A table in which somebody cancels the action just before the claim arrives.
struct Cancelling {
    states: testkit::States,
    item: wire::Item,
    lost: bool,
}

#[async_trait]
impl ClaimState for Cancelling {
    async fn claim(
        &self,
        from: domain::Chain,
        item: &wire::Item,
        beside: &Beside<'_>,
    ) -> Result<ClaimedState, store::StateError> {
        let at = item.touched_at().unwrap();
        let by = self.item.state().proposal().unwrap().principal.clone();
        let (cancelled, _) = self.item.extend(Event::Cancelled { by }, at).unwrap();
        self.states.extend(self.item.chain(), &cancelled).await?;
        let answer = self.states.claim(from, item, beside).await;
        if self.lost { Err(Fault::passing("a lost answer").into()) } else { answer }
    }
}

/// D11: no claim object, no run, whatever keeps it from being locked.
#[tokio::test]
async fn nothing_runs_without_a_claim_object() {
    for fault in [Fault::lasting("AccessDenied"), Fault::passing("SlowDown")] {
        let world = World::approved(Ask::Export).await;
        let process = world.process_with(|can| can.claims = Arc::new(Refusing(fault.clone())));
        process.handle(&world.message()).await.unwrap();
        assert_eq!(world.item().await.state().status(), Status::Failed);
        assert_eq!(world.outcome().await.unwrap().error.unwrap().code, "no-claim");
        world.assert_untouched("no claim");
    }
}

/// A bucket that takes no claims.
struct Refusing(Fault);

#[async_trait]
impl Claim for Refusing {
    async fn claim(&self, _: &ActionId, _: Bytes) -> Result<Claimed, Fault> {
        Err(self.0.clone())
    }
}
