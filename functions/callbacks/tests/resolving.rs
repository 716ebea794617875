//! Recording what an attempt did whose outcome was lost, by API and on the page.

mod world;

use axum::http::{Method, StatusCode};
use domain::{Event, Proof, ResolvedBy, VerdictKind};
use serde_json::{Value, json};
use store::ReadDocuments;
use testkit::{Ask, Gate, Story};
use wire::documents::Statement;
use world::{Answer, Browser, World};

const LOOKED: &str = "The access log of the bucket shows no request";

/// An export whose outcome is lost, and which its target cannot say anything about.
async fn lost(ask: Ask) -> Story {
    let mut story = Story::new("lost");
    story.propose();
    story.decide(ask);
    match ask {
        Ask::DataOwner => story.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await,
        Ask::TwoOfSre => {
            story.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
            story.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
        }
        _ => {}
    }
    story.claim();
    story.lose();
    story.cannot_tell();
    story
}

async fn world(ask: Ask) -> World {
    World::of(lost(ask).await, Gate::open()).await
}

async fn resolve(world: &World, token: &str, over: Value) -> Answer {
    let (action, review) = world.digests();
    let mut body = json!({
        "happened": false, "reason": LOOKED,
        "action_digest": action.to_string(), "review_digest": review.to_string(),
    });
    for (name, value) in over.as_object().cloned().unwrap_or_default() {
        match value {
            Value::Null => body.as_object_mut().unwrap().remove(&name),
            value => body.as_object_mut().unwrap().insert(name, value),
        };
    }
    let path = format!("/v1/actions/{}/resolution", world.id());
    world.call(Method::POST, &path, Some(token), Some(body)).await
}

/// The last event, with what its person signed.
async fn signed(world: &World) -> (bool, Proof, Statement) {
    let item = world.item().await;
    let Some(Event::Resolved { happened, by: ResolvedBy::Person(verdict), .. }) =
        item.entries().last().map(|entry| entry.event.clone())
    else {
        unreachable!("nothing was resolved: {:?}", item.state())
    };
    let statement = world.documents.document(verdict.statement).await.unwrap().unwrap();
    (happened, verdict.proof, statement.open().unwrap())
}

/// P5: one of those who may approve says by API what it did, in a signed statement; the answer and the page show it. The same
/// again is the same, the opposite comes too late, from whomever.
#[tokio::test]
async fn one_person_resolves_by_api() {
    for (happened, status, verdict) in [(true, "succeeded", "happened"), (false, "failed", "did_not_happen")]
    {
        let world = world(Ask::TwoOfSre).await;
        let (bob, carol) = (world.person("bob", &[]), world.person("carol", &[]));
        let answer = resolve(&world, &bob, json!({ "happened": happened })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told = answer.json();
        assert_eq!((told["status"].as_str(), told["final"].as_bool()), (Some(status), Some(true)));
        assert_eq!(told["resolution"]["by"]["subject"], "bob");
        assert_eq!(
            (&told["resolution"]["happened"], &told["resolution"]["found"]),
            (&json!(happened), &json!(LOOKED))
        );
        let (recorded, proof, statement) = signed(&world).await;
        assert_eq!((recorded, proof), (happened, Proof::Service));
        assert_eq!((statement.verdict.as_str(), statement.reason.as_deref()), (verdict, Some(LOOKED)));
        let events = world.item().await.sequence();
        assert_eq!(resolve(&world, &bob, json!({ "happened": happened })).await.status, 200);
        for token in [&bob, &carol] {
            let late = resolve(&world, token, json!({ "happened": !happened })).await;
            assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "nothing-to-resolve"));
        }
        assert_eq!(world.item().await.sequence(), events);
    }
}

/// P5, D7: who may not, and what is not taken; nothing of it is written.
#[tokio::test]
async fn who_and_what_resolves_nothing() {
    let world = world(Ask::TwoOfSre).await;
    let before = world.item().await;
    let bob = world.person("bob", &[]);
    for (who, token, status, code) in [
        ("mallory", world.person("mallory", &[]), 403, "not-an-approver"),
        ("alice of another group", world.person("alice", &["data-owners"]), 403, "not-an-approver"),
        ("dana, who owns the agent", world.person("dana", &["sre"]), 403, "own-request"),
        ("the agent", world.story.issuer.agent("demo-agent", world.now()), 403, "agent-cannot-decide"),
    ] {
        let answer = resolve(&world, &token, json!({})).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{who}: {}",
            answer.body
        );
    }
    let other = domain::Digest::of(b"another page").to_string();
    for (what, over, status, code) in [
        ("no words", json!({ "reason": "  " }), 422, "invalid-parameters"),
        ("no reason", json!({ "reason": null }), 422, "invalid-parameters"),
        ("no answer", json!({ "happened": null }), 422, "invalid-parameters"),
        ("a text", json!({ "happened": "yes" }), 422, "invalid-parameters"),
        ("a code", json!({ "reason_code": "other" }), 422, "unknown-field"),
        ("another page", json!({ "review_digest": other }), 409, "stale-digest"),
    ] {
        let answer = resolve(&world, &bob, over).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{what}: {}",
            answer.body
        );
    }
    for verdict in ["happened", "did_not_happen"] {
        let answer = world.verdict(&bob, json!({ "verdict": verdict, "reason": LOOKED })).await;
        assert!(answer.body.contains("/resolution"), "{}", answer.body);
    }
    assert_eq!(world.item().await, before);
    let waiting = World::asking(Ask::TwoOfSre).await;
    let early = resolve(&waiting, &waiting.person("bob", &[]), json!({})).await;
    assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "nothing-to-resolve"));
}

