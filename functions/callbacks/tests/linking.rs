//! A chat account becomes a person's: both sides agree, in time, once.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod stack;

use axum::http::{Method, StatusCode};
use domain::{ActionId, ChatAccount, Person};
use fn_callbacks::{Invitation, LinkRefusal};
use stack::{Answer, Browser, TestStack, code, press_link, prove, record, signed_in};
use store::AccountState;
use testkit::SampleRequirement;

const SHOWN_AS: &str = "alice.a";

fn slack(user: &str) -> ChatAccount {
    ChatAccount { channel: "slack".to_owned(), id: format!("T1/{user}") }
}

async fn stack() -> TestStack {
    TestStack::asking(SampleRequirement::DataOwner).await
}

async fn invited(stack: &TestStack, user: &str) -> (Invitation, String) {
    let invitation = stack.chat.invite(&slack(user), SHOWN_AS).await.unwrap();
    let path = invitation.url.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    (invitation, path)
}

async fn linked(stack: &TestStack, user: &str) -> bool {
    let item = stack.states.account_item(&slack(user)).await.unwrap();
    item.is_some_and(|item| item.state().link().is_some())
}

/// The whole way of Alice's account.
async fn link(stack: &TestStack, user: &str) -> Browser {
    let (invitation, path) = invited(stack, user).await;
    let mut browser = signed_in(stack, "alice").await;
    let page = prove(stack, &mut browser, &path, "alice").await;
    let person = stack.chat.confirm(&slack(user), &invitation.reference, &code(&page)).await.unwrap();
    assert_eq!(person, stack.scenario.person("alice"));
    stack.chat.accept(&slack(user), &invitation.reference).await.unwrap();
    record(stack, &slack(user), 1).await;
    browser
}

/// W9, W10: each side sees the other's name, and the account is linked by a code that only the page shows and only the invited account
/// may use; then it is on the list, and a button ends it.
#[tokio::test]
async fn both_sides_agree() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut browser = signed_in(&stack, "alice").await;
    let page = browser.get(&stack, &path).await;
    for shown in [SHOWN_AS, "Slack", "T1/U1", "signed in as <strong>alice"] {
        assert!(page.body.contains(shown), "`{shown}` is not in {}", page.body);
    }
    let early = stack.chat.confirm(&slack("U1"), &invitation.reference, "BCDF-GHJK").await;
    assert_eq!(early, Err(LinkRefusal::NotConfirmed));
    let page = prove(&stack, &mut browser, &path, "alice").await;
    let asked = stack.desk.asked().pop().unwrap();
    assert!(asked.prompt_login && asked.nonce.starts_with("sha256:"), "{asked:?}");
    assert_eq!(browser.get(&stack, &path).await.body, page.body, "a reload shows the same code");
    let early = stack.chat.accept(&slack("U1"), &invitation.reference).await;
    assert_eq!(early, Err(LinkRefusal::NotConfirmed), "the name is seen before it is linked");
    let typed = code(&page).to_lowercase().replace('-', " ");
    let person = stack.chat.confirm(&slack("U1"), &invitation.reference, &typed).await.unwrap();
    assert_eq!(person, stack.scenario.person("alice"));
    assert!(!linked(&stack, "U1").await, "typing the code is not yet agreeing to the name");
    let link = stack.chat.accept(&slack("U1"), &invitation.reference).await.unwrap();
    assert_eq!((&link.person, link.shown_as.as_str()), (&person, SHOWN_AS));
    record(&stack, &slack("U1"), 1).await;
    assert!(browser.get(&stack, &path).await.body.contains("The account is linked to you"));
    let list = browser.get(&stack, "/accounts").await;
    assert!(list.body.contains("T1/U1") && list.body.contains(SHOWN_AS), "{}", list.body);
    assert_eq!(stack.chat.invite(&slack("U1"), SHOWN_AS).await, Err(LinkRefusal::Linked));
}

/// W10: whoever is sent somebody else's invitation, opens it, signs in and presses its button has linked nothing: the code is theirs to
/// keep. And whoever opens another's invitation can make the account's user see their name, and no more.
#[tokio::test]
async fn a_link_that_somebody_sent_links_nothing() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "MALLORY").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let refused = stack.chat.accept(&slack("MALLORY"), &invitation.reference).await;
    assert_eq!(refused, Err(LinkRefusal::NotConfirmed));
    for left in (0..5).rev() {
        let expected = if left == 0 { LinkRefusal::TooManyTries } else { LinkRefusal::WrongCode { left } };
        let guess = stack.chat.confirm(&slack("MALLORY"), &invitation.reference, "BCDFGHJK").await;
        assert_eq!(guess, Err(expected));
    }
    let late = stack.chat.confirm(&slack("MALLORY"), &invitation.reference, &code(&page)).await;
    assert_eq!(late, Err(LinkRefusal::TooManyTries), "five wrong codes end it, the right one comes too late");
    assert_eq!(
        stack.chat.accept(&slack("MALLORY"), &invitation.reference).await,
        Err(LinkRefusal::NotConfirmed)
    );
    assert!(!linked(&stack, "MALLORY").await);
}

