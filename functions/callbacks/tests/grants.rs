//! An approval that grants more, by API and on the page; what is shown of it, and taking it back.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use axum::http::StatusCode;
use domain::{Event, Grant, GrantTerms};
use serde_json::{Value, json};
use stack::{Browser, TestStack};
use store::ReadDocuments;
use testkit::SampleRequirement;
use wire::documents::Statement;

const SRE: &[&str] = &["sre"];

fn wish(seconds: u32, uses: u32, fixed: &Value) -> Value {
    json!({ "grant": { "seconds": seconds, "uses": uses, "fixed": fixed } })
}

async fn grant(stack: &TestStack) -> Option<Grant> {
    stack.item().await.state().review().unwrap().grants.first().cloned()
}

/// P5: what is granted stands in the signed statement and in the event, within the limit; the view says what is left.
#[tokio::test]
async fn an_approval_grants_more() {
    let stack = TestStack::asking(SampleRequirement::Granting).await;
    let answer = stack.verdict(&stack.person("bob", SRE), wish(1800, 3, &json!(["/source"]))).await;
    assert_eq!((answer.status, stack.status().await), (StatusCode::OK, "approved"), "{}", answer.body);
    let made = grant(&stack).await.unwrap();
    let fixed = vec!["/destination".to_owned(), "/source".to_owned()];
    let until = stack.now().plus_seconds(1800);
    assert_eq!(made.terms, GrantTerms { until, uses: 3, fixed });
    let statement = stack.documents.document(made.vote.statement).await.unwrap().unwrap();
    let said: Statement = statement.open().unwrap();
    assert_eq!(said.grant.map(GrantTerms::from), Some(made.terms));
    let shown = &answer.json()["verdicts"][0]["grant"];
    assert_eq!((&shown["uses"], &shown["used"], &shown["revoked"]), (&json!(3), &json!(0), &json!(false)));
    assert_eq!(shown["fixed"][0]["value"], "s3://partner-drop/q3.csv");
    let again = stack.verdict(&stack.person("bob", SRE), wish(1800, 3, &json!(["/source"]))).await;
    assert_eq!((again.status, stack.item().await.sequence()), (StatusCode::OK, 3), "said twice, said once");
    let other = stack.verdict(&stack.person("bob", SRE), json!({})).await;
    assert_eq!(other.code(), "already-voted", "without the grant it is another word");
}

/// P5, P10, O7: what goes beyond the limit, is about what nobody is shown, or is no approval grants nothing and decides
/// nothing.
#[tokio::test]
async fn grants_that_are_refused() {
    let stack = TestStack::asking(SampleRequirement::Granting).await;
    let bob = stack.person("bob", SRE);
    let nothing = json!([]);
    for (what, over) in [
        ("too long", wish(3601, 1, &nothing)),
        ("no time", wish(0, 1, &nothing)),
        ("too often", wish(60, 6, &nothing)),
        ("never", wish(60, 0, &nothing)),
        ("no such parameter", wish(60, 1, &json!(["/nothing"]))),
        ("no pointer", wish(60, 1, &json!(["destination"]))),
        ("more than there is", json!({ "grant": { "seconds": 60, "uses": 1, "forever": true } })),
        ("a denial", json!({ "verdict": "deny", "reason": "No", "grant": { "seconds": 60, "uses": 1 } })),
    ] {
        let answer = stack.verdict(&bob, over).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, "invalid-parameters"), "{what}");
    }
    let mallory = stack.verdict(&stack.person("mallory", &[]), wish(60, 1, &nothing)).await;
    assert_eq!(mallory.code(), "not-an-approver", "who may not decide learns nothing else");
    assert_eq!(stack.item().await, stack.scenario.item);
    let plain = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let answer = plain.verdict(&plain.person("bob", SRE), wish(60, 1, &nothing)).await;
    assert_eq!(answer.code(), "invalid-parameters", "where the requirement does not allow it");
    assert_eq!(plain.item().await, plain.scenario.item);
}

