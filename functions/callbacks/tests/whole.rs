//! What cannot be shown whole cannot be approved, and what an agent reads of its own review.

mod stack;

use axum::http::Method;
use domain::Commitment;
use serde_json::json;
use stack::{Browser, TestStack};
use testkit::{Gate, SampleRequirement, Scenario};
use wire::documents::{Action, ChangeName, Difference, Differences};

fn differences(whole: bool) -> Differences {
    let lines = if whole { vec!["- sre: 2".to_owned(), "+ sre: 1 <script>".to_owned()] } else { Vec::new() };
    let item = Difference {
        kind: "requirement".to_owned(),
        name: "sre-pair".to_owned(),
        change: ChangeName::Changed,
        note: String::new(),
        lines,
    };
    Differences { whole, items: vec![item], left_out: 0 }
}

async fn stack(ask: SampleRequirement, whole: bool) -> TestStack {
    let mut scenario = Scenario::new("whole");
    scenario.differences = Some(differences(whole));
    scenario.propose();
    scenario.decide(ask);
    TestStack::of(scenario, Gate::open()).await
}

/// C23: new rules that cannot be shown whole have no approve button, and the API refuses an approval with its own code;
/// a denial is taken.
#[tokio::test]
async fn what_is_not_whole_cannot_be_approved() {
    let stack = stack(SampleRequirement::TwoOfSre, false).await;
    let bob = stack.person("bob", &[]);
    let path = format!("/v1/actions/{}/review", stack.id());
    let shown = stack.call(Method::GET, &path, Some(&bob), None).await.json();
    assert_eq!((&shown["may"], &shown["why_not"]), (&json!(["deny"]), &json!("not-shown-whole")));
    assert_eq!(shown["document"]["what"]["differences"]["whole"], json!(false));
    let refused = stack.verdict(&bob, json!({})).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (409, "not-shown-whole"),
        "{}",
        refused.body
    );
    assert_eq!(stack.item().await.sequence(), stack.scenario.item.sequence());

    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &["sre"]).await;
    let page = browser.get(&stack, &stack.page()).await.body;
    assert!(page.contains("cannot be shown whole") && page.contains("sre-pair"), "{page}");
    assert!(!page.contains("value=\"approve\"") && page.contains("value=\"deny\""), "{page}");
    let denied = stack.verdict(&bob, json!({"verdict": "deny", "reason": "Too much at once"})).await;
    assert_eq!(denied.json()["status"], "denied", "{}", denied.body);
}

/// C23: an approval on the page is refused too, whoever leaves the button out of account.
#[tokio::test]
async fn nor_on_the_page() {
    let stack = stack(SampleRequirement::DataOwner, false).await;
    let mut browser = Browser::default();
    browser.sign_in(&stack, "alice", &["data-owners"]).await;
    let pressed = browser.press(&stack, "approve", &[]).await;
    assert_eq!(pressed.status.as_u16(), 409, "{}", pressed.body);
    assert!(pressed.body.contains("too long to be shown completely"), "{}", pressed.body);
    assert_eq!(stack.item().await.sequence(), stack.scenario.item.sequence());
}

/// C23, W7: before and after stand on the page, line by line and as text.
#[tokio::test]
async fn what_is_whole_is_shown_and_approved() {
    let stack = stack(SampleRequirement::TwoOfSre, true).await;
    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &["sre"]).await;
    let page = browser.get(&stack, &stack.page()).await.body;
    assert!(
        page.contains("<del>- sre: 2</del>") && page.contains("<ins>+ sre: 1 &lt;script&gt;</ins>"),
        "{page}"
    );
    let agreed = stack.verdict(&stack.person("bob", &[]), json!({})).await;
    assert_eq!(agreed.status.as_u16(), 200, "{}", agreed.body);
}

/// E12: an agent reads its own review without anything that was found at the target, and without the value that would let it
/// try out the rest against the digests. People read all of it.
#[tokio::test]
async fn an_agent_reads_no_pins() {
    let stack = stack(SampleRequirement::TwoOfSre, true).await;
    let path = format!("/v1/actions/{}/review", stack.id());
    let agent = stack.scenario.issuer.agent("demo-agent", stack.now());
    let shown = stack.call(Method::GET, &path, Some(&agent), None).await;
    assert_eq!((shown.status.as_u16(), &shown.json()["why_not"]), (200, &json!("agent-cannot-decide")));
    let (digest, _) = stack.digests();
    let action: Action = stack.scenario.documents[&digest].open().unwrap();
    let (version, commitment): (&str, Commitment) = (&action.plan.pins["source_version"], action.commitment);
    assert!(!shown.body.contains(&format!("\"{version}\"")), "{}", shown.body);
    assert!(!shown.body.contains(&commitment.to_string()), "{}", shown.body);
    assert!(!shown.body.contains("sre-pair"), "{}", shown.body);
    let person = stack.call(Method::GET, &path, Some(&stack.person("bob", &[])), None).await.body;
    assert!(
        person.contains(&format!("\"{version}\"")) && person.contains(&commitment.to_string()),
        "{person}"
    );
}
