//! Proposing, through the front door.

mod door;

use data_encoding::BASE64;
use domain::{Commitment, Digest, Event, Key, Principal, Timestamp};
use door::{Answer, Door, START, export, post, with};
use serde_json::{Value, json};
use store::{OpenPayload, ReadDocuments};
use wire::documents::{Request, SealedPayload};

/// P1: accepted means stored: the action, where it is, what to do next.
#[tokio::test]
async fn a_proposal_is_accepted() {
    let door = Door::new().await;
    let answer = door.propose("key-1", &export()).await;
    assert_eq!(answer.gist(), "202 proposed");
    assert_eq!(answer.header("location"), Some(format!("/v1/actions/{}", answer.id()).as_str()));
    assert_eq!(answer.header("idempotent-replayed"), None);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.body).unwrap());
}

/// W15: who asks is what the token says; a body cannot name anybody, and agents with one key have two actions.
#[tokio::test]
async fn the_caller_is_the_token_alone() {
    let door = Door::new().await;
    for field in ["principal", "subject", "on_behalf_of", "owner", "approved_by"] {
        let answer = door.propose("key-1", &with(&format!("/{field}"), json!("alice"))).await;
        assert_eq!(answer.gist(), "422 unknown-field", "{field}");
        assert_eq!(answer.body["errors"][0]["pointer"], format!("/{field}"));
    }
    let mine = door.propose("key-1", &export()).await;
    let token = door.issuer.agent("ci-agent", door.clock_now());
    let headers =
        [("idempotency-key", "key-1"), ("x-principal", "demo-agent"), ("cookie", "__Host-session=alice")];
    let other = door.send(post("/v1/actions", &token, &headers, &export().to_string())).await;
    assert_eq!(other.gist(), "202 proposed");
    assert_eq!(other.body["principal"]["subject"], "ci-agent");
    assert_ne!(mine.id(), other.id());
}

/// P7: the same key with the same body is the same action, with any other body a conflict; never executed twice.
#[tokio::test]
async fn a_key_stands_for_one_body() {
    let door = Door::new().await;
    let body = with("/reason", json!("For anna@example.org: quarterly report"));
    let first = door.propose("key-1", &body).await;
    let spaced = format!(" {} ", serde_json::to_string_pretty(&body).unwrap());
    for same in [body.to_string(), spaced] {
        let again = door.propose_text("key-1", &same).await;
        assert_eq!(again.gist(), "202 proposed");
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.id(), first.id());
    }
    for other in [
        with("/reason", json!("For anna@example.com: quarterly report")),
        with("/parameters/source", json!("s3://customers/2026/q4.csv")),
        with("/expires_in", json!(60)),
        with("/correlation", json!("c")),
        with("/provenance", json!({"commit": "9f2c"})),
    ] {
        assert_eq!(door.propose("key-1", &other).await.gist(), "409 key-reused", "{other}");
    }
    let actions = door.states.contents().into_keys().filter(|key| key.starts_with("act_")).count();
    assert_eq!((actions, door.documents.contents().len()), (1, 2), "what came later stored nothing");
}

/// P8, D5: what is masked is readable in nothing that is stored or answered, and no digest lets it be tried out.
#[tokio::test]
async fn masked_values_are_readable_nowhere() {
    let door = Door::new().await;
    let secret = "correct-horse-battery-staple";
    let body = json!({
        "type": "secret-put-value",
        "parameters": { "secret": "prod/payments/db", "value": secret },
        "reason": "Ask anna@example.org or +49 30 901820, the value is correct-horse-battery-staple",
        "provenance": { "run_url": "https://ci.example/?token=correct-horse-battery-staple", "author": "anna@example.org" },
    });
    let answer = door.propose("key-1", &body).await;
    assert_eq!(answer.gist(), "202 proposed");
    let mut published = vec![answer.text.clone()];
    published.extend(door.documents.contents().into_values());
    published.extend(door.item(&answer.id()).await.unwrap().entries().iter().map(|entry| entry.line.clone()));
    let values = [secret, "anna@example.org", "901820"];
    for (text, value) in published.iter().flat_map(|text| values.map(|value| (text, value))) {
        assert!(!text.contains(value), "`{value}` in {text}");
    }
    let everything = published.concat();
    for value in values {
        let quoted = json!(value).to_string();
        let parameters = json!({ "secret": "prod/payments/db", "value": value }).to_string();
        for tried in [value.to_owned(), quoted, parameters, body.to_string()] {
            assert!(!everything.contains(&Digest::of(tried.as_bytes()).hex()), "the digest of {tried}");
            for key in [[0; 32], [9; 32]] {
                let commitment = Commitment::of(&Key::from_bytes(key), tried.as_bytes()).to_string();
                assert!(!everything.contains(&commitment), "a commitment to {tried}");
            }
        }
    }
}

