//! What changes between the proposal and the claim, and what changes while execution looks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::support::{Ask, Twist, World, changed, killed};
use async_trait::async_trait;
use bundle::{ReadBundles, Stored};
use bytes::Bytes;
use domain::{ActionId, Digest, Event, Fault, Status};
use ledger::{Claimed, PutClaim};
use runtime::sqs::HandleMessage;
use store::{ClaimConditions, ClaimState, ClaimedState, ExtendState};
use testkit::{Bundles, Gate, Moment, sample_bundle};

/// D9: the agent's token counts as of the proposal's record: one that was not valid then does not become valid later.
#[tokio::test]
async fn a_token_counts_as_of_the_proposal() {
    let world = World::twisted(Ask::Export, Twist::LaterToken).await;
    world.clock.pass(900);
    world.deliver(1).await.unwrap();
    assert_eq!(world.refusal().await.unwrap().0, "invalid-token");
    world.assert_untouched("a token of later");
}

/// E3: when an action was proposed is held against the lock of its record: dated back further than records may come late, it
/// is denied.
#[tokio::test]
async fn a_proposal_counts_as_of_its_record() {
    for (twist, seconds, code) in [
        (Twist::None, 0, None),
        (Twist::None, -290, None),
        (Twist::None, 7490, None),
        (Twist::None, 7510, Some("proposal-not-timely")),
        (Twist::None, 86_400, Some("proposal-not-timely")),
        // It expires after a minute, and the ledger may be an hour late.
        (Twist::ShortToken, 3600, None),
    ] {
        let world = World::recorded_late(Ask::Summary, twist, seconds).await;
        world.deliver(1).await.unwrap();
        let refusal = world.refusal().await.map(|(code, _)| code);
        assert_eq!(refusal.as_deref(), code, "{twist:?} {seconds}");
        if code.is_some() {
            world.assert_untouched("not proposed when it says");
        }
    }
    let world = World::recorded_late(Ask::Summary, Twist::None, -310).await;
    assert!(!world.deliver(1).await.unwrap_err().is_passing(), "recorded before it was proposed");
    world.assert_untouched("recorded before it was proposed");
}

/// E3: from its deadline on a payload is not opened, whatever the item says: here one that was sealed for less time.
#[tokio::test]
async fn an_expired_payload_is_not_opened() {
    let world = World::twisted(Ask::Export, Twist::ShortPayload).await;
    world.clock.pass(600);
    assert!(!world.deliver(1).await.unwrap_err().is_passing());
    world.assert_untouched("an expired payload");
}

/// F17, E17: where the directory in force lists a group's members, only whom it lists counts for it, whatever the ID token says;
/// where it does not, the ID token's own word counts.
#[tokio::test]
async fn groups_by_token_and_by_directory() {
    let unlisted = changed("directory.yaml", "members: [alice]", "members: [erin]");
    let world = World::approved(Ask::Export).await;
    world.publish(&unlisted).await;
    world.deliver(1).await.unwrap();
    let (code, detail) = world.refusal().await.unwrap();
    assert!(code == "verdict-invalid" && detail.contains("group-unproven"), "{code}: {detail}");
    world.assert_untouched("no longer listed, though the provider said so");

    let world = World::approved(Ask::Export).await;
    world.publish(&changed("directory.yaml", "{ members: [alice] }", "{}")).await;
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded, "nobody else knows than the provider");

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

/// D2, F16: rules that change while execution looks begin the whole check again, at once: what the new ones change is
/// refused, what they leave alone runs.
#[tokio::test]
async fn rules_that_change_meanwhile() {
    let touching = changed("actions/s3-export.yaml", "expected_seconds: 30", "expected_seconds: 32");
    let elsewhere = changed("actions/lambda-invoke.yaml", "title: Run", "title: Start");
    for (rules, runs) in [(&touching, false), (&elsewhere, true)] {
        let world = World::approved(Ask::Export).await;
        world.probe.hold(place("bundles.get").await);
        let (process, message) = (world.process(1), world.message());
        let mut run = Box::pin(process.handle(&message));
        assert!(killed(&mut run).await.is_none(), "it asks for the rules in force");
        world.publish(rules).await;
        world.probe.release();
        run.await.unwrap();
        if runs {
            assert_eq!(world.item().await.state().status(), Status::Succeeded);
        } else {
            assert_eq!(world.refusal().await.unwrap().0, "changed-since-review");
            world.assert_untouched("other rules");
        }
    }
}

/// F16: rules that change at every look end the patience: the message comes again, and nothing ran.
#[tokio::test]
async fn rules_that_never_rest() {
    let world = World::approved(Ask::Export).await;
    let rules = sample_bundle().digest;
    let first = world.publisher.signer().sign(1, rules, None, world.now(), "carol").unwrap();
    let mut before = Digest::of(&first.bytes().unwrap());
    world.bundles.overwrite(&key(1), &first.bytes().unwrap());
    let mut hidden = VecDeque::new();
    for number in 2..200 {
        let next = world.publisher.signer().sign(number, rules, Some(before), world.now(), "carol");
        let bytes = next.unwrap().bytes().unwrap();
        before = Digest::of(&bytes);
        hidden.push_back((key(number), bytes));
    }
    let restless = Arc::new(Restless { bundles: world.bundles.clone(), hidden: Mutex::new(hidden) });
    let process = world.process_with(|capabilities| capabilities.bundles = restless.clone());
    assert!(process.handle(&world.message()).await.unwrap_err().is_passing());
    world.assert_untouched("no rules to rely on");
    restless.hidden.lock().unwrap().clear();
    process.handle(&world.message()).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded);
}

/// A bucket in which the next number is there as soon as somebody has seen that it is not.
struct Restless {
    bundles: Bundles,
    hidden: Mutex<VecDeque<(String, Vec<u8>)>>,
}

#[async_trait]
impl ReadBundles for Restless {
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        let found = self.bundles.get(key).await?;
        if found.is_none()
            && let Some((next, bytes)) = self.hidden.lock().unwrap().pop_front()
        {
            self.bundles.overwrite(&next, &bytes);
        }
        Ok(found)
    }
}

fn key(number: u64) -> String {
    format!("bundles/{number:020}")
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
        let process = world.process_with(|capabilities| capabilities.claim = claim);
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
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, store::StateError> {
        let at = item.touched_at().unwrap();
        let by = self.item.state().proposal().unwrap().principal.clone();
        let (cancelled, _) = self.item.extend(Event::Cancelled { by }, at).unwrap();
        self.states.extend(self.item.chain(), &cancelled).await?;
        let answer = self.states.claim(from, item, conditions).await;
        if self.lost { Err(Fault::passing("a lost answer").into()) } else { answer }
    }
}

/// D11: no claim object, no run, whatever keeps it from being locked.
#[tokio::test]
async fn nothing_runs_without_a_claim_object() {
    for fault in [Fault::lasting("AccessDenied"), Fault::passing("SlowDown")] {
        let world = World::approved(Ask::Export).await;
        let process =
            world.process_with(|capabilities| capabilities.claims = Arc::new(Refusing(fault.clone())));
        process.handle(&world.message()).await.unwrap();
        assert_eq!(world.item().await.state().status(), Status::Failed);
        assert_eq!(world.outcome().await.unwrap().error.unwrap().code, "no-claim");
        world.assert_untouched("no claim");
    }
}

/// A bucket that takes no claims.
struct Refusing(Fault);

#[async_trait]
impl PutClaim for Refusing {
    async fn claim(&self, _: &ActionId, _: Bytes) -> Result<Claimed, Fault> {
        Err(self.0.clone())
    }
}
