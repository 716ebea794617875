//! The inbox, page after page.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use domain::Digest;
use stack::{Browser, TestStack};
use store::{CreateState, IndexRow, Position, WriteDocuments, WriteIndex};
use testkit::{SampleRequirement, Scenario};
use wire::Undeliverable;

fn row(stack: &TestStack, scenario: &Scenario, status: &str) -> IndexRow {
    let review = scenario.item.state().review().unwrap();
    let asked = review.decision.requirements.iter().flat_map(|one| &one.groups);
    IndexRow {
        sequence: scenario.item.sequence(),
        chain: scenario.item.chain(),
        status: status.to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "Copy 2026/q3.csv out of customers".to_owned(),
        principal: (&scenario.agent()).into(),
        groups: asked.map(|group| group.group.clone()).collect(),
        needed: 1,
        expires_at: stack.scenario.now.plus_seconds(1800),
        ..IndexRow::blank(scenario.item.id(), stack.scenario.now, 1)
    }
}

async fn body(stack: &TestStack, browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(stack, path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

/// Where the link of this relation leads.
fn links(page: &str, rel: &str) -> Option<String> {
    let rest = page.split_once(&format!("rel=\"{rel}\" href=\""))?.1;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The actions of a page, in its order.
fn actions(page: &str) -> Vec<String> {
    page.split("href=\"/review/")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

/// E9: however many wait, of two groups and between many that no longer do, every one of them is reached by following the
/// links, once, and the links lead back.
#[tokio::test]
async fn nothing_is_pushed_out_of_the_inbox() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut waiting = Vec::new();
    for n in 0..160_i64 {
        let mut scenario = Scenario::new(&format!("waiting-{n}"));
        scenario.propose();
        // Runs of decided ones between those that wait, longer than what one query of the index looks at.
        let pending = n % 4 == 0 || n < 20;
        scenario.decide(if n % 8 == 0 { SampleRequirement::TwoOfSre } else { SampleRequirement::DataOwner });
        for document in scenario.documents.values() {
            stack.documents.put(document).await.unwrap();
        }
        stack.states.create(&scenario.item).await.unwrap();
        let mut row = row(&stack, &scenario, if pending { "pending" } else { "denied" });
        // Several at one moment, so that pages end inside it.
        row.created_at = stack.scenario.now.plus_seconds(n / 5);
        let position = Position {
            position: 100 + u64::try_from(n).unwrap(),
            object: 1,
            kind: "decided".to_owned(),
            sequence: row.sequence,
            at: row.created_at,
            digest: Digest::of(&n.to_be_bytes()),
            tried: None,
            history_entry: None,
        };
        stack.index.apply(&position, &row).await.unwrap();
        if pending {
            waiting.push(scenario.item.id().to_string());
        }
    }
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners", "sre"]).await;
    let (mut seen, mut addresses) = (Vec::new(), vec!["/".to_owned()]);
    loop {
        let page = body(&stack, &mut alice, addresses.last().unwrap()).await;
        let waits = page.split("Decided lately").next().unwrap();
        let shown = actions(waits);
        assert!(shown.len() <= 25, "{}", shown.len());
        seen.extend(shown);
        assert_eq!(links(&page, "prev"), addresses.len().checked_sub(2).map(|at| addresses[at].clone()));
        match links(&page, "next") {
            Some(next) => addresses.push(next),
            None => break,
        }
        assert!(addresses.len() < 20, "{addresses:?}");
    }
    assert!(addresses.len() > 2, "{addresses:?}");
    let count = seen.len();
    seen.sort();
    seen.dedup();
    waiting.sort();
    assert_eq!((seen, count), (waiting.clone(), waiting.len()));
    let first = body(&stack, &mut alice, "/").await;
    assert!(first.contains("on each page, what ends soonest stands first"), "{first}");
    for nonsense in
        ["/?after=", "/?after=x", "/?after=1.act_x", "/?page=2", "/?after=-1.act_aaaaaaaaaaaaaaaaaaaaaaaaaa"]
    {
        assert_eq!(body(&stack, &mut alice, nonsense).await, first, "{nonsense}");
    }
}

/// W24, E26: names come from tokens, and an issuer may let somebody choose one: what nobody would see in it, or what would
/// turn the line round, is spelled out on every page, in the head of the page too.
#[tokio::test]
async fn names_are_spelled_out() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut row = row(&stack, &stack.scenario, "denied");
    row.principal.subject = "repo:\u{202e}niam\u{200b}".to_owned();
    let position = Position {
        position: 100,
        object: 1,
        kind: "decided".to_owned(),
        sequence: row.sequence,
        at: row.created_at,
        digest: Digest::of(b"names"),
        tried: None,
        history_entry: None,
    };
    stack.index.apply(&position, &row).await.unwrap();
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    for path in ["/", "/history"] {
        let page = body(&stack, &mut alice, path).await;
        assert!(page.contains("repo:⟨U+202E⟩niam⟨U+200B⟩"), "{path}: {page}");
        assert_eq!(redaction::find_hidden(&page), vec![], "{path}");
    }
}

/// After one's own approval neither the page nor the inbox says that the action waits for oneself; it waits for the others.
#[tokio::test]
async fn after_ones_own_vote() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let row = row(&stack, &stack.scenario, "pending");
    let position = Position {
        position: 100,
        object: 1,
        kind: "decided".to_owned(),
        sequence: row.sequence,
        at: row.created_at,
        digest: Digest::of(b"own"),
        tried: None,
        history_entry: None,
    };
    stack.index.apply(&position, &row).await.unwrap();
    let approved = stack.verdict(&stack.person("bob", &[]), serde_json::json!({})).await;
    assert_eq!(approved.status, 200, "{}", approved.body);
    for (who, state, list) in [
        ("bob", "You approved it at 11:06 · Waiting for others · ", "Waiting for others</h2>"),
        ("carol", "Waiting for you · ", "Waiting for you</h1>"),
    ] {
        let mut browser = Browser::default();
        browser.sign_in(&stack, who, &[]).await;
        let page = body(&stack, &mut browser, &stack.page()).await;
        assert!(page.contains(&format!("<p class=\"state\">{state}")), "{who}: {page}");
        let inbox = body(&stack, &mut browser, "/").await;
        let (_, rest) = inbox.split_once(list).unwrap();
        assert_eq!(actions(rest), [stack.id()], "{who}: {inbox}");
        assert_eq!(inbox.contains("Nothing waits for you."), who == "bob", "{who}: {inbox}");
    }
}

/// W23: whoever should have received a message that a platform refused for good reads so in the inbox, for a day or two; nobody
/// else does, and the address of a webhook is shown to nobody.
#[tokio::test]
async fn what_could_not_be_delivered() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let (now, action) = (stack.now(), stack.scenario.item.id());
    let refused = |days: i64, audience: &str, channel: &str, address: &str, code: &str| {
        let fact =
            Undeliverable { action: action.clone(), audience: audience.to_owned(), code: code.to_owned() };
        let topic = Undeliverable::topic(now.plus_seconds(-86_400 * days));
        stack.channels.forge(&topic, &fact.key(channel, address), &fact.to_stored().unwrap());
    };
    refused(0, "group:data-owners", "slack", "C0DATA", "is_archived");
    refused(1, "person:bob", "webhook", "https://hooks.example/secret-path", "gone");
    refused(0, "group:auditors", "slack", "C0SRE", "for_others");
    refused(0, "person:carol", "teams", "19:carol", "for_carol");
    refused(2, "group:data-owners", "slack", "C0OLD", "long_ago");
    stack.channels.forge(
        &Undeliverable::topic(now),
        "group:data-owners/slack/C0FORGED",
        "{\"code\":\"<b>\"}",
    );
    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &["data-owners"]).await;
    let page = body(&stack, &mut browser, "/").await;
    let text: String = page.split_once("Could not be delivered").unwrap().1.split(['<', '>']).collect();
    for shown in ["A message to data-owners", "Slack C0DATA", "is_archived", "A message to you", "gone"] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    for hidden in ["secret-path", "for_others", "for_carol", "long_ago", "C0FORGED"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    let mut browser = Browser::default();
    browser.sign_in(&stack, "mallory", &["marketing"]).await;
    let page = body(&stack, &mut browser, "/").await;
    assert!(!page.contains("Could not be delivered"));
}
