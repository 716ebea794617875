//! Votes that nobody but the voter sees before it is decided.

#![allow(clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod stack;

use axum::http::Method;
use domain::{Digest, Proof, VerdictKind};
use serde_json::{Value, json};
use stack::{Browser, TestStack};
use store::{IndexRow, Position, WriteIndex};
use testkit::{Gate, SampleRequirement, Scenario};

/// The action is in the index, under its group and under whoever voted.
async fn indexed(stack: &TestStack, status: &str) {
    let item = stack.item().await;
    let Some(entry) = item.entries().last() else { return };
    let row = IndexRow {
        sequence: item.sequence(),
        chain: item.chain(),
        status: status.to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "Copy 2026/q3.csv out of customers".to_owned(),
        principal: (&stack.scenario.agent()).into(),
        groups: vec!["sre".to_owned()],
        deciders: vec![(&stack.scenario.person("bob")).into()],
        needed: 2,
        given: 1,
        updated_at: entry.at.plus_seconds(i64::from(entry.sequence) * 60),
        expires_at: stack.scenario.now.plus_seconds(1800),
        ..IndexRow::blank(item.id(), stack.scenario.now, 1)
    };
    let position = Position {
        position: 20 + u64::from(entry.sequence),
        object: 1,
        kind: entry.event.kind().to_owned(),
        sequence: entry.sequence,
        at: entry.at,
        digest: Digest::of(entry.line.as_bytes()),
        tried: None,
        history_entry: None,
    };
    assert!(stack.index.apply(&position, &row).await.is_ok());
}

/// E16: while it is undecided nobody but Bob sees that Bob has voted, or that anybody has: not on the page, in the inbox, in the
/// history, in the review by API. He sees his own. Once it is decided everybody sees all of it.
#[tokio::test]
async fn votes_stay_hidden_until_it_is_decided() {
    let stack = TestStack::asking(SampleRequirement::TwoBlind).await;
    let mut carol = Browser::default();
    carol.sign_in(&stack, "carol", &["sre"]).await;
    indexed(&stack, "pending").await;
    let paths = ["/".to_owned(), "/history".to_owned(), stack.page()];
    let mut before = Vec::new();
    for path in &paths {
        before.push(carol.get(&stack, path).await.body);
    }
    let review = format!("/v1/actions/{}/review", stack.id());
    let by_api = stack.person("carol", &["sre"]);
    let told = stack.call(Method::GET, &review, Some(&by_api), None).await.body;

    let bob = stack.person("bob", &["sre"]);
    let answer = stack.verdict(&bob, json!({"reason": "Looked at the bucket"})).await;
    assert_eq!(answer.json()["verdicts"][0]["person"]["subject"], "bob", "one's own: {}", answer.body);
    assert_eq!(
        (&answer.json()["requirements"][0]["given"], &answer.json()["votes_hidden"]),
        (&json!(1), &json!(true))
    );
    indexed(&stack, "pending").await;
    for (path, before) in paths.iter().zip(&before) {
        let page = carol.get(&stack, path).await;
        assert_eq!(page.body, *before, "{path} differs by a vote");
        assert!(!page.body.contains("bob"), "{path}: {}", page.body);
    }
    let page = carol.get(&stack, &stack.page()).await;
    assert!(page.body.contains("Votes stay hidden until it is decided; 2 must agree."), "{}", page.body);
    assert_eq!(stack.call(Method::GET, &review, Some(&by_api), None).await.body, told);

    let answer = stack.verdict(&by_api, json!({})).await;
    let people: Vec<Value> = answer.json()["verdicts"]
        .as_array()
        .map(|all| all.iter().map(|one| one["person"]["subject"].clone()).collect())
        .unwrap_or_default();
    assert_eq!(people, ["bob", "carol"]);
    assert_eq!(answer.json()["votes_hidden"], Value::Null);
    let page = carol.get(&stack, &stack.page()).await;
    assert!(page.body.contains("bob"), "{}", page.body);
    indexed(&stack, "approved").await;
    assert!(carol.get(&stack, "/history").await.body.contains("answered by bob"));
}

/// E16: a change begins a new revision; votes on the one before stay hidden until what became of it is decided, also while policy
/// still looks at it.
#[tokio::test]
async fn votes_on_what_was_changed_stay_hidden() {
    for asked_anew in [false, true] {
        let mut scenario = Scenario::new("blind change");
        scenario.propose();
        scenario.decide(SampleRequirement::TwoBlindChanging);
        scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
        let patch = json!({"destination": "s3://partner-drop/inbox/q3.csv"});
        scenario.change("carol", &["sre"], &patch, Proof::Service).await;
        if asked_anew {
            scenario.decide(SampleRequirement::TwoOfSre);
        }
        let stack = TestStack::of(scenario, Gate::open()).await;
        let mut newcomer = Browser::default();
        newcomer.sign_in(&stack, "newcomer", &["sre"]).await;
        let page = newcomer.get(&stack, &stack.page()).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        assert!(!page.body.contains("bob"), "{asked_anew}: {}", page.body);
        assert!(asked_anew || page.body.contains("carol changed it"), "{}", page.body);
    }
}
