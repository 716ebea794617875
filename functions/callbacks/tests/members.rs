//! Who belongs to a group, and what a token may.

mod stack;

use axum::http::{Method, StatusCode, header};
use serde_json::json;
use stack::{Browser, TestStack};
use testkit::{Gate, SampleRequirement, Scenario};

/// Two of sre are asked; the directory lists its members: of these people Bob alone.
async fn listed() -> TestStack {
    let mut scenario = Scenario::new("listed");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    TestStack::listing(scenario, Gate::open(), vec!["sre".to_owned()]).await
}

/// E17: where the directory lists a group's members, a token's claim to it opens nothing: no page, no review, no verdict of any
/// kind, no suspension. The attempts are kept.
#[tokio::test]
async fn listed_members_only() {
    let stack = listed().await;
    let mallory = stack.person("mallory", &["sre"]);
    let path = format!("/v1/actions/{}/review", stack.id());
    assert_eq!(stack.call(Method::GET, &path, Some(&mallory), None).await.status, StatusCode::NOT_FOUND);
    for over in [json!({}), json!({"verdict": "deny", "reason_code": "not-now"})] {
        let answer = stack.verdict(&mallory, over.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "not-an-approver"), "{over}");
    }
    let suspension = json!({ "scope": "all", "reason": "Because" });
    let answer = stack.call(Method::POST, "/v1/suspensions", Some(&mallory), Some(suspension)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "not-an-approver"), "{}", answer.body);
    let mut browser = Browser::default();
    browser.sign_in(&stack, "mallory", &["sre"]).await;
    assert_eq!(browser.get(&stack, &stack.page()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        stack.attempts(),
        ["mallory not-an-approver 1", "mallory not-an-approver 2", "mallory not-an-approver 1"]
    );
    assert_eq!(stack.item().await, stack.scenario.item);
    let bob = stack.verdict(&stack.person("bob", &[]), json!({})).await;
    assert_eq!(bob.status, StatusCode::OK, "{}", bob.body);
}

/// E17: the claim of a freshly proven ID token opens nothing either.
#[tokio::test]
async fn nor_by_the_provider_s_word() {
    let mut scenario = Scenario::new("listed owners");
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    let stack = TestStack::listing(scenario, Gate::open(), vec!["data-owners".to_owned()]).await;
    let mut browser = Browser::default();
    browser.sign_in(&stack, "newcomer", &["data-owners"]).await;
    assert_eq!(browser.get(&stack, &stack.page()).await.status, StatusCode::NOT_FOUND);
    let (action, review) = stack.digests();
    let page = browser.get(&stack, "/").await;
    let fields = [
        ("csrf", page.field("csrf")),
        ("action_digest", action.to_string()),
        ("review_digest", review.to_string()),
        ("verdict", "approve".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let pressed = browser.post(&stack, &format!("{}/verdict", stack.page()), &fields).await;
    assert_eq!(pressed.status, StatusCode::FORBIDDEN, "{}", pressed.body);
    assert_eq!(stack.item().await, stack.scenario.item);
}

/// E22: a person's token without the scope for deciding reads, and decides and suspends nothing; the answer says which scope it
/// lacks (RFC 6750), and the attempt is kept.
#[tokio::test]
async fn a_token_that_only_reads() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let issuer = &stack.scenario.issuer;
    let suspension = json!({ "scope": "all", "reason": "Because" });
    let path = format!("/v1/actions/{}/review", stack.id());
    for scopes in [
        json!({ "scope": "openid groups countersign:read" }),
        json!({ "scope": null }),
        json!({ "scp": ["countersign:read"] }),
        json!({ "scope": "countersign:decides" }),
    ] {
        let token = issuer.scoped("bob", &["sre"], &scopes, stack.now());
        assert_eq!(stack.call(Method::GET, &path, Some(&token), None).await.status, StatusCode::OK);
        assert_eq!(
            stack.call(Method::GET, "/v1/suspensions", Some(&token), None).await.status,
            StatusCode::OK
        );
        let denial = json!({"verdict": "deny", "reason_code": "not-now"});
        let answers = [
            stack.verdict(&token, json!({})).await,
            stack.verdict(&token, denial).await,
            stack.call(Method::POST, "/v1/suspensions", Some(&token), Some(suspension.clone())).await,
        ];
        for answer in answers {
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (403, "insufficient-scope"),
                "{scopes}"
            );
            let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
            assert!(
                challenge.contains("error=\"insufficient_scope\", scope=\"countersign:decide\""),
                "{challenge}"
            );
            let detail = answer.json()["detail"].as_str().map(str::to_owned).unwrap_or_default();
            assert!(detail.contains("countersign login --decide"), "{detail}");
        }
    }
    assert!(stack.attempts().iter().all(|kept| kept.starts_with("bob insufficient-scope")));
    assert_eq!(stack.item().await, stack.scenario.item);
    for scopes in [json!({ "scp": ["countersign:decide"] }), json!({ "scp": "countersign:decide openid" })] {
        let who = if scopes["scp"].is_string() { "carol" } else { "bob" };
        let token = issuer.scoped(who, &["sre"], &scopes, stack.now());
        assert_eq!(stack.verdict(&token, json!({})).await.status, StatusCode::OK, "{scopes}");
    }
    assert_eq!(stack.status().await, "approved");
}
