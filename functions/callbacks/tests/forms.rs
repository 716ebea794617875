//! The forms of the review page: where a mistake is told, what stays typed, and what is recorded.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod stack;

use stack::{Answer, Browser, TestStack};
use testkit::SampleRequirement;
use wire::documents::Statement;

async fn signed_in(stack: &TestStack, subject: &str, groups: &[&str]) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(stack, subject, groups).await;
    browser
}

/// The parts of a page that stand between the first occurrence of each of these texts and the next one.
fn part<'a>(page: &'a Answer, from: &str, to: &str) -> &'a str {
    let rest = page.body.split_once(from).map(|(_, rest)| rest).unwrap();
    rest.split_once(to).unwrap().0
}

/// The statement that the form has written, by the nonce of the sign-in that proves it.
async fn statement(stack: &TestStack, left: &Answer) -> Statement {
    let digest = left.parameter("nonce").unwrap().parse().unwrap();
    let document = store::ReadDocuments::document(&stack.documents, digest).await.unwrap();
    document.unwrap().open().unwrap()
}

/// A missing reason is told at the field in the words of the page; the top of the page leads there.
#[tokio::test]
async fn a_missing_reason_is_told_at_its_field() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = signed_in(&stack, "alice", &["data-owners"]).await;
    let page = alice.press(&stack, "deny", &[("reason_code", ""), ("reason", " ")]).await;
    assert_eq!(page.status, 422, "{}", page.body);
    let field = part(&page, "<legend>Reason", "</textarea>");
    assert!(field.contains("A denial needs a reason, because the agent learns from it."), "{}", page.body);
    assert!(field.contains("aria-describedby=\"reason-error\"") && field.contains("autofocus"), "{field}");
    let top = part(&page, "role=\"alert\"", "</section>");
    assert!(
        !top.contains("body") && top.contains("Nothing was decided.") && top.contains("href=\"#decide\""),
        "{top}"
    );
    assert!(!page.body.contains("reason_code:") && !page.body.contains("or a reason_code"), "{}", page.body);
    assert_eq!(stack.status().await, "pending");
}

/// A form with a mistake comes back with everything that was typed and chosen, secrets masked.
#[tokio::test]
async fn what_was_typed_stays() {
    let stack = TestStack::asking(SampleRequirement::GrantingSigned).await;
    let mut alice = signed_in(&stack, "alice", &["data-owners"]).await;
    let fields = [
        ("grant", "yes"),
        ("grant_minutes", "0"),
        ("grant_uses", "2"),
        ("reason", "As agreed, ask carol@example.org"),
        ("reason_code", "not-now"),
    ];
    let page = alice.press(&stack, "approve", &fields).await;
    assert_eq!(page.status, 422, "{}", page.body);
    let form = part(&page, "class=\"decide\"", "</form>");
    for kept in [
        "name=\"grant\" value=\"yes\" checked",
        "name=\"grant_minutes\" min=\"1\" max=\"60\" value=\"0\"",
        "value=\"2\"",
        "value=\"not-now\" checked",
        "As agreed, ask ‹email 1›</textarea>",
        "Say for how many minutes and how many times, within the limits",
    ] {
        assert!(form.contains(kept), "`{kept}` is not in {form}");
    }
    assert!(!page.body.contains("carol@example.org"), "{}", page.body);

    let stack = TestStack::asking(SampleRequirement::Changing).await;
    let mut bob = signed_in(&stack, "bob", &["sre"]).await;
    let page = bob.press(&stack, "modify", &[("reason", "To the other one")]).await;
    assert_eq!(page.status, 422, "{}", page.body);
    let form = part(&page, "<details class=\"change\" open", "</form>");
    assert!(form.contains("value=\"To the other one\""), "{form}");
    assert!(!part(&page, "id=\"decide\"", "</form>").contains("To the other one"), "{}", page.body);
}

/// The reasons of a denial can be taken back, and with an approval a chosen one is not recorded.
#[tokio::test]
async fn a_denials_reason_stands_beside_no_approval() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = signed_in(&stack, "alice", &["data-owners"]).await;
    let page = alice.get(&stack, &stack.page()).await;
    let reasons = part(&page, "<legend>Reason", "</fieldset>");
    assert!(reasons.contains("type=\"radio\" name=\"reason_code\" value=\"\""), "{reasons}");
    let fields = [("reason_code", "wrong-target"), ("reason", "Agreed with the partner team")];
    let left = alice.press_on(&stack, &page, "approve", &fields).await;
    let approval = statement(&stack, &left).await;
    assert_eq!(
        (approval.reason_code, approval.reason.as_deref()),
        (None, Some("Agreed with the partner team"))
    );
    let denied =
        alice.press_on(&stack, &page, "deny", &[("reason_code", ""), ("reason", "Not this one")]).await;
    assert_eq!(denied.location(), stack.page(), "{}", denied.body);
    let item = stack.item().await;
    let verdict = item.entries().last().and_then(|entry| entry.event.verdict()).unwrap();
    let denial = store::ReadDocuments::document(&stack.documents, verdict.statement).await.unwrap().unwrap();
    let denial: Statement = denial.open().unwrap();
    assert_eq!((denial.reason_code, denial.reason.as_deref()), (None, Some("Not this one")));
}
