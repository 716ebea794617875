//! The two JSON calls, through the front door.

mod stack;

use axum::body::Body;
use axum::http::{Method, Request, header};
use domain::{Event, Principal};
use serde_json::{Value, json};
use stack::TestStack;
use store::{ExtendState, ReadState};
use testkit::{Gate, Moment, SampleRequirement, Scenario};

fn told(answer: &stack::Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

async fn sre() -> TestStack {
    TestStack::asking(SampleRequirement::TwoOfSre).await
}

/// W1, W2: two of sre agree by API; one person twice is one; the quorum's last vote approves.
#[tokio::test]
async fn two_of_sre_agree() {
    let stack = sre().await;
    let (bob, carol) = (stack.person("bob", &[]), stack.person("carol", &["sre"]));
    let first = stack.verdict(&bob, json!({"reason": "Agreed"})).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.json()["requirements"][0]["given"], 1);
    let again = stack.verdict(&bob, json!({})).await;
    assert_eq!((again.status.as_u16(), &again.json()["verdicts"]), (200, &first.json()["verdicts"]));
    assert_eq!(stack.status().await, "pending");
    let second = stack.verdict(&carol, json!({})).await;
    assert_eq!(second.json()["status"], "approved", "{}", second.body);
    assert_eq!(stack.item().await.sequence(), 4);
}

/// W15, W20, D7, W4: who is told what; and whose attempts are kept.
#[tokio::test]
async fn who_may_decide() {
    let stack = sre().await;
    let issuer = &stack.scenario.issuer;
    let now = stack.now();
    let table: Vec<(&str, String, u16, &str)> = vec![
        ("mallory, told the id", stack.person("mallory", &[]), 403, "not-an-approver"),
        ("alice, of another group", stack.person("alice", &["data-owners"]), 403, "not-an-approver"),
        ("dana, who owns the agent", stack.person("dana", &["sre"]), 403, "own-request"),
        ("the agent itself", issuer.agent("demo-agent", now), 403, "agent-cannot-decide"),
        ("another agent", issuer.agent("ci-agent", now), 404, "not-found"),
        (
            "bob's token, issued to an agent",
            issuer.access(&json!({"sub": "bob", "client_id": "demo-agent", "groups": ["sre"]}), now),
            404,
            "not-found",
        ),
        ("an expired token", issuer.person("bob", &["sre"], now.plus_seconds(-4000)), 401, "invalid-token"),
        ("no token at all", "x".to_owned(), 401, "invalid-token"),
    ];
    for (name, token, status, code) in table {
        let answer = stack.verdict(&token, json!({})).await;
        assert_eq!(told(&answer), (status, code.to_owned()), "{name}: {}", answer.body);
    }
    assert_eq!(stack.item().await, stack.scenario.item, "nothing was decided");
    insta::assert_snapshot!(stack.attempts().join("\n"), @r"
    mallory not-an-approver 1
    alice not-an-approver 1
    dana own-request 1
    demo-agent agent-cannot-decide 1
    ");
}

/// O6, W21: cookies never authenticate the API, and without a token nothing is told.
#[tokio::test]
async fn cookies_mean_nothing_here() {
    let stack = sre().await;
    let mut browser = stack::Browser::default();
    browser.sign_in(&stack, "bob", &["sre"]).await;
    let (action, review) = stack.digests();
    let body = json!({"verdict": "approve", "action_digest": action.to_string(), "review_digest": review.to_string()});
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::post(format!("/v1/actions/{}/verdicts", stack.id()))
        .header(header::COOKIE, cookies.join("; "))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = stack.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "missing-token"));
    assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
}

