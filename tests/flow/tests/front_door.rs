//! The agent's door on the running stack: what is refused and how, what is answered twice, what is never told.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use flow::agent::{AgentAnswer, AgentClient};
use flow::fresh;
use flow::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};

fn stack() -> Stack {
    Stack::running().expect("a running stack")
}

async fn agent() -> AgentClient {
    AgentClient::agent(&stack(), "demo-agent").await.expect("the agent's token")
}

fn export() -> Value {
    json!({
        "type": "s3-export",
        "parameters": { "source": "s3://customers/2026/q3.csv", "destination": format!("s3://partner-drop/{}.csv", fresh::name("door")) },
        "reason": "Quarterly report",
    })
}

fn with(edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body = export();
    edit(&mut body);
    body.to_string().into_bytes()
}

async fn post(agent: &AgentClient, headers: &[(&str, &str)], body: Vec<u8>) -> AgentAnswer {
    agent.call(Method::POST, "/v1/actions", headers, Some(body)).await.expect("an answer")
}

/// O7, O10, W24, D14: bad input is refused with a stable code and a sentence, and nothing is stored.
#[tokio::test]
async fn bad_input() {
    let agent = agent().await;
    let valid = export().to_string();
    let twice = valid.replacen('{', "{\"reason\":\"first\",", 1);
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        ("not JSON", b"{".to_vec(), 400, "malformed-json"),
        ("byte-order mark", [b"\xEF\xBB\xBF".as_slice(), valid.as_bytes()].concat(), 400, "malformed-json"),
        ("trailing bytes", format!("{valid} x").into_bytes(), 400, "malformed-json"),
        ("duplicate key", twice.into_bytes(), 400, "malformed-json"),
        ("lone surrogate", valid.replace("Quarterly", "\\ud800").into_bytes(), 400, "malformed-json"),
        ("unknown field", with(|b| b["approved"] = json!(true)), 422, "unknown-field"),
        ("unknown type", with(|b| b["type"] = json!("format-disk")), 422, "unknown-type"),
        (
            "missing parameter",
            with(|b| drop(b["parameters"].as_object_mut().expect("object").remove("source"))),
            422,
            "invalid-parameters",
        ),
        ("extra parameter", with(|b| b["parameters"]["force"] = json!(true)), 422, "invalid-parameters"),
        (
            "not a bucket address",
            with(|b| b["parameters"]["source"] = json!("https://x/y")),
            422,
            "invalid-parameters",
        ),
        (
            "pattern in a target",
            with(|b| b["parameters"]["source"] = json!("s3://customers/*")),
            422,
            "invalid-parameters",
        ),
        (
            "zero-width in a target",
            with(|b| b["parameters"]["source"] = json!("s3://customers/a\u{200b}b")),
            422,
            "hidden-characters",
        ),
        (
            "right-to-left in a target",
            with(|b| b["parameters"]["destination"] = json!("s3://partner-drop/\u{202e}vsc")),
            422,
            "hidden-characters",
        ),
        ("typed placeholder", with(|b| b["reason"] = json!("for ‹email 1›")), 422, "hidden-characters"),
        (
            "secret in a target",
            with(|b| b["parameters"]["destination"] = json!("s3://partner-drop/AKIAIOSFODNN7EXAMPLE.csv")),
            422,
            "secret-in-target",
        ),
        ("too large", with(|b| b["reason"] = json!("x".repeat(40_000))), 413, "too-large"),
    ];
    for (name, body, status, code) in cases {
        let key = fresh::name("bad");
        let answer = post(&agent, &[("idempotency-key", &key)], body).await;
        assert_eq!((answer.status.as_u16(), answer.text("code")), (status, code), "{name}: {}", answer.body);
        assert!(answer.text("detail").len() > 10, "{name}: {}", answer.body);
        assert!(!answer.text("instance").is_empty(), "{name}: {}", answer.body);
    }
}

