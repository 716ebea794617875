//! The idempotency key: which action it stands for, whose it is, and which body it is bound to.

mod door;

use domain::{Event, Fault};
use door::{Door, export, get, post, with};
use serde_json::json;
use testkit::{Gate, Moment};

/// E9: a repeated key stores nothing, whether it is answered or refused, and does not depend on the rules of today.
#[tokio::test]
async fn a_repeated_key_stores_nothing() {
    let door = Door::new().await;
    door.propose("key-0", &export()).await;
    let before = (door.documents.contents(), door.limits.sets());
    for _ in 0..3 {
        assert_eq!(door.propose("key-0", &export()).await.gist(), "202 proposed");
        assert_eq!(door.propose("key-0", &with("/reason", json!("Another"))).await.gist(), "409 key-reused");
    }
    assert_eq!((door.documents.contents(), door.limits.sets()), before);
    door.shelf.clear();
    assert_eq!(door.propose("key-0", &export()).await.gist(), "202 proposed");
}

/// E10, P7: the fingerprint of a body is worth nothing for another action, stands in nothing that is published, and a body
/// that is tried out is recorded and soon refused unread.
#[tokio::test]
async fn a_body_cannot_be_tried_out() {
    let door = Door::new().await;
    let secret = with("/reason", json!("For anna@example.org: quarterly report"));
    let id = door.propose("key-0", &secret).await.id();
    let twin = door.propose("key-1", &secret).await.id();
    let bodies = door.limits.bodies();
    assert_ne!(bodies[&id], bodies[&twin], "bound to its action");
    let mut published: Vec<String> = door.documents.contents().into_values().collect();
    for (_, item) in door.states.contents() {
        published.push(format!("{item:?}"));
    }
    let published = published.concat();
    assert!(bodies.values().all(|body| !published.contains(body)), "{published}");
    let guess = |n: usize| with("/reason", json!(format!("For anna-{n}@example.org: quarterly report")));
    let mut refused = Vec::new();
    for n in 0..40 {
        refused.push(door.propose("key-0", &guess(n)).await.gist());
    }
    assert_eq!(refused[0], "409 key-reused");
    assert_eq!(refused[39], "429 rate-limited");
    assert_eq!(
        door.propose("key-0", &secret).await.gist(),
        "429 rate-limited",
        "the right one tells nothing"
    );
    let attempts: Vec<_> =
        door.states.contents().into_iter().filter(|(key, _)| key.starts_with("attempt#")).collect();
    assert_eq!(attempts.len(), 1, "one bounded item");
    assert!(format!("{attempts:?}").contains("key-reused"));
    let actions = door.states.contents().into_keys().filter(|key| key.starts_with("act_")).count();
    assert_eq!(actions, 2);
}

/// P7, E10: what was begun under a key and not finished binds it all the same, and a fingerprint that is lost answers
/// nobody as the same.
#[tokio::test]
async fn the_first_body_binds_the_key() {
    let door = Door::new().await;
    let gate = Gate::new(|point, moment| {
        let fails = (point, moment) == ("state.create", Moment::Before);
        Box::pin(std::future::ready(if fails { Err(Fault::passing("not now")) } else { Ok(()) }))
    });
    assert_eq!(door.through(gate).propose("key-0", &export()).await.gist(), "503 unavailable");
    let other = with("/reason", json!("Another"));
    assert_eq!(door.propose("key-0", &other).await.gist(), "409 key-reused");
    assert_eq!(door.propose("key-0", &export()).await.gist(), "202 proposed");
    door.limits.forget_bodies();
    for body in [export(), other] {
        assert_eq!(door.propose("key-0", &body).await.gist(), "409 key-reused");
    }
}

/// E20: nobody computes an action's id from a key they guess; the same key gives the same id.
#[tokio::test]
async fn an_id_cannot_be_computed() {
    let door = Door::new().await;
    let id = door.propose("nightly-1", &export()).await.id();
    let guessed = json!([door.issuer.name(), "demo-agent", null, "nightly-1"]);
    let guessed = wire::json::canonical(&guessed).unwrap();
    assert_ne!(id, domain::ActionId::of(guessed.as_bytes()));
    assert_eq!(door.propose("nightly-1", &export()).await.id(), id);
    let who =
        wire::text::Identity { issuer: door.issuer.name().to_owned(), subject: "demo-agent".to_owned() };
    let with_key = |byte: u8| fn_intake::action_id(&[byte; 32], &who, None, "nightly-1").unwrap();
    assert_eq!(with_key(9), id);
    assert_ne!(with_key(8), id, "another key, other ids");
}

/// E20: on whose behalf an agent acts is part of what is its own: reading, waiting, records, lists and cancelling answer
/// as if the action were not there, in body, headers and status.
#[tokio::test]
async fn whose_behalf_is_part_of_yours() {
    let door = Door::new().await;
    let for_human = |human: &str| {
        let claims = json!({"sub": human, "client_id": "demo-agent", "act": {"sub": "demo-agent"}});
        door.issuer.access(&claims, door.clock_now())
    };
    let (frank, erin, alone) = (for_human("frank"), for_human("erin"), door.agent());
    let headers = [("idempotency-key", "key-0")];
    let mine = door.send(post("/v1/actions", &frank, &headers, &export().to_string())).await;
    assert_eq!(mine.gist(), "202 proposed");
    door::told::indexed(&door, &mine, &[], &[]).await;
    let id = mine.id();
    let absent = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let told = |answer: &door::Answer| {
        let mut body = answer.body.clone();
        body["instance"] = json!("");
        (answer.status, answer.headers.clone(), body)
    };
    let stranger = door.issuer.agent("ci-agent", door.clock_now());
    for token in [&erin, &alone, &stranger] {
        for suffix in ["", "?wait=20", "/records"] {
            let (there, not) = (format!("/v1/actions/{id}{suffix}"), format!("/v1/actions/{absent}{suffix}"));
            let (there, not) = (door.get(&there, token).await, door.get(&not, token).await);
            assert_eq!(told(&there), told(&not), "{suffix}");
            assert_eq!(there.gist(), "404 not-found");
        }
        let cancel = |id: &str| post(&format!("/v1/actions/{id}/cancel"), token, &[], "");
        let (there, not) = (door.send(cancel(id.as_str())).await, door.send(cancel(absent)).await);
        assert_eq!(told(&there), told(&not));
        assert_eq!(door.get("/v1/actions", token).await.body["items"], json!([]));
    }
    assert_eq!(door.get("/v1/actions", &frank).await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(door.send(get(&format!("/v1/actions/{id}"), &frank, &[])).await.gist(), "200 proposed");
    assert_eq!(door.states.contents().len(), 1, "nothing was written about it");
    let cancelled = door.send(post(&format!("/v1/actions/{id}/cancel"), &frank, &[], "")).await;
    assert_eq!(cancelled.gist(), "200 cancelled");
    assert!(matches!(door.item(&id).await.unwrap().entries()[1].event, Event::Cancelled { .. }));
}