/// W16: what was sealed is what was sent, and the commitment is to it: change one byte and nothing fits.
#[tokio::test]
async fn the_commitment_binds_the_full_parameters() {
    let door = Door::new().await;
    let answer = door.propose("key-1", &export()).await;
    let item = door.item(&answer.id()).await.unwrap();
    let Event::Proposed { payload, request, expires_at, .. } = &item.entries()[0].event else {
        panic!("proposed")
    };
    let sealed: SealedPayload = door.documents.document(*payload).await.unwrap().unwrap().open().unwrap();
    let request: Request = door.documents.document(*request).await.unwrap().unwrap().open().unwrap();
    let payload = door.seal.open(&sealed, item.id(), 1, door.clock_now()).await.unwrap();
    assert_eq!(payload.parameters, export()["parameters"]);
    assert_eq!(payload.token, door.agent());
    assert_eq!(*expires_at, Timestamp::from_millis(START).plus_seconds(7 * 86_400));
    let key: [u8; 32] = BASE64.decode(payload.commitment_key.as_bytes()).unwrap().try_into().unwrap();
    let commitment = |value: &Value| {
        Commitment::of(&Key::from_bytes(key), wire::json::canonical(value).unwrap().as_bytes())
    };
    assert_eq!(commitment(&payload.parameters), request.commitment);
    assert_ne!(
        commitment(&with("/parameters/source", json!("s3://customers/2026/q4.csv"))["parameters"]),
        request.commitment
    );
    let now = door.clock_now();
    assert!(door.seal.open(&sealed, item.id(), 2, now).await.is_err(), "sealed for this revision alone");
    assert_eq!(sealed.expires_at, *expires_at, "E3: the payload expires with its proposal");
    assert!(door.seal.open(&sealed, item.id(), 1, *expires_at).await.is_err(), "and is not opened any more");
}

/// E1: a text that is JSON is sealed, committed to and shown as it was written from what was read, its secrets masked leaf by
/// leaf with their lengths; nothing named in the reason masks it.
#[tokio::test]
async fn json_is_written_anew_before_it_is_sealed() {
    let door = Door::new().await;
    let payload =
        "{ \"model\" : \"churn\", \"password\": \"hunter2-hunter2\", \"again\": \"second-command\" }";
    let parameters = json!({ "function": "demo-retrain", "version": "1", "payload": payload });
    let body =
        json!({ "type": "lambda-invoke", "parameters": parameters, "reason": "password=second-command" });
    let answer = door.propose("key-1", &body).await;
    assert_eq!(answer.gist(), "202 proposed", "{}", answer.text);
    let shown =
        "{\"again\":\"second-command\",\"model\":\"churn\",\"password\":\"‹password 1, 15 characters›\"}";
    assert_eq!(answer.body["parameters"]["payload"], shown);
    assert_eq!(answer.body["reason"], "password=‹password 2›");
    assert_eq!(
        answer.body["masked"][0],
        json!({ "pointer": "/parameters/payload", "start": 54, "end": 81, "kind": "password" })
    );
    let sealed: SealedPayload =
        wire::json::from_value(door.kept("countersign-sealed-payload/1")[0].clone()).unwrap();
    let opened = door.seal.open(&sealed, &answer.id(), 1, door.clock_now()).await.unwrap();
    let runs = "{\"again\":\"second-command\",\"model\":\"churn\",\"password\":\"hunter2-hunter2\"}";
    assert_eq!(opened.parameters["payload"], runs);
    let request: Request = wire::json::from_value(door.kept("countersign-request/1")[0].clone()).unwrap();
    let key: [u8; 32] = BASE64.decode(opened.commitment_key.as_bytes()).unwrap().try_into().unwrap();
    let canonical = wire::json::canonical(&opened.parameters).unwrap();
    assert_eq!(Commitment::of(&Key::from_bytes(key), canonical.as_bytes()), request.commitment);
}