/// O4, O10: a missing, foreign or broken token is 401 and never says which check failed.
#[tokio::test]
async fn bad_tokens() {
    let stack = stack();
    let good = agent().await;
    let mut parts: Vec<String> = good.token().split('.').map(str::to_owned).collect();
    parts[1] = format!("{}x", parts[1]);
    let tokens = [
        ("altered", parts.join(".")),
        ("garbage", "abc".to_owned()),
        ("none", "eyJhbGciOiJub25lIn0.e30.".to_owned()),
    ];
    let mut said = Vec::new();
    for (name, token) in tokens {
        let answer = AgentClient::with_token(&stack, &token)
            .propose(&fresh::name("token"), &export())
            .await
            .expect("an answer");
        assert_eq!(answer.status, 401, "{name}");
        assert!(answer.headers.contains_key("www-authenticate"), "{name}");
        said.push(answer.text("detail").to_owned());
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
}

/// P7: the same key and body answer the same action; another body under it is refused, and nothing new exists.
#[tokio::test]
async fn one_key_is_one_action() {
    let agent = agent().await;
    let (key, body) = (fresh::name("once"), export());
    let first = agent.propose(&key, &body).await.expect("an answer");
    assert_eq!(first.status, 202, "{}", first.body);
    assert_eq!(
        first.headers.get("location").expect("location"),
        &format!("/v1/actions/{}", first.text("id"))
    );
    let again = agent.propose(&key, &body).await.expect("an answer");
    assert_eq!(again.text("id"), first.text("id"));
    assert_eq!(again.headers.get("idempotent-replayed").expect("replayed"), "true");
    let other = agent.propose(&key, &export()).await.expect("an answer");
    assert_eq!((other.status.as_u16(), other.text("code")), (409, "key-reused"));
    let missing = post(&agent, &[], body.to_string().into_bytes()).await;
    assert_eq!((missing.status.as_u16(), missing.text("code")), (400, "missing-idempotency-key"));
}

/// An agent sees its own actions and nobody else's; what it may not see is not there.
#[tokio::test]
async fn an_agent_sees_its_own() {
    let stack = stack();
    let (mine, theirs) = (agent().await, AgentClient::agent(&stack, "ci-agent").await.expect("a token"));
    let id = mine.propose(&fresh::name("own"), &export()).await.expect("an answer").text("id").to_owned();
    for path in [format!("/v1/actions/{id}"), format!("/v1/actions/{id}/records")] {
        assert_eq!(mine.get(&path).await.expect("an answer").status, 200, "{path}");
        let answer = theirs.get(&path).await.expect("an answer");
        assert_eq!((answer.status.as_u16(), answer.text("code")), (404, "not-found"), "{path}");
    }
    let cancel = theirs.post(&format!("/v1/actions/{id}/cancel"), &json!({})).await.expect("an answer");
    assert_eq!(cancel.status, 404);
}

/// Taking back works until something runs, and is final.
#[tokio::test]
async fn cancelling() {
    let agent = agent().await;
    let id = agent.propose(&fresh::name("cancel"), &export()).await.expect("an answer").text("id").to_owned();
    agent.wait_for(&id, &["pending"]).await.expect("pending");
    let answer =
        agent.call(Method::POST, &format!("/v1/actions/{id}/cancel"), &[], None).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.text("status")), (200, "cancelled"), "{}", answer.body);
}

/// What policy says beforehand, with nothing stored and nobody asked.
#[tokio::test]
async fn preflight() {
    let agent = agent().await;
    let answer = agent.post("/v1/preflight", &export()).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["decision"]["outcome"], "require_approval");
    assert_eq!(answer.body["requirements"][0]["name"], "data-owners");
}

/// W21, O1: reading changes nothing, by any method, with or without a session.
#[tokio::test]
async fn reading_changes_nothing() {
    let stack = stack();
    let agent = agent().await;
    let id = agent.propose(&fresh::name("read"), &export()).await.expect("an answer").text("id").to_owned();
    let before = agent.wait_for(&id, &["pending"]).await.expect("pending");
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST] {
        for path in [
            format!("/review/{id}"),
            format!("/review/{id}/verdict"),
            format!("/v1/actions/{id}/verdicts"),
            "/".into(),
        ] {
            let sent = http
                .request(method.clone(), format!("{}{path}?verdict=approve", stack.api))
                .body("verdict=approve");
            let status = sent
                .header("content-type", "application/x-www-form-urlencoded")
                .send()
                .await
                .expect("an answer")
                .status();
            assert!(!status.is_server_error(), "{method} {path}: {status}");
        }
    }
    let after = agent.get(&format!("/v1/actions/{id}")).await.expect("an answer").body;
    assert_eq!(after["status"], before["status"]);
    assert_eq!(after["verdicts"], json!([]));
}

/// The public documents of the contract.
#[tokio::test]
async fn what_is_public() {
    let stack = stack();
    let http = reqwest::Client::new();
    let openapi = http.get(format!("{}/openapi.json", stack.api)).send().await.expect("an answer");
    assert_eq!(openapi.status(), 200);
    let openapi = wire::json::parse_value(&openapi.bytes().await.expect("a body")).expect("JSON");
    for path in
        ["/v1/actions", "/v1/actions/{id}", "/v1/actions/{id}/verdicts", "/v1/catalog", "/v1/preflight"]
    {
        assert!(openapi["paths"].get(path).is_some(), "{path}");
    }
    assert_eq!(http.get(format!("{}/healthz", stack.api)).send().await.expect("an answer").status(), 200);
}

/// Whichever function an address belongs to: a method that it does not take is answered 405, and `Allow` says which ones it takes.
#[tokio::test]
async fn methods_that_are_not_allowed() {
    let http = reqwest::Client::new();
    for (path, allow) in [("/v1/actions", "POST,GET,HEAD"), ("/v1/preflight", "POST"), ("/signout", "POST")] {
        let answer = http.delete(format!("{}{path}", stack().api)).send().await.expect("an answer");
        let allowed = answer.headers().get("allow").and_then(|value| value.to_str().ok());
        assert_eq!((answer.status().as_u16(), allowed), (405, Some(allow)), "{path}");
    }
}
