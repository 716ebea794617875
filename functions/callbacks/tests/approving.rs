//! Approving on the page: through the provider, whose ID token is the proof; and every way that goes wrong.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use axum::http::StatusCode;
use domain::{Event, Principal, Proof, VerdictKind};
use identity::{VerdictContext, VerdictDocuments, verdict_holds};
use stack::{Answer, Browser, TestStack};
use store::{ExtendState, ReadDocuments};
use testkit::scenario::{DEPLOYMENT, PAGES_CLIENT};
use testkit::{Gate, SampleRequirement, Scenario};

async fn export() -> TestStack {
    TestStack::asking(SampleRequirement::DataOwner).await
}

async fn alice(stack: &TestStack) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(stack, "alice", &["data-owners"]).await;
    browser
}

/// What the whole way leaves: an event whose documents hold for everybody who checks them again.
///
/// D7, O5, P12: the nonce is the statement's digest, the sign-in is asked for afresh.
#[tokio::test]
async fn an_approval_is_proven_by_the_provider() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let left = browser.press(&stack, "approve", &[("reason", "Agreed with the partner team")]).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    assert_eq!(
        (left.parameter("max_age"), left.parameter("prompt")),
        (Some("300".into()), Some("login".into()))
    );
    assert_eq!(stack.status().await, "pending", "leaving decides nothing");
    stack.clock.pass(20);
    let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, stack.page()), "{}", back.body);

    let item = stack.item().await;
    let entry = item.entries().last().unwrap();
    let Event::VerdictGiven(verdict) = &entry.event else { panic!("{entry:?}") };
    assert_eq!((verdict.kind, verdict.proof), (VerdictKind::Approve, Proof::Idp));
    assert_eq!(left.parameter("nonce"), Some(verdict.statement.to_string()));
    let [statement, envelope, proof] =
        [Some(verdict.statement), Some(verdict.envelope), verdict.proof_document].map(Option::unwrap);
    let papers = &stack.documents;
    let read = |digest| async move { papers.document(digest).await.unwrap().unwrap() };
    let (statement, envelope, proof) = (read(statement).await, read(envelope).await, read(proof).await);
    let (review, issuers) = (stack.scenario.item.state().review().unwrap(), issuers(&stack));
    let context = VerdictContext {
        deployment: DEPLOYMENT,
        action: item.id(),
        subject: &review.subject(verdict),
        scope: None,
        verdict,
        committed_at: entry.at,
        verdict_key: &stack.scenario.signer.public_key(),
        issuers: &issuers,
        pages_client: PAGES_CLIENT,
    };
    let documents = VerdictDocuments {
        statement: &statement,
        envelope: &envelope,
        proof: Some(&proof),
        proof_key: Some(&stack.scenario.issuer.jwk()),
    };
    verdict_holds(&context, &documents, &domain::Membership::default()).unwrap();
}

fn issuers(stack: &TestStack) -> identity::Issuers {
    identity::Issuers::of(vec![stack.scenario.issuer.settings()]).unwrap()
}

/// Nothing was decided, and the page says so.
async fn undecided(stack: &TestStack, answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.body.contains(words), "`{words}` is not in {}", answer.body);
    assert_eq!(stack.item().await, stack.scenario.item, "{words}");
}

/// D7: a provider that ignores `max_age` or `prompt=login`, or does not say when the person signed in, proves nothing.
#[tokio::test]
async fn a_provider_that_ignores_max_age() {
    for minutes_ago in [Some(30), Some(2), None] {
        let stack = export().await;
        let mut browser = alice(&stack).await;
        stack.clock.pass(1200);
        let left = browser.press(&stack, "approve", &[]).await;
        let auth_time = minutes_ago.map(|minutes| stack.now().plus_seconds(-60 * minutes));
        let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], auth_time).await;
        let words = match minutes_ago {
            Some(_) => "did not ask you to sign in again",
            None => "does not state when you signed in (`auth_time`)",
        };
        undecided(&stack, &back, 403, words).await;
    }
}

/// Another person comes back: it is neither their vote nor the first one's, and it is on the record.
#[tokio::test]
async fn another_person_coming_back() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let left = browser.press(&stack, "approve", &[]).await;
    let back = browser.finish_sign_in(&stack, &left, "frank", &["data-owners"], Some(stack.now())).await;
    undecided(&stack, &back, 403, "Somebody else signed in").await;
    assert_eq!(stack.attempts(), ["frank not-an-approver 1"]);
    assert!(!browser.cookies.keys().any(|name| name.starts_with("__Host-attempt-")), "the attempt is over");
}

