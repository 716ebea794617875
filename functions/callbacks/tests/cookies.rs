//! Browsers that do not send back what they were given.

mod stack;

use axum::http::StatusCode;
use stack::{Browser, TestStack};
use testkit::SampleRequirement;

/// C18: a sign-in whose cookie does not come back is told by its cause.
#[tokio::test]
async fn a_sign_in_without_its_cookie() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut browser = Browser::default();
    let left = browser.get(&stack, "/signin?to=/").await;
    let state = left.parameter("state").unwrap_or_default();
    let code = stack.desk.sign_in(&state, "alice", &["data-owners"], Some(stack.now()));
    let address = format!("/signin/return?code={code}&state={state}");
    let (mut nobody, mut other, mut changed) = (Browser::default(), Browser::default(), browser.clone());
    other.get(&stack, "/signin?to=/").await;
    if let Some(value) = changed.cookies.values_mut().next() {
        value.push('A');
    }
    let mut table = vec![
        (&mut nobody, address.clone(), "nor any other cookie of this site. It blocks cookies"),
        (&mut other, address.clone(), "more than ten minutes ago, began in another browser"),
        (&mut changed, address.clone(), "cannot be read"),
    ];
    let mut forgetful = browser.clone();
    table.push((&mut forgetful, "/signin/return?code=x".to_owned(), "is not complete"));
    for (browser, address, words) in table {
        let back = browser.get(&stack, &address).await;
        assert_eq!(back.status, StatusCode::BAD_REQUEST, "{words}: {}", back.body);
        assert!(back.body.contains(words), "`{words}` is not in {}", back.body);
        assert!(!browser.cookies.contains_key("__Host-session"), "{words}");
    }
    assert_eq!(browser.finish(&stack, &format!("code={code}&state={state}")).await.location(), "/");
    let again = browser.get(&stack, &address).await;
    assert!(again.body.contains("The sign-in has ended already"), "{}", again.body);

    let mut late = Browser::default();
    let state = late.get(&stack, "/signin?to=/").await.parameter("state").unwrap_or_default();
    stack.clock.pass(601);
    let back = late.get(&stack, &format!("/signin/return?code=c&state={state}")).await;
    assert!(back.body.contains("began more than ten minutes ago and is no longer valid"), "{}", back.body);
}

/// C18: a browser that drops the session's cookie, while the provider sends it back at once, is not sent there again: it reads
/// why after one round.
#[tokio::test]
async fn a_browser_that_drops_the_session() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    for page in ["/".to_owned(), "/history".to_owned(), stack.page()] {
        let mut browser = Browser::default();
        let (mut address, mut rounds) = (page.clone(), 0);
        let end = loop {
            let answer = browser.get(&stack, &address).await;
            browser.cookies.remove("__Host-session");
            address = match answer.parameter("state") {
                Some(state) => {
                    rounds += 1;
                    assert!(rounds < 3, "it goes on for ever");
                    let code = stack.desk.sign_in(&state, "alice", &["data-owners"], Some(stack.now()));
                    format!("/signin/return?code={code}&state={state}")
                }
                None if answer.status.is_redirection() => answer.location(),
                None => break answer,
            };
        };
        assert_eq!((rounds, end.status), (1, StatusCode::BAD_REQUEST), "{page}: {}", end.body);
        assert!(
            end.body.contains("your browser did not send back the session's cookie"),
            "{page}: {}",
            end.body
        );
        assert!(end.body.contains(&format!("href=\"/signin?to={page}\"")), "{page}: {}", end.body);
    }
}
