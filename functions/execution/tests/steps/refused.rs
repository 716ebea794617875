//! Every step of the check being wrong: nothing is claimed, nothing minted for running, nothing runs.

use crate::support::{Ask, Twist, World, changed};
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
    for (id, ask, twist) in [
        ("D9", Ask::Export, Twist::OtherToken),
        ("D9", Ask::Summary, Twist::ForgedToken),
        ("D17", Ask::Export, Twist::FalseProvenance),
        ("W16", Ask::Export, Twist::OtherParameters),
        ("D3", Ask::Export, Twist::HarmlessReview),
        ("D3", Ask::Export, Twist::OtherReason),
        ("C23", Ask::Export, Twist::NotWhole),
        ("W16", Ask::Export, Twist::WiderPlan),
        ("D1", Ask::Export, Twist::Unasked),
        ("D1", Ask::Summary, Twist::OtherResolvers),
        ("P5", Ask::Export, Twist::WeakerProof),
        ("P5", Ask::Export, Twist::OwnerApproves),
        ("P5", Ask::Export, Twist::ForgedEnvelope),
        ("F17", Ask::Job, Twist::Outsider),
        ("E17", Ask::Export, Twist::Outsider),
        ("C20", Ask::Job, Twist::SeatNotLent),
        ("C20", Ask::Job, Twist::SeatOfOwner),
        ("E2", Ask::Export, Twist::Silent),
        ("E2", Ask::Export, Twist::SilentEmergency),
        ("P5", Ask::Export, Twist::Ownerless),
        ("D8", Ask::Export, Twist::Unmapped),
        ("D9", Ask::Export, Twist::OtherIssuer),
        ("P5", Ask::Export, Twist::ForgedEmergency),
        ("W4", Ask::Export, Twist::OwnerHurries),
        ("P5", Ask::Job, Twist::ConfirmedByAnother),
    ] {
        let world = World::twisted(ask, twist).await;
        world.deliver(1).await.unwrap();
        let (code, detail) = world.refusal().await.unwrap_or_else(|| panic!("{twist:?} was not refused"));
        world.assert_untouched(&format!("{twist:?}"));
        table += &format!("{id:4} {twist:?}: {code}: {detail}\n");
    }
    insta::assert_snapshot!(table);
}

/// D4, E12: what was pinned has changed since. The agent is told that much; what was found there, people alone.
#[tokio::test]
async fn a_changed_target_is_denied() {
    let mut table = String::new();
    for (what, ask) in [
        ("object", Ask::Export),
        ("deleted", Ask::Export),
        ("taken", Ask::Export),
        ("code", Ask::Job),
        ("secret", Ask::Secret),
    ] {
        let world = World::approved(ask).await;
        world.targets.things(|things| match what {
            "object" => things.put_object("customers", "2026/q3.csv", "other,rows\n"),
            "deleted" => things.delete_object("customers", "2026/q3.csv"),
            "taken" => things.put_object("partner-drop", "q3.csv", "already there"),
            "code" => things.put_function("demo-retrain", "1", "code-sha-2"),
            _ => things.put_secret("prod/payments/db", "second", "rotated meanwhile"),
        });
        world.deliver(1).await.unwrap();
        let (code, detail) = world.refusal().await.unwrap();
        assert_eq!(code, "changed-since-review", "{what}");
        world.assert_untouched(what);
        table += &format!("{what}: {detail}; for people: {}\n", world.cause().await.unwrap_or_default());
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
        let world = World::approved(Ask::Export).await;
        world.publish(&changed(file, from, to)).await;
        world.deliver(1).await.unwrap();
        let refusal = world.refusal().await;
        assert_eq!(refusal.map(|(code, _)| code).as_deref(), Some(code), "{what}");
        world.assert_untouched(what);
    }
}

/// D2: garbage or an unsigned manifest at the next number changes nothing; an unreadable bucket denies.
#[tokio::test]
async fn unsigned_rules_do_not_count() {
    let world = World::approved(Ask::Export).await;
    world.bundles.overwrite("bundles/00000000000000000002", b"{\"format\":\"countersign-manifest/1\"}");
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded);

    let world = World::approved(Ask::Export).await;
    let content = world.bundles.keys().into_iter().find(|key| key.contains("content")).unwrap();
    world.bundles.overwrite(&content, b"{}");
    let fault = world.deliver(1).await.unwrap_err();
    assert!(fault.to_string().starts_with("no-bundle"), "{fault}");
    world.assert_untouched("no rules");
}

async fn evidence(world: &World, code: &str, why: &str) {
    let before = world.item().await;
    let fault: Fault = world.deliver(1).await.unwrap_err();
    assert!(!fault.is_passing() && fault.to_string().starts_with(code), "{why}: {fault}");
    assert_eq!(world.item().await, before, "{why}: nothing is written");
    world.assert_untouched(why);
}

