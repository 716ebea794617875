//! What people read.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use axum::body::Body;
use axum::http::{Request, header};
use domain::{Digest, Proof, VerdictKind};
use stack::{Browser, TestStack};
use store::{IndexRow, Position, Tried, WriteIndex};
use testkit::{Gate, SampleRequirement, Scenario};

fn row(stack: &TestStack, scenario: &Scenario, status: &str) -> IndexRow {
    let review = scenario.item.state().review();
    let groups = review.iter().flat_map(|review| &review.decision.requirements);
    IndexRow {
        sequence: scenario.item.sequence(),
        chain: scenario.item.chain(),
        status: status.to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "Copy 2026/q3.csv out of customers".to_owned(),
        principal: (&scenario.agent()).into(),
        groups: groups.flat_map(|one| one.groups.iter().map(|group| group.group.clone())).collect(),
        deciders: review
            .map(|review| review.votes.iter().map(|vote| (&vote.person).into()).collect())
            .unwrap_or_default(),
        needed: 1,
        expires_at: stack.scenario.now.plus_seconds(1800),
        ..IndexRow::blank(scenario.item.id(), stack.scenario.now, 1)
    }
}

async fn indexed(stack: &TestStack, scenario: &Scenario, status: &str) {
    let row = row(stack, scenario, status);
    for entry in scenario.item.entries() {
        let position = Position {
            position: 14 + u64::from(entry.sequence),
            object: 1,
            kind: entry.event.kind().to_owned(),
            sequence: entry.sequence,
            at: entry.at,
            digest: Digest::of(entry.line.as_bytes()),
            tried: None,
            history_entry: None,
        };
        stack.index.apply(&position, &IndexRow { sequence: entry.sequence, ..row.clone() }).await.unwrap();
    }
}

async fn body(stack: &TestStack, browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(stack, path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.replace(&answer.field("csrf"), "…").replace('>', ">\n")
}

/// The page on which it is decided: every word of it.
#[tokio::test]
async fn the_review_page() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    insta::assert_snapshot!(body(&stack, &mut alice, &stack.page()).await);
}

/// The same for somebody who may look and not decide: the owner.
#[tokio::test]
async fn the_owners_page() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut dana = Browser::default();
    dana.sign_in(&stack, "dana", &[]).await;
    let page = body(&stack, &mut dana, &stack.page()).await;
    assert!(page.contains("You belong to the requester set"), "{page}");
    assert!(!page.contains("<form class=\"decide\""), "{page}");
    let mut mallory = Browser::default();
    mallory.sign_in(&stack, "mallory", &[]).await;
    assert_eq!(mallory.get(&stack, &stack.page()).await.status, 404);
    assert_eq!(mallory.get(&stack, "/review/act_nonsense").await.status, 404);
}

/// Once decided: who, when, which record.
#[tokio::test]
async fn the_timeline() {
    let scenario = Scenario::export("timeline").await;
    let stack = TestStack::of(scenario.clone(), Gate::open()).await;
    indexed(&stack, &scenario, "succeeded").await;
    let attempt = Position {
        position: 30,
        object: 2,
        kind: "attempt".to_owned(),
        sequence: 0,
        at: scenario.item.entries()[2].at,
        digest: Digest::of(b"attempt"),
        history_entry: None,
        tried: Some(Tried { who: (&scenario.person("mallory")).into(), code: "not-an-approver".to_owned() }),
    };
    stack.index.apply(&attempt, &row(&stack, &scenario, "succeeded")).await.unwrap();
    let nameless = Position { position: 31, tried: None, ..attempt };
    stack.index.apply(&nameless, &row(&stack, &scenario, "succeeded")).await.unwrap();
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    insta::assert_snapshot!(body(&stack, &mut alice, &stack.page()).await);
}

/// O11: what policy denied has its page, for those who asked and for nobody else: what, which rule, why, what instead.
#[tokio::test]
async fn what_policy_denied() {
    let mut scenario = Scenario::new("forbidden");
    scenario.propose();
    scenario.forbid();
    let stack = TestStack::of(scenario.clone(), Gate::open()).await;
    indexed(&stack, &scenario, "denied").await;
    let mut dana = Browser::default();
    dana.sign_in(&stack, "dana", &[]).await;
    insta::assert_snapshot!(body(&stack, &mut dana, &stack.page()).await);
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    assert_eq!(alice.get(&stack, &stack.page()).await.status, 404);
}

/// A denial with its words; and the stop that is still possible between approval and claim.
#[tokio::test]
async fn denied_and_stopped() {
    let mut scenario = Scenario::new("denied");
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    let mut approved = scenario.clone();
    scenario.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let stack = TestStack::of(scenario, Gate::open()).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let page = body(&stack, &mut alice, &stack.page()).await;
    assert!(page.contains("alice denied") && page.contains("Agreed with the partner team"), "{page}");
    assert!(!page.contains("class=\"decide\""), "{page}");

    approved.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    let stack = TestStack::of(approved, Gate::open()).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let page = body(&stack, &mut alice, &stack.page()).await;
    assert!(page.contains("Approved, about to run") && !page.contains("value=\"approve\""), "{page}");
    let stopped = alice.press(&stack, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(stopped.status, 303, "{}", stopped.body);
    assert_eq!(stack.status().await, "denied");
}

/// The inbox in its three parts.
#[tokio::test]
async fn the_inbox() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut others = Scenario::new("others");
    others.propose();
    others.decide(SampleRequirement::TwoOfSre);
    others.vote("alice", &["sre"], VerdictKind::Approve, Proof::Service).await;
    let done = Scenario::export("done").await;
    for (scenario, status) in [(&stack.scenario, "pending"), (&others, "pending"), (&done, "succeeded")] {
        indexed(&stack, scenario, status).await;
        for document in scenario.documents.values() {
            store::WriteDocuments::put(&stack.documents, document).await.unwrap();
        }
        store::CreateState::create(&stack.states, &scenario.item).await.unwrap();
    }
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners", "sre"]).await;
    insta::assert_snapshot!(body(&stack, &mut alice, "/").await);
}