/// W16, O7, O10: stale digests, missing reasons, fields that are not known, bodies that are no JSON.
#[tokio::test]
async fn bodies_that_are_refused() {
    let stack = sre().await;
    let other = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    let bob = stack.person("bob", &[]);
    let table: Vec<(&str, Value, u16, &str)> = vec![
        ("another action digest", json!({"action_digest": other}), 409, "stale-digest"),
        ("another review digest", json!({"review_digest": other}), 409, "stale-digest"),
        ("no digest", json!({"action_digest": null}), 422, "invalid-parameters"),
        ("a denial without a reason", json!({"verdict": "deny"}), 422, "invalid-parameters"),
        ("a denial with blanks", json!({"verdict": "deny", "reason": "  "}), 422, "invalid-parameters"),
        (
            "an unknown reason code",
            json!({"verdict": "deny", "reason_code": "because"}),
            422,
            "invalid-parameters",
        ),
        ("too many words", json!({"reason": "x".repeat(2001)}), 422, "invalid-parameters"),
        ("modify", json!({"verdict": "modify", "patch": {"x": 1}}), 403, "not-an-approver"),
        ("a patch with an approval", json!({"patch": {"x": 1}}), 422, "invalid-parameters"),
        ("a person in the body", json!({"person": "carol"}), 422, "unknown-field"),
    ];
    for (name, over, status, code) in table {
        let answer = stack.verdict(&bob, over).await;
        assert_eq!(told(&answer), (status, code.to_owned()), "{name}: {}", answer.body);
    }
    let path = format!("/v1/actions/{}/verdicts", stack.id());
    for (body, kind, status, code) in [
        ("{\"verdict\":\"approve\",\"verdict\":\"deny\"}", "application/json", 400, "malformed-json"),
        ("{} x", "application/json", 400, "malformed-json"),
        ("verdict=approve", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (&"x".repeat(40_000), "application/json", 413, "too-large"),
    ] {
        let request = Request::post(&path)
            .header(header::AUTHORIZATION, format!("Bearer {bob}"))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = stack.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
    }
    assert_eq!(stack.status().await, "pending");
    let missing =
        stack.call(Method::POST, "/v1/actions/act_nonsense/verdicts", Some(&bob), Some(json!({}))).await;
    assert_eq!((missing.status.as_u16(), missing.code().as_str()), (404, "not-found"));
}

/// W3, P6: deny is final, and may still follow one's own approval until the action is claimed; the rest is refused.
#[tokio::test]
async fn what_follows_a_vote() {
    let stack = sre().await;
    let (bob, carol) = (stack.person("bob", &[]), stack.person("carol", &["sre"]));
    let alice = stack.person("alice", &["sre"]);
    let no = json!({"verdict": "deny", "reason_code": "not-now"});
    stack.verdict(&bob, json!({})).await;
    stack.verdict(&carol, json!({})).await;
    assert_eq!(stack.verdict(&alice, json!({})).await.code(), "already-decided");
    let denied = stack.verdict(&bob, no.clone()).await;
    assert_eq!(denied.json()["status"], "denied", "{}", denied.body);
    assert_eq!(denied.json()["denial"]["code"], "not-now");
    assert_eq!(stack.verdict(&bob, no.clone()).await.status, 200, "the same again answers the same");
    assert_eq!(stack.verdict(&bob, json!({})).await.code(), "already-voted");
    assert_eq!(stack.verdict(&carol, no.clone()).await.code(), "already-voted");
    assert_eq!(stack.verdict(&alice, no).await.code(), "already-decided");
}

/// P6, W14: nothing after expiry, cancel or the claim, with nobody having swept.
#[tokio::test]
async fn too_late() {
    let no = json!({"verdict": "deny", "reason_code": "not-now"});
    let stack = sre().await;
    stack.clock.pass(1801);
    let bob = stack.person("bob", &[]);
    assert_eq!(stack.verdict(&bob, json!({})).await.code(), "expired");
    assert_eq!(stack.verdict(&bob, no.clone()).await.code(), "expired");

    let stack = sre().await;
    let bob = stack.person("bob", &[]);
    let item = stack.item().await;
    let by = Principal { issuer: stack.scenario.issuer.name().into(), subject: "demo-agent".into() };
    let (cancelled, _) = item.extend(Event::Cancelled { by }, stack.now()).unwrap();
    stack.states.extend(item.chain(), &cancelled).await.unwrap();
    assert_eq!(stack.verdict(&bob, no.clone()).await.code(), "already-decided");

    let stack = TestStack::of(Scenario::export("claimed").await, Gate::open()).await;
    let alice = stack.person("alice", &["data-owners"]);
    assert_eq!(stack.verdict(&alice, no.clone()).await.code(), "already-voted");
    let other = stack.person("frank", &["data-owners"]);
    assert_eq!(stack.verdict(&other, no).await.code(), "already-started");
}

/// D7: where the requirement demands it, an approval by API is sent to the page; a denial is not.
#[tokio::test]
async fn idp_where_it_is_demanded() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let alice = stack.person("alice", &["data-owners"]);
    let answer = stack.verdict(&alice, json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "step-up-required"));
    assert_eq!(answer.json()["page"], format!("http://127.0.0.1:8080{}", stack.page()));
    let denied = stack.verdict(&alice, json!({"verdict": "deny", "reason": "Not a partner's bucket"})).await;
    assert_eq!(denied.json()["verdicts"][0]["proof"], "service", "{}", denied.body);
    assert_eq!(denied.json()["status"], "denied");
}

