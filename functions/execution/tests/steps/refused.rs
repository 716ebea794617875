//! Every step of the check being wrong: nothing is claimed, nothing minted for running, nothing runs.

use crate::support::{SampleAction, Tampering, TestStack, changed};
use domain::{Digest, Fault, Proof, Status, VerdictKind};
use ledger::DefaultRetention;
use runtime::sqs::HandleMessage;
use store::{Position, WriteIndex};
use testkit::{Gate, written};
use wire::Item;
use wire::message::Message;

/// D3, D9, D17, W4, W16, P5, E2, E17: what somebody on the way wrote wrongly denies the action, each with its code.
#[tokio::test]
async fn lies_on_the_way_are_denied() {
    let mut table = String::new();
    for (id, ask, tampering) in [
        ("D9", SampleAction::Export, Tampering::OtherToken),
        ("D9", SampleAction::Summary, Tampering::ForgedToken),
        ("D17", SampleAction::Export, Tampering::FalseProvenance),
        ("W16", SampleAction::Export, Tampering::OtherParameters),
        ("D3", SampleAction::Export, Tampering::HarmlessReview),
        ("D3", SampleAction::Export, Tampering::OtherReason),
        ("C23", SampleAction::Export, Tampering::NotWhole),
        ("W16", SampleAction::Export, Tampering::WiderPlan),
        ("D1", SampleAction::Export, Tampering::Unasked),
        ("D1", SampleAction::Summary, Tampering::OtherResolvers),
        ("P5", SampleAction::Export, Tampering::WeakerProof),
        ("P5", SampleAction::Export, Tampering::OwnerApproves),
        ("P5", SampleAction::Export, Tampering::ForgedEnvelope),
        ("F17", SampleAction::Job, Tampering::Outsider),
        ("E17", SampleAction::Export, Tampering::Outsider),
        ("C20", SampleAction::Job, Tampering::SeatNotLent),
        ("C20", SampleAction::Job, Tampering::SeatOfOwner),
        ("E2", SampleAction::Export, Tampering::Silent),
        ("E2", SampleAction::Export, Tampering::SilentEmergency),
        ("P5", SampleAction::Export, Tampering::Ownerless),
        ("D8", SampleAction::Export, Tampering::Unmapped),
        ("D9", SampleAction::Export, Tampering::OtherIssuer),
        ("P5", SampleAction::Export, Tampering::ForgedEmergency),
        ("W4", SampleAction::Export, Tampering::OwnerHurries),
        ("P5", SampleAction::Job, Tampering::ConfirmedByAnother),
    ] {
        let stack = TestStack::twisted(ask, tampering).await;
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap_or_else(|| panic!("{tampering:?} was not refused"));
        stack.assert_untouched(&format!("{tampering:?}"));
        table += &format!("{id:4} {tampering:?}: {code}: {detail}\n");
    }
    insta::assert_snapshot!(table);
}

/// D4, E12: what was pinned has changed since. The agent is told that much; what was found there, people alone.
#[tokio::test]
async fn a_changed_target_is_denied() {
    let mut table = String::new();
    for (what, ask) in [
        ("object", SampleAction::Export),
        ("deleted", SampleAction::Export),
        ("taken", SampleAction::Export),
        ("code", SampleAction::Job),
        ("secret", SampleAction::Secret),
    ] {
        let stack = TestStack::approved(ask).await;
        stack.targets.things(|things| match what {
            "object" => things.put_object("customers", "2026/q3.csv", "other,rows\n"),
            "deleted" => things.delete_object("customers", "2026/q3.csv"),
            "taken" => things.put_object("partner-drop", "q3.csv", "already there"),
            "code" => things.put_function("demo-retrain", "1", "code-sha-2"),
            _ => things.put_secret("prod/payments/db", "second", "rotated meanwhile"),
        });
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap();
        assert_eq!(code, "changed-since-review", "{what}");
        stack.assert_untouched(what);
        table += &format!("{what}: {detail}; for people: {}\n", stack.cause().await.unwrap_or_default());
    }
    insta::assert_snapshot!(table);
}

