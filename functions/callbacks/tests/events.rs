//! The gateway's events: cookies in a list or in a header, forms in base64 or as they are.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use axum::body::Body;
use data_encoding::BASE64;
use lambda_http::Request;
use serde_json::{Value, json};
use stack::{Browser, TestStack};
use testkit::SampleRequirement;

fn event(method: &str, path: &str, cookies: Value, header: &str, body: Value, encoded: bool) -> String {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "cookies": cookies, "isBase64Encoded": encoded, "body": body,
        "headers": {"host": "127.0.0.1:8080", "cookie": header, "content-type": "application/x-www-form-urlencoded"},
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "127.0.0.1", "domainPrefix": "api",
            "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "21/Nov/2026:11:06:40 +0000",
            "timeEpoch": 1_795_000_000_000_u64,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"}
        }
    })
    .to_string()
}

async fn send(stack: &TestStack, event: &str) -> stack::Answer {
    let request: Request = lambda_http::request::from_str(event).unwrap();
    stack.send(request.map(|body| Body::from(body.to_vec()))).await
}

/// O6: a session is found in the list that AWS sends and in the header that the emulator sends; a form is read whether
/// or not it comes in base64.
#[tokio::test]
async fn both_shapes_of_events() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let cookies: Vec<String> = alice.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let line = cookies.join("; ");
    let page = alice.get(&stack, &stack.page()).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("csrf", page.field("csrf").as_str()),
            ("action_digest", &page.field("action_digest")),
            ("review_digest", &page.field("review_digest")),
            ("verdict", "deny"),
        ])
        .finish();
    let target = format!("{}/verdict", stack.page());
    for (list, header) in
        [(json!(cookies), ""), (Value::Null, line.as_str()), (json!(cookies), line.as_str())]
    {
        let shown = send(&stack, &event("GET", "/", list.clone(), header, Value::Null, false)).await;
        assert_eq!(shown.status, 200, "{list} {header}");
        for (body, encoded) in [(json!(form), false), (json!(BASE64.encode(form.as_bytes())), true)] {
            let answer = send(&stack, &event("POST", &target, list.clone(), header, body, encoded)).await;
            assert_eq!(answer.status, 422, "the form was read: only the reason is missing: {}", answer.body);
        }
    }
    let nobody = send(&stack, &event("GET", "/", Value::Null, "", Value::Null, false)).await;
    assert_eq!(nobody.status, 303);
}