/// Two tabs: each sign-in has its own cookie; both may be finished in any order, and one vote counts.
#[tokio::test]
async fn two_tabs() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let first = browser.press(&stack, "approve", &[]).await;
    let second = browser.press(&stack, "approve", &[("reason", "The second tab")]).await;
    let under_way = browser.cookies.keys().filter(|name| name.starts_with("__Host-attempt-")).count();
    assert_eq!(under_way, 2);
    for left in [&second, &first] {
        let back = browser.finish_sign_in(&stack, left, "alice", &["data-owners"], Some(stack.now())).await;
        assert_eq!(back.location(), stack.page(), "{}", back.body);
    }
    let item = stack.item().await;
    assert_eq!((item.sequence(), item.state().status().name()), (3, "approved"));
}

/// A form that was open while another tab approved is still this person's; one of another person's session is not.
#[tokio::test]
async fn a_form_in_another_tab() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let open = browser.get(&stack, &stack.page()).await;
    let left = browser.press(&stack, "approve", &[]).await;
    browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    let stopped = browser.press_on(&stack, &open, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(stopped.location(), stack.page(), "{}", stopped.body);
    assert_eq!(stack.status().await, "denied");

    let stack = export().await;
    let mut browser = alice(&stack).await;
    let open = browser.get(&stack, &stack.page()).await;
    browser.sign_in(&stack, "frank", &["data-owners"]).await;
    let crossed = browser.press_on(&stack, &open, "deny", &[("reason_code", "wrong-target")]).await;
    undecided(&stack, &crossed, 409, "not from your present session").await;
}

/// However many sign-ins are begun, the browser keeps a bounded number.
#[tokio::test]
async fn many_tabs() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    for _ in 0..20 {
        stack.clock.pass(1);
        assert_eq!(browser.press(&stack, "approve", &[]).await.status, 200);
    }
    assert_eq!(browser.cookies.keys().filter(|name| name.starts_with("__Host-attempt-")).count(), 6);
}

/// The action expired, was cancelled or was decided by others while the person was away.
#[tokio::test]
async fn what_changed_meanwhile() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    stack.clock.pass(1790);
    let left = browser.press(&stack, "approve", &[]).await;
    stack.clock.pass(30);
    let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    undecided(&stack, &back, 409, "The time to decide has run out").await;

    for cancelled in [true, false] {
        let stack = export().await;
        let mut browser = alice(&stack).await;
        let left = browser.press(&stack, "approve", &[]).await;
        let item = stack.item().await;
        let event = if cancelled {
            let subject = "demo-agent".to_owned();
            Event::Cancelled { by: Principal { issuer: stack.scenario.issuer.name().to_owned(), subject } }
        } else {
            let mut scenario = stack.scenario.clone();
            let verdict =
                scenario.verdict("frank", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
            Event::VerdictGiven(verdict)
        };
        let (moved, _) = item.extend(event, stack.now()).unwrap();
        stack.states.extend(item.chain(), &moved).await.unwrap();
        let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
        assert_eq!(back.status, 409, "{}", back.body);
        assert!(back.body.contains("Others have decided this already"), "{}", back.body);
        assert_eq!(stack.item().await, moved);
    }
}

/// W16, D6: a new revision while the person was away: what was shown is not what stands there.
#[tokio::test]
async fn a_new_revision_meanwhile() {
    let stack = TestStack::asking(SampleRequirement::ChangingSigned).await;
    let mut browser = alice(&stack).await;
    let left = browser.press(&stack, "approve", &[]).await;
    let item = stack.item().await;
    let mut scenario = stack.scenario.clone();
    let patch = serde_json::json!({"destination": "s3://partner-drop/other.csv"});
    let changed = scenario.changed("frank", &["data-owners"], &patch, Proof::Idp).await;
    let (moved, _) = item.extend(changed, stack.now()).unwrap();
    stack.states.extend(item.chain(), &moved).await.unwrap();
    let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    assert_eq!(back.status, 409, "{}", back.body);
    assert!(back.body.contains("has changed since it was shown to you"), "{}", back.body);
    assert_eq!(stack.item().await, moved);
}

