//! What people read.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod world;

use axum::body::Body;
use axum::http::{Request, header};
use domain::{Digest, Proof, VerdictKind};
use store::{IndexRow, Position, Tried, WriteIndex};
use testkit::{Ask, Gate, Story};
use world::{Browser, World};

fn row(world: &World, story: &Story, status: &str) -> IndexRow {
    let review = story.item.state().review();
    let groups = review.iter().flat_map(|review| &review.decision.requirements);
    IndexRow {
        sequence: story.item.sequence(),
        chain: story.item.chain(),
        status: status.to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "Copy 2026/q3.csv out of customers".to_owned(),
        principal: (&story.agent()).into(),
        groups: groups.flat_map(|one| one.groups.iter().map(|group| group.group.clone())).collect(),
        deciders: review
            .map(|review| review.votes.iter().map(|vote| (&vote.person).into()).collect())
            .unwrap_or_default(),
        needed: 1,
        expires_at: world.story.now.plus_seconds(1800),
        ..IndexRow::blank(story.item.id(), world.story.now, 1)
    }
}

async fn indexed(world: &World, story: &Story, status: &str) {
    let row = row(world, story, status);
    for entry in story.item.entries() {
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
        world.index.apply(&position, &IndexRow { sequence: entry.sequence, ..row.clone() }).await.unwrap();
    }
}

