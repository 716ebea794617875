//! A reviewer changes parameters: by API and on the page, what is refused, and what stands afterwards.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use axum::http::{Method, StatusCode};
use domain::{Event, Proof};
use identity::{VerdictContext, VerdictDocuments, verdict_holds};
use serde_json::{Value, json};
use stack::{Browser, TestStack};
use store::ReadDocuments;
use testkit::scenario::{DEPLOYMENT, PAGES_CLIENT};
use testkit::{Gate, SampleRequirement, Scenario};
use wire::Item;
use wire::documents::{Request, Statement};

const ELSEWHERE: &str = "s3://partner-drop/inbox/q3.csv";

fn to(destination: &str) -> Value {
    json!({"verdict": "modify", "patch": { "destination": destination }})
}

async fn documents_of(stack: &TestStack, item: &Item) -> (Statement, Request) {
    let (_, verdict) = item.changes().last().unwrap();
    let document = |digest| async move { stack.documents.document(digest).await.unwrap().unwrap() };
    let request = item.state().proposal().unwrap().request;
    (document(verdict.statement).await.open().unwrap(), document(request).await.open().unwrap())
}

/// D6, D14: what may be changed is told; a change is a statement, a request that follows from it, and one event.
#[tokio::test]
async fn a_change_by_the_api() {
    let stack = TestStack::asking(SampleRequirement::Changing).await;
    let bob = stack.person("bob", &[]);
    let review = format!("/v1/actions/{}/review", stack.id());
    let told = stack.call(Method::GET, &review, Some(&bob), None).await.json();
    assert_eq!(
        (told["may"].clone(), told["may_change"].clone()),
        (json!(["approve", "deny", "modify"]), json!(["/destination"]))
    );

    let asked = stack.scenario.asked();
    let answer = stack.verdict(&bob, to(ELSEWHERE)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let view = answer.json();
    assert_eq!((&view["status"], &view["revision"]), (&json!("proposed"), &json!(2)));
    assert_eq!(view["parameters"]["destination"], json!(ELSEWHERE));
    assert_eq!(
        (&view["changes"][0]["from"], &view["changes"][0]["to"]),
        (&json!("s3://partner-drop/q3.csv"), &json!(ELSEWHERE))
    );
    assert_eq!(
        (&view["changes"][0]["by"]["subject"], &view["verdicts"][0]["verdict"]),
        (&json!("bob"), &json!("modify"))
    );
    let message = view["agent_message"].as_str().unwrap();
    assert!(message.contains("bob changed `destination`"), "{message}");

    let item = stack.item().await;
    let (statement, request) = documents_of(&stack, &item).await;
    assert_eq!(request, asked.changed(&json!({"destination": ELSEWHERE})));
    assert_eq!(
        (request.commitment, request.revision),
        (asked.commitment, 2),
        "what was sent is what was sealed"
    );
    assert_eq!(statement.patch, Some(json!({"destination": ELSEWHERE})));
    let again = stack.verdict(&bob, to(ELSEWHERE)).await;
    assert_eq!(again.code(), "stale-digest", "it is another revision now");
    assert_eq!(stack.item().await, item);
}

/// W22, W24, D14, O10: every patch that could not be signed as it is, with its place; nothing is written.
#[tokio::test]
async fn patches_that_are_refused() {
    let stack = TestStack::asking(SampleRequirement::Changing).await;
    let bob = stack.person("bob", &[]);
    let modify = |patch: Value| json!({"verdict": "modify", "patch": patch});
    for (why, over, code, pointer) in [
        ("no patch", json!({"verdict": "modify"}), "invalid-parameters", "/patch"),
        ("an empty one", modify(json!({})), "invalid-parameters", "/patch"),
        ("no object", modify(json!(["a"])), "invalid-parameters", "/patch"),
        (
            "another parameter",
            modify(json!({"source": "s3://customers/a.csv"})),
            "invalid-parameters",
            "/patch/source",
        ),
        ("none there is", modify(json!({"a/b": 1})), "invalid-parameters", "/patch/a~1b"),
        ("as it is", to("s3://partner-drop/q3.csv"), "invalid-parameters", "/patch/destination"),
        ("taken away", modify(json!({"destination": null})), "invalid-parameters", "/patch"),
        ("no text", modify(json!({"destination": 7})), "invalid-parameters", "/patch/destination"),
        ("no place", to("partner-drop"), "invalid-parameters", "/patch/destination"),
        (
            "another way of writing",
            to("s3://partner-drop/../q3.csv"),
            "invalid-parameters",
            "/patch/destination",
        ),
        ("a placeholder", to("s3://partner-drop/‹email 1›"), "hidden-characters", "/patch/destination"),
        ("hidden", to("s3://partner-drop/q3\u{200b}.csv"), "hidden-characters", "/patch/destination"),
        (
            "an address",
            to("s3://partner-drop/dana@example.com.csv"),
            "secret-in-target",
            "/patch/destination",
        ),
    ] {
        let answer = stack.verdict(&bob, over).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, code), "{why}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["pointer"], json!(pointer), "{why}: {}", answer.body);
    }
    assert_eq!(stack.item().await, stack.scenario.item, "nothing was changed");
}