/// P6, O5: a code and a state count once, in the browser that began, within ten minutes, from the right provider.
#[tokio::test]
async fn the_way_back_counts_once() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let left = browser.press(&stack, "approve", &[]).await;
    let kept = browser.clone();
    let state = left.parameter("state").unwrap();
    let code = stack.desk.sign_in(&state, "alice", &["data-owners"], Some(stack.now()));
    let address = format!("/signin/return?code={code}&state={state}");

    let mut stranger = Browser::default();
    undecided(&stack, &stranger.get(&stack, &address).await, 400, "nor any other cookie of this site").await;
    let elsewhere = format!("{address}&iss=https%3A%2F%2Fevil.example");
    undecided(&stack, &kept.clone().get(&stack, &elsewhere).await, 403, "another identity provider").await;
    let refused = format!("/signin/return?error=access_denied&state={state}");
    undecided(&stack, &kept.clone().get(&stack, &refused).await, 403, "was not finished").await;
    let double = format!("{address}&state={state}");
    undecided(&stack, &kept.clone().get(&stack, &double).await, 400, "is not complete").await;

    assert_eq!(browser.get(&stack, &address).await.status, 303);
    let decided = stack.item().await;
    let again = kept.clone().get(&stack, &address).await;
    assert_eq!(again.status, 403);
    assert!(again.body.contains("has been used already"), "{}", again.body);
    assert_eq!(stack.item().await, decided);

    let stack = export().await;
    let mut browser = alice(&stack).await;
    let left = browser.press(&stack, "approve", &[]).await;
    stack.clock.pass(601);
    let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    undecided(&stack, &back, 400, "more than ten minutes ago").await;
}

/// D7: a code from elsewhere does not fit the verifier that this browser keeps; a token for another statement neither.
#[tokio::test]
async fn codes_and_tokens_of_other_sign_ins() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    let first = browser.press(&stack, "approve", &[]).await.parameter("state").unwrap();
    let second = browser.press(&stack, "approve", &[]).await.parameter("state").unwrap();
    let code = stack.desk.sign_in(&second, "alice", &["data-owners"], Some(stack.now()));
    let crossed = browser.get(&stack, &format!("/signin/return?code={code}&state={first}")).await;
    undecided(&stack, &crossed, 403, "took the sign-in back").await;
}

/// Groups count only as the token just given or the directory says: a session's own are not enough.
#[tokio::test]
async fn groups_come_from_the_proof() {
    let stack = export().await;
    let mut browser = Browser::default();
    browser.sign_in(&stack, "newcomer", &["data-owners"]).await;
    let left = browser.press(&stack, "approve", &[]).await;
    let back = browser.finish_sign_in(&stack, &left, "newcomer", &["marketing"], Some(stack.now())).await;
    undecided(&stack, &back, 403, "not in any group that is asked").await;
    assert_eq!(stack.attempts(), ["newcomer not-an-approver 1"]);
}

/// A denial needs no provider: it works when the provider is away, at once, and needs a reason.
#[tokio::test]
async fn a_denial_needs_no_provider() {
    let stack = export().await;
    let mut browser = alice(&stack).await;
    stack.desk.set_away(true);
    let page = browser.get(&stack, &stack.page()).await;
    assert_eq!(page.status, 200);
    let wordless = browser.press_on(&stack, &page, "deny", &[]).await;
    undecided(&stack, &wordless, 422, "A denial needs a reason").await;
    let approve = browser.press_on(&stack, &page, "approve", &[]).await;
    undecided(&stack, &approve, 503, "Nothing was decided").await;
    let denied = browser.press_on(&stack, &page, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(denied.location(), stack.page(), "{}", denied.body);
    assert_eq!(stack.status().await, "denied");
    let again = browser.press_on(&stack, &page, "deny", &[("reason_code", "wrong-target")]).await;
    assert_eq!(again.location(), stack.page(), "the same twice is said once");
    assert_eq!(stack.item().await.sequence(), 3);
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
        let mut scenario = Scenario::new("way back");
        scenario.propose();
        scenario.decide(SampleRequirement::DataOwner);
        let stack = TestStack::of(scenario, gate).await;
        let mut browser = alice(&stack).await;
        let left = browser.press(&stack, "approve", &[]).await;
        away.store(true, std::sync::atomic::Ordering::SeqCst);
        let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
        undecided(&stack, &back, 503, "Nothing was decided").await;
    }
}
