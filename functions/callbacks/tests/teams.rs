//! Presses in Teams that count: approving, denying and changing, each once, each on the action of its own message.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use domain::{Proof, VerdictKind};
use stack::{BOT, Groups, TENANT, TestStack, object, with_teams};
use testkit::{Gate, SampleRequirement};
use wire::documents::StatedAccount;

async fn asking(ask: SampleRequirement) -> TestStack {
    with_teams(ask, Gate::open(), Groups::default()).await
}

/// The address of the action's page, which is all that a card leads to once somebody has answered.
fn page(stack: &TestStack) -> String {
    format!("http://127.0.0.1:8080/review/{}", stack.id())
}

/// W9, W15, C34: a press is the verdict of the person to whom the account is linked, and the statement names account and link. The
/// answer is the card of what was written.
#[tokio::test]
async fn a_press_approves() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let (sent, whole) = stack.card_in_teams('a').await;
    assert!(whole);
    let told = stack.approve_in_teams("bob", &sent).await;
    assert_eq!(told.kind(), "application/vnd.microsoft.card.adaptive");
    assert_eq!((told.0["statusCode"].as_u64(), told.buttons()), (Some(200), vec![page(&stack)]));
    assert!(told.says("1 of 2 have."), "{told:?}");
    let given = stack.verdicts().await;
    assert_eq!((given.len(), given[0].kind, given[0].proof), (1, VerdictKind::Approve, Proof::Service));
    assert_eq!(given[0].person, stack.scenario.person("bob"));
    let stated = stack.statement(&given[0]).await;
    let link = stack.teams.link("bob", &stack.scenario.person("bob")).statement;
    assert_eq!((stated.channel.as_str(), stated.client.as_str()), ("teams", BOT));
    assert_eq!(stated.account, Some(StatedAccount { id: format!("{TENANT}/{}", object("bob")), link }));
    let (action, review) = stack.digests();
    assert_eq!((stated.action_digest, stated.review_digest), (action, review));
    // The message is still the first one: votes in between change nothing about what was asked.
    let told = stack.approve_in_teams("carol", &sent).await;
    assert_eq!(stack.status().await, "approved");
    assert!(told.says("Agreed to."), "{told:?}");
}
