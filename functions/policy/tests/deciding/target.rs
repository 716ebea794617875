//! What the target, its credentials or its API would refuse later is refused here, and who is told what about it.

use connectors::InspectError;
use wire::documents::DecisionDocument;

use crate::sample_request::SampleRequest;
use crate::support::TestStack;

async fn decided(stack: &TestStack, ask: SampleRequest) -> DecisionDocument {
    stack.propose(ask).await;
    stack.deliver().await.unwrap();
    stack.decision().await
}

fn said(decision: &DecisionDocument) -> String {
    decision.reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join(" ")
}

/// E12: an agent that has to ask people learns nothing about the target from a plan that fails: absent, forbidden, taken,
/// archived and too large read the same, in its answer; what was found stands apart, for people, under a salt it does not know.
#[tokio::test]
async fn absent_and_forbidden_read_the_same() {
    let cannot = |why: &str| Some(InspectError::Cannot(why.to_owned()));
    let mut told = Vec::new();
    for (found, hidden) in [
        ("no object at the source", None),
        ("`AccessDenied`", cannot("listing the object's versions: the target answered `AccessDenied`")),
        ("`NoSuchBucket`", cannot("listing the object's versions: the target answered `NoSuchBucket`")),
        ("at the destination already", cannot("something is at the destination already")),
        ("larger than the 5 GiB", cannot("the object is larger than the 5 GiB that one copy takes")),
    ] {
        let stack = TestStack::new().await;
        stack.targets.hide(hidden);
        let source = "s3://customers/2026/no-such.csv";
        let decision = decided(&stack, SampleRequest::export(source, "s3://partner-drop/q3.csv")).await;
        assert_eq!(stack.gist().await, "denied cannot-plan", "{found}");
        let cause = decision.cause.clone().unwrap();
        assert!(cause.detail.contains(found), "{found}: {}", cause.detail);
        assert!(!said(&decision).contains(found), "{found}: {}", said(&decision));
        told.push(said(&decision));
        let guessed = serde_json::to_string(&decision.reasons).unwrap();
        assert!(!guessed.contains(&cause.salt.to_string()));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

/// E12: whoever may do it unasked would find out by doing it, so it is told at once.
#[tokio::test]
async fn who_may_do_it_unasked_is_told_why() {
    let stack = TestStack::new().await;
    let decision =
        decided(&stack, SampleRequest::export("s3://reports/2026/none.csv", "s3://analytics/q3.csv")).await;
    assert_eq!(stack.gist().await, "denied cannot-plan");
    assert!(said(&decision).contains("no object at the source"), "{}", said(&decision));
    assert_eq!(decision.cause, None);
}

/// Keys of these lengths, and an object under the first.
async fn export_of(stack: &TestStack, source: usize, destination: usize) -> SampleRequest {
    let key = |length: usize| "k".repeat(length);
    stack.targets.things(|things| things.put_object("customers", &key(source), "email\nx\n"));
    SampleRequest::export(
        &format!("s3://customers/{}", key(source)),
        &format!("s3://partner-drop/{}", key(destination)),
    )
}

/// C13: the session policy is judged as it will be minted, with its time condition: what STS would refuse after the approval
/// is refused at the proposal, with the length and what to shorten.
#[tokio::test]
async fn a_session_policy_is_judged_as_it_will_be_minted() {
    for (source, destination, length) in [
        (848, 848, None),
        (849, 848, Some(2049)),
        (849, 849, Some(2050)),
        (870, 870, Some(2092)),
        (920, 920, Some(2192)),
        (921, 920, Some(2193)),
    ] {
        let stack = TestStack::new().await;
        let ask = export_of(&stack, source, destination).await;
        let decision = decided(&stack, ask).await;
        let Some(length) = length else {
            assert_eq!(
                stack.gist().await,
                "pending data-owners",
                "{source} {destination}: {}",
                said(&decision)
            );
            continue;
        };
        assert_eq!(stack.gist().await, "denied cannot-plan", "{source} {destination}");
        let over = length - 2048;
        let expected = format!(
            "The session policy has {length} characters as it would be minted, {over} more than the 2048 that STS takes: \
             shorten `destination` or `source`."
        );
        assert!(source > 920 || said(&decision) == expected, "{source} {destination}: {}", said(&decision));
        assert!(said(&decision).contains("shorten `destination` or `source`"), "{}", said(&decision));
    }
}

/// C13: what the target's own API would refuse for its length is refused at the proposal.
#[tokio::test]
async fn a_key_is_as_long_as_its_target_takes_it() {
    for (source, expected) in [(1024, "pending data-owners"), (1025, "denied cannot-plan")] {
        let stack = TestStack::new().await;
        let ask = export_of(&stack, source, 20).await;
        let decision = decided(&stack, ask).await;
        assert_eq!(stack.gist().await, expected, "{source}: {}", said(&decision));
        assert!(source == 1024 || said(&decision).contains("`SourceKey`"), "{}", said(&decision));
    }
}

const TOKEN: &str = "ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d";
const VALUE: &str = "correct-horse-battery-staple";

/// P8: what a target says about a plan that fails is recorded without secrets: those of its own, and what the request masks;
/// for people, and for an agent that is told because it may run the action unasked.
#[tokio::test]
async fn what_a_target_says_is_recorded_without_secrets() {
    let said_by =
        format!("the target answered: {VALUE} of carol@example.com, {TOKEN}, password=hunter2-hunter2");
    let secret = SampleRequest {
        action_type: "secret-put-value",
        parameters: serde_json::json!({ "secret": "prod/payments/db", "value": VALUE }),
        ..SampleRequest::summary()
    };
    for (ask, known) in
        [(secret, true), (SampleRequest::customers(), false), (SampleRequest::summary(), false)]
    {
        let stack = TestStack::new().await;
        stack.targets.things(|things| things.put_secret("prod/payments/db", "first", "the value before"));
        stack.targets.hide(Some(InspectError::Cannot(said_by.clone())));
        let decision = decided(&stack, ask).await;
        assert_eq!(stack.gist().await, "denied cannot-plan");
        let text = format!("{} {:?}", said(&decision), decision.cause.map(|cause| cause.detail));
        assert!(text.to_lowercase().contains("the target answered"), "{text}");
        for (_, body) in stack.documents.contents() {
            for secret in [TOKEN, "hunter2-hunter2", "carol@example.com"] {
                assert!(!body.contains(secret), "{secret} in {body}");
            }
            assert!(!known || !body.contains(VALUE), "{body}");
        }
    }
}

/// P8: an honest request whose token tells a secret in a fact is recorded without it and decided like any other.
#[tokio::test]
async fn facts_that_hold_secrets_are_masked_and_decided() {
    let stack = TestStack::new().await;
    let claims = serde_json::json!({
        "sub": "demo-agent", "client_id": "demo-agent", "ref": format!("refs/heads/{TOKEN}"), "sha": "9f2c41d0",
    });
    decided(&stack, SampleRequest::customers().by(claims)).await;
    assert_eq!(stack.gist().await, "pending data-owners");
    let written: String = stack.documents.contents().into_values().collect();
    assert!(written.contains("refs/heads/‹token 1›") && !written.contains(TOKEN), "{written}");
}

/// P8: what a target says of itself is in plan and review without secrets: its own, and what the request masks.
#[tokio::test]
async fn what_a_target_says_of_itself_is_shown_without_secrets() {
    let stack = TestStack::new().await;
    stack.targets.things(|things| things.put_secret("prod/payments/db", "first", "the value before"));
    stack.targets.say(&format!("described as {VALUE}, {TOKEN}, by carol@example.com"));
    let parameters = serde_json::json!({ "secret": "prod/payments/db", "value": VALUE });
    decided(
        &stack,
        SampleRequest { action_type: "secret-put-value", parameters, ..SampleRequest::summary() },
    )
    .await;
    assert_eq!(stack.gist().await, "pending sre-signed");
    let written: String = stack.documents.contents().into_values().collect();
    assert!(written.contains("described as ‹secret 1›, ‹token 1›, by ‹email 1›"), "{written}");
    for secret in [VALUE, TOKEN, "carol@example.com"] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}
