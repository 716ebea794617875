//! People of many groups.

mod stack;

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use stack::{Answer, Browser, Groups, TestStack};
use testkit::{Gate, SampleRequirement, Scenario};

const LEFT_OUT: &str = "left your groups out of the sign-in, because you are in too many";

/// Two of sre are asked, whose members only the provider knows.
async fn asking() -> TestStack {
    by(Vec::new()).await
}

/// The same by a directory that puts Bob alone into a group, and lists the members of these.
async fn by(listed: Vec<String>) -> TestStack {
    waiting_for(SampleRequirement::TwoOfSre, listed).await
}

async fn waiting_for(ask: SampleRequirement, listed: Vec<String>) -> TestStack {
    let mut scenario = Scenario::new("many groups");
    scenario.propose();
    scenario.decide(ask);
    let given = BTreeMap::from([("bob".to_owned(), vec!["sre".to_owned()])]);
    let directory = Groups { given, listed, ..Groups::default() };
    TestStack::by(scenario, Gate::open(), directory).await
}

async fn with_token(stack: &TestStack, to: &str, groups: &[&str], claims: &Value) -> (Browser, Answer) {
    let mut browser = Browser::default();
    let left = browser.get(stack, &format!("/signin?to={to}")).await;
    let state = left.parameter("state").unwrap_or_default();
    let code = stack.desk.sign_in_with(&state, ("carol", groups), Some(stack.now()), claims);
    let back = browser.finish(stack, &format!("code={code}&state={state}")).await;
    (browser, back)
}

fn session_bytes(browser: &Browser) -> usize {
    "__Host-session".len() + browser.cookies.get("__Host-session").map_or(0, String::len)
}

/// C17: of a token's hundreds of groups with long names a session keeps those that rules name, wherever they stand in it.
#[tokio::test]
async fn groups_that_rules_name_are_kept() {
    let others: Vec<String> = (0..200).map(|n| format!("{n:03}-{}", "x".repeat(46))).collect();
    let guids: Vec<String> = (0..59).map(|n| format!("00000000-0000-4000-8000-{n:012}")).collect();
    for noise in [others, guids] {
        for place in [0, noise.len() / 2, noise.len()] {
            let stack = asking().await;
            let mut groups: Vec<&str> = noise.iter().map(String::as_str).collect();
            groups.insert(place, "sre");
            let (mut carol, back) = with_token(&stack, "/", &groups, &json!({})).await;
            assert_eq!(back.location(), "/", "{}", back.body);
            assert!(session_bytes(&carol) < 1000, "{}", session_bytes(&carol));
            let page = carol.get(&stack, &stack.page()).await;
            assert_eq!(page.status, StatusCode::OK, "{place}: {}", page.body);
            assert!(page.body.contains("value=\"approve\""), "{place}: {}", page.body);
            assert!(page.body.contains("carol · sre"), "{place}: {}", page.body);
            let inbox = carol.get(&stack, "/").await;
            assert!(!inbox.body.contains("class=\"notice\""), "nothing is missing: {}", inbox.body);
        }
    }
}

/// C17: where the rules name another group than when somebody signed in, a session that may lack it begins anew by itself; one
/// that lacks nothing goes on.
#[tokio::test]
async fn rules_that_name_another_group() {
    let stack = asking().await;
    stack.claimable.lock().expect("the rules").remove("sre");
    let (mut all, _) = with_token(&stack, "/", &["security"], &json!({})).await;
    let (mut carol, _) = with_token(&stack, "/", &["sre", "elsewhere"], &json!({})).await;
    for browser in [&mut all, &mut carol] {
        assert_eq!(browser.get(&stack, "/").await.status, StatusCode::OK);
    }
    stack.claimable.lock().expect("the rules").insert("sre".to_owned());
    assert_eq!(all.get(&stack, "/").await.status, StatusCode::OK);
    assert_eq!(carol.get(&stack, &stack.page()).await.location(), format!("/signin?to={}", stack.page()));
}