/// P5, W4, W20: who may not approve may not change, and who may approve may only change what is open.
#[tokio::test]
async fn people_who_may_not_change_it() {
    let stack = TestStack::asking(SampleRequirement::Changing).await;
    for (who, groups, code) in [("dana", &["sre"][..], "own-request"), ("mallory", &[], "not-an-approver")] {
        let token = stack.person(who, groups);
        assert_eq!(stack.verdict(&token, to(ELSEWHERE)).await.code(), code, "{who}");
    }
    let agent = stack.scenario.issuer.agent("demo-agent", stack.now());
    assert_eq!(stack.verdict(&agent, to(ELSEWHERE)).await.code(), "agent-cannot-decide");
    let closed = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = closed.person("bob", &[]);
    let told =
        closed.call(Method::GET, &format!("/v1/actions/{}/review", closed.id()), Some(&bob), None).await;
    assert_eq!(told.json()["may"], json!(["approve", "deny"]));
    let answer = closed.verdict(&bob, to(ELSEWHERE)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "not-an-approver"));
    let signed = TestStack::asking(SampleRequirement::ChangingSigned).await;
    let alice = signed.person("alice", &["data-owners"]);
    assert_eq!(signed.verdict(&alice, to(ELSEWHERE)).await.code(), "step-up-required");
    stack.clock.pass(1801);
    assert_eq!(stack.verdict(&stack.person("bob", &[]), to(ELSEWHERE)).await.code(), "expired");
    assert_eq!(stack.item().await, stack.scenario.item);
}

/// D14, P8: a masked parameter is not for anybody to change, whatever the requirement says.
#[tokio::test]
async fn a_masked_parameter_is_not_open() {
    let mut scenario = Scenario::new("masked");
    scenario.propose();
    scenario.decide(SampleRequirement::Changing);
    let honest = TestStack::of(scenario.clone(), Gate::open()).await;
    let mut masked = scenario.asked();
    masked.masked.push(wire::documents::Mask {
        pointer: "/parameters/destination".into(),
        start: 0,
        end: 9,
        kind: "email".into(),
    });
    let mut other = Scenario::new("masked");
    other.propose();
    let request = other.put(&masked);
    let Event::Proposed { action_type, principal, payload, token_key, expires_at, .. } =
        other.item.entries()[0].event.clone()
    else {
        unreachable!("a proposal")
    };
    other.item = Item::new(other.item.id().clone());
    other.now = other.now.plus_seconds(-1);
    other.add(Event::Proposed { action_type, principal, payload, request, token_key, expires_at });
    other.decide(SampleRequirement::Changing);
    let stack = TestStack::of(other, Gate::open()).await;
    for (stack, expected) in [(&honest, json!(["/destination"])), (&stack, Value::Null)] {
        let bob = stack.person("bob", &[]);
        let path = format!("/v1/actions/{}/review", stack.id());
        assert_eq!(stack.call(Method::GET, &path, Some(&bob), None).await.json()["may_change"], expected);
    }
    assert_eq!(stack.verdict(&stack.person("bob", &[]), to(ELSEWHERE)).await.code(), "not-an-approver");
}

