//! What a door lets through: only a signed-in person's explicit decision, from our own form.

mod stack;

use axum::http::{Method, header};
use stack::{Answer, Browser, TestStack};
use testkit::SampleRequirement;

async fn export() -> TestStack {
    TestStack::asking(SampleRequirement::DataOwner).await
}

async fn alice(stack: &TestStack) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(stack, "alice", &["data-owners"]).await;
    browser
}

/// Nothing was decided, and the page says so.
async fn undecided(stack: &TestStack, answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.body.contains(words), "`{words}` is not in {}", answer.body);
    assert_eq!(stack.item().await, stack.scenario.item, "{words}");
}

/// W21, O1, O6: links, previews, scanners, other methods, other sites and forms without the session's token.
#[tokio::test]
async fn only_an_authenticated_explicit_decision_counts() {
    let stack = export().await;
    let mut signed_in = alice(&stack).await;
    let before = (stack.states.stream(), stack.channels.contents().len());
    let paths = ["/", "/history", &stack.page(), "/style.css", "/nothing", "/signin?to=//evil.example"];
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        for path in paths {
            for browser in [&mut Browser::default(), &mut signed_in] {
                let answer = browser.request(&stack, method.clone(), path, None).await;
                assert!(answer.status != 500, "{method} {path}");
                assert!(!answer.location().starts_with("//"), "{method} {path}");
            }
        }
    }
    let page = signed_in.get(&stack, &stack.page()).await;
    let verdict = format!("{}/verdict", stack.page());
    let fields = [("verdict", "deny"), ("reason_code", "not-now"), ("csrf", "guessed")];
    let digests =
        [("action_digest", page.field("action_digest")), ("review_digest", page.field("review_digest"))];
    let digests = digests.iter().map(|(name, value)| (*name, value.as_str()));
    let fields: Vec<(&str, &str)> = fields.into_iter().chain(digests).collect();
    assert_eq!(Browser::default().post(&stack, &verdict, &fields).await.status, 303, "to the sign-in");
    assert_eq!(signed_in.post(&stack, &verdict, &fields).await.status, 409, "without the session's token");
    let mut other = Browser::default();
    other.sign_in(&stack, "alice", &["data-owners"]).await;
    let foreign = other.get(&stack, &stack.page()).await;
    assert_eq!(signed_in.press_on(&stack, &foreign, "deny", &[("reason_code", "not-now")]).await.status, 409);
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(signed_in.request(&stack, method, &verdict, None).await.status, 405);
    }
    assert_eq!(stack.states.stream(), before.0, "nothing was written");
}

/// O6: a form with everything right that another site made the browser send changes nothing.
#[tokio::test]
async fn forms_of_other_sites() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let page = browser.get(&stack, &stack.page()).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(["csrf", "action_digest", "review_digest"].map(|name| (name, page.field(name))))
        .extend_pairs([("verdict", "deny"), ("reason_code", "not-now")])
        .finish();
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let (plain, usual) = ("text/plain", "application/x-www-form-urlencoded");
    for (site, kind, fields, status) in [
        ("cross-site", usual, &form, 409),
        ("same-site", usual, &form, 409),
        ("none", usual, &form, 409),
        ("same-origin", plain, &form, 415),
        ("same-origin", usual, &format!("{form}&verdict=approve"), 422),
        ("same-origin", usual, &form, 303),
    ] {
        let request = axum::http::Request::post(format!("{}/verdict", stack.page()))
            .header("cookie", cookies.join("; "))
            .header("sec-fetch-site", site)
            .header("content-type", kind)
            .body(axum::body::Body::from(fields.clone()))
            .unwrap();
        assert_eq!(stack.send(request).await.status, status, "{site} {kind} {fields}");
        assert_eq!(stack.status().await == "denied", status == 303, "{site} {kind} {fields}");
    }
}

/// O6: a cookie that was changed, or put under another name, is no cookie.
#[tokio::test]
async fn cookies_are_sealed() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let session = browser.cookies["__Host-session"].clone();
    for forged in
        [session.replace(session.chars().nth(20).unwrap(), "A"), session[..40].to_owned(), "x".into()]
    {
        let mut forger = Browser::default();
        forger.cookies.insert("__Host-session".to_owned(), forged);
        assert_eq!(forger.get(&stack, "/").await.status, 303, "to the sign-in");
    }
    let left = browser.press(&stack, "approve", &[]).await;
    let state = left.parameter("state").unwrap();
    let code = stack.desk.sign_in(&state, "alice", &["data-owners"], Some(stack.now()));
    browser.cookies.insert(format!("__Host-attempt-{state}"), session);
    let back = browser.get(&stack, &format!("/signin/return?code={code}&state={state}")).await;
    undecided(&stack, &back, 400, "cannot be read").await;
    stack.clock.pass(8 * 3600);
    assert_eq!(browser.get(&stack, "/").await.status, 303, "a session ends");
}

/// O5, O6: whoever signs in comes back to a page of ours, wherever the link that led there points.
#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let stack = export().await;
    let page = stack.page();
    let elsewhere = "https%3A%2F%2Fevil.example%2F";
    for (to, comes_back) in [("//evil.example", "/"), (elsewhere, "/"), ("/review/x", "/"), (&page, &page)] {
        let mut browser = Browser::default();
        let left = browser.get(&stack, &format!("/signin?to={to}")).await;
        let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
        assert_eq!(back.location(), comes_back, "{to}");
    }
    let unknown = Browser::default().get(&stack, "/review/%2F%2Fevil.example").await;
    assert_eq!(unknown.location(), "/signin?to=/");
}

/// O5, O6: a sign-in under way is finished under its own name alone.
#[tokio::test]
async fn a_sign_in_under_anothers_name() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let one = browser.press(&stack, "approve", &[]).await.parameter("state").unwrap();
    let other = browser.press(&stack, "approve", &[]).await.parameter("state").unwrap();
    let value = browser.cookies[&format!("__Host-attempt-{one}")].clone();
    browser.cookies.insert(format!("__Host-attempt-{other}"), value);
    let code = stack.desk.sign_in(&other, "alice", &["data-owners"], Some(stack.now()));
    let back = browser.get(&stack, &format!("/signin/return?code={code}&state={other}")).await;
    undecided(&stack, &back, 400, "cannot be read").await;
}

/// A method that an address does not take is answered with 405, and `Allow` says which ones it takes.
#[tokio::test]
async fn a_method_that_is_not_allowed() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let (id, page) = (stack.id(), stack.page());
    for (method, path, allow) in [
        (Method::DELETE, format!("/v1/actions/{id}/review"), "GET,HEAD"),
        (Method::GET, format!("/v1/actions/{id}/verdicts"), "POST"),
        (Method::PUT, "/v1/suspensions".to_owned(), "GET,HEAD,POST"),
        (Method::POST, page.clone(), "GET,HEAD"),
        (Method::GET, format!("{page}/verdict"), "POST"),
        (Method::POST, "/".to_owned(), "GET,HEAD"),
        (Method::GET, "/signout".to_owned(), "POST"),
    ] {
        let answer = stack.call(method.clone(), &path, None, None).await;
        let allowed = answer.headers.get(header::ALLOW).and_then(|value| value.to_str().ok());
        assert_eq!((answer.status.as_u16(), allowed), (405, Some(allow)), "{method} {path}: {}", answer.body);
        if path.starts_with("/v1/") {
            assert_eq!(answer.code(), "method-not-allowed", "{path}");
        }
    }
    assert_eq!(stack.call(Method::GET, "/v1/elsewhere", None, None).await.status, 404);
}
