//! The suspension list by API and on the inbox.
#![expect(clippy::unwrap_used, reason = "a test's steps fail loudly")]

mod stack;

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use domain::{ActionId, Principal, Scope, SuspensionEvent, Timestamp, ZERO_CHAIN};
use serde_json::{Value, json};
use stack::{Browser, TestStack};
use store::{
    AttributeValue, EffectiveSuspensions, ExtendState, IndexRow, NARROW_SUSPENSIONS, ReadState, image,
};
use testkit::{Gate, Moment, SampleRequirement, Scenario};
use wire::SuspensionItem;

async fn suspend(stack: &TestStack, token: &str, body: Value) -> stack::Answer {
    stack.call(Method::POST, "/v1/suspensions", Some(token), Some(body)).await
}

async fn suspension_count(stack: &TestStack) -> usize {
    let list = stack.states.suspensions().await.unwrap();
    list.map_or(0, |list| list.state().active().len())
}

/// Somebody of a group that may suspend things suspends them, with their reason, once; everybody signed in reads it.
#[tokio::test]
async fn somebody_suspends_everything() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = stack.person("bob", &[]);
    let body = || json!({ "scope": "all", "reason": "An agent went wild at dana@example.com" });
    for _ in 0..2 {
        let answer = suspend(&stack, &bob, body()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let items = answer.json()["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 1);
        assert_eq!((&items[0]["scope"], &items[0]["by"]["subject"]), (&json!("all"), &json!("bob")));
        assert_eq!(items[0]["reason"], "An agent went wild at ‹email 1›", "words are redacted");
    }
    let agent = format!("agent:{}|demo-agent", stack.scenario.issuer.name());
    for scope in ["type:s3-export", &agent] {
        let answer = suspend(&stack, &bob, json!({ "scope": scope, "reason": "Both" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    assert_eq!(suspension_count(&stack).await, 3);
    let alice = stack.person("alice", &[]);
    let told = stack.call(Method::GET, "/v1/suspensions", Some(&alice), None).await;
    assert_eq!(told.json()["items"].as_array().unwrap().len(), 3);
    let mut browser = Browser::default();
    browser.sign_in(&stack, "alice", &[]).await;
    let inbox = browser.get(&stack, "/").await.body;
    assert!(inbox.contains("bob suspended everything"), "{inbox}");
    assert!(inbox.contains("countersign-resume"), "{inbox}");
}

/// P8: neither the reason of a suspension nor its scope shows a secret: words are redacted, and a name that holds a secret, which no
/// agent may have, is not written down. An answer repeats nothing of it.
#[tokio::test]
async fn a_suspension_shows_no_secret() {
    let token = "ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d";
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = stack.person("bob", &[]);
    let reason = format!("It leaked {token}, password=hunter2-hunter2");
    let issuer = stack.scenario.issuer.name();
    for scope in
        ["all".to_owned(), format!("agent:{issuer}|{token}"), format!("type:{token}"), token.to_owned()]
    {
        let answer = suspend(&stack, &bob, json!({ "scope": scope, "reason": reason })).await;
        assert_eq!(answer.status.is_success(), scope == "all", "{scope}: {}", answer.body);
        let documents: String = stack.documents.contents().into_values().collect();
        let stored = format!("{:?}", stack.states.suspensions().await.unwrap());
        for text in [&answer.body, &documents, &stored] {
            assert!(!text.contains(token) && !text.contains("hunter2"), "{scope}: {text}");
        }
    }
    assert_eq!(suspension_count(&stack).await, 1);
}

/// W4, W15: agents never, people only whom the directory names; who tried is kept,
/// but of agents that the directory does not list (E20). What does not exist is not suspended.
#[tokio::test]
async fn who_may_not_suspend_and_what() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let (bob, mallory) = (stack.person("bob", &[]), stack.person("mallory", &["data-owners"]));
    let agent = stack.scenario.issuer.agent("demo-agent", stack.now());
    let stranger = stack.scenario.issuer.agent("repo:one", stack.now());
    let all = json!({ "scope": "all", "reason": "Because" });
    let nobody = format!("agent:{}|{}", stack.scenario.issuer.name(), "x".repeat(256));
    let mut codes = Vec::new();
    for (token, body) in [
        (&agent, all.clone()),
        (&stranger, all.clone()),
        (&mallory, all.clone()),
        (&bob, json!({ "scope": "all", "reason": " " })),
        (&bob, json!({ "scope": "all" })),
        (&bob, json!({ "scope": "most", "reason": "Because" })),
        (&bob, json!({ "scope": "type:no-such-type", "reason": "Because" })),
        (&bob, json!({ "scope": "type:countersign-resume", "reason": "Because" })),
        (&bob, json!({ "scope": "agent:https://nowhere.example|x", "reason": "Because" })),
        (&bob, json!({ "scope": nobody, "reason": "Because" })),
        (&bob, json!({ "scope": "all", "reason": "Because", "until": "noon" })),
    ] {
        codes.push(suspend(&stack, token, body).await.code());
    }
    codes.push(stack.call(Method::POST, "/v1/suspensions", None, Some(all)).await.code());
    codes.push(stack.call(Method::GET, "/v1/suspensions", None, None).await.code());
    let invalid = "invalid-parameters";
    let expected = [
        "agent-cannot-decide",
        "agent-cannot-decide",
        "not-an-approver",
        invalid,
        invalid,
        invalid,
        "unknown-type",
    ];
    assert_eq!(codes[..7], expected);
    assert_eq!(codes[7..], [invalid, invalid, invalid, "unknown-field", "missing-token", "missing-token"]);
    assert_eq!(suspension_count(&stack).await, 0);
    assert_eq!(stack.attempts(), ["demo-agent agent-cannot-decide 1", "mallory not-an-approver 1"]);
}

/// E18: who suspends an agent is told whether anybody knows it, and what is near; the suspension counts either way.
#[tokio::test]
async fn what_a_suspension_covers() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = stack.person("bob", &[]);
    let issuer = stack.scenario.issuer.name().to_owned();
    let covered = async |scope: &str| {
        let answer = suspend(&stack, &bob, json!({ "scope": scope, "reason": "Because" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let suspended = answer.json()["items"].as_array().unwrap().iter().any(|item| item["scope"] == scope);
        assert!(suspended, "{scope}");
        let covered = answer.json()["covered"].clone();
        assert_eq!(covered["scope"], scope);
        covered
    };
    let known = covered(&format!("agent:{issuer}|demo-agent")).await;
    assert_eq!((&known["known"], &known["nearest"]), (&json!(true), &json!([])), "{known}");
    // C1: a suspension covers every letter case, so this is the same agent.
    let spelled = covered(&format!("agent:{issuer}|Demo-Agent")).await;
    assert_eq!(spelled["known"], true, "{spelled}");
    for (subject, words) in [
        ("demo-agent ", "no agent `demo-agent `"),
        ("demo-agnet", "If the name is misspelt"),
        ("dana", "as a person, not as an agent"),
    ] {
        let unknown = covered(&format!("agent:{issuer}|{subject}")).await;
        assert_eq!(unknown["known"], false, "{subject}");
        assert!(unknown["detail"].as_str().unwrap().contains(words), "{unknown}");
        let nearest = format!("agent:{issuer}|demo-agent");
        assert!(subject == "dana" || unknown["nearest"][0] == nearest, "{unknown}");
    }
    for scope in ["all", "type:s3-export"] {
        assert_eq!(covered(scope).await["known"], true);
    }
    assert_eq!(suspension_count(&stack).await, 7);
    // What can never run is not suspended, and what was meant is told.
    for (scope, words) in [
        ("type:s3-exprot".to_owned(), "Near: `type:s3-export`".to_owned()),
        ("type:S3-export".to_owned(), "Near: `type:s3-export`".to_owned()),
        (format!("agent:{issuer}/|demo-agent"), format!("only from `{issuer}`")),
        (format!("agent:{}|demo-agent", issuer.to_uppercase()), format!("only from `{issuer}`")),
    ] {
        let answer = suspend(&stack, &bob, json!({ "scope": scope, "reason": "Because" })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.to_lowercase().contains("nothing was suspended") && detail.contains(&words),
            "{detail}"
        );
    }
    assert_eq!(suspension_count(&stack).await, 7);
    let told = stack.call(Method::GET, "/v1/suspensions", Some(&bob), None).await;
    assert_eq!(told.json().get("covered"), None, "only who suspends something is told");
}

/// E18: what is open of it is counted where the index can say so.
#[tokio::test]
async fn what_is_open_under_a_suspension() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = stack.person("bob", &[]);
    let principal = wire::text::Identity::from(&stack.scenario.agent());
    let rows = [("pending", false), ("pending", true), ("approved", false), ("succeeded", false)];
    for (place, (status, quarantined)) in rows.into_iter().enumerate() {
        let action = ActionId::of(&[u8::try_from(place).unwrap()]);
        let blank = IndexRow::blank(&action, stack.now(), 1);
        let (principal, action_type) = (principal.clone(), "s3-export".to_owned());
        stack.index.forge(IndexRow {
            principal,
            action_type,
            status: status.to_owned(),
            quarantined,
            ..blank
        });
    }
    let agent = format!("agent:{}|demo-agent", stack.scenario.issuer.name());
    for scope in ["all", "type:s3-export", &agent] {
        let answer = suspend(&stack, &bob, json!({ "scope": scope, "reason": "Because" })).await;
        let open = answer.json()["covered"]["open"].clone();
        assert_eq!(
            (&open["approved"], &open["more"]),
            (&json!(1), &json!(false)),
            "{scope}: {}",
            answer.body
        );
        assert!(open["pending"].as_u64().unwrap() >= 1, "{scope}: {open}");
    }
    let other = format!("agent:{}|ci-agent", stack.scenario.issuer.name());
    let answer = suspend(&stack, &bob, json!({ "scope": other, "reason": "Because" })).await;
    assert_eq!(answer.json()["covered"]["open"]["pending"], 0);
}

/// F9: an answer that was lost is found out; the suspension is there once.
#[tokio::test]
async fn a_lost_answer() {
    let mut scenario = Scenario::new("lost");
    scenario.propose();
    let lost = std::sync::atomic::AtomicBool::new(false);
    let gate = Gate::new(move |point, moment| {
        let strikes = point == "state.suspend" && moment == Moment::After;
        let lose = strikes && !lost.swap(true, std::sync::atomic::Ordering::SeqCst);
        let answer = if lose { Err(domain::Fault::passing("lost")) } else { Ok(()) };
        Box::pin(std::future::ready(answer))
    });
    let stack = TestStack::of(scenario, gate).await;
    let bob = stack.person("bob", &[]);
    let answer = suspend(&stack, &bob, json!({ "scope": "all", "reason": "Because" })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(suspension_count(&stack).await, 1);
}

/// What the index says of the suspension list: recorded up to this event.
fn recorded(item: &SuspensionItem, sequence: u32) -> IndexRow {
    IndexRow {
        sequence,
        chain: item.chain_at(sequence).unwrap(),
        status: "suspensions".to_owned(),
        ..IndexRow::blank(&ActionId::suspensions(), Timestamp::from_millis(0), 1)
    }
}

async fn listed(stack: &TestStack) -> Option<usize> {
    let told = stack.call(Method::GET, "/v1/suspensions", Some(&stack.person("alice", &[])), None).await;
    told.json().get("items").and_then(Value::as_array).map(Vec::len)
}

/// D1: the list and the inbox say what counts for decisions: a suspension once it is written, its end once it is recorded.
#[tokio::test]
async fn the_list_says_what_counts() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = stack.person("bob", &[]);
    let all = json!({ "scope": "all", "reason": "Because" });
    assert_eq!(suspend(&stack, &bob, all.clone()).await.status, StatusCode::OK);
    let suspended = stack.states.suspensions().await.unwrap().unwrap();
    let (by, attempt) = (ActionId::of(b"a resume"), "a1".to_owned());
    let resumed =
        suspended.extend(SuspensionEvent::Resumed { scope: Scope::All, by, attempt }, stack.now()).unwrap().0;
    stack.states.extend_suspensions(suspended.chain(), &resumed).await.unwrap();
    let mut browser = Browser::default();
    browser.sign_in(&stack, "alice", &[]).await;
    for (sequence, counts) in [(0, 1), (1, 1), (2, 0)] {
        stack.index.forge(recorded(&resumed, sequence));
        assert_eq!(listed(&stack).await, Some(counts), "recorded up to {sequence}");
        let inbox = browser.get(&stack, "/").await.body;
        assert_eq!(inbox.contains("bob suspended everything"), counts == 1, "recorded up to {sequence}");
    }
    // P10: what was found wrong before anything was recorded may have been a suspension.
    stack.states.restore(BTreeMap::new());
    for (quarantined, told) in [(false, Some(0)), (true, None)] {
        stack.index.forge(IndexRow { quarantined, ..recorded(&resumed, 0) });
        assert_eq!(listed(&stack).await, told, "no suspension list; something wrong: {quarantined}");
    }
    stack.states.rebuild(&resumed);
    // P10: whether anything is suspended cannot be told by a suspension list that is not the one recorded. Suspending goes on.
    stack.index.forge(IndexRow { chain: ZERO_CHAIN, ..recorded(&resumed, 1) });
    assert_eq!(listed(&stack).await, None);
    let answer = suspend(&stack, &bob, all).await;
    assert_eq!((answer.status, suspension_count(&stack).await), (StatusCode::SERVICE_UNAVAILABLE, 1));
    assert!(answer.body.contains("It is suspended"), "{}", answer.body);
}

/// Bytes of the suspension list in the table.
fn stored(item: &SuspensionItem) -> usize {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::L(entries) => entries
            .iter()
            .map(|entry| if let AttributeValue::S(line) = entry { line.len() + 1 } else { 0 })
            .sum(),
        _ => 1,
    };
    image::created(item).iter().map(|(name, held)| name.len() + value(held)).sum()
}

/// The suspension list only grows, and the table holds 400 KB of it: what ends a suspension, and suspending everything, always fits.
#[tokio::test]
async fn suspending_everything_stays_possible() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let longest = |place: usize| {
        let issuer = stack.scenario.issuer.name().to_owned();
        Scope::Agent(Principal { issuer, subject: format!("{place:0>255}") })
    };
    let (group, mut suspensions) = ("g".repeat(255), Scenario::suspensions());
    let mut sizes = Vec::new();
    for scope in [longest(0), Scope::All] {
        let before = stored(&suspensions.list);
        suspensions.suspend(&"b".repeat(255), &[&group], scope.clone()).await;
        let suspended = stored(&suspensions.list);
        suspensions.resume(scope, ActionId::of(b"a resume"), &"a".repeat(32));
        sizes.push((suspended - before, stored(&suspensions.list) - suspended));
    }
    let [(suspend_one, end_one), (suspend_all, end_all)] = sizes[..] else { unreachable!() };
    assert!(end_one < suspend_one && end_all < suspend_all, "{sizes:?}");
    let most = 2 * (NARROW_SUSPENSIONS + suspend_one) + 100 * (suspend_all + end_all);
    assert!(most < 400 * 1024, "{most} bytes: {sizes:?}");

    suspensions.suspend("bob", &["sre"], longest(1)).await;
    let mut last = suspensions.list.clone();
    while EffectiveSuspensions::bytes(&suspensions.list) < NARROW_SUSPENSIONS {
        last = suspensions.list.clone();
        suspensions.suspend("bob", &["sre"], Scope::All).await;
        suspensions.resume(Scope::All, ActionId::of(b"a resume"), &"a".repeat(100));
    }
    let bob = stack.person("bob", &[]);
    let narrow = || json!({ "scope": "type:s3-export", "reason": "Because" });
    stack.states.rebuild(&last);
    assert_eq!(suspend(&stack, &bob, narrow()).await.status, StatusCode::OK);
    stack.states.rebuild(&suspensions.list);
    let refused = suspend(&stack, &bob, narrow()).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid-parameters")
    );
    assert!(refused.body.contains("only `all` can still be suspended"), "{}", refused.body);
    let (again, all) = (longest(1).to_string(), "all".to_owned());
    for scope in [again, all] {
        let answer = suspend(&stack, &bob, json!({ "scope": scope, "reason": "Because" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    assert_eq!(suspension_count(&stack).await, 2);
}
