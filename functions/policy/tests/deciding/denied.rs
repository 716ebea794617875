//! What is denied, with which code, and that nobody is asked and nothing is looked at before.

use connectors::InspectError;
use domain::Fault;
use serde_json::json;

use crate::sample_request::SampleRequest;
use crate::support::{Draft, TestStack, forged};

async fn denied(stack: &TestStack, expected: &str, why: &str) {
    stack.deliver().await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
    assert_eq!(stack.gist().await, format!("denied {expected}"), "{why}");
    let decided = stack.decided().await;
    assert_eq!((decided.review, decided.action), (None, None), "{why}: there is nothing to agree to");
    assert!(!stack.decision().await.reasons[0].message.is_empty(), "{why}");
}

/// D9, D17, W25: whatever intake writes that the sealed payload and the agent's own token do not bear out is denied
/// before the target is looked at.
#[tokio::test]
async fn what_intake_cannot_prove() {
    type Lie = fn(&mut Draft);
    let lies: [(&str, &str, Lie); 11] = [
        ("payload-unreadable", "sealed for another action", |draft| {
            draft.sealed_for.0 = domain::ActionId::of(b"another");
        }),
        ("payload-unreadable", "sealed for another revision", |draft| draft.sealed_for.1 = 2),
        ("token-invalid", "a token nobody signed", |draft| {
            let cut = draft.payload.token.rfind('.').unwrap();
            draft.payload.token.replace_range(cut + 1.., "AAAA");
        }),
        ("token-invalid", "no token", |draft| draft.payload.token = "none".to_owned()),
        ("token-invalid", "another key than the proposal names", |draft| {
            draft.token_key.kid = "ed-7".to_owned();
        }),
        ("request-mismatch", "another principal", |draft| draft.principal.subject = "ci-agent".to_owned()),
        ("request-mismatch", "another type", |draft| draft.request.action_type = "lambda-invoke".to_owned()),
        ("request-mismatch", "other parameters", |draft| {
            draft.request.parameters["destination"] = json!("s3://analytics/a.csv");
        }),
        ("request-mismatch", "another reason", |draft| draft.request.reason = "The board asked".to_owned()),
        ("request-mismatch", "no commitment key", |draft| draft.payload.commitment_key = String::new()),
        ("invalid-parameters", "parameters outside the schema", |draft| {
            draft.payload.parameters["more"] = json!(1);
        }),
    ];
    for (code, why, lie) in lies {
        let stack = TestStack::new().await;
        stack.propose_as(SampleRequest::summary(), lie).await;
        denied(&stack, code, why).await;
        stack.assert_not_looked_at(why);
    }
}

/// E1, C28: whatever an intake under foreign control seals, JSON in it is read strictly and in its one way: a payload that two
/// readers could read differently, or that people were shown otherwise, is denied.
#[tokio::test]
async fn json_that_intake_did_not_write_anew() {
    for (code, text) in [
        ("request-mismatch", "{ \"model\": \"churn\" }"),
        ("invalid-parameters", "{\"model\":\"churn\",\"model\":\"other\"}"),
        ("invalid-parameters", "churn"),
        ("secret-in-parameter", "{\"model\":\"churn\",\"x\":\"-----BEGIN PRIVATE KEY-----\"}"),
    ] {
        let stack = TestStack::new().await;
        let parameters =
            json!({ "function": "demo-retrain", "version": "1", "payload": "{\"model\":\"churn\"}" });
        let ask = SampleRequest { action_type: "lambda-invoke", parameters, ..SampleRequest::summary() };
        stack.propose_as(ask, |draft| draft.payload.parameters["payload"] = json!(text)).await;
        denied(&stack, code, text).await;
        stack.assert_not_looked_at(text);
    }
}

