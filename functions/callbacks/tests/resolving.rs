//! Recording what an attempt did whose outcome was lost, by API and on the page.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod stack;

use axum::http::{Method, StatusCode};
use domain::{Event, Proof, ResolvedBy, VerdictKind};
use serde_json::{Value, json};
use stack::{Answer, Browser, TestStack};
use store::ReadDocuments;
use testkit::{Gate, SampleRequirement, Scenario};
use wire::documents::Statement;

const LOOKED: &str = "The access log of the bucket shows no request";

/// An export whose outcome is lost, and which its target cannot say anything about.
async fn lost(ask: SampleRequirement) -> Scenario {
    let mut scenario = Scenario::new("lost");
    scenario.propose();
    scenario.decide(ask);
    match ask {
        SampleRequirement::DataOwner => {
            scenario.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await
        }
        SampleRequirement::TwoOfSre => {
            scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
            scenario.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
        }
        _ => {}
    }
    scenario.claim();
    scenario.lose();
    scenario.cannot_tell();
    scenario
}

async fn stack(ask: SampleRequirement) -> TestStack {
    TestStack::of(lost(ask).await, Gate::open()).await
}

async fn resolve(stack: &TestStack, token: &str, over: Value) -> Answer {
    let (action, review) = stack.digests();
    let mut body = json!({
        "happened": false, "reason": LOOKED,
        "action_digest": action.to_string(), "review_digest": review.to_string(),
    });
    for (name, value) in over.as_object().cloned().unwrap_or_default() {
        match value {
            Value::Null => body.as_object_mut().unwrap().remove(&name),
            value => body.as_object_mut().unwrap().insert(name, value),
        };
    }
    let path = format!("/v1/actions/{}/resolution", stack.id());
    stack.call(Method::POST, &path, Some(token), Some(body)).await
}

/// The last event, with what its person signed.
async fn signed(stack: &TestStack) -> (bool, Proof, Statement) {
    let item = stack.item().await;
    let Some(Event::Resolved { happened, by: ResolvedBy::Person(verdict), .. }) =
        item.entries().last().map(|entry| entry.event.clone())
    else {
        unreachable!("nothing was resolved: {:?}", item.state())
    };
    let statement = stack.documents.document(verdict.statement).await.unwrap().unwrap();
    (happened, verdict.proof, statement.open().unwrap())
}

/// P5: one of those who may approve says by API what it did, in a signed statement; the answer and the page show it. The same
/// again is the same, the opposite comes too late, from whomever.
#[tokio::test]
async fn one_person_resolves_by_api() {
    for (happened, status, verdict) in [(true, "succeeded", "happened"), (false, "failed", "did_not_happen")]
    {
        let stack = stack(SampleRequirement::TwoOfSre).await;
        let (bob, carol) = (stack.person("bob", &[]), stack.person("carol", &[]));
        let answer = resolve(&stack, &bob, json!({ "happened": happened })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told = answer.json();
        assert_eq!((told["status"].as_str(), told["final"].as_bool()), (Some(status), Some(true)));
        assert_eq!(told["resolution"]["by"]["subject"], "bob");
        assert_eq!(
            (&told["resolution"]["happened"], &told["resolution"]["found"]),
            (&json!(happened), &json!(LOOKED))
        );
        let (recorded, proof, statement) = signed(&stack).await;
        assert_eq!((recorded, proof), (happened, Proof::Service));
        assert_eq!((statement.verdict.as_str(), statement.reason.as_deref()), (verdict, Some(LOOKED)));
        let events = stack.item().await.sequence();
        assert_eq!(resolve(&stack, &bob, json!({ "happened": happened })).await.status, 200);
        for token in [&bob, &carol] {
            let late = resolve(&stack, token, json!({ "happened": !happened })).await;
            assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "nothing-to-resolve"));
        }
        assert_eq!(stack.item().await.sequence(), events);
    }
}

/// P5, D7: who may not, and what is not taken; nothing of it is written.
#[tokio::test]
async fn who_and_what_resolves_nothing() {
    let stack = stack(SampleRequirement::TwoOfSre).await;
    let before = stack.item().await;
    let bob = stack.person("bob", &[]);
    for (who, token, status, code) in [
        ("mallory", stack.person("mallory", &[]), 403, "not-an-approver"),
        ("alice of another group", stack.person("alice", &["data-owners"]), 403, "not-an-approver"),
        ("dana, who owns the agent", stack.person("dana", &["sre"]), 403, "own-request"),
        ("the agent", stack.scenario.issuer.agent("demo-agent", stack.now()), 403, "agent-cannot-decide"),
    ] {
        let answer = resolve(&stack, &token, json!({})).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{who}: {}",
            answer.body
        );
    }
    let other = domain::Digest::of(b"another page").to_string();
    for (what, over, status, code) in [
        ("no words", json!({ "reason": "  " }), 422, "invalid-parameters"),
        ("no reason", json!({ "reason": null }), 422, "invalid-parameters"),
        ("no answer", json!({ "happened": null }), 422, "invalid-parameters"),
        ("a text", json!({ "happened": "yes" }), 422, "invalid-parameters"),
        ("a code", json!({ "reason_code": "other" }), 422, "unknown-field"),
        ("another page", json!({ "review_digest": other }), 409, "stale-digest"),
    ] {
        let answer = resolve(&stack, &bob, over).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{what}: {}",
            answer.body
        );
    }
    for verdict in ["happened", "did_not_happen"] {
        let answer = stack.verdict(&bob, json!({ "verdict": verdict, "reason": LOOKED })).await;
        assert!(answer.body.contains("/resolution"), "{}", answer.body);
    }
    assert_eq!(stack.item().await, before);
    let waiting = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let early = resolve(&waiting, &waiting.person("bob", &[]), json!({})).await;
    assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "nothing-to-resolve"));
}