/// The beginning and the end of what the sample asks of data-owners.
const OWNERS: &str = "groups: [{ group: data-owners, count: 1 }]
  deadline: PT1H
  reminder: PT30M
  proof: idp
  max_age: 300
  prompt_login: true
  # They may send it elsewhere. Somebody else then approves what they made of it: after half an hour sre may stand in.
  may_change: [/destination]
  escalation: { after: PT30M, to: [sre] }
";

/// D2, F16, F17: the bundle in force at the claim decides, with the approvals really given.
#[tokio::test]
async fn the_rules_in_force_now_decide() {
    for (what, file, from, to, code) in [
        (
            "another entry",
            "actions/s3-export.yaml",
            "expected_seconds: 30",
            "expected_seconds: 31",
            "changed-since-review",
        ),
        (
            "a change freeze",
            "directory.yaml",
            "teams: [data-agents, publishers]\n\nagents",
            "teams: [data-agents, publishers]\nchange_freezes: [{ from: \"2020-01-01T00:00:00.000Z\", until: \"2099-01-01T00:00:00.000Z\" }]\n\nagents",
            "no-longer-allowed",
        ),
        (
            "two now",
            "approvals.yaml",
            OWNERS,
            "groups: [{ group: data-owners, count: 1 }, { group: sre, count: 1 }]\n  deadline: PT1H\n  proof: idp\n  max_age: 300\n  prompt_login: true\n",
            "no-longer-allowed",
        ),
        ("an owner who voted", "directory.yaml", "owner: dana", "owner: alice", "changed-since-review"),
    ] {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.publish(&changed(file, from, to)).await;
        stack.deliver(1).await.unwrap();
        let refusal = stack.refusal().await;
        assert_eq!(refusal.map(|(code, _)| code).as_deref(), Some(code), "{what}");
        stack.assert_untouched(what);
    }
}

/// D2: garbage or an unsigned manifest at the next number changes nothing; an unreadable bucket denies.
#[tokio::test]
async fn unsigned_rules_do_not_count() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.bundles.overwrite("bundles/00000000000000000002", b"{\"format\":\"countersign-manifest/1\"}");
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);

    let stack = TestStack::approved(SampleAction::Export).await;
    let content = stack.bundles.keys().into_iter().find(|key| key.contains("content")).unwrap();
    stack.bundles.overwrite(&content, b"{}");
    let fault = stack.deliver(1).await.unwrap_err();
    assert!(fault.to_string().starts_with("no-bundle"), "{fault}");
    stack.assert_untouched("no rules");
}

async fn evidence(stack: &TestStack, code: &str, why: &str) {
    let before = stack.item().await;
    let fault: Fault = stack.deliver(1).await.unwrap_err();
    assert!(!fault.is_passing() && fault.to_string().starts_with(code), "{why}: {fault}");
    assert_eq!(stack.item().await, before, "{why}: nothing is written");
    stack.assert_untouched(why);
}

/// P4, D1, D16: without the locked record of exactly this chain nothing runs, and nothing is written either.
#[tokio::test]
async fn evidence_that_does_not_hold_stops_it() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.log.remove(2);
    evidence(&stack, "record-missing", "the approval's record is gone").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.log.remove(0);
    evidence(&stack, "record-missing", "the proposal's record is gone").await;

    let locked = |compliance, days| Some(DefaultRetention { compliance, days });
    for (retention, why) in
        [(locked(false, 1), "governance"), (locked(true, 0), "too short"), (None, "no lock")]
    {
        let stack = TestStack::approved(SampleAction::Export).await;
        let bytes = stack.log.objects()[2].1.clone();
        stack.log.set_retention(retention);
        stack.log.place(2, bytes);
        evidence(&stack, "record-not-locked", why).await;
    }

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.log.place(2, "garbage");
    evidence(&stack, "record-malformed", "garbage").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    let other = TestStack::approved(SampleAction::Job).await;
    let bytes = other.log.objects()[2].1.clone();
    stack.log.place(2, bytes);
    evidence(&stack, "record-missing", "another action's record").await;
}

