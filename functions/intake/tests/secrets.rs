//! P8: secrets of several kinds in every text that the door takes: from a body, from a header, from a token.

mod door;

use data_encoding::BASE64;
use door::{Answer, Door, post, with};
use serde_json::{Value, json};

/// Made up, one of each kind that people paste.
const SECRETS: [&str; 4] = [
    "ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d",
    "AKIAIOSFODNN7EXAMPLE",
    "hunter2-hunter2",
    "carol.private@example.com",
];

/// All of them in one line, as somebody would write it.
fn planted() -> String {
    let [token, key, password, address] = SECRETS;
    format!("{token} and {key}, password={password} of {address}")
}

fn nothing_readable(place: &str, text: &str) {
    for secret in SECRETS {
        let encoded = BASE64.encode(secret.as_bytes());
        for written in [secret, encoded.trim_end_matches('=')] {
            assert!(!text.contains(written), "{place} holds {written}: {text}");
        }
    }
}

/// Everything that is stored or answered.
fn assert_clean(door: &Door, answers: &[&Answer]) {
    for (name, body) in door.documents.contents() {
        nothing_readable(&name.to_string(), &body);
    }
    for (key, item) in door.states.contents() {
        nothing_readable(&key, &format!("{item:?}"));
    }
    for answer in answers {
        nothing_readable("an answer", &answer.text);
        nothing_readable("a header", &format!("{:?}", answer.headers));
    }
}

/// P8: parameters, reason and provenance are stored and answered without their secrets, and so is every fact of the token.
#[tokio::test]
async fn every_text_of_a_proposal_and_its_token_is_redacted() {
    let door = Door::new().await;
    let value = "second-value-of-the-secret";
    let claims = json!({
        "sub": "demo-agent", "client_id": "demo-agent",
        "repository": format!("acme/{}", SECRETS[0]), "ref": format!("refs/heads/fix-{}", SECRETS[1]),
        "sha": format!("password={}", SECRETS[2]), "workflow": SECRETS[3], "run_id": value,
    });
    let token = door.issuer.access(&claims, door.clock_now());
    let body = json!({
        "type": "secret-put-value",
        "parameters": { "secret": "prod/payments/db", "value": value },
        "reason": format!("{}; the value is {value}", planted()),
        "provenance": {
            "run_url": format!("https://ci.example/run?access_token={}&x=1", SECRETS[0]),
            "branch": format!("fix/{}", SECRETS[1]), "commit_message": planted(), "author": SECRETS[3],
            "log": format!("wrote {value}"),
        },
        "correlation": "run-17",
    });
    let answer =
        door.send(post("/v1/actions", &token, &[("idempotency-key", "k-1")], &body.to_string())).await;
    assert_eq!(answer.gist(), "202 proposed", "{}", answer.text);
    let again =
        door.send(post("/v1/actions", &token, &[("idempotency-key", "k-1")], &body.to_string())).await;
    let read = door.get(&format!("/v1/actions/{}", answer.id()), &token).await;
    let list = door.get("/v1/actions", &token).await;
    let preflight = door.send(post("/v1/preflight", &token, &[], &body.to_string())).await;
    assert_clean(&door, &[&answer, &again, &read, &list, &preflight]);
    let request = door.kept("countersign-request/1").remove(0);
    assert!(!request.to_string().contains(value), "{request}");
    let facts = request["provenance"].as_array().unwrap();
    let fact =
        |name: &str| facts.iter().find(|fact| fact["name"] == name && fact["verified"] == true).unwrap();
    assert_eq!(fact("repository")["value"], "acme/‹token 1›", "{facts:?}");
    assert_eq!(fact("ref")["value"], "refs/heads/fix-‹aws-key 1›", "{facts:?}");
    assert_eq!(fact("run")["value"], "‹secret 1›", "{facts:?}");
}

/// P8: what comes back or stands in records as it is takes no secret at all: correlation, names of fields, the agent's name and
/// that of the human it acts for. The refusal repeats nothing, and nothing is stored.
#[tokio::test]
async fn what_is_shown_as_it_is_takes_no_secret() {
    let door = Door::new().await;
    for secret in SECRETS {
        let written = if secret == SECRETS[2] { format!("password={secret}") } else { secret.to_owned() };
        for body in [
            with("/correlation", json!(written)),
            with("/parameters/source", json!(format!("s3://customers/{written}"))),
            with("/type", json!(written)),
        ] {
            let answer = door.propose("k-1", &body).await;
            assert!(answer.status.is_client_error(), "{body}: {}", answer.gist());
            nothing_readable("a refusal", &answer.text);
        }
    }
    for secret in [SECRETS[0], SECRETS[1]] {
        for claims in [
            json!({ "sub": secret, "client_id": secret }),
            json!({ "sub": format!("repo:acme/etl:ref:refs/heads/{secret}"), "client_id": "ci" }),
            json!({ "sub": secret, "client_id": "demo-agent", "act": { "sub": "demo-agent" } }),
        ] {
            let token = door.issuer.access(&claims, door.clock_now());
            let answer = door.send(post(
                "/v1/actions",
                &token,
                &[("idempotency-key", "k")],
                &door::export().to_string(),
            ));
            let answer = answer.await;
            assert_eq!(answer.gist(), "401 invalid-token", "{claims}");
            nothing_readable("a refusal", &answer.text);
        }
    }
    assert_eq!(door.documents.contents().len(), 0);
    assert_clean(&door, &[]);
    let named = json!({ "sub": "ci.bot@example.com", "client_id": "ci.bot@example.com" });
    let token = door.issuer.access(&named, door.clock_now());
    let text = Value::to_string(&door::export());
    let answer = door.send(post("/v1/actions", &token, &[("idempotency-key", "k")], &text)).await;
    assert_eq!(answer.gist(), "202 proposed", "personal data is what names are made of");
}