/// W10: the sixth code is refused, also when many are typed at the same time.
#[tokio::test]
async fn tries_at_the_same_time_count_too() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    prove(&stack, &mut alice, &path, "alice").await;
    let (account, reference) = (slack("U1"), invitation.reference);
    let mut looked = 0;
    for _ in 0..20 {
        let (one, two) = tokio::join!(
            stack.chat.confirm(&account, &reference, "ZZZZZZZZ"),
            stack.chat.confirm(&account, &reference, "YYYYYYYY")
        );
        looked +=
            [one, two].into_iter().filter(|no| matches!(no, Err(LinkRefusal::WrongCode { .. }))).count();
    }
    assert_eq!(looked, 4, "of five codes the last one ends the invitation");
}

/// W10: an invitation ends after ten minutes, on either side, and so does what was proven in it.
#[tokio::test]
async fn an_invitation_ends() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let code = code(&page);
    stack.chat.confirm(&slack("U1"), &invitation.reference, &code).await.unwrap();
    stack.clock.pass(600);
    assert!(alice.get(&stack, &path).await.body.contains("older than ten minutes"));
    for refused in [
        stack.chat.confirm(&slack("U1"), &invitation.reference, &code).await.err(),
        stack.chat.accept(&slack("U1"), &invitation.reference).await.err(),
    ] {
        assert_eq!(refused, Some(LinkRefusal::Expired));
    }
    let (_, path) = invited(&stack, "U1").await;
    let left = press_link(&stack, &mut alice, &path).await;
    stack.clock.pass(599);
    assert_eq!(left.status, StatusCode::OK);
    stack.clock.pass(1);
    let back = alice.finish_sign_in(&stack, &left, "alice", &[], Some(stack.now())).await;
    assert_ne!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert!(!linked(&stack, "U1").await);
}

/// W10: an invitation links once: not again after the link has ended, and never another account.
#[tokio::test]
async fn an_invitation_links_once() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let (account, reference) = (slack("U1"), invitation.reference.as_str());
    for other in [slack("U2"), ChatAccount { channel: "teams".to_owned(), ..slack("U1") }] {
        let refused = stack.chat.confirm(&other, reference, &code(&page)).await;
        assert_eq!(refused, Err(LinkRefusal::OtherAccount), "{other:?}");
    }
    stack.chat.confirm(&account, reference, &code(&page)).await.unwrap();
    assert_eq!(stack.chat.accept(&slack("U2"), reference).await, Err(LinkRefusal::OtherAccount));
    stack.chat.accept(&account, reference).await.unwrap();
    stack.chat.accept(&account, reference).await.unwrap();
    let item = stack.states.account_item(&account).await.unwrap().unwrap();
    assert_eq!(item.sequence(), 1, "accepting again links nothing anew");
    assert_eq!(stack.chat.confirm(&account, reference, &code(&page)).await, Err(LinkRefusal::Used));
    record(&stack, &account, 1).await;
    let list = alice.get(&stack, "/accounts").await;
    unlink(&stack, &mut alice, &list, &[]).await;
    assert!(!linked(&stack, "U1").await);
    assert_eq!(stack.chat.accept(&account, reference).await, Err(LinkRefusal::Used));
    assert!(!linked(&stack, "U1").await, "what has ended does not come back");
    assert_eq!(stack.chat.confirm(&account, "no such reference", "x").await, Err(LinkRefusal::Unknown));
}

/// Presses "Unlink" with the fields of the page, some of them replaced.
async fn unlink(stack: &TestStack, browser: &mut Browser, list: &Answer, over: &[(&str, &str)]) -> Answer {
    let names = ["csrf", "channel", "id", "statement"];
    let value = |name: &str| {
        let over = over.iter().find(|(over, _)| *over == name).map(|(_, value)| (*value).to_owned());
        over.unwrap_or_else(|| list.field(name))
    };
    let fields: Vec<(&str, String)> = names.into_iter().map(|name| (name, value(name))).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(stack, "/accounts/unlink", &fields).await
}