/// P4, D1, D16: without the locked record of exactly this chain nothing runs, and nothing is written either.
#[tokio::test]
async fn evidence_that_does_not_hold_stops_it() {
    let world = World::approved(Ask::Export).await;
    world.log.remove(2);
    evidence(&world, "record-missing", "the approval's record is gone").await;

    let world = World::approved(Ask::Export).await;
    world.log.remove(0);
    evidence(&world, "record-missing", "the proposal's record is gone").await;

    let locked = |compliance, days| Some(DefaultRetention { compliance, days });
    for (retention, why) in
        [(locked(false, 1), "governance"), (locked(true, 0), "too short"), (None, "no lock")]
    {
        let world = World::approved(Ask::Export).await;
        let bytes = world.log.objects()[2].1.clone();
        world.log.set_retention(retention);
        world.log.place(2, bytes);
        evidence(&world, "record-not-locked", why).await;
    }

    let world = World::approved(Ask::Export).await;
    world.log.place(2, "garbage");
    evidence(&world, "record-malformed", "garbage").await;

    let world = World::approved(Ask::Export).await;
    let other = World::approved(Ask::Job).await;
    let bytes = other.log.objects()[2].1.clone();
    world.log.place(2, bytes);
    evidence(&world, "record-missing", "another action's record").await;
}

/// D1, D16: an item written by whoever may write the table, votes included, is not the one that was recorded.
#[tokio::test]
async fn a_rewritten_item_is_not_believed() {
    let world = World::approved(Ask::Export).await;
    let mut recorded = world.story.clone();
    let lines = world.story.lines(2);
    recorded.item = Item::parse(world.id(), lines.iter().map(String::as_str)).unwrap();
    recorded.now = world.story.item.entries()[2].at;
    recorded.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let tail =
        written::follow(&world.log.objects().into_iter().take(2).map(|(_, bytes)| bytes).collect::<Vec<_>>());
    world.log.place(2, written::write(&tail, &[(&recorded, 3)]));
    evidence(&world, "chain-differs", "a denial was recorded, an approval is in the table").await;

    let world = World::approved(Ask::Export).await;
    let message = world.message();
    let restored = Message { sequence: 4, ..message.clone() };
    let fault = world.process(1).handle(&restored).await.unwrap_err();
    assert!(fault.to_string().starts_with("item-behind-record"), "a table that was restored: {fault}");
    let other = Message { chain: Digest::of(b"another"), ..message };
    let fault = world.process(1).handle(&other).await.unwrap_err();
    assert!(fault.to_string().starts_with("chain-differs"), "{fault}");
    world.assert_untouched("another item");
}

/// D16: after a violation the action is quarantined, and what is recorded must be a prefix of the item.
#[tokio::test]
async fn a_dead_action_stays_dead() {
    let mut world = World::approved(Ask::Export).await;
    let violation = written::violation(&world.story, 3, world.now());
    let tail = written::follow(&world.log.objects().into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>());
    let bytes = written::write_records(&tail, &[violation]);
    let object = world.append(bytes);
    let mut row = world.row(3, object);
    row.quarantined = true;
    let position = Position {
        position: 99,
        object,
        kind: "violation".to_owned(),
        sequence: 0,
        at: world.now(),
        digest: Digest::of(b"violation"),
        tried: None,
        history_entry: None,
    };
    world.index.through(Gate::open()).apply(&position, &row).await.unwrap();
    evidence(&world, "action-quarantined", "a violation is recorded").await;

    let world = World::approved(Ask::Export).await;
    world.index.clear();
    let fault = world.deliver(1).await.unwrap_err();
    assert!(fault.is_passing(), "an index that is rebuilt is waited for: {fault}");
    world.assert_untouched("no index");

    let world = World::approved(Ask::Summary).await;
    world.index.clear();
    let mut row = world.row(2, 1);
    row.chain = Digest::of(b"another chain");
    let position = Position {
        position: 2,
        object: 1,
        kind: "decided".to_owned(),
        sequence: 2,
        at: world.now(),
        digest: Digest::of(b"x"),
        tried: None,
        history_entry: None,
    };
    world.index.through(Gate::open()).apply(&position, &row).await.unwrap();
    evidence(&world, "chain-differs", "another chain was recorded").await;
}

/// D18, W14, F20: documents that are gone or changed, an expired action, and a message a week old.
#[tokio::test]
async fn missing_documents_and_late_messages() {
    let world = World::approved(Ask::Export).await;
    let payload = world.item().await.state().proposal().unwrap().payload;
    world.documents.forge(payload, "{}");
    evidence(&world, "document-differs", "other bytes under the payload's name").await;

    let world = World::approved(Ask::Export).await;
    let statement = world.item().await.state().review().unwrap().votes[0].statement;
    world.documents.remove(statement);
    evidence(&world, "document-missing", "the statement is gone").await;

    let world = World::approved(Ask::Export).await;
    world.clock.pass(7 * 86_400);
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Approved, "time alone expires it");
    world.assert_untouched("expired");

    let world = World::approved(Ask::Export).await;
    let stale =
        Message { sequence: 2, chain: world.story.item.chain_at(2).unwrap(), object: 1, ..world.message() };
    world.process(1).handle(&stale).await.unwrap();
    world.assert_untouched("a message about an earlier state");
}