/// D7, O5, P12: on the page a change goes through the provider like an approval; what stays as it was is no change.
#[tokio::test]
async fn a_change_on_the_page() {
    let stack = TestStack::asking(SampleRequirement::ChangingSigned).await;
    let mut browser = Browser::default();
    browser.sign_in(&stack, "alice", &["data-owners"]).await;
    let page = browser.get(&stack, &stack.page()).await;
    assert!(
        page.body.contains("name=\"change/destination\" value=\"s3://partner-drop/q3.csv\""),
        "{}",
        page.body
    );
    assert!(!page.body.contains("name=\"change/source\""), "only what is open");
    let typed =
        |text: &'static str| [("change/destination", text), ("change/source", "s3://customers/other.csv")];
    let same = browser.press_on(&stack, &page, "modify", &typed("s3://partner-drop/q3.csv")).await;
    assert_eq!(same.status.as_u16(), 422);
    assert!(same.body.contains("You changed nothing"), "{}", same.body);
    let wrong = browser.press_on(&stack, &page, "modify", &typed("s3://partner-drop/‹email 1›")).await;
    assert_eq!(wrong.status.as_u16(), 422, "{}", wrong.body);
    assert_eq!(stack.status().await, "pending");

    let left = browser.press_on(&stack, &page, "modify", &typed(ELSEWHERE)).await;
    assert_eq!(
        (left.status.as_u16(), left.parameter("prompt")),
        (200, Some("login".to_owned())),
        "{}",
        left.body
    );
    assert_eq!(stack.status().await, "pending", "leaving changes nothing");
    stack.clock.pass(20);
    let back = browser.finish_sign_in(&stack, &left, "alice", &["data-owners"], Some(stack.now())).await;
    assert_eq!((back.status.as_u16(), back.location()), (303, stack.page()), "{}", back.body);
    let item = stack.item().await;
    let (statement, request) = documents_of(&stack, &item).await;
    assert_eq!(
        statement.patch,
        Some(json!({"destination": ELSEWHERE})),
        "the source was not for them to change"
    );
    assert_eq!(request.parameters["destination"], json!(ELSEWHERE));
    holds(&stack, &item).await;

    let between = browser.get(&stack, &stack.page()).await;
    assert_eq!(between.status.as_u16(), 200);
    for words in ["It was changed", "alice changed it", "destination from “s3://partner-drop/q3.csv”"] {
        assert!(between.body.contains(words), "{words}: {}", between.body);
    }
    let mut mallory = Browser::default();
    mallory.sign_in(&stack, "mallory", &[]).await;
    assert_eq!(mallory.get(&stack, &stack.page()).await.status.as_u16(), 404);
}

/// Everybody who checks the change again finds that it holds.
async fn holds(stack: &TestStack, item: &Item) {
    let (entry, verdict) = item.changes().last().unwrap();
    assert_eq!(verdict.proof, Proof::Idp);
    let document = |digest| async move { stack.documents.document(digest).await.unwrap().unwrap() };
    let (statement, envelope) = (document(verdict.statement).await, document(verdict.envelope).await);
    let proof = document(verdict.proof_document.unwrap()).await;
    let before = item.state_at(entry.sequence - 1).unwrap();
    let issuers = identity::Issuers::of(vec![stack.scenario.issuer.settings()]).unwrap();
    let context = VerdictContext {
        deployment: DEPLOYMENT,
        action: item.id(),
        subject: &before.review().unwrap().subject(verdict),
        scope: None,
        verdict,
        committed_at: entry.at,
        verdict_key: &stack.scenario.signer.public_key(),
        issuers: &issuers,
        pages_client: PAGES_CLIENT,
    };
    let key = stack.scenario.issuer.jwk();
    let documents = VerdictDocuments {
        statement: &statement,
        envelope: &envelope,
        proof: Some(&proof),
        proof_key: Some(&key),
    };
    assert_eq!(verdict_holds(&context, &documents, &domain::Membership::default()), Ok(()));
}

/// W24, O8: text that was typed into a form stays text, and the page of the next revision says what was changed.
#[tokio::test]
async fn the_next_page_says_what_was_changed() {
    let mut scenario = Scenario::new("changed");
    scenario.propose();
    scenario.decide(SampleRequirement::Changing);
    scenario
        .change("carol", &["sre"], &json!({"destination": "s3://partner-drop/a b.csv"}), Proof::Service)
        .await;
    scenario.decide(SampleRequirement::Changing);
    let stack = TestStack::of(scenario, Gate::open()).await;
    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &["sre"]).await;
    let page = browser.get(&stack, &stack.page()).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    assert!(
        page.body.contains("name=\"change/destination\" value=\"s3://partner-drop/a b.csv\""),
        "{}",
        page.body
    );
    let approved = stack.verdict(&stack.person("bob", &["sre"]), json!({})).await;
    assert_eq!(approved.status.as_u16(), 200, "{}", approved.body);
    assert_eq!(approved.json()["verdicts"][0]["verdict"], json!("modify"), "the change is still told");
}