/// W15, W20: a person's token is no agent's, and a token that had expired when it was proposed never held.
#[tokio::test]
async fn tokens_of_others() {
    let stack = TestStack::new().await;
    let person = stack.people.person("alice", &["data-owners"], stack.now());
    stack.propose_as(SampleRequest::summary(), |draft| draft.payload.token = person).await;
    denied(&stack, "token-invalid", "a person's token").await;
    let stack = TestStack::new().await;
    let old = stack.people.agent("demo-agent", stack.now().plus_seconds(-2 * 3600));
    stack.propose_as(SampleRequest::summary(), |draft| draft.payload.token = old).await;
    denied(&stack, "token-invalid", "expired before it was proposed").await;
}

/// D8, C10: whoever cannot be found in the requester set is not asked for: no owner, or a human whom neither the people's
/// issuer nor the directory knows. Whom the directory knows belongs to the requester set as the person they are. What needs nobody's consent does not need them either.
#[tokio::test]
async fn nobody_behind_the_agent() {
    let ownerless = ("directory.yaml", "display: demo-agent, owner: dana,", "display: demo-agent,");
    let pipeline = "  - { issuer: \"https://pipelines.example\", subject: \"repo:acme/reports\", display: reports, \
                    owner: dana, teams: [data-agents] }\n\n# The mildest";
    let known = ("directory.yaml", "\n# The mildest", pipeline);
    let linked = pipeline.replace(
        "\n\n# The mildest",
        "\nidentities: [{ person: carol, issuer: \"https://pipelines.example\", id: carol }]\n\n# The mildest",
    );
    let linked = ("directory.yaml", "\n# The mildest", linked.as_str());
    let claims = || json!({ "sub": "repo:acme/reports", "actor": "carol" });
    // An actor that is no name of anybody: a human stands behind the run, and the token does not say who.
    let unnamed = || json!({ "sub": "repo:acme/reports", "actor": ["carol"] });
    for (edit, ask, expected) in [
        (ownerless, SampleRequest::customers(), "denied no-owner"),
        (ownerless, SampleRequest::summary(), "approved"),
        (known, SampleRequest::customers().by_pipeline(claims()), "denied unmapped-human"),
        (known, SampleRequest::summary().by_pipeline(claims()), "approved"),
        (linked, SampleRequest::customers().by_pipeline(claims()), "pending data-owners"),
        (linked, SampleRequest::customers().by_pipeline(unnamed()), "denied unmapped-human"),
    ] {
        let stack = TestStack::edited(&[edit]).await;
        stack.propose(ask).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, expected);
        if expected.starts_with("pending") {
            let humans: Vec<String> =
                stack.decided().await.requester.humans.iter().map(ToString::to_string).collect();
            assert_eq!(humans, ["http://127.0.0.1:8081|carol"]);
        }
    }
}

/// P5: where the human behind the agent has to confirm, there is one, or nobody is asked at all.
#[tokio::test]
async fn nobody_to_confirm() {
    let confirm = ("approvals.yaml", "reminder: PT30M", "reminder: PT30M\n  confirm: on_behalf_of");
    let behind = json!({ "sub": "mallory", "client_id": "demo-agent", "act": { "sub": "demo-agent" } });
    for (ask, expected) in [
        (SampleRequest::customers(), "denied nobody-to-confirm"),
        (SampleRequest::customers().by(behind), "pending data-owners"),
    ] {
        let stack = TestStack::edited(&[confirm]).await;
        stack.propose(ask).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, expected);
    }
}

/// D8: every human the token proves is in the requester set, and so is the owner.
#[tokio::test]
async fn everybody_on_the_asking_side_is_named() {
    let stack = TestStack::new().await;
    let claims = json!({ "sub": "alice", "client_id": "demo-agent", "act": { "sub": "demo-agent" } });
    stack.propose(SampleRequest::customers().by(claims)).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending data-owners");
    let requester = stack.decided().await.requester;
    assert_eq!(requester.agent.subject, "demo-agent");
    assert_eq!(requester.owner.unwrap().subject, "dana");
    let humans: Vec<_> = requester.humans.iter().map(|human| human.subject.as_str()).collect();
    assert_eq!(humans, ["alice"]);
}

