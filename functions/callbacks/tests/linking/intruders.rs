//! Whoever is not both the account and the person links nothing.

use axum::http::{Method, StatusCode};
use fn_callbacks::LinkRefusal;

use crate::stack::{Browser, code, press_link, prove, signed_in};
use crate::support::{SHOWN_AS, invited, link, linked, slack, stack, unlink};

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