/// D6: two identical proposals are two actions: ids, commitments and sealed payloads differ.
#[tokio::test]
async fn identical_proposals_have_nothing_in_common() {
    let door = Door::new().await;
    let (one, other) = (door.propose("key-1", &export()).await, door.propose("key-2", &export()).await);
    assert_ne!(one.id(), other.id());
    let requests = door.kept("countersign-request/1");
    assert_ne!(requests[0]["commitment"], requests[1]["commitment"]);
    assert_eq!(door.kept("countersign-sealed-payload/1").len(), 2);
}

/// A deadline can be shortened by the agent, and is never longer than a week.
#[tokio::test]
async fn a_deadline_can_only_be_shortened() {
    let door = Door::new().await;
    for (seconds, expected) in [(1_u32, 1), (3600, 3600), (u32::MAX, 7 * 86_400)] {
        let answer = door.propose(&seconds.to_string(), &with("/expires_in", json!(seconds))).await;
        let proposal = door.item(&answer.id()).await.unwrap().state().proposal().unwrap().clone();
        assert_eq!(proposal.expires_at, Timestamp::from_millis(START).plus_seconds(expected));
    }
}

/// What a token proved and what the agent merely said are told apart.
#[tokio::test]
async fn provenance_says_what_was_proven() {
    let door = Door::new().await;
    let claims =
        json!({"sub": "ci-agent", "client_id": "ci-agent", "repository": "acme/reports", "sha": "9f2c41d"});
    let token = door.issuer.access(&claims, door.clock_now());
    let body = with("/provenance", json!({"commit": "0000000", "ticket": "R-81"}));
    let answer = door.send(post("/v1/actions", &token, &[("idempotency-key", "k")], &body.to_string())).await;
    assert_eq!(
        answer.body["provenance"],
        json!([
            {"name": "commit", "value": "9f2c41d", "verified": true},
            {"name": "repository", "value": "acme/reports", "verified": true},
            {"name": "commit", "value": "0000000", "verified": false},
            {"name": "ticket", "value": "R-81", "verified": false},
        ])
    );
}

/// The catalogue's own examples are accepted as they are.
#[tokio::test]
async fn every_example_of_the_catalogue_is_accepted() {
    let door = Door::new().await;
    let catalog: Answer = door.get("/v1/catalog", &door.agent()).await;
    let types = catalog.body["types"].as_array().unwrap();
    let bundle = testkit::sample_bundle().bundle;
    let agent = Principal { issuer: bundle.people_issuer().to_owned(), subject: "demo-agent".to_owned() };
    let all = bundle.entries().map(|entry| entry.action_type.as_str());
    let proposable: Vec<&str> = all.filter(|name| bundle.may_propose(&agent, name)).collect();
    let shown: Vec<&str> = types.iter().filter_map(|entry| entry["type"].as_str()).collect();
    assert_eq!(shown, proposable);
    assert!(!shown.is_empty());
    for entry in types {
        let name = entry["type"].as_str().unwrap();
        let answer = door.propose(name, &entry["example"]).await;
        assert_eq!(answer.gist(), "202 proposed", "{name}: {}", answer.text);
    }
}

/// W24, E26: a name comes from a token, and an issuer may let somebody choose one. For people what nobody would see in it is
/// spelled out; the subject itself stays as the token has it.
#[tokio::test]
async fn a_name_is_spelled_out_for_people() {
    let door = Door::new().await;
    let name = "demo\u{202e}tnega\u{200b}";
    let token = door.issuer.agent(name, door.clock_now());
    let headers = [("idempotency-key", "k")];
    let answer = door.send(post("/v1/actions", &token, &headers, &export().to_string())).await;
    let principal = &answer.body["principal"];
    assert_eq!(principal["display"], "demo⟨U+202E⟩tnega⟨U+200B⟩", "{}", answer.body);
    assert_eq!(principal["subject"], name);
}
