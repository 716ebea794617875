//! Sessions that are over, and the way from a form to the provider.

mod stack;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Method, StatusCode, header};
use domain::Fault;
use stack::{Browser, TestStack};
use testkit::{Gate, SampleRequirement, Scenario};

const SESSION: &str = "__Host-session";

async fn export() -> TestStack {
    TestStack::asking(SampleRequirement::DataOwner).await
}

async fn alice(stack: &TestStack) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(stack, "alice", &["data-owners"]).await;
    browser
}

async fn sign_out(stack: &TestStack, browser: &mut Browser) {
    let page = browser.get(stack, "/").await;
    let out = browser.post(stack, "/signout", &[("csrf", &page.field("csrf"))]).await;
    assert_eq!(out.status, StatusCode::OK, "{}", out.body);
}

/// What a copy of the cookie still shows and does: nothing at all.
async fn is_over(stack: &TestStack, copy: &mut Browser, open: &stack::Answer) {
    for path in ["/", "/history", &stack.page()] {
        let answer = copy.get(stack, path).await;
        assert!(answer.location().starts_with("/signin"), "{path}: {} {}", answer.status, answer.body);
    }
    let denied = copy.press_on(stack, open, "deny", &[("reason_code", "wrong-target")]).await;
    assert!(denied.location().starts_with("/signin"), "{} {}", denied.status, denied.body);
    assert_eq!(stack.item().await, stack.scenario.item, "nothing was decided");
}

/// E15: signing out ends the session itself: a copy of its cookie, and a form that was open, show and decide nothing. Another
/// session of the same person goes on.
#[tokio::test]
async fn a_session_that_was_ended() {
    let stack = export().await;
    let (mut browser, mut elsewhere) = (alice(&stack).await, alice(&stack).await);
    let open = browser.get(&stack, &stack.page()).await;
    let mut copy = browser.clone();
    sign_out(&stack, &mut browser).await;
    is_over(&stack, &mut copy, &open).await;
    let denied = elsewhere.press(&stack, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(denied.location(), stack.page(), "{}", denied.body);
}

/// E15: signing in again, as the same person or as another, ends the session before it; forms that the same person has open
/// stay good, those of the other person do not.
#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    for (who, groups, status) in [("alice", &["data-owners"][..], 303), ("bob", &["sre"], 409)] {
        let stack = export().await;
        let mut browser = alice(&stack).await;
        let open = browser.get(&stack, &stack.page()).await;
        let mut copy = browser.clone();
        browser.sign_in(&stack, who, groups).await;
        assert_ne!(browser.cookies[SESSION], copy.cookies[SESSION]);
        is_over(&stack, &mut copy, &open).await;
        let denied = browser.press_on(&stack, &open, "deny", &[("reason_code", "wrong-target")]).await;
        assert_eq!(denied.status.as_u16(), status, "{who}: {}", denied.body);
    }
}

/// E15: an approval rotates the session too, and signing out afterwards leaves no older copy behind.
#[tokio::test]
async fn a_proof_rotates_the_session() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let mut copy = browser.clone();
    let left = browser.press(&stack, "approve", &[]).await;
    browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    assert_eq!(stack.status().await, "approved");
    assert_eq!(copy.get(&stack, "/").await.location(), "/signin?to=/");
    let mut later = browser.clone();
    sign_out(&stack, &mut browser).await;
    assert_eq!(later.get(&stack, "/").await.location(), "/signin?to=/");
}

/// E15, P10: while nobody can tell whether a session was ended, it shows and changes nothing, and nobody is signed out who
/// would still be signed in.
#[tokio::test]
async fn when_nobody_can_tell() {
    let away = Arc::new(AtomicBool::new(false));
    let switch = away.clone();
    let gate = Gate::new(move |at, _| {
        let fails = at.starts_with("channels.") && switch.load(Ordering::SeqCst);
        Box::pin(async move { if fails { Err(Fault::passing("away")) } else { Ok(()) } })
    });
    let mut scenario = Scenario::new("sessions");
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    let stack = TestStack::of(scenario, gate).await;
    let mut browser = alice(&stack).await;
    let open = browser.get(&stack, &stack.page()).await;
    away.store(true, Ordering::SeqCst);
    for path in ["/", "/history", &stack.page()] {
        assert_eq!(browser.get(&stack, path).await.status.as_u16(), 503, "{path}");
    }
    let denied = browser.press_on(&stack, &open, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(denied.status.as_u16(), 503, "{}", denied.body);
    let out = browser.post(&stack, "/signout", &[("csrf", &open.field("csrf"))]).await;
    assert_eq!(out.status.as_u16(), 503, "{}", out.body);
    assert!(browser.cookies.contains_key(SESSION), "it can be tried again");
    assert_eq!(stack.item().await, stack.scenario.item);
}

/// C7: no answer to a form redirects to another origin, because browsers hold each redirect after a form against
/// `form-action 'self'`, the provider's own too. A page of ours goes on by itself, with a link for who has that switched off.
#[tokio::test]
async fn a_form_leads_to_a_page_of_ours() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let left = browser.press(&stack, "approve", &[]).await;
    let policy =
        |answer: &stack::Answer| answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert_eq!((left.status, left.location().as_str()), (StatusCode::OK, ""), "{}", left.body);
    assert!(left.onward().starts_with(stack.scenario.issuer.name()), "{}", left.body);
    let refresh = format!("content=\"0; url={}\"", left.onward().replace('&', "&amp;"));
    assert!(left.body.contains(&refresh) && !left.body.contains("<script"), "{}", left.body);
    assert!(policy(&left).contains("form-action 'self';"), "{}", policy(&left));
    let page = browser.get(&stack, &stack.page()).await;
    assert!(policy(&page).contains("form-action 'self';"), "{}", policy(&page));

    // Without a session the same form leads to the sign-in, by a page of ours as well.
    let mut nobody = Browser::default();
    let led = nobody.press_on(&stack, &page, "approve", &[]).await;
    assert_eq!(led.location(), format!("/signin?to={}&page=yes", stack.page()));
    let led = nobody.get(&stack, &led.location()).await;
    assert_eq!((led.status, led.location().as_str()), (StatusCode::OK, ""));
    let back = nobody.finish_sign_in(&stack, &led, "alice", &["data-owners"], Some(stack.now())).await;
    assert_eq!(back.location(), stack.page(), "{}", back.body);
    let signed_out = Browser::default().post(&stack, "/signout", &[("csrf", "x")]).await;
    assert_eq!(signed_out.location(), "/signin?to=/&page=yes");
    let plain = Browser::default().request(&stack, Method::GET, "/signin?to=/", None).await;
    assert_eq!(plain.status, StatusCode::SEE_OTHER, "a link may redirect at once");
}
