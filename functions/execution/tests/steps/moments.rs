//! What changes between the proposal and the claim, and what changes while execution looks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::support::{SampleAction, Tampering, TestStack, changed, killed};
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
    let stack = TestStack::twisted(SampleAction::Export, Tampering::LaterToken).await;
    stack.clock.pass(900);
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.refusal().await.unwrap().0, "invalid-token");
    stack.assert_untouched("a token of later");
}

/// E3: when an action was proposed is held against the lock of its record: dated back further than records may come late, it
/// is denied.
#[tokio::test]
async fn a_proposal_counts_as_of_its_record() {
    for (tampering, seconds, code) in [
        (Tampering::None, 0, None),
        (Tampering::None, -290, None),
        (Tampering::None, 7490, None),
        (Tampering::None, 7510, Some("proposal-not-timely")),
        (Tampering::None, 86_400, Some("proposal-not-timely")),
        // It expires after a minute, and the ledger may be an hour late.
        (Tampering::ShortToken, 3600, None),
    ] {
        let stack = TestStack::recorded_late(SampleAction::Summary, tampering, seconds).await;
        stack.deliver(1).await.unwrap();
        let refusal = stack.refusal().await.map(|(code, _)| code);
        assert_eq!(refusal.as_deref(), code, "{tampering:?} {seconds}");
        if code.is_some() {
            stack.assert_untouched("not proposed when it says");
        }
    }
    let stack = TestStack::recorded_late(SampleAction::Summary, Tampering::None, -310).await;
    assert!(!stack.deliver(1).await.unwrap_err().is_passing(), "recorded before it was proposed");
    stack.assert_untouched("recorded before it was proposed");
}

/// E3: from its deadline on a payload is not opened, whatever the item says: here one that was sealed for less time.
#[tokio::test]
async fn an_expired_payload_is_not_opened() {
    let stack = TestStack::twisted(SampleAction::Export, Tampering::ShortPayload).await;
    stack.clock.pass(600);
    assert!(!stack.deliver(1).await.unwrap_err().is_passing());
    stack.assert_untouched("an expired payload");
}

/// F17, E17: where the directory in force lists a group's members, only whom it lists counts for it, whatever the ID token says;
/// where it does not, the ID token's own word counts.
#[tokio::test]
async fn groups_by_token_and_by_directory() {
    let unlisted = changed("directory.yaml", "members: [alice]", "members: [erin]");
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.publish(&unlisted).await;
    stack.deliver(1).await.unwrap();
    let (code, detail) = stack.refusal().await.unwrap();
    assert!(code == "verdict-invalid" && detail.contains("group-unproven"), "{code}: {detail}");
    stack.assert_untouched("no longer listed, though the provider said so");

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.publish(&changed("directory.yaml", "{ members: [alice] }", "{}")).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded, "nobody else knows than the provider");

    let stack = TestStack::twisted(SampleAction::Export, Tampering::ListedOnly).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded, "the directory says so");

    let stack = TestStack::twisted(SampleAction::Export, Tampering::ListedOnly).await;
    stack.publish(&unlisted).await;
    stack.deliver(1).await.unwrap();
    let (code, detail) = stack.refusal().await.unwrap();
    assert!(code == "verdict-invalid" && detail.contains("group-unproven"), "{code}: {detail}");
    stack.assert_untouched("no longer listed");
}

/// The place of this point's last passage up to the claim, in an undisturbed run.
async fn place(point: &str) -> usize {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.deliver(1).await.unwrap();
    let passages = stack.probe.passages();
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
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.probe.hold(place("bundles.get").await);
        let (process, message) = (stack.process(1), stack.message());
        let mut run = Box::pin(process.handle(&message));
        assert!(killed(&mut run).await.is_none(), "it asks for the rules in force");
        stack.publish(rules).await;
        stack.probe.release();
        run.await.unwrap();
        if runs {
            assert_eq!(stack.item().await.state().status(), Status::Succeeded);
        } else {
            assert_eq!(stack.refusal().await.unwrap().0, "changed-since-review");
            stack.assert_untouched("other rules");
        }
    }
}

/// F16: rules that change at every look are not looked at without end: the message comes again, and nothing ran.
#[tokio::test]
async fn rules_that_never_rest() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let rules = sample_bundle().digest;
    let first = stack.publisher.signer().sign(1, rules, None, stack.now(), "carol").unwrap();
    let mut before = Digest::of(&first.bytes().unwrap());
    stack.bundles.overwrite(&key(1), &first.bytes().unwrap());
    let mut hidden = VecDeque::new();
    for number in 2..200 {
        let next = stack.publisher.signer().sign(number, rules, Some(before), stack.now(), "carol");
        let bytes = next.unwrap().bytes().unwrap();
        before = Digest::of(&bytes);
        hidden.push_back((key(number), bytes));
    }
    let restless = Arc::new(Restless { bundles: stack.bundles.clone(), hidden: Mutex::new(hidden) });
    let process = stack.process_with(|capabilities| capabilities.bundles = restless.clone());
    assert!(process.handle(&stack.message()).await.unwrap_err().is_passing());
    stack.assert_untouched("no rules to rely on");
    restless.hidden.lock().unwrap().clear();
    process.handle(&stack.message()).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
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
        let stack = TestStack::approved(SampleAction::Export).await;
        let item = stack.item().await;
        let states = stack.states.through(Gate::open());
        let claim = Arc::new(Cancelling { states, item, lost });
        let process = stack.process_with(|capabilities| capabilities.claim = claim);
        process.handle(&stack.message()).await.unwrap();
        assert_eq!(stack.item().await.state().status(), Status::Cancelled, "lost: {lost}");
        stack.assert_untouched("cancelled meanwhile");
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
        let stack = TestStack::approved(SampleAction::Export).await;
        let process =
            stack.process_with(|capabilities| capabilities.claims = Arc::new(Refusing(fault.clone())));
        process.handle(&stack.message()).await.unwrap();
        assert_eq!(stack.item().await.state().status(), Status::Failed);
        assert_eq!(stack.outcome().await.unwrap().error.unwrap().code, "no-claim");
        stack.assert_untouched("no claim");
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