/// P2: while its command may still be under way nobody records that it did not happen; that it happened, they do.
#[tokio::test]
async fn too_early_to_say_that_it_did_not_happen() {
    let stack = stack(SampleRequirement::TwoOfSre).await;
    let run = stack.item().await.state().run().unwrap().clone();
    stack.clock.set(run.settled_at().plus_seconds(-1));
    let bob = stack.person("bob", &[]);
    let early = resolve(&stack, &bob, json!({})).await;
    assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "too-early"));
    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &["sre"]).await;
    let page = browser.get(&stack, &stack.page()).await;
    assert!(
        page.body.contains("It happened") && !page.body.contains("value=\"did_not_happen\""),
        "{}",
        page.body
    );
    assert_eq!(resolve(&stack, &bob, json!({ "happened": true })).await.status, 200);
}

/// Where nobody was asked, those resolve whom the decision names; where it names nobody, nobody sees or says anything.
#[tokio::test]
async fn where_nobody_was_asked() {
    let named = stack(SampleRequirement::NobodyResolving).await;
    assert_eq!(resolve(&named, &named.person("bob", &[]), json!({})).await.status, 200);
    let nobody = stack(SampleRequirement::Nobody).await;
    let answer = resolve(&nobody, &nobody.person("bob", &[]), json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "not-an-approver"));
}

/// P2: of two resolutions at once exactly one counts; the other is told that nothing is left to resolve.
#[tokio::test]
async fn one_of_two_at_once_counts() {
    let gate = Gate::new(|_, _| {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    });
    let stack = TestStack::of(lost(SampleRequirement::TwoOfSre).await, gate).await;
    let before = stack.item().await.sequence();
    let (bob, carol) = (stack.person("bob", &[]), stack.person("carol", &[]));
    let (first, second) = tokio::join!(
        resolve(&stack, &bob, json!({ "happened": true })),
        resolve(&stack, &carol, json!({ "happened": false }))
    );
    let mut answers = [(first.status.as_u16(), first.code()), (second.status.as_u16(), second.code())];
    answers.sort();
    assert_eq!(answers, [(200, String::new()), (409, "nothing-to-resolve".to_owned())]);
    assert_eq!(stack.item().await.sequence(), before + 1);
}

/// P5, W4: on the page it is a statement that the provider signs; the page shows what was found.
#[tokio::test]
async fn one_person_resolves_on_the_page() {
    let stack = stack(SampleRequirement::DataOwner).await;
    let api = resolve(&stack, &stack.person("alice", &["data-owners"]), json!({})).await;
    assert_eq!((api.status.as_u16(), api.code().as_str()), (403, "step-up-required"));
    let mut newcomer = Browser::default();
    newcomer.sign_in(&stack, "newcomer", &["sre"]).await;
    assert_eq!(newcomer.get(&stack, &stack.page()).await.status, StatusCode::NOT_FOUND);
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let page = alice.get(&stack, &stack.page()).await;
    for part in
        ["It happened", "It did not happen", "Its target was asked and cannot say", "If its outcome is lost"]
    {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("value=\"approve\""), "{}", page.body);
    let silent = alice.press(&stack, "happened", &[]).await;
    assert!(silent.body.contains("Write what you looked at and what you found there"), "{}", silent.body);
    let left = alice.press(&stack, "did_not_happen", &[("reason", LOOKED)]).await;
    assert_eq!(left.parameter("prompt"), Some("login".into()));
    stack.clock.pass(20);
    let back = alice.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    let (happened, proof, statement) = signed(&stack).await;
    assert_eq!((happened, proof, statement.channel.as_str()), (false, Proof::Idp, "page"));
    let page = alice.get(&stack, &stack.page()).await;
    assert!(page.body.contains("alice found that it did not happen"), "{}", page.body);
    assert!(page.body.contains(LOOKED) && !page.body.contains("value=\"happened\""), "{}", page.body);
}

/// While it runs the page says how long it usually takes, and after that time that this takes longer; a running action is not
/// resolved.
#[tokio::test]
async fn how_long_a_running_action_takes() {
    let mut scenario = Scenario::new("running");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.claim();
    let stack = TestStack::of(scenario, Gate::open()).await;
    let claimed_at = stack.item().await.state().run().unwrap().claimed_at;
    let mut bob = Browser::default();
    bob.sign_in(&stack, "bob", &["sre"]).await;
    for (second, longer) in [(29, false), (30, true), (200, true)] {
        stack.clock.set(claimed_at.plus_seconds(second));
        let page = bob.get(&stack, &stack.page()).await;
        assert!(page.body.contains("It usually takes 30 seconds"), "{second}: {}", page.body);
        assert_eq!(page.body.contains("this takes longer than usual"), longer, "{second}: {}", page.body);
    }
    let answer = resolve(&stack, &stack.person("bob", &[]), json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (409, "nothing-to-resolve"));
}
