//! Reading requests and writing problems.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use axum::body::Body;
use axum::response::IntoResponse;
use http::{HeaderMap, HeaderValue};
use runtime::http::{MAX_BODY, bearer, cookie, json_body};
use runtime::{Code, Problem};

type Lines = &'static [(&'static str, &'static str)];

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

/// W15: the caller is who the one bearer token says, and nothing else in the request.
#[test]
fn a_bearer_token_is_read_one_way() {
    let table: &[(Lines, Result<&str, Code>)] = &[
        (&[], Err(Code::MissingToken)),
        (&[("cookie", "token=abc")], Err(Code::MissingToken)),
        (&[("authorization", "Basic abc")], Err(Code::MissingToken)),
        (&[("authorization", "Bearer ")], Err(Code::InvalidToken)),
        (&[("authorization", "Bearer a b")], Err(Code::InvalidToken)),
        (&[("authorization", "Bearer a\u{e9}")], Err(Code::InvalidToken)),
        (&[("authorization", "Bearer a"), ("authorization", "Bearer b")], Err(Code::InvalidToken)),
        (&[("authorization", "Bearer abc.def.ghi")], Ok("abc.def.ghi")),
        (&[("authorization", "bearer abc")], Ok("abc")),
    ];
    for (given, expected) in table {
        assert_eq!(bearer(&headers(given)), *expected, "{given:?}");
    }
}

/// O6: cookies arrive as header lines or as the list of a version 2 event, and mean the same.
#[test]
fn cookies_are_read_from_header_and_list() {
    let list = |items: &[&str]| items.iter().map(ToString::to_string).collect::<Vec<_>>();
    let table: &[(Lines, &[&str], Option<&str>)] = &[
        (&[], &[], None),
        (&[("cookie", "a=1; __Host-s=x")], &[], Some("x")),
        (&[("cookie", "a=1"), ("cookie", "__Host-s=x")], &[], Some("x")),
        (&[], &["a=1", "__Host-s=x"], Some("x")),
        (&[("cookie", "__Host-s=x")], &["__Host-s=x"], Some("x")),
        (&[("cookie", "__Host-s=x; __Host-s=y")], &[], None),
        (&[("cookie", "__Host-s=x")], &["__Host-s=y"], None),
        (&[("cookie", "__host-s=x")], &[], None),
    ];
    for (given, also, expected) in table {
        assert_eq!(cookie(&headers(given), &list(also), "__Host-s"), *expected, "{given:?} {also:?}");
    }
}

/// O7: JSON in UTF-8 only, and at most 32 KiB of it.
#[tokio::test]
async fn a_body_is_json_and_small() {
    let table: &[(&str, usize, Result<usize, Code>)] = &[
        ("application/json", MAX_BODY, Ok(MAX_BODY)),
        ("application/json", MAX_BODY + 1, Err(Code::TooLarge)),
        ("Application/JSON; charset=\"UTF-8\"", 2, Ok(2)),
        ("application/json; charset=latin1", 2, Err(Code::UnsupportedMediaType)),
        ("text/json", 2, Err(Code::UnsupportedMediaType)),
        ("application/x-www-form-urlencoded", 2, Err(Code::UnsupportedMediaType)),
        ("", 2, Err(Code::UnsupportedMediaType)),
    ];
    for (kind, length, expected) in table {
        let read = json_body(&headers(&[("content-type", kind)]), Body::from(vec![b' '; *length])).await;
        assert_eq!(read.map(|bytes| bytes.len()), *expected, "{kind} {length}");
    }
    assert_eq!(json_body(&HeaderMap::new(), Body::empty()).await, Err(Code::UnsupportedMediaType));
}

/// O10: every code with its status and headers; nothing internal.
#[tokio::test]
async fn every_problem_as_it_is_sent() {
    let mut table = String::new();
    for code in Code::ALL {
        let response = Problem::new(*code, "what is wrong", "req_1").into_response();
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or("-");
        let (retry, challenge) = (header("retry-after"), header("www-authenticate"));
        assert_eq!(header("content-type"), "application/problem+json");
        table += &format!("{} {} retry={retry} {challenge}\n", code.status().as_u16(), code.name());
    }
    insta::assert_snapshot!(table);
    let scoped = Problem::new(Code::InsufficientScope, "what is wrong", "req_1").scope("countersign:decide");
    assert_eq!(
        scoped.into_response().headers().get("www-authenticate").and_then(|value| value.to_str().ok()),
        Some("Bearer realm=\"countersign\", error=\"insufficient_scope\", scope=\"countersign:decide\"")
    );
    let problem =
        Problem::new(Code::StepUpRequired, "sign in", "req_1").page("http://127.0.0.1:8080/review/act_x");
    insta::assert_snapshot!(serde_json::to_string_pretty(&problem.body()).expect("JSON"));
}