/// The history shows every action once, newest first, whichever lists it is in, page by page.
#[tokio::test]
async fn the_history_is_complete_and_in_order() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let groups = ["data-owners", "sre", "security"];
    let mut expected = Vec::new();
    for number in 0..180_i64 {
        let scenario = Scenario::new(&format!("history {number}"));
        let first = if number < 120 { 0 } else { 1 };
        let mut row = row(&stack, &stack.scenario, "succeeded");
        row.action = scenario.item.id().clone();
        row.groups = vec![groups[first].to_owned()];
        if number % 7 == 0 {
            row.groups.push("security".to_owned());
        }
        row.created_at = stack.scenario.now.plus_seconds(number);
        expected.push((row.created_at, row.action.to_string()));
        let position = Position {
            position: u64::try_from(number).unwrap(),
            object: 1,
            kind: "proposed".to_owned(),
            sequence: row.sequence,
            at: row.created_at,
            digest: Digest::of(b"line"),
            tried: None,
            history_entry: None,
        };
        stack.index.apply(&position, &row).await.unwrap();
    }
    expected.sort();
    expected.reverse();
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &groups).await;
    let (mut seen, mut path) = (Vec::new(), "/history".to_owned());
    for _ in 0..60 {
        let page = alice.get(&stack, &path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let links = page.body.split("href=\"/review/").skip(1);
        seen.extend(links.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()));
        let Some(next) = page.body.split("href=\"/history?cursor=").nth(1) else { break };
        path = format!("/history?cursor={}", next.split('"').next().unwrap_or_default());
    }
    let expected: Vec<String> = expected.into_iter().map(|(_, action)| action).collect();
    assert_eq!(seen, expected);
    for bad in ["x", "W10", "bnVsbA"] {
        assert_eq!(alice.get(&stack, &format!("/history?cursor={bad}")).await.status, 400, "{bad}");
    }
}

/// O6: the headers of every answer; where a form may lead; how a cookie is set.
#[tokio::test]
async fn headers() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let mut shown = Vec::new();
    for path in ["/", &stack.page(), "/style.css", "/nothing", "/v1/nothing", "/signin?to=/history"] {
        let answer = alice.get(&stack, path).await;
        let mut lines: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != header::CONTENT_LENGTH)
            .map(|(name, value)| format!("  {name}: {}", masked(value.to_str().unwrap())))
            .collect();
        lines.sort();
        let path = path.replace(&stack.id(), "{id}");
        shown.push(format!("{path} {}\n{}", answer.status.as_u16(), lines.join("\n")));
    }
    insta::assert_snapshot!(shown.join("\n\n"));
}

fn masked(value: &str) -> String {
    let (name, rest) = value.split_once('=').unwrap_or((value, ""));
    match name.strip_prefix("__Host-attempt-") {
        Some(_) => format!(
            "__Host-attempt-{{state}}={{sealed}};{}",
            rest.split_once(';').map_or("", |parts| parts.1)
        ),
        None => value.split('?').next().unwrap_or_default().to_owned(),
    }
}

/// O8: agent's text, names and reasons are text, wherever they appear; no page has a script.
#[tokio::test]
async fn text_stays_text() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners", "<script>alert(1)</script>"]).await;
    let words = "</blockquote><script>alert(1)</script>&\"'";
    let denied = alice.press(&stack, "deny", &[("reason", words)]).await;
    assert_eq!(denied.status, 303);
    for path in [stack.page(), "/".to_owned()] {
        let page = alice.get(&stack, &path).await;
        assert!(!page.body.to_lowercase().contains("<script"), "{}", page.body);
    }
    let page = alice.get(&stack, &stack.page()).await;
    assert!(page.body.contains("&lt;/blockquote&gt;&lt;script&gt;"), "{}", page.body);
}

/// Signing out needs the session's token, and ends it here.
#[tokio::test]
async fn signing_out() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &[]).await;
    let page = alice.get(&stack, "/").await;
    assert_eq!(alice.post(&stack, "/signout", &[("csrf", "guessed")]).await.status, 303);
    assert!(alice.cookies.contains_key("__Host-session"));
    assert_eq!(alice.post(&stack, "/signout", &[("csrf", &page.field("csrf"))]).await.status, 200);
    assert!(!alice.cookies.contains_key("__Host-session"));
    let crossed = Request::post("/signout")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("csrf=x"))
        .unwrap();
    assert_eq!(stack.send(crossed).await.status, 303);
}