/// P2: while its command may still be under way nobody records that it did not happen; that it happened, they do.
#[tokio::test]
async fn too_early_to_say_that_it_did_not_happen() {
    let world = world(Ask::TwoOfSre).await;
    let run = world.item().await.state().run().unwrap().clone();
    world.clock.set(run.settled_at().plus_seconds(-1));
    let bob = world.person("bob", &[]);
    let early = resolve(&world, &bob, json!({})).await;
    assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "too-early"));
    let mut browser = Browser::default();
    browser.sign_in(&world, "bob", &["sre"]).await;
    let page = browser.get(&world, &world.page()).await;
    assert!(
        page.body.contains("It happened") && !page.body.contains("value=\"did_not_happen\""),
        "{}",
        page.body
    );
    assert_eq!(resolve(&world, &bob, json!({ "happened": true })).await.status, 200);
}

/// Where nobody was asked, those resolve whom the decision names; where it names nobody, nobody sees or says anything.
#[tokio::test]
async fn where_nobody_was_asked() {
    let named = world(Ask::NobodyResolving).await;
    assert_eq!(resolve(&named, &named.person("bob", &[]), json!({})).await.status, 200);
    let nobody = world(Ask::Nobody).await;
    let answer = resolve(&nobody, &nobody.person("bob", &[]), json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "not-an-approver"));
}

/// P2: of two resolutions at once exactly one counts; the other is told that nothing is left to resolve.
#[tokio::test]
async fn one_of_two_at_once_counts() {
    let gate = Gate::new(|_, _| {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    });
    let world = World::of(lost(Ask::TwoOfSre).await, gate).await;
    let before = world.item().await.sequence();
    let (bob, carol) = (world.person("bob", &[]), world.person("carol", &[]));
    let (first, second) = tokio::join!(
        resolve(&world, &bob, json!({ "happened": true })),
        resolve(&world, &carol, json!({ "happened": false }))
    );
    let mut answers = [(first.status.as_u16(), first.code()), (second.status.as_u16(), second.code())];
    answers.sort();
    assert_eq!(answers, [(200, String::new()), (409, "nothing-to-resolve".to_owned())]);
    assert_eq!(world.item().await.sequence(), before + 1);
}

/// P5, W4: on the page it is a statement that the provider signs; the page shows what was found.
#[tokio::test]
async fn one_person_resolves_on_the_page() {
    let world = world(Ask::DataOwner).await;
    let api = resolve(&world, &world.person("alice", &["data-owners"]), json!({})).await;
    assert_eq!((api.status.as_u16(), api.code().as_str()), (403, "step-up-required"));
    let mut erin = Browser::default();
    erin.sign_in(&world, "erin", &["sre"]).await;
    assert_eq!(erin.get(&world, &world.page()).await.status, StatusCode::NOT_FOUND);
    let mut alice = Browser::default();
    alice.sign_in(&world, "alice", &["data-owners"]).await;
    let page = alice.get(&world, &world.page()).await;
    for part in
        ["It happened", "It did not happen", "Its target was asked and cannot say", "If its outcome is lost"]
    {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("value=\"approve\""), "{}", page.body);
    let silent = alice.press(&world, "happened", &[]).await;
    assert!(silent.body.contains("Write what you looked at and what you found there"), "{}", silent.body);
    let left = alice.press(&world, "did_not_happen", &[("reason", LOOKED)]).await;
    assert_eq!(left.parameter("prompt"), Some("login".into()));
    world.clock.pass(20);
    let back = alice.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    let (happened, proof, statement) = signed(&world).await;
    assert_eq!((happened, proof, statement.channel.as_str()), (false, Proof::Idp, "page"));
    let page = alice.get(&world, &world.page()).await;
    assert!(page.body.contains("alice found that it did not happen"), "{}", page.body);
    assert!(page.body.contains(LOOKED) && !page.body.contains("value=\"happened\""), "{}", page.body);
}