/// W25, D13: rules that forbid, or that permit nothing, deny without a look at the target; what the directory does not
/// know is the strictest there is.
#[tokio::test]
async fn what_the_rules_deny() {
    let (customers, unknown) = ("s3://customers/2026/q3.csv", "s3://unheard-of/2026/q3.csv");
    for (ask, expected, looked) in [
        (SampleRequest::export(customers, "s3://elsewhere/q3.csv"), "denied forbidden-by-policy", false),
        (SampleRequest::export(unknown, "s3://elsewhere/q3.csv"), "denied forbidden-by-policy", false),
        (
            SampleRequest::summary().by(json!({"sub": "mallory", "client_id": "mallory"})),
            "denied no-permit",
            false,
        ),
        (SampleRequest::export(unknown, "s3://analytics/q3.csv"), "pending data-owners", true),
        (SampleRequest::summary(), "approved", true),
    ] {
        let stack = TestStack::new().await;
        stack.propose(ask).await;
        stack.deliver().await.unwrap();
        assert_eq!((stack.gist().await.as_str(), !stack.sts.minted().is_empty()), (expected, looked));
    }
}

/// W25: an error in any rule, and a rule that asks for what nobody wrote down, deny.
#[tokio::test]
async fn rules_that_do_not_hold() {
    let stack = TestStack::new().await;
    let overflowing = "@id(\"broken\") forbid (principal, action, resource) \
                       when { 9223372036854775807 + 1 > 0 };";
    stack
        .publish(&forged(|content| {
            let text = content["policies"][0]["text"].as_str().unwrap().to_owned();
            let header = json!({"id": "broken", "offset": text.len(), "length": overflowing.len(), "line": 99,
                "permit": false, "observe": false, "actions": null, "principal": "anyone"});
            content["policies"][0]["rules"].as_array_mut().unwrap().push(header);
            content["policies"][0]["text"] = json!(text + overflowing);
        }))
        .await;
    stack.propose(SampleRequest::summary()).await;
    denied(&stack, "policy-error", "a rule with an error").await;
    stack.assert_not_looked_at("a rule with an error");
    let stack = TestStack::new().await;
    stack.publish(&forged(|content| content["actions"].as_array_mut().unwrap().clear())).await;
    stack.propose(SampleRequest::summary()).await;
    denied(&stack, "unknown-type", "a type that is gone").await;
}

/// D2, F26, P10: no bundle, one nobody signed, one somebody else signed: denied, with no rules named.
#[tokio::test]
async fn without_rules_nothing_is_allowed() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    for key in stack.bundles.keys() {
        stack.bundles.remove(&key);
    }
    denied(&stack, "no-rules", "no bundle").await;
    assert_eq!(stack.decision().await.bundle, None);
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    let manifest = stack.bundles.keys().into_iter().find(|key| !key.contains("content")).unwrap();
    stack.bundles.overwrite(&manifest, b"{}");
    denied(&stack, "no-rules", "not signed").await;
    let mut stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    stack.publisher = testkit::Publisher::new();
    denied(&stack, "no-rules", "signed by somebody else").await;
}

/// D4, F12: a target that cannot be looked at, or is not there, cannot be held fixed.
#[tokio::test]
async fn targets_that_cannot_be_planned() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::export("s3://reports/2026/none.csv", "s3://analytics/q3.csv")).await;
    denied(&stack, "cannot-plan", "no such object").await;
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    stack.targets.hide(Some(InspectError::Cannot("the bucket keeps no versions".to_owned())));
    denied(&stack, "cannot-plan", "no versions").await;
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    stack.sts.fail(Some(("-inspect-", Fault::lasting("access denied"))));
    denied(&stack, "cannot-plan", "no role to look with").await;
}