/// D1, D16: an item written by whoever may write the table, votes included, is not the one that was recorded.
#[tokio::test]
async fn a_rewritten_item_is_not_believed() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let mut recorded = stack.scenario.clone();
    let lines = stack.scenario.lines(2);
    recorded.item = Item::parse(stack.id(), lines.iter().map(String::as_str)).unwrap();
    recorded.now = stack.scenario.item.entries()[2].at;
    recorded.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let tail =
        written::follow(&stack.log.objects().into_iter().take(2).map(|(_, bytes)| bytes).collect::<Vec<_>>());
    stack.log.place(2, written::write(&tail, &[(&recorded, 3)]));
    evidence(&stack, "chain-differs", "a denial was recorded, an approval is in the table").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    let message = stack.message();
    let restored = Message { sequence: 4, ..message.clone() };
    let fault = stack.process(1).handle(&restored).await.unwrap_err();
    assert!(fault.to_string().starts_with("item-behind-record"), "a table that was restored: {fault}");
    let other = Message { chain: Digest::of(b"another"), ..message };
    let fault = stack.process(1).handle(&other).await.unwrap_err();
    assert!(fault.to_string().starts_with("chain-differs"), "{fault}");
    stack.assert_untouched("another item");
}

/// D16: after a violation the action is quarantined, and what is recorded must be a prefix of the item.
#[tokio::test]
async fn a_dead_action_stays_dead() {
    let mut stack = TestStack::approved(SampleAction::Export).await;
    let violation = written::violation(&stack.scenario, 3, stack.now());
    let tail = written::follow(&stack.log.objects().into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>());
    let bytes = written::write_records(&tail, &[violation]);
    let object = stack.append(bytes);
    let mut row = stack.row(3, object);
    row.quarantined = true;
    let position = Position {
        position: 99,
        object,
        kind: "violation".to_owned(),
        sequence: 0,
        at: stack.now(),
        digest: Digest::of(b"violation"),
        tried: None,
        history_entry: None,
    };
    stack.index.through(Gate::open()).apply(&position, &row).await.unwrap();
    evidence(&stack, "action-quarantined", "a violation is recorded").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.index.clear();
    let fault = stack.deliver(1).await.unwrap_err();
    assert!(fault.is_passing(), "an index that is rebuilt is waited for: {fault}");
    stack.assert_untouched("no index");

    let stack = TestStack::approved(SampleAction::Summary).await;
    stack.index.clear();
    let mut row = stack.row(2, 1);
    row.chain = Digest::of(b"another chain");
    let position = Position {
        position: 2,
        object: 1,
        kind: "decided".to_owned(),
        sequence: 2,
        at: stack.now(),
        digest: Digest::of(b"x"),
        tried: None,
        history_entry: None,
    };
    stack.index.through(Gate::open()).apply(&position, &row).await.unwrap();
    evidence(&stack, "chain-differs", "another chain was recorded").await;
}

/// D18, W14, F20: documents that are gone or changed, an expired action, and a message a week old.
#[tokio::test]
async fn missing_documents_and_late_messages() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let payload = stack.item().await.state().proposal().unwrap().payload;
    stack.documents.forge(payload, "{}");
    evidence(&stack, "document-differs", "other bytes under the payload's name").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    let statement = stack.item().await.state().review().unwrap().votes[0].statement;
    stack.documents.remove(statement);
    evidence(&stack, "document-missing", "the statement is gone").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.clock.pass(7 * 86_400);
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Approved, "time alone expires it");
    stack.assert_untouched("expired");

    let stack = TestStack::approved(SampleAction::Export).await;
    let stale = Message {
        sequence: 2,
        chain: stack.scenario.item.chain_at(2).unwrap(),
        object: 1,
        ..stack.message()
    };
    stack.process(1).handle(&stale).await.unwrap();
    stack.assert_untouched("a message about an earlier state");
}