async fn body(world: &World, browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(world, path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.replace(&answer.field("csrf"), "…").replace('>', ">\n")
}

/// The page on which it is decided: every word of it.
#[tokio::test]
async fn the_review_page() {
    let world = World::asking(Ask::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    insta::assert_snapshot!(body(&world, &mut alice, &world.page()).await);
}

/// The same for somebody who may look and not decide: the owner.
#[tokio::test]
async fn the_owners_page() {
    let world = World::asking(Ask::DataOwner).await;
    let mut dana = Browser::default();
    dana.sign_in(&world, "dana", &[]).await;
    let page = body(&world, &mut dana, &world.page()).await;
    assert!(page.contains("You belong to the requester set"), "{page}");
    assert!(!page.contains("<form class=\"decide\""), "{page}");
    let mut mallory = Browser::default();
    mallory.sign_in(&world, "mallory", &[]).await;
    assert_eq!(mallory.get(&world, &world.page()).await.status, 404);
    assert_eq!(mallory.get(&world, "/review/act_nonsense").await.status, 404);
}

/// Once decided: who, when, which record.
#[tokio::test]
async fn the_timeline() {
    let story = Story::export("timeline").await;
    let world = World::of(story.clone(), Gate::open()).await;
    indexed(&world, &story, "succeeded").await;
    let attempt = Position {
        position: 30,
        object: 2,
        kind: "attempt".to_owned(),
        sequence: 0,
        at: story.item.entries()[2].at,
        digest: Digest::of(b"attempt"),
        history_entry: None,
        tried: Some(Tried { who: (&story.person("mallory")).into(), code: "not-an-approver".to_owned() }),
    };
    world.index.apply(&attempt, &row(&world, &story, "succeeded")).await.unwrap();
    let nameless = Position { position: 31, tried: None, ..attempt };
    world.index.apply(&nameless, &row(&world, &story, "succeeded")).await.unwrap();
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    insta::assert_snapshot!(body(&world, &mut alice, &world.page()).await);
}

/// O11: what policy denied has its page, for those who asked and for nobody else: what, which rule, why, what instead.
#[tokio::test]
async fn what_policy_denied() {
    let mut story = Story::new("forbidden");
    story.propose();
    story.forbid();
    let world = World::of(story.clone(), Gate::open()).await;
    indexed(&world, &story, "denied").await;
    let mut dana = Browser::default();
    dana.sign_in(&world, "dana", &[]).await;
    insta::assert_snapshot!(body(&world, &mut dana, &world.page()).await);
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    assert_eq!(alice.get(&world, &world.page()).await.status, 404);
}

/// A denial with its words; and the stop that is still possible between approval and claim.
#[tokio::test]
async fn denied_and_stopped() {
    let mut story = Story::new("denied");
    story.propose();
    story.decide(Ask::DataOwner);
    let mut approved = story.clone();
    story.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let world = World::of(story, Gate::open()).await;
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    let page = body(&world, &mut alice, &world.page()).await;
    assert!(page.contains("alice denied") && page.contains("Agreed with the partner team"), "{page}");
    assert!(!page.contains("class=\"decide\""), "{page}");

    approved.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    let world = World::of(approved, Gate::open()).await;
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    let page = body(&world, &mut alice, &world.page()).await;
    assert!(page.contains("Approved, about to run") && !page.contains("value=\"approve\""), "{page}");
    let stopped = alice.press(&world, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(stopped.status, 303, "{}", stopped.body);
    assert_eq!(world.status().await, "denied");
}

/// The inbox in its three parts.
#[tokio::test]
async fn the_inbox() {
    let world = World::asking(Ask::DataOwner).await;
    let mut others = Story::new("others");
    others.propose();
    others.decide(Ask::TwoOfSre);
    others.vote("alice", &["sre"], VerdictKind::Approve, Proof::Service).await;
    let done = Story::export("done").await;
    for (story, status) in [(&world.story, "pending"), (&others, "pending"), (&done, "succeeded")] {
        indexed(&world, story, status).await;
        for document in story.documents.values() {
            store::WriteDocuments::put(&world.documents, document).await.unwrap();
        }
        store::CreateState::create(&world.states, &story.item).await.unwrap();
    }
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners", "sre"]).await;
    insta::assert_snapshot!(body(&world, &mut alice, "/").await);
}

/// The history shows every action once, newest first, whichever lists it is in, page by page.
#[tokio::test]
async fn the_history_is_complete_and_in_order() {
    let world = World::asking(Ask::DataOwner).await;
    let groups = ["data-owners", "sre", "security"];
    let mut expected = Vec::new();
    for number in 0..180_i64 {
        let story = Story::new(&format!("history {number}"));
        let first = if number < 120 { 0 } else { 1 };
        let mut row = row(&world, &world.story, "succeeded");
        row.action = story.item.id().clone();
        row.groups = vec![groups[first].to_owned()];
        if number % 7 == 0 {
            row.groups.push("security".to_owned());
        }
        row.created_at = world.story.now.plus_seconds(number);
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
        world.index.apply(&position, &row).await.unwrap();
    }
    expected.sort();
    expected.reverse();
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &groups).await;
    let (mut seen, mut path) = (Vec::new(), "/history".to_owned());
    for _ in 0..60 {
        let page = alice.get(&world, &path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let links = page.body.split("href=\"/review/").skip(1);
        seen.extend(links.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()));
        let Some(next) = page.body.split("href=\"/history?cursor=").nth(1) else { break };
        path = format!("/history?cursor={}", next.split('"').next().unwrap_or_default());
    }
    let expected: Vec<String> = expected.into_iter().map(|(_, action)| action).collect();
    assert_eq!(seen, expected);
    for bad in ["x", "W10", "bnVsbA"] {
        assert_eq!(alice.get(&world, &format!("/history?cursor={bad}")).await.status, 400, "{bad}");
    }
}

/// O6: what every answer carries; where a form may lead; how a cookie is set.
#[tokio::test]
async fn headers() {
    let world = World::asking(Ask::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    let mut shown = Vec::new();
    for path in ["/", &world.page(), "/style.css", "/nothing", "/v1/nothing", "/signin?to=/history"] {
        let answer = alice.get(&world, path).await;
        let mut lines: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != header::CONTENT_LENGTH)
            .map(|(name, value)| format!("  {name}: {}", masked(value.to_str().unwrap())))
            .collect();
        lines.sort();
        let path = path.replace(&world.id(), "{id}");
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
    let world = World::asking(Ask::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners", "<script>alert(1)</script>"]).await;
    let words = "</blockquote><script>alert(1)</script>&\"'";
    let denied = alice.press(&world, "deny", &[("reason", words)]).await;
    assert_eq!(denied.status, 303);
    for path in [world.page(), "/".to_owned()] {
        let page = alice.get(&world, &path).await;
        assert!(!page.body.to_lowercase().contains("<script"), "{}", page.body);
    }
    let page = alice.get(&world, &world.page()).await;
    assert!(page.body.contains("&lt;/blockquote&gt;&lt;script&gt;"), "{}", page.body);
}

/// Signing out needs the session's token, and ends it here.
#[tokio::test]
async fn signing_out() {
    let world = World::asking(Ask::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &[]).await;
    let page = alice.get(&world, "/").await;
    assert_eq!(alice.post(&world, "/signout", &[("csrf", "guessed")]).await.status, 303);
    assert!(alice.cookies.contains_key("__Host-session"));
    assert_eq!(alice.post(&world, "/signout", &[("csrf", &page.field("csrf"))]).await.status, 200);
    assert!(!alice.cookies.contains_key("__Host-session"));
    let crossed = Request::post("/signout")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("csrf=x"))
        .unwrap();
    assert_eq!(world.send(crossed).await.status, 303);
}
