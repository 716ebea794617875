//! Sessions that are over, and the way from a form to the provider.

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Method, StatusCode, header};
use domain::Fault;
use testkit::{Ask, Gate, Story};
use world::{Browser, World};

const SESSION: &str = "__Host-session";

async fn export() -> World {
    World::asking(Ask::DataOwner).await
}

async fn alice(world: &World) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(world, "alice", &["data-owners"]).await;
    browser
}

async fn sign_out(world: &World, browser: &mut Browser) {
    let page = browser.get(world, "/").await;
    let out = browser.post(world, "/signout", &[("csrf", &page.field("csrf"))]).await;
    assert_eq!(out.status, StatusCode::OK, "{}", out.body);
}

/// What a copy of the cookie still shows and does: nothing at all.
async fn is_over(world: &World, copy: &mut Browser, open: &world::Answer) {
    for path in ["/", "/history", &world.page()] {
        let answer = copy.get(world, path).await;
        assert!(answer.location().starts_with("/signin"), "{path}: {} {}", answer.status, answer.body);
    }
    let denied = copy.press_on(world, open, "deny", &[("reason_code", "wrong-target")]).await;
    assert!(denied.location().starts_with("/signin"), "{} {}", denied.status, denied.body);
    assert_eq!(world.item().await, world.story.item, "nothing was decided");
}

/// E15: signing out ends the session itself: a copy of its cookie, and a form that was open, show and decide nothing. Another
/// session of the same person goes on.
#[tokio::test]
async fn a_session_that_was_ended() {
    let world = export().await;
    let (mut browser, mut elsewhere) = (alice(&world).await, alice(&world).await);
    let open = browser.get(&world, &world.page()).await;
    let mut copy = browser.clone();
    sign_out(&world, &mut browser).await;
    is_over(&world, &mut copy, &open).await;
    let denied = elsewhere.press(&world, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(denied.location(), world.page(), "{}", denied.body);
}

/// E15: signing in again, as the same person or as another, ends the session before it; forms that the same person has open
/// stay good, those of the other person do not.
#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    for (who, groups, status) in [("alice", &["data-owners"][..], 303), ("bob", &["sre"], 409)] {
        let world = export().await;
        let mut browser = alice(&world).await;
        let open = browser.get(&world, &world.page()).await;
        let mut copy = browser.clone();
        browser.sign_in(&world, who, groups).await;
        assert_ne!(browser.cookies[SESSION], copy.cookies[SESSION]);
        is_over(&world, &mut copy, &open).await;
        let denied = browser.press_on(&world, &open, "deny", &[("reason_code", "wrong-target")]).await;
        assert_eq!(denied.status.as_u16(), status, "{who}: {}", denied.body);
    }
}

/// E15: an approval rotates the session too, and signing out afterwards leaves no older copy behind.
#[tokio::test]
async fn a_proof_rotates_the_session() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let mut copy = browser.clone();
    let left = browser.press(&world, "approve", &[]).await;
    browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    assert_eq!(world.status().await, "approved");
    assert_eq!(copy.get(&world, "/").await.location(), "/signin?to=/");
    let mut later = browser.clone();
    sign_out(&world, &mut browser).await;
    assert_eq!(later.get(&world, "/").await.location(), "/signin?to=/");
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
    let mut story = Story::new("sessions");
    story.propose();
    story.decide(Ask::DataOwner);
    let world = World::of(story, gate).await;
    let mut browser = alice(&world).await;
    let open = browser.get(&world, &world.page()).await;
    away.store(true, Ordering::SeqCst);
    for path in ["/", "/history", &world.page()] {
        assert_eq!(browser.get(&world, path).await.status.as_u16(), 503, "{path}");
    }
    let denied = browser.press_on(&world, &open, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(denied.status.as_u16(), 503, "{}", denied.body);
    let out = browser.post(&world, "/signout", &[("csrf", &open.field("csrf"))]).await;
    assert_eq!(out.status.as_u16(), 503, "{}", out.body);
    assert!(browser.cookies.contains_key(SESSION), "it can be tried again");
    assert_eq!(world.item().await, world.story.item);
}

/// C7: no answer to a form redirects to another origin, because browsers hold each redirect after a form against
/// `form-action 'self'`, the provider's own too. A page of ours goes on by itself, with a link for who has that switched off.
#[tokio::test]
async fn a_form_leads_to_a_page_of_ours() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let left = browser.press(&world, "approve", &[]).await;
    let policy =
        |answer: &world::Answer| answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert_eq!((left.status, left.location().as_str()), (StatusCode::OK, ""), "{}", left.body);
    assert!(left.onward().starts_with(world.story.issuer.name()), "{}", left.body);
    let refresh = format!("content=\"0; url={}\"", left.onward().replace('&', "&amp;"));
    assert!(left.body.contains(&refresh) && !left.body.contains("<script"), "{}", left.body);
    assert!(policy(&left).contains("form-action 'self';"), "{}", policy(&left));
    let page = browser.get(&world, &world.page()).await;
    assert!(policy(&page).contains("form-action 'self';"), "{}", policy(&page));

    // Without a session the same form leads to the sign-in, by a page of ours as well.
    let mut nobody = Browser::default();
    let led = nobody.press_on(&world, &page, "approve", &[]).await;
    assert_eq!(led.location(), format!("/signin?to={}&page=yes", world.page()));
    let led = nobody.get(&world, &led.location()).await;
    assert_eq!((led.status, led.location().as_str()), (StatusCode::OK, ""));
    let back = nobody.finish_sign_in(&world, &led, "alice", &["data-owners"], Some(world.now())).await;
    assert_eq!(back.location(), world.page(), "{}", back.body);
    let signed_out = Browser::default().post(&world, "/signout", &[("csrf", "x")]).await;
    assert_eq!(signed_out.location(), "/signin?to=/&page=yes");
    let plain = Browser::default().request(&world, Method::GET, "/signin?to=/", None).await;
    assert_eq!(plain.status, StatusCode::SEE_OTHER, "a link may redirect at once");
}