/// O11, P8: the approver's words reach the agent redacted, hidden characters spelled out.
#[tokio::test]
async fn words_are_redacted() {
    let stack = sre().await;
    let bob = stack.person("bob", &[]);
    let reason = "Ask carol@example.org\u{202e} first";
    let answer = stack.verdict(&bob, json!({"verdict": "deny", "reason": reason})).await;
    let shown = answer.json()["verdicts"][0]["reason"].as_str().unwrap().to_owned();
    assert_eq!(shown, "Ask ‹email 1›⟨U+202E⟩ first");
    for body in stack.documents.contents().values() {
        assert!(!body.contains("frank@"), "{body}");
    }
}

/// P8: secrets of several kinds in every word that a person may say stand in no document, answer or page.
#[tokio::test]
async fn no_word_of_a_person_shows_a_secret() {
    let secrets = [
        "ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d",
        "AKIAIOSFODNN7EXAMPLE",
        "hunter2-hunter2",
        "carol@example.org",
    ];
    let [token, key, password, address] = secrets;
    let said = format!("No: {token}, {key}, password={password}, ask {address}");
    for body in [
        json!({ "reason": said }),
        json!({ "verdict": "deny", "reason": said }),
        json!({ "verdict": "deny", "reason_code": said }),
        json!({ "verdict": said, "reason": said }),
        json!({ "verdict": "deny", "reason": said, "action_digest": said }),
        json!({ "verdict": "modify", "reason": "another", "patch": { "version": said } }),
    ] {
        let stack = sre().await;
        let bob = stack.person("bob", &[]);
        let answer = stack.verdict(&bob, body.clone()).await;
        let page =
            stack.call(Method::GET, &format!("/v1/actions/{}/review", stack.id()), Some(&bob), None).await;
        let stored = format!("{:?}", stack.item().await);
        let documents: String = stack.documents.contents().into_values().collect();
        for secret in secrets {
            for (place, text) in
                [("answer", &answer.body), ("review", &page.body), ("item", &stored), ("log", &documents)]
            {
                assert!(!text.contains(secret), "{body}: {secret} in {place}: {text}");
            }
        }
    }
}

/// What may be seen: those asked, those who answered, the owner; not other people, not other agents.
#[tokio::test]
async fn who_sees_the_review() {
    let stack = sre().await;
    let path = format!("/v1/actions/{}/review", stack.id());
    let issuer = &stack.scenario.issuer;
    let table = [
        ("bob", stack.person("bob", &[]), 200, json!(["approve", "deny"]), Value::Null),
        ("dana, the owner", stack.person("dana", &[]), 200, json!([]), json!("own-request")),
        ("the agent", issuer.agent("demo-agent", stack.now()), 200, json!([]), json!("agent-cannot-decide")),
        ("another agent", issuer.agent("ci-agent", stack.now()), 404, Value::Null, Value::Null),
        ("mallory", stack.person("mallory", &[]), 404, Value::Null, Value::Null),
    ];
    for (name, token, status, may, why_not) in table {
        let answer = stack.call(Method::GET, &path, Some(&token), None).await;
        assert_eq!(answer.status, status, "{name}");
        let body = answer.json();
        assert_eq!(body.get("may").unwrap_or(&Value::Null), &may, "{name}");
        assert_eq!(body.get("why_not").unwrap_or(&Value::Null), &why_not, "{name}");
        if status == 200 && name != "the agent" {
            // P12: whoever decides can compute both digests again. An agent reads no pins (E12).
            let (action, _) = stack.digests();
            assert_eq!(wire::json::canonical(&body["action"]).unwrap().digest(), action, "{name}");
        }
    }
}