/// C17: a group that only the action's own rules name, which are older than those in force, is kept by somebody who signs in for
/// that action; whoever was signed in before is led there.
#[tokio::test]
async fn groups_of_older_rules() {
    let stack = asking().await;
    stack.claimable.lock().expect("the rules").remove("sre");
    let (mut carol, _) = with_token(&stack, "/", &["sre", "elsewhere"], &json!({})).await;
    let missing = carol.get(&stack, &stack.page()).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{}", missing.body);
    let link = format!("href=\"/signin?to={}\"", stack.page());
    assert!(missing.body.contains(&link) && missing.body.contains("sign in for it"), "{}", missing.body);
    let nowhere = carol.get(&stack, "/review/act_aaaaaaaaaaaaaaaaaaaaaaaaaa").await;
    assert!(nowhere.body.contains("sign in for it"), "what there is shows in no word: {}", nowhere.body);
    let (mut carol, _) = with_token(&stack, &stack.page(), &["sre", "elsewhere"], &json!({})).await;
    let page = carol.get(&stack, &stack.page()).await;
    assert!(page.body.contains("value=\"approve\""), "{}", page.body);
}

/// C17: more groups that rules name than a cookie has room for: as many as fit are kept, the action's own first, the person is
/// told how many are missing, and the cookie stays within what browsers keep.
#[tokio::test]
async fn more_groups_than_there_is_room_for() {
    let stack = asking().await;
    let named: Vec<String> = (0..40).map(|n| format!("{n:02}-{}", "x".repeat(200))).collect();
    stack.claimable.lock().expect("the rules").extend(named.iter().cloned());
    let groups: Vec<&str> = named.iter().map(String::as_str).chain(["sre"]).collect();
    let (mut carol, back) = with_token(&stack, &stack.page(), &groups, &json!({})).await;
    assert_eq!(back.location(), stack.page(), "{}", back.body);
    assert!((3000..=4096).contains(&session_bytes(&carol)), "{}", session_bytes(&carol));
    let page = carol.get(&stack, &stack.page()).await;
    assert!(page.body.contains("value=\"approve\""), "{}", page.body);
    for path in ["/", "/history"] {
        let lists = carol.get(&stack, path).await;
        assert!(
            lists.body.contains("You belong to more groups that the rules name"),
            "{path}: {}",
            lists.body
        );
    }
    let (mut carol, _) = with_token(&stack, "/", &groups, &json!({})).await;
    let missing = carol.get(&stack, &stack.page()).await;
    assert!(missing.body.contains("sign in for it"), "{}", missing.body);
}

