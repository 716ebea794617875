//! What a link is, how it ends, and the whole way in Slack.

use axum::http::StatusCode;
use domain::{ActionId, ChatAccount, Person};
use store::AccountState;
use testkit::SampleRequirement;

use crate::stack;
use crate::stack::{TestStack, code, prove, record, signed_in};
use crate::support::{invited, link, linked, slack, stack, unlink};

/// W9: a link ends only by its own person, at once, and an old page ends no later link.
#[tokio::test]
async fn links_end_by_their_person() {
    let stack = stack().await;
    let mut alice = link(&stack, "U1").await;
    let list = alice.get(&stack, "/accounts").await;
    let mut mallory = signed_in(&stack, "mallory").await;
    let theirs = mallory.get(&stack, "/accounts").await;
    assert!(theirs.body.contains("No chat account is linked to you"), "{}", theirs.body);
    let csrf = theirs.field("csrf");
    let refused = unlink(&stack, &mut mallory, &list, &[("csrf", &csrf)]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
    let other = domain::Digest::of(b"another link").to_string();
    unlink(&stack, &mut alice, &list, &[("statement", &other)]).await;
    unlink(&stack, &mut alice, &list, &[("id", "T1/U2")]).await;
    assert!(linked(&stack, "U1").await);
    assert_eq!(unlink(&stack, &mut alice, &list, &[]).await.location(), "/accounts");
    assert!(!linked(&stack, "U1").await);
    assert!(alice.get(&stack, "/accounts").await.body.contains("No chat account is linked to you"));
    let item = stack.states.account_item(&slack("U1")).await.unwrap().unwrap();
    let kinds: Vec<&str> = item.entries().iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["linked", "unlinked"], "its history stays");
}

/// W9, C1: an account is its platform's ids. A name that looks like an e-mail address or like a person's is only shown, whatever it says,
/// and one person is one under every spelling.
#[tokio::test]
async fn names_are_only_shown() {
    let stack = stack().await;
    let hostile = "<script>alert(1)</script> alice@example.com \u{202e}ecila *bold* `x`";
    let invitation = stack.chat.invite(&slack("U1"), hostile).await.unwrap();
    let path = format!("/link/{}", invitation.reference);
    let mut alice = signed_in(&stack, "ALICE").await;
    let page = alice.get(&stack, &path).await;
    assert!(!page.body.contains("<script>") && !page.body.contains('\u{202e}'), "{}", page.body);
    assert!(page.body.contains("&lt;script&gt;"), "{}", page.body);
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let person = stack.chat.confirm(&slack("U1"), &invitation.reference, &code(&page)).await.unwrap();
    assert_eq!(person, stack.scenario.person("alice"));
    let link = stack.chat.accept(&slack("U1"), &invitation.reference).await.unwrap();
    assert_eq!(link.account, slack("U1"));
    record(&stack, &slack("U1"), 1).await;
    let list = alice.get(&stack, "/accounts").await;
    assert!(list.body.contains("&lt;script&gt;") && !list.body.contains("<script>"), "{}", list.body);
    assert_ne!(ActionId::account(&slack("U1")), ActionId::account(&slack("u1")));
}

/// F9: when the answer to the last write is lost, accepting again finds the link made.
#[tokio::test]
async fn a_lost_answer_links_once() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    stack.chat.confirm(&slack("U1"), &invitation.reference, &code(&page)).await.unwrap();
    let first = stack.chat.accept(&slack("U1"), &invitation.reference).await.unwrap();
    stack.clock.pass(3);
    let second = stack.chat.accept(&slack("U1"), &invitation.reference).await.unwrap();
    assert_eq!(first.statement, second.statement);
    let person: Person = stack
        .states
        .account_item(&slack("U1"))
        .await
        .unwrap()
        .unwrap()
        .state()
        .link()
        .unwrap()
        .person
        .clone();
    assert_eq!(person, stack.scenario.person("alice"));
}

/// W10: the whole way in Slack. A press of an account that is linked to nobody opens the invitation; the code is typed in its modal, the
/// person's name is shown, and only then is the account linked. What was pressed before counts for nothing.
#[tokio::test]
async fn the_whole_way_in_slack() {
    let mut scenario =
        testkit::Scenario { reason: "The quarterly report", ..testkit::Scenario::new("linking") };
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    let stack = TestStack::of(scenario, testkit::Gate::open()).await;
    stack.slack.join("bob");
    let sent = stack.message('a').await;
    assert_eq!(stack.press("bob", "approve", &sent).await.status, StatusCode::OK);
    let opened = stack.slack.opened();
    let reference = opened[0]["private_metadata"].as_str().unwrap().to_owned();
    assert_ne!(reference, sent.reference);
    let path = format!("/link/{reference}");
    assert!(opened[0].to_string().contains(&format!("http://127.0.0.1:8080{path}")), "{}", opened[0]);
    assert_eq!(stack.item().await, stack.scenario.item);

    let named = stack::Sent { reference, ..sent.clone() };
    let typed = |code: &str| {
        let payload = stack::submission("bob", "countersign_link_code", &named, &[("code", "code", code)]);
        let stack = &stack;
        async move { stack.slack(&payload).await.json() }
    };
    let early = typed("BCDF-GHJK").await;
    assert!(early["errors"]["code"].as_str().unwrap().contains("Nobody has confirmed"), "{early}");
    let mut browser = signed_in(&stack, "bob").await;
    let page = prove(&stack, &mut browser, &path, "bob").await;
    let wrong = typed("BCDF-GHJK").await;
    assert!(wrong["errors"]["code"].as_str().unwrap().contains("The code is another one"), "{wrong}");
    let shown = typed(&code(&page)).await;
    assert_eq!((&shown["response_action"], shown.to_string().contains("bob")), (&"update".into(), true));
    let account = ChatAccount { channel: "slack".to_owned(), id: "T0HOME/U0BOB".to_owned() };
    assert!(stack.states.account_item(&account).await.unwrap().is_none(), "the name was only shown");
    let agreed = stack::submission("bob", "countersign_link_agree", &named, &[]);
    let linked = stack.slack(&agreed).await.json();
    assert!(stack::sentence(&linked["view"]).contains("The account is linked"), "{linked}");
    record(&stack, &account, 1).await;
    assert_eq!(stack.press("bob", "approve", &sent).await.body, "");
    assert_eq!(stack.item().await.sequence(), 3);
}
