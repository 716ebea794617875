//! Presses in Slack that count: approving, denying and changing, each once, each on the action of its own message.

mod stack;

use domain::{Event, Proof, VerdictKind};
use serde_json::json;
use stack::{Groups, Sent, TestStack, press, sentence, submission, with_slack};
use store::ReadState;
use testkit::{Gate, Moment, SampleRequirement};
use wire::documents::StatedAccount;

const ELSEWHERE: &str = "s3://partner-drop/inbox/q3.csv";

async fn asking(ask: SampleRequirement) -> TestStack {
    with_slack(ask, Gate::open(), Groups::default()).await
}

/// W9, W15, C34: a press is the verdict of the person to whom the account is linked, and the statement names account and link. The
/// answer is empty, and comes after the verdict was written.
#[tokio::test]
async fn a_press_approves() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let sent = stack.message('a').await;
    assert!(sent.whole);
    let answer = stack.press("bob", "approve", &sent).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    let given = stack.verdicts().await;
    assert_eq!((given.len(), given[0].kind, given[0].proof), (1, VerdictKind::Approve, Proof::Service));
    assert_eq!(given[0].person, stack.scenario.person("bob"));
    let stated = stack.statement(&given[0]).await;
    let link = stack.slack.link("bob", &stack.scenario.person("bob")).statement;
    assert_eq!((stated.channel.as_str(), stated.client.as_str()), ("slack", "A0COUNTERSIGN"));
    assert_eq!(stated.account, Some(StatedAccount { id: "T0HOME/U0BOB".into(), link }));
    let (action, review) = stack.digests();
    assert_eq!((stated.action_digest, stated.review_digest), (action, review));
    // The message is still the first one: votes in between change nothing about what was asked.
    assert_eq!(stack.press("carol", "approve", &sent).await.status, 200);
    assert_eq!(stack.status().await, "approved");
    assert_eq!(stack.slack.told(), "");
}

/// C35, C38, W11, O2: a request that comes twice is acted on once, and a person who presses again has answered once; both are answered alike.
#[tokio::test]
async fn twice_is_once() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let sent = stack.message('a').await;
    let payload = press("mallory", "approve", &sent);
    let at = stack.now();
    for _ in 0..3 {
        let answer = stack.send(stack.slack_request(&payload, at)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    }
    assert_eq!(stack.attempts(), ["mallory not-an-approver 1"], "a copy of a request is not looked at");
    assert_eq!(stack.slack.opened().len(), 1);
    for _ in 0..2 {
        let answer = stack.press("bob", "approve", &sent).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    }
    assert_eq!(stack.verdicts().await.len(), 1);
    assert_eq!((stack.status().await, stack.slack.opened().len()), ("pending", 1));
}

/// The reason is asked for in a modal, for whoever may deny; the modal's own answer denies.
#[tokio::test]
async fn a_denial() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let sent = stack.message('a').await;
    assert_eq!(stack.press("bob", "deny", &sent).await.status, 200);
    let opened = stack.slack.opened();
    assert_eq!(opened[0]["callback_id"], "countersign_deny");
    assert_eq!(opened[0]["private_metadata"], json!(sent.reference));
    assert_eq!(stack.status().await, "pending", "opening a form decides nothing");
    let blank = stack.deny_in_slack("bob", &sent, "  \n").await.json();
    assert_eq!((&blank["response_action"], blank["errors"]["reason"].is_string()), (&json!("errors"), true));
    let answer = stack.deny_in_slack("bob", &sent, "Not this quarter, ask dana@example.com").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "{}"));
    assert_eq!(stack.status().await, "denied");
    let given = stack.verdicts().await;
    let stated = stack.statement(&given[0]).await;
    assert_eq!(stated.reason.as_deref(), Some("Not this quarter, ask ‹email 1›"));
}

/// D7, C44: where the provider's proof is demanded, a press never approves, whatever it says, and is led to the page; a denial works.
#[tokio::test]
async fn proof_by_the_provider() {
    let stack = asking(SampleRequirement::DataOwner).await;
    let sent = stack.message('a').await;
    assert!(!sent.whole, "the message has no approve button");
    assert_eq!(stack.press("alice", "approve", &sent).await.status, 200);
    let page = format!("http://127.0.0.1:8080/review/{}", stack.id());
    let told = stack.slack.told();
    assert!(told.contains("proven by signing in") && told.contains(&page), "{told}");
    assert_eq!(stack.item().await, stack.scenario.item);
    assert_eq!(stack.deny_in_slack("alice", &sent, "No").await.body, "{}");
    assert_eq!(stack.status().await, "denied");
}