/// W10: whoever opens an invitation first keeps it; somebody else neither sees the code nor takes it over, and neither does somebody else
/// who signs in at the provider in that browser.
#[tokio::test]
async fn nobody_takes_over_an_invitation() {
    let stack = stack().await;
    let (_, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let mut mallory = signed_in(&stack, "mallory").await;
    let form = mallory.get(&stack, &path).await;
    let left = press_link(&stack, &mut alice, &path).await;
    for answer in [
        mallory.get(&stack, &path).await,
        mallory.post(&stack, &path, &[("csrf", form.field("csrf").as_str())]).await,
    ] {
        assert!(answer.body.contains("Somebody else has opened this invitation"), "{}", answer.body);
    }
    let back = alice.finish_sign_in(&stack, &left, "mallory", &[], Some(stack.now())).await;
    assert!(back.body.contains("Somebody else signed in"), "{}", back.body);
    let page = prove(&stack, &mut alice, &path, "alice").await;
    assert!(!code(&page).is_empty());
    let hers = mallory.get(&stack, &path).await;
    assert!(code(&hers).is_empty() && !hers.body.contains(&code(&page)), "{}", hers.body);
}

/// D7: whoever uses somebody's open session links nothing: the provider has to say that the person signed in anew.
#[tokio::test]
async fn a_session_alone_links_nothing() {
    let stack = stack().await;
    let (_, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    stack.clock.pass(3600 - 3000);
    let (_, later) = invited(&stack, "U1").await;
    for (path, auth_time) in [(&later, Some(stack.now().plus_seconds(-590))), (&later, None)] {
        let left = press_link(&stack, &mut alice, path).await;
        let back = alice.finish_sign_in(&stack, &left, "alice", &[], auth_time).await;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{}", back.body);
        assert!(back.body.contains("Nothing was linked"), "{}", back.body);
        assert!(code(&alice.get(&stack, path).await).is_empty());
    }
    assert!(alice.get(&stack, &path).await.body.contains("older than ten minutes"));
}

/// W21, O1: whoever follows a link without pressing its button changes nothing: previews and scanners without a session, and the
/// person's own browser.
#[tokio::test]
async fn following_an_invitation_changes_nothing() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let before = (stack.channels.contents(), stack.states.writes());
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let mut nobody = Browser::default();
        for path in [path.as_str(), "/accounts", "/accounts/unlink"] {
            let answer = nobody.request(&stack, method.clone(), path, None).await;
            assert!(!answer.body.contains(SHOWN_AS), "{method} {path}: {}", answer.body);
            alice.request(&stack, method.clone(), path, None).await;
        }
    }
    for path in [path.as_str(), "/accounts/unlink"] {
        let answer = Browser::default().post(&stack, path, &[("csrf", "x")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert!(answer.location().starts_with("/signin?to="), "{}", answer.location());
    }
    let asked: Vec<_> =
        stack.channels.contents().into_iter().filter(|fact| !before.0.contains_key(&fact.0)).collect();
    assert_eq!((asked, stack.states.writes()), (Vec::new(), before.1));
    assert_eq!(
        stack.chat.confirm(&slack("U1"), &invitation.reference, "x").await,
        Err(LinkRefusal::NotConfirmed)
    );
}

/// W21, O6: a form without the session's token changes nothing, and neither does one of another site.
#[tokio::test]
async fn forms_of_others_change_nothing() {
    let stack = stack().await;
    let mut alice = link(&stack, "U1").await;
    let (_, path) = invited(&stack, "U2").await;
    let before = (stack.channels.contents(), stack.states.writes());
    let mallory = signed_in(&stack, "mallory").await.get(&stack, &path).await.field("csrf");
    let list = alice.get(&stack, "/accounts").await;
    for csrf in ["", "x", mallory.as_str()] {
        let opened = alice.post(&stack, &path, &[("csrf", csrf)]).await;
        let ended = unlink(&stack, &mut alice, &list, &[("csrf", csrf)]).await;
        for answer in [opened, ended] {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        }
    }
    assert!(linked(&stack, "U1").await);
    assert_eq!(stack.states.writes(), before.1);
    let opened = stack.channels.contents().into_iter().filter(|((_, key), _)| key == "opened").count();
    assert_eq!(opened, 1, "only the account that was linked before");
}

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

/// W20, D7: no token of an agent, nor of a person, opens these pages: only a session does, which begins at the identity provider of
/// people.
#[tokio::test]
async fn no_token_links_anything() {
    let stack = stack().await;
    let (_, path) = invited(&stack, "U1").await;
    let before = stack.channels.contents();
    for token in
        [stack.scenario.issuer.agent("demo-agent", stack.now()), stack.person("alice", &["data-owners"])]
    {
        for (method, path) in
            [(Method::GET, path.as_str()), (Method::POST, path.as_str()), (Method::POST, "/accounts/unlink")]
        {
            let answer = stack.call(method, path, Some(&token), None).await;
            assert!(answer.location().starts_with("/signin"), "{path}: {} {}", answer.status, answer.body);
        }
    }
    assert_eq!(stack.channels.contents(), before);
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