/// C17: a provider that left the groups out of the token: it is said in the inbox, in the history, and on the page that the person
/// therefore may not decide; where nothing was left out, nothing is said.
#[tokio::test]
async fn the_provider_left_groups_out() {
    let pointer = json!({ "groups": null, "_claim_names": { "groups": "src1" } });
    let stack = asking().await;
    for (claims, told) in [
        (pointer.clone(), true),
        (json!({ "groups": null, "hasgroups": true }), true),
        (json!({ "groups": null, "_claim_names": { "address": "src1" } }), false),
        (json!({ "groups": null }), false),
    ] {
        let (mut carol, back) = with_token(&stack, "/", &[], &claims).await;
        assert_eq!(back.location(), "/", "{}", back.body);
        for path in ["/", "/history", &stack.page(), "/review/act_aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
            let answer = carol.get(&stack, path).await;
            assert_eq!(answer.body.contains(LEFT_OUT), told, "{claims} {path}: {}", answer.body);
        }
        let page = carol.get(&stack, "/").await;
        let (action, review) = stack.digests();
        let fields = [
            ("csrf", page.field("csrf")),
            ("action_digest", action.to_string()),
            ("review_digest", review.to_string()),
            ("verdict", "deny".to_owned()),
            ("reason_code", "not-now".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let pressed = carol.post(&stack, &format!("{}/verdict", stack.page()), &fields).await;
        assert_eq!(pressed.status, StatusCode::FORBIDDEN, "{}", pressed.body);
        assert_eq!(pressed.body.contains(LEFT_OUT), told, "{claims}: {}", pressed.body);
    }
    // Whom the directory itself puts into the group decides as ever, and still reads what is missing.
    let mut bob = Browser::default();
    let state = bob.get(&stack, "/signin?to=/").await.parameter("state").unwrap_or_default();
    let code = stack.desk.sign_in_with(&state, ("bob", &[]), Some(stack.now()), &pointer);
    bob.finish(&stack, &format!("code={code}&state={state}")).await;
    let page = bob.get(&stack, &stack.page()).await;
    assert!(page.body.contains("value=\"approve\"") && !page.body.contains(LEFT_OUT), "{}", page.body);
}

/// C17: a proof whose token has no groups because they were left out: nothing is decided, and that is why.
#[tokio::test]
async fn left_out_of_the_proof() {
    let stack = waiting_for(SampleRequirement::DataOwner, Vec::new()).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    let state = alice.press(&stack, "approve", &[]).await.parameter("state").unwrap_or_default();
    let claims = json!({ "groups": null, "_claim_names": { "groups": "src1" } });
    let code = stack.desk.sign_in_with(&state, ("alice", &[]), Some(stack.now()), &claims);
    let back = alice.finish(&stack, &format!("code={code}&state={state}")).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN, "{}", back.body);
    assert!(back.body.contains(LEFT_OUT), "{}", back.body);
    assert_eq!(stack.item().await, stack.scenario.item);
}

/// C17: the API says it too: in `not-an-approver`, and where nothing is shown.
#[tokio::test]
async fn left_out_of_an_access_token() {
    let stack = asking().await;
    let scope = json!({ "scope": "countersign:decide" });
    for (claims, told) in [
        (json!({ "groups": null, "_claim_names": { "groups": "src1" } }), true),
        (json!({ "groups": null, "hasgroups": true }), true),
        (json!({ "groups": null }), false),
    ] {
        let mut with = scope.clone();
        for (name, value) in claims.as_object().into_iter().flatten() {
            with[name] = value.clone();
        }
        let token = stack.scenario.issuer.scoped("carol", &[], &with, stack.now());
        let path = format!("/v1/actions/{}/review", stack.id());
        let suspension = json!({ "scope": "all", "reason": "Because" });
        let answers = [
            (stack.verdict(&token, json!({})).await, "not-an-approver"),
            (
                stack.call(Method::POST, "/v1/suspensions", Some(&token), Some(suspension)).await,
                "not-an-approver",
            ),
            (stack.call(Method::GET, &path, Some(&token), None).await, "not-found"),
        ];
        for (answer, code) in answers {
            assert_eq!(answer.code(), code, "{}", answer.body);
            let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
            assert_eq!(detail.contains(LEFT_OUT), told, "{claims} {code}: {detail}");
        }
    }
}

/// C17: a claim to a group whose members the directory lists counts for nothing, so nothing is missing where it is not kept.
#[tokio::test]
async fn a_claim_that_counts_for_nothing() {
    let stack = by(vec!["sre".to_owned()]).await;
    for to in ["/", &stack.page()] {
        let (mut carol, _) = with_token(&stack, to, &["sre"], &json!({})).await;
        let missing = carol.get(&stack, &stack.page()).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{}", missing.body);
        assert!(
            !missing.body.contains("sign in for it") && !missing.body.contains("sre"),
            "{}",
            missing.body
        );
        let inbox = carol.get(&stack, "/").await;
        assert!(!inbox.body.contains("class=\"notice\"") && !inbox.body.contains("· sre"), "{}", inbox.body);
    }
}

/// C17: where the rules list the members of every group they name, a token's groups count for nothing: that some were left out is
/// no reason then, and nobody reads that it is.
#[tokio::test]
async fn left_out_where_no_claim_counts() {
    let stack = asking().await;
    let rules = |named: &[&str]| {
        *stack.claimable.lock().expect("the rules") = named.iter().map(|name| (*name).to_owned()).collect();
    };
    let pointer = json!({ "groups": null, "_claim_names": { "groups": "src1" } });
    rules(&[]);
    let (mut carol, _) = with_token(&stack, "/", &[], &pointer).await;
    for path in ["/", "/history", &stack.page()] {
        let answer = carol.get(&stack, path).await;
        assert!(!answer.body.contains(LEFT_OUT), "{path}: {}", answer.body);
    }
    let claims = json!({ "scope": "countersign:decide", "groups": null, "hasgroups": true });
    let token = stack.scenario.issuer.scoped("carol", &[], &claims, stack.now());
    let refused = stack.verdict(&token, json!({})).await;
    assert!(refused.code() == "not-an-approver" && !refused.body.contains(LEFT_OUT), "{}", refused.body);
    rules(&["sre"]);
    assert_eq!(carol.get(&stack, "/").await.location(), "/signin?to=/", "it may be a reason by now");
    let refused = stack.verdict(&token, json!({})).await;
    assert!(refused.body.contains(LEFT_OUT), "{}", refused.body);
}
