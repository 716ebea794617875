//! Approving on the page: through the provider, whose ID token is the proof; and every way that goes wrong.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod world;

use axum::http::StatusCode;
use domain::{Event, Principal, Proof, VerdictKind};
use identity::{VerdictContext, VerdictDocuments, verdict_holds};
use store::{ExtendState, ReadDocuments};
use testkit::story::{DEPLOYMENT, PAGES_CLIENT};
use testkit::{Ask, Gate, Story};
use world::{Answer, Browser, World};

async fn export() -> World {
    World::asking(Ask::DataOwner).await
}

async fn alice(world: &World) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(world, "alice", &["data-owners"]).await;
    browser
}

/// What the whole way leaves: an event whose documents hold for everybody who checks them again.
///
/// D7, O5, P12: the nonce is the statement's digest, the sign-in is asked for afresh.
#[tokio::test]
async fn an_approval_is_proven_by_the_provider() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let left = browser.press(&world, "approve", &[("reason", "Agreed with the partner team")]).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    assert_eq!(
        (left.parameter("max_age"), left.parameter("prompt")),
        (Some("300".into()), Some("login".into()))
    );
    assert_eq!(world.status().await, "pending", "leaving decides nothing");
    world.clock.pass(20);
    let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, world.page()), "{}", back.body);

    let item = world.item().await;
    let entry = item.entries().last().unwrap();
    let Event::VerdictGiven(verdict) = &entry.event else { panic!("{entry:?}") };
    assert_eq!((verdict.kind, verdict.proof), (VerdictKind::Approve, Proof::Idp));
    assert_eq!(left.parameter("nonce"), Some(verdict.statement.to_string()));
    let [statement, envelope, proof] =
        [Some(verdict.statement), Some(verdict.envelope), verdict.proof_document].map(Option::unwrap);
    let papers = &world.documents;
    let read = |digest| async move { papers.document(digest).await.unwrap().unwrap() };
    let (statement, envelope, proof) = (read(statement).await, read(envelope).await, read(proof).await);
    let (review, issuers) = (world.story.item.state().review().unwrap(), issuers(&world));
    let context = VerdictContext {
        deployment: DEPLOYMENT,
        action: item.id(),
        subject: &review.subject(verdict),
        scope: None,
        verdict,
        committed_at: entry.at,
        verdict_key: &world.story.signer.public_key(),
        issuers: &issuers,
        pages_client: PAGES_CLIENT,
    };
    let documents = VerdictDocuments {
        statement: &statement,
        envelope: &envelope,
        proof: Some(&proof),
        proof_key: Some(&world.story.issuer.jwk()),
    };
    verdict_holds(&context, &documents, &domain::Membership::default()).unwrap();
}

fn issuers(world: &World) -> identity::Issuers {
    identity::Issuers::of(vec![world.story.issuer.settings()]).unwrap()
}

/// Nothing was decided, and the page says so.
async fn undecided(world: &World, answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.body.contains(words), "`{words}` is not in {}", answer.body);
    assert_eq!(world.item().await, world.story.item, "{words}");
}

/// D7: a provider that ignores `max_age` or `prompt=login`, or does not say when the person signed in, proves nothing.
#[tokio::test]
async fn a_provider_that_ignores_max_age() {
    for minutes_ago in [Some(30), Some(2), None] {
        let world = export().await;
        let mut browser = alice(&world).await;
        world.clock.pass(1200);
        let left = browser.press(&world, "approve", &[]).await;
        let auth_time = minutes_ago.map(|minutes| world.now().plus_seconds(-60 * minutes));
        let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], auth_time).await;
        let words = match minutes_ago {
            Some(_) => "did not ask you to sign in again",
            None => "does not state when you signed in (`auth_time`)",
        };
        undecided(&world, &back, 403, words).await;
    }
}

/// Another person comes back: it is neither their vote nor the first one's, and it is on the record.
#[tokio::test]
async fn another_person_coming_back() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let left = browser.press(&world, "approve", &[]).await;
    let back = browser.finish_sign_in(&world, &left, "frank", &["data-owners"], Some(world.now())).await;
    undecided(&world, &back, 403, "Somebody else signed in").await;
    assert_eq!(world.attempts(), ["frank not-an-approver 1"]);
    assert!(!browser.cookies.keys().any(|name| name.starts_with("__Host-attempt-")), "the attempt is over");
}