/// W3, W18, F7: two people at once; the one that came second is judged against what the first made of it.
#[tokio::test]
async fn two_votes_at_once() {
    // Every await gives the other one its turn, so both read before either writes.
    let gate = Gate::new(|_, _| {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    });
    let mut scenario = Scenario::new("race");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    let stack = TestStack::of(scenario, gate).await;
    let (bob, carol) = (stack.person("bob", &[]), stack.person("carol", &["sre"]));
    let (first, second) = tokio::join!(
        stack.verdict(&bob, json!({})),
        stack.verdict(&carol, json!({"verdict": "deny", "reason_code": "not-now"}))
    );
    assert_eq!(second.status, 200, "a deny is never lost: {}", second.body);
    assert_eq!(stack.status().await, "denied");
    let item = stack.item().await;
    let counted = item.entries().iter().filter(|entry| entry.event.verdict().is_some()).count();
    assert_eq!(counted, if first.status == 200 { 2 } else { 1 }, "{}", first.body);
}

/// F9: the answer to the write is lost; the vote counts once and is answered.
#[tokio::test]
async fn a_lost_answer() {
    use std::sync::atomic::{AtomicBool, Ordering};
    for moment in [Moment::Before, Moment::After] {
        let lost = AtomicBool::new(false);
        let gate = Gate::new(move |point, at| {
            let lose = point == "state.extend" && at == moment && !lost.swap(true, Ordering::SeqCst);
            Box::pin(async move { if lose { Err(domain::Fault::passing("time-out")) } else { Ok(()) } })
        });
        let mut scenario = Scenario::new("lost");
        scenario.propose();
        scenario.decide(SampleRequirement::TwoOfSre);
        let stack = TestStack::of(scenario, gate).await;
        let answer = stack.verdict(&stack.person("bob", &[]), json!({})).await;
        assert_eq!(answer.status, 200, "{moment:?}: {}", answer.body);
        let item = stack.states.item(stack.scenario.item.id()).await.unwrap().unwrap();
        assert_eq!(item.sequence(), 3, "{moment:?}");
    }
}

/// P10, F11, F14: whatever is away, before it did its part or after it, nothing is decided and nothing internal is told. The one
/// exception is a write of the item that succeeded although its response was lost: the verdict counts once and is answered.
#[tokio::test]
async fn whatever_fails_decides_nothing() {
    let points = ["state.get", "documents.put", "signer.sign", "state.extend", "keys"];
    for (point, moment) in points.into_iter().flat_map(|at| [(at, Moment::Before), (at, Moment::After)]) {
        let gate = Gate::new(move |at, when| {
            let away = at == point && when == moment;
            Box::pin(async move {
                if away { Err(domain::Fault::passing("arn:aws:secret-internal")) } else { Ok(()) }
            })
        });
        let mut scenario = Scenario::new("away");
        scenario.propose();
        scenario.decide(SampleRequirement::TwoOfSre);
        let stack = TestStack::of(scenario, gate).await;
        if point == "keys" {
            stack.keys.fail(Some(domain::Fault::passing("away")));
        }
        let answer = stack.verdict(&stack.person("bob", &[]), json!({})).await;
        assert!(!answer.body.contains("arn:"), "{}", answer.body);
        if (point, moment) == ("state.extend", Moment::After) {
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(stack.item().await.sequence(), 3);
        } else {
            assert_eq!(told(&answer), (503, "unavailable".to_owned()), "{point} {moment:?}");
            assert_eq!(stack.item().await, stack.scenario.item, "{point} {moment:?}: nothing was decided");
        }
    }
}