/// Only the parameters that may be changed are shown, and only they are changed. What was not changed is no change.
#[tokio::test]
async fn a_change() {
    let stack = asking(SampleRequirement::Changing).await;
    let sent = stack.message('a').await;
    assert_eq!(stack.press("bob", "change", &sent).await.status, 200);
    let opened = stack.slack.opened();
    assert_eq!(opened[0]["blocks"].as_array().unwrap().len(), 1);
    let element = &opened[0]["blocks"][0]["element"];
    let value = json!("s3://partner-drop/q3.csv");
    assert_eq!((&element["action_id"], &element["initial_value"]), (&json!("/destination"), &value));
    let change = |fields: &[(&str, &str, &str)]| submission("bob", "countersign_change", &sent, fields);
    for (fields, words) in [
        ([("field-0", "/destination", "s3://partner-drop/q3.csv")], "changed nothing"),
        ([("field-0", "/source", ELSEWHERE)], "changed nothing"),
        ([("field-0", "/destination", "partner-drop")], "do not fit the schema"),
        ([("field-0", "/destination", "s3://partner-drop/q3\u{200b}.csv")], "U+200B"),
    ] {
        let answer = stack.slack(&change(&fields)).await.json();
        let told = sentence(&answer["view"]);
        assert!(told.contains(words), "{fields:?}: {answer}");
    }
    assert_eq!(stack.item().await, stack.scenario.item);
    let answer = stack.slack(&change(&[("field-0", "/destination", ELSEWHERE)])).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "{}"));
    let item = stack.item().await;
    let (entry, verdict) = item.changes().last().unwrap();
    assert!(matches!(entry.event, Event::Modified { .. }));
    assert_eq!(verdict.changed, ["/destination"]);
    let patch = stack.statement(verdict).await.patch;
    assert_eq!(patch, Some(json!({ "destination": ELSEWHERE })));
    // F13: the message still shows what was asked before the change.
    stack.press("bob", "approve", &sent).await;
    let told = stack.slack.told();
    assert!(told.contains("has changed since it was shown"), "{told}");
    assert_eq!(stack.item().await, item);
}

/// C37, C39: a message answers for the action of its own reference alone, and for what it showed.
#[tokio::test]
async fn each_message_has_its_own_action() {
    let stack = asking(SampleRequirement::Changing).await;
    let other = stack.another().await;
    let (first, second) = (stack.message('a').await, stack.message_of(&other.item, 'b').await);
    let mixed = Sent { rendering: first.rendering.clone(), ..second.clone() };
    stack.press("bob", "approve", &mixed).await;
    assert!(stack.slack.told().contains("has changed since it was shown"), "{}", stack.slack.told());
    assert_eq!(stack.item().await, stack.scenario.item);
    assert_eq!(stack.states.item(other.item.id()).await.unwrap().unwrap(), other.item);
    stack.press("bob", "approve", &second).await;
    assert_eq!(stack.status().await, "pending");
    let decided = stack.states.item(other.item.id()).await.unwrap().unwrap();
    assert_eq!(decided.state().status().name(), "approved");
    stack.press("bob", "approve", &first).await;
    assert_eq!(stack.status().await, "approved");
}

/// C31: of two people who press at once one verdict is written, and the other is told how it ended.
#[tokio::test]
async fn two_at_once() {
    let slow = Gate::new(|_, moment| {
        Box::pin(async move {
            if moment == Moment::Before {
                tokio::task::yield_now().await;
            }
            Ok(())
        })
    });
    let stack = with_slack(SampleRequirement::Changing, slow, Groups::default()).await;
    let sent = stack.message('a').await;
    let at = stack.now();
    let by = |who| stack.send(stack.slack_request(&press(who, "approve", &sent), at));
    let (bob, carol) = tokio::join!(by("bob"), by("carol"));
    assert_eq!((bob.status.as_u16(), carol.status.as_u16()), (200, 200));
    assert_eq!(stack.verdicts().await.len(), 1);
    let told = stack.slack.opened();
    assert_eq!(told.len(), 1, "{told:?}");
    let told = sentence(&told[0]);
    assert!(told.contains("Others have decided this already") && told.contains("Agreed to."), "{told}");
}