/// Two tabs: each sign-in has its own cookie; both may be finished in any order, and one vote counts.
#[tokio::test]
async fn two_tabs() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let first = browser.press(&world, "approve", &[]).await;
    let second = browser.press(&world, "approve", &[("reason", "The second tab")]).await;
    let under_way = browser.cookies.keys().filter(|name| name.starts_with("__Host-attempt-")).count();
    assert_eq!(under_way, 2);
    for left in [&second, &first] {
        let back = browser.finish_sign_in(&world, left, "alice", &["data-owners"], Some(world.now())).await;
        assert_eq!(back.location(), world.page(), "{}", back.body);
    }
    let item = world.item().await;
    assert_eq!((item.sequence(), item.state().status().name()), (3, "approved"));
}

/// A form that was open while another tab approved is still this person's; one of another person's session is not.
#[tokio::test]
async fn a_form_in_another_tab() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let open = browser.get(&world, &world.page()).await;
    let left = browser.press(&world, "approve", &[]).await;
    browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    let stopped = browser.press_on(&world, &open, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(stopped.location(), world.page(), "{}", stopped.body);
    assert_eq!(world.status().await, "denied");

    let world = export().await;
    let mut browser = alice(&world).await;
    let open = browser.get(&world, &world.page()).await;
    browser.sign_in(&world, "frank", &["data-owners"]).await;
    let crossed = browser.press_on(&world, &open, "deny", &[("reason_code", "wrong-target")]).await;
    undecided(&world, &crossed, 409, "not from your present session").await;
}

/// However many sign-ins are begun, the browser carries a bounded number.
#[tokio::test]
async fn many_tabs() {
    let world = export().await;
    let mut browser = alice(&world).await;
    for _ in 0..20 {
        world.clock.pass(1);
        assert_eq!(browser.press(&world, "approve", &[]).await.status, 200);
    }
    assert_eq!(browser.cookies.keys().filter(|name| name.starts_with("__Host-attempt-")).count(), 6);
}

/// The action expired, was cancelled or was decided by others while the person was away.
#[tokio::test]
async fn what_changed_meanwhile() {
    let world = export().await;
    let mut browser = alice(&world).await;
    world.clock.pass(1790);
    let left = browser.press(&world, "approve", &[]).await;
    world.clock.pass(30);
    let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    undecided(&world, &back, 409, "The time to decide has run out").await;

    for cancelled in [true, false] {
        let world = export().await;
        let mut browser = alice(&world).await;
        let left = browser.press(&world, "approve", &[]).await;
        let item = world.item().await;
        let event = if cancelled {
            let subject = "demo-agent".to_owned();
            Event::Cancelled { by: Principal { issuer: world.story.issuer.name().to_owned(), subject } }
        } else {
            let mut story = world.story.clone();
            let verdict = story.verdict("frank", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
            Event::VerdictGiven(verdict)
        };
        let (moved, _) = item.extend(event, world.now()).unwrap();
        world.states.extend(item.chain(), &moved).await.unwrap();
        let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
        assert_eq!(back.status, 409, "{}", back.body);
        assert!(back.body.contains("Others have decided this already"), "{}", back.body);
        assert_eq!(world.item().await, moved);
    }
}

/// W16, D6: a new revision while the person was away: what was shown is not what stands there.
#[tokio::test]
async fn a_new_revision_meanwhile() {
    let world = World::asking(Ask::ChangingSigned).await;
    let mut browser = alice(&world).await;
    let left = browser.press(&world, "approve", &[]).await;
    let item = world.item().await;
    let mut story = world.story.clone();
    let patch = serde_json::json!({"destination": "s3://partner-drop/other.csv"});
    let changed = story.changed("frank", &["data-owners"], &patch, Proof::Idp).await;
    let (moved, _) = item.extend(changed, world.now()).unwrap();
    world.states.extend(item.chain(), &moved).await.unwrap();
    let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    assert_eq!(back.status, 409, "{}", back.body);
    assert!(back.body.contains("has changed since it was shown to you"), "{}", back.body);
    assert_eq!(world.item().await, moved);
}

/// P6, O5: a code and a state count once, in the browser that began, within ten minutes, from the right provider.
#[tokio::test]
async fn the_way_back_counts_once() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let left = browser.press(&world, "approve", &[]).await;
    let kept = browser.clone();
    let state = left.parameter("state").unwrap();
    let code = world.desk.sign_in(&state, "alice", &["data-owners"], Some(world.now()));
    let address = format!("/signin/return?code={code}&state={state}");

    let mut stranger = Browser::default();
    undecided(&world, &stranger.get(&world, &address).await, 400, "nor any other cookie of this site").await;
    let elsewhere = format!("{address}&iss=https%3A%2F%2Fevil.example");
    undecided(&world, &kept.clone().get(&world, &elsewhere).await, 403, "another identity provider").await;
    let refused = format!("/signin/return?error=access_denied&state={state}");
    undecided(&world, &kept.clone().get(&world, &refused).await, 403, "was not finished").await;
    let double = format!("{address}&state={state}");
    undecided(&world, &kept.clone().get(&world, &double).await, 400, "is not complete").await;

    assert_eq!(browser.get(&world, &address).await.status, 303);
    let decided = world.item().await;
    let again = kept.clone().get(&world, &address).await;
    assert_eq!(again.status, 403);
    assert!(again.body.contains("has been used already"), "{}", again.body);
    assert_eq!(world.item().await, decided);

    let world = export().await;
    let mut browser = alice(&world).await;
    let left = browser.press(&world, "approve", &[]).await;
    world.clock.pass(601);
    let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
    undecided(&world, &back, 400, "more than ten minutes ago").await;
}