/// D7, P5: on the page it is a choice of its own, never made from the start; the provider's proof covers it.
#[tokio::test]
async fn the_page_offers_it_and_the_provider_proves_it() {
    let stack = TestStack::asking(SampleRequirement::GrantingSigned).await;
    let owners: &[&str] = &["data-owners"];
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", owners).await;
    let page = alice.get(&stack, &stack.page()).await;
    for part in [
        "name=\"grant\" value=\"yes\"",
        "max=\"60\"",
        "max=\"5\"",
        "destination: ",
        "s3://partner-drop/q3.csv",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("checked"), "{}", page.body);
    let plain = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut other = Browser::default();
    other.sign_in(&plain, "alice", owners).await;
    assert!(!other.get(&plain, &plain.page()).await.body.contains("name=\"grant\""));

    let numbers = [("grant_minutes", "30"), ("grant_uses", "2")];
    let wrong = alice
        .press(&stack, "approve", &[("grant", "yes"), ("grant_minutes", "61"), ("grant_uses", "2")])
        .await;
    assert_eq!(wrong.status.as_u16(), 422, "{}", wrong.body);
    let pressed = stack.now();
    let left = alice.press(&stack, "approve", &[("grant", "yes"), numbers[0], numbers[1]]).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    stack.clock.pass(20);
    let back = alice.finish_sign_in(&stack, &left, "alice", owners, Some(stack.now())).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    let made = grant(&stack).await.unwrap();
    assert_eq!((made.terms.until, made.terms.uses), (pressed.plus_seconds(1800), 2));
    assert_eq!(left.parameter("nonce"), Some(made.vote.statement.to_string()));
    let page = alice.get(&stack, &stack.page()).await;
    assert!(page.body.contains("0 of 2 used") && page.body.contains("Take the grant back"), "{}", page.body);
    // The numbers alone choose nothing.
    let stack = TestStack::asking(SampleRequirement::GrantingSigned).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", owners).await;
    let left = alice.press(&stack, "approve", &numbers).await;
    alice.finish_sign_in(&stack, &left, "alice", owners, Some(stack.now())).await;
    assert_eq!((stack.status().await, grant(&stack).await), ("approved", None));
}

/// P6: a grant that is over before the sign-in comes back decides nothing.
#[tokio::test]
async fn a_grant_that_is_over_at_once() {
    let stack = TestStack::asking(SampleRequirement::GrantingSigned).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let fields = [("grant", "yes"), ("grant_minutes", "1"), ("grant_uses", "2")];
    let left = alice.press(&stack, "approve", &fields).await;
    stack.clock.pass(60);
    let back = alice.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    assert!(back.body.contains("would have ended before you had signed in"), "{}", back.body);
    assert_eq!(stack.status().await, "pending");
}

/// P6: whoever is asked takes it back, by API or on the page, at once and once; nobody else does.
#[tokio::test]
async fn a_grant_is_taken_back() {
    for by_page in [false, true] {
        let stack = TestStack::asking(SampleRequirement::Granting).await;
        stack.verdict(&stack.person("bob", SRE), wish(1800, 3, &json!([]))).await;
        for (who, groups, code) in [("mallory", &[][..], "not-an-approver"), ("dana", SRE, "own-request")] {
            let answer = stack.verdict(&stack.person(who, groups), json!({ "verdict": "revoke" })).await;
            assert_eq!(answer.code(), code, "{who}");
        }
        if by_page {
            let mut carol = Browser::default();
            carol.sign_in(&stack, "carol", SRE).await;
            let pressed = carol.press(&stack, "revoke", &[]).await;
            assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.body);
            let page = carol.get(&stack, &stack.page()).await;
            assert!(page.body.contains("taken back"), "{}", page.body);
            assert!(!page.body.contains("Take the grant back"), "{}", page.body);
        } else {
            let answer = stack.verdict(&stack.person("carol", SRE), json!({ "verdict": "revoke" })).await;
            assert_eq!(answer.json()["verdicts"][0]["grant"]["revoked"], true, "{}", answer.body);
        }
        assert!(grant(&stack).await.unwrap().revoked);
        assert_eq!(stack.status().await, "approved", "the action itself stays approved");
        let last = stack.item().await.entries().last().unwrap().event.clone();
        assert!(matches!(last, Event::VerdictGiven(_)));
    }
}