/// D7: a code from elsewhere does not fit the verifier this browser carries; a token for another statement neither.
#[tokio::test]
async fn codes_and_tokens_of_other_sign_ins() {
    let world = export().await;
    let mut browser = alice(&world).await;
    let first = browser.press(&world, "approve", &[]).await.parameter("state").unwrap();
    let second = browser.press(&world, "approve", &[]).await.parameter("state").unwrap();
    let code = world.desk.sign_in(&second, "alice", &["data-owners"], Some(world.now()));
    let crossed = browser.get(&world, &format!("/signin/return?code={code}&state={first}")).await;
    undecided(&world, &crossed, 403, "took the sign-in back").await;
}

/// Groups count only as the token just given or the directory says: a session's own are not enough.
#[tokio::test]
async fn groups_come_from_the_proof() {
    let world = export().await;
    let mut browser = Browser::default();
    browser.sign_in(&world, "erin", &["data-owners"]).await;
    let left = browser.press(&world, "approve", &[]).await;
    let back = browser.finish_sign_in(&world, &left, "erin", &["marketing"], Some(world.now())).await;
    undecided(&world, &back, 403, "not in any group that is asked").await;
    assert_eq!(world.attempts(), ["erin not-an-approver 1"]);
}

/// A denial needs no provider: it works when the provider is away, at once, and needs a reason.
#[tokio::test]
async fn a_denial_needs_no_provider() {
    let world = export().await;
    let mut browser = alice(&world).await;
    world.desk.set_away(true);
    let page = browser.get(&world, &world.page()).await;
    assert_eq!(page.status, 200);
    let wordless = browser.press_on(&world, &page, "deny", &[]).await;
    undecided(&world, &wordless, 422, "A denial needs a reason").await;
    let approve = browser.press_on(&world, &page, "approve", &[]).await;
    undecided(&world, &approve, 503, "Nothing was decided").await;
    let denied = browser.press_on(&world, &page, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(denied.location(), world.page(), "{}", denied.body);
    assert_eq!(world.status().await, "denied");
    let again = browser.press_on(&world, &page, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(again.location(), world.page(), "the same twice is said once");
    assert_eq!(world.item().await.sequence(), 3);
}

/// A killed or failing step on the way back leaves no half vote: whatever is away, the item is whole.
#[tokio::test]
async fn whatever_fails_on_the_way_back() {
    for point in ["channels.put", "provider.exchange", "documents.get", "signer.sign", "documents.put"] {
        let away = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let switch = away.clone();
        let gate = Gate::new(move |at, _| {
            let fails = at == point && switch.load(std::sync::atomic::Ordering::SeqCst);
            Box::pin(async move { if fails { Err(domain::Fault::passing("away")) } else { Ok(()) } })
        });
        let mut story = Story::new("way back");
        story.propose();
        story.decide(Ask::DataOwner);
        let world = World::of(story, gate).await;
        let mut browser = alice(&world).await;
        let left = browser.press(&world, "approve", &[]).await;
        away.store(true, std::sync::atomic::Ordering::SeqCst);
        let back = browser.finish_sign_in(&world, &left, "alice", &["data-owners"], Some(world.now())).await;
        undecided(&world, &back, 503, "Nothing was decided").await;
    }
}
