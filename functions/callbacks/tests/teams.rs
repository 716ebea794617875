//! Presses in Teams that count: approving, denying and changing, each once, each on the action of its own message.

mod stack;

use domain::{ChatAccount, Event, Proof, VerdictKind};
use serde_json::{Value, json};
use stack::{
    BOT, Groups, TENANT, TestStack, Told, code, execute, invoke, merged, object, prove, record, signed_in,
    task, with_teams,
};
use store::{AccountState, ReadState};
use testkit::{Gate, Moment, SampleRequirement};
use wire::documents::StatedAccount;

const ELSEWHERE: &str = "s3://partner-drop/inbox/q3.csv";
/// The form's name of `/destination`.
const DESTINATION: &str = "field.L2Rlc3RpbmF0aW9u";

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

/// Everything takes a moment, so that two requests at once overlap.
fn slow() -> Gate {
    Gate::new(|_, moment| {
        Box::pin(async move {
            if moment == Moment::Before {
                tokio::task::yield_now().await;
            }
            Ok(())
        })
    })
}

/// C35, C38: a request that comes twice, one after the other or at once, is counted once and answered alike; a denial and a change too.
#[tokio::test]
async fn twice_is_once() {
    for gate in [Gate::open(), slow()] {
        let stack = with_teams(SampleRequirement::TwoOfSre, gate.clone(), Groups::default()).await;
        let (sent, _) = stack.card_in_teams('a').await;
        let press = || stack.approve_in_teams("bob", &sent);
        let (first, second) = tokio::join!(press(), press());
        let third = press().await;
        assert_eq!((&first.0, &first.0), (&second.0, &third.0));
        assert_eq!((stack.verdicts().await.len(), stack.status().await), (1, "pending"));
        let deny = || stack.deny_in_teams("carol", &sent, "Not this quarter");
        let (first, second) = tokio::join!(deny(), deny());
        let third = deny().await;
        assert_eq!((&first.0, &first.0), (&second.0, &third.0));
        assert!(first.says("Denied by carol"), "{first:?}");
        assert_eq!((stack.verdicts().await.len(), stack.status().await), (2, "denied"));
        assert_eq!(stack.attempts(), [""; 0]);

        let stack = with_teams(SampleRequirement::Changing, gate, Groups::default()).await;
        let (sent, _) = stack.card_in_teams('a').await;
        let to = |place: &str| task("bob", "task/submit", &sent, "change", &json!({ DESTINATION: place }));
        let (once, other) = (to(ELSEWHERE), to("s3://partner-drop/other.csv"));
        let (first, second) = tokio::join!(stack.invoke(&once), stack.invoke(&once));
        let third = stack.invoke(&once).await;
        assert_eq!((&first.0, &first.0), (&second.0, &third.0));
        assert!(first.says("Your change is recorded."), "{first:?}");
        let changed = stack.item().await;
        assert_eq!(changed.changes().count(), 1);
        // F13: another change of what is no longer asked is none, and no other person's repetition counts.
        let carol = task("carol", "task/submit", &sent, "change", &json!({ DESTINATION: ELSEWHERE }));
        for stale in [&other, &carol] {
            let told = stack.invoke(stale).await;
            assert!(told.says("has changed since it was shown"), "{told:?}");
        }
        assert_eq!(stack.item().await, changed);
    }
}

/// The reason is asked for in a form, for whoever may deny; the form's own button denies.
#[tokio::test]
async fn a_denial() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let (sent, _) = stack.card_in_teams('a').await;
    let form = stack.open_in_teams("bob", &sent, "deny").await;
    assert_eq!((form.kind(), form.buttons()), ("continue", vec!["deny".to_owned()]));
    assert_eq!(form.card()["actions"][0]["data"]["ref"], json!(sent));
    assert_eq!(stack.status().await, "pending", "opening a form decides nothing");
    let blank = stack.deny_in_teams("bob", &sent, "  \n").await;
    assert!(blank.says("A denial needs a reason"), "{blank:?}");
    assert_eq!(stack.item().await, stack.scenario.item);
    let told = stack.deny_in_teams("bob", &sent, "Not this quarter, ask dana@example.com").await;
    assert_eq!((told.kind(), told.buttons()), ("continue", Vec::new()));
    assert!(told.says("Denied by bob"), "{told:?}");
    assert_eq!(stack.status().await, "denied");
    let stated = stack.statement(&stack.verdicts().await[0]).await;
    assert_eq!(stated.reason.as_deref(), Some("Not this quarter, ask ‹email 1›"));
}

/// W8, C38: clients that know no button that acts at once open a form for an approval; it names the same reference.
#[tokio::test]
async fn an_approval_in_an_old_client() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let (sent, _) = stack.card_in_teams('a').await;
    let form = stack.open_in_teams("bob", &sent, "approve").await;
    assert_eq!(form.buttons(), ["approve"]);
    assert_eq!(stack.item().await, stack.scenario.item);
    let told = stack.invoke(&task("bob", "task/submit", &sent, "approve", &json!({}))).await;
    assert_eq!((told.kind(), told.buttons()), ("continue", vec![page(&stack)]));
    assert_eq!(stack.verdicts().await.len(), 1);
}

/// D7: where the provider's proof is demanded, a press never approves, whatever it says, and is led to the page; a denial works.
#[tokio::test]
async fn proof_by_the_provider() {
    let stack = asking(SampleRequirement::DataOwner).await;
    let (sent, whole) = stack.card_in_teams('a').await;
    assert!(!whole, "the message has no approve button");
    let submitted = task("alice", "task/submit", &sent, "approve", &json!({}));
    for told in [stack.approve_in_teams("alice", &sent).await, stack.invoke(&submitted).await] {
        assert!(told.says("proven by signing in"), "{told:?}");
        assert_eq!(told.buttons(), [page(&stack)]);
    }
    assert_eq!(stack.item().await, stack.scenario.item);
    stack.deny_in_teams("alice", &sent, "No").await;
    assert_eq!(stack.status().await, "denied");
}

/// Only the parameters that may be changed are shown, and only they are changed. What was not changed is no change.
#[tokio::test]
async fn a_change() {
    let stack = asking(SampleRequirement::Changing).await;
    let (sent, _) = stack.card_in_teams('a').await;
    let form = stack.open_in_teams("bob", &sent, "change").await;
    let inputs = form.card()["body"].as_array().unwrap().clone();
    let inputs: Vec<&Value> = inputs.iter().filter(|element| element["type"] == "Input.Text").collect();
    assert_eq!(inputs.len(), 1);
    let value = json!("s3://partner-drop/q3.csv");
    assert_eq!((&inputs[0]["id"], &inputs[0]["value"]), (&json!(DESTINATION), &value));
    let change = |fields: Value| task("bob", "task/submit", &sent, "change", &fields);
    for (fields, words) in [
        (json!({ DESTINATION: "s3://partner-drop/q3.csv" }), "changed nothing"),
        (json!({ "field.L3NvdXJjZQ": ELSEWHERE }), "changed nothing"),
        (json!({ "field./destination": ELSEWHERE }), "changed nothing"),
        (json!({ DESTINATION: "partner-drop" }), "do not fit the schema"),
        (json!({ DESTINATION: "s3://partner-drop/q3\u{200b}.csv" }), "U+200B"),
    ] {
        let told = stack.invoke(&change(fields.clone())).await;
        assert!(told.says(words), "{fields}: {told:?}");
    }
    assert_eq!(stack.item().await, stack.scenario.item);
    let told = stack.invoke(&change(json!({ DESTINATION: ELSEWHERE }))).await;
    assert_eq!(told.kind(), "message");
    let item = stack.item().await;
    let (entry, verdict) = item.changes().last().unwrap();
    assert!(matches!(entry.event, Event::Modified { .. }));
    assert_eq!(verdict.changed, ["/destination"]);
    assert_eq!(stack.statement(verdict).await.patch, Some(json!({ "destination": ELSEWHERE })));
    // F13: the message still shows what was asked before the change.
    let told = stack.approve_in_teams("bob", &sent).await;
    assert!(told.says("has changed since it was shown"), "{told:?}");
    assert_eq!(stack.item().await, item);
}

/// C39: a message answers for the action of its own reference alone, and for what it showed.
#[tokio::test]
async fn each_message_has_its_own_action() {
    let stack = asking(SampleRequirement::Changing).await;
    let other = stack.another().await;
    let ((first, _), (second, _)) =
        (stack.card_in_teams('a').await, stack.card_in_teams_of(&other.item, 'b').await);
    let elsewhere = json!({ "ref": second, "action": stack.id(), "url": page(&stack) });
    stack.invoke(&execute("bob", "approve", &elsewhere)).await;
    assert_eq!(stack.item().await, stack.scenario.item);
    let decided = stack.states.item(other.item.id()).await.unwrap().unwrap();
    assert_eq!(decided.state().status().name(), "approved");
    stack.approve_in_teams("bob", &first).await;
    assert_eq!(stack.status().await, "approved");
}

/// C40: a card that a client refreshes by itself decides nothing, whatever its verb is: the answer is the card as it stands now.
#[tokio::test]
async fn a_refresh_decides_nothing() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let (sent, _) = stack.card_in_teams('a').await;
    stack.approve_in_teams("carol", &sent).await;
    let before = stack.item().await;
    for (trigger, verb) in [("automatic", "approve"), ("automatic", "refresh"), ("", "approve")] {
        let press = execute("bob", verb, &json!({ "ref": sent }));
        let told = stack.invoke(&merged(press, &json!({ "value": { "trigger": trigger } }))).await;
        assert!(told.says("1 of 2 have.") && told.buttons().contains(&"approve".to_owned()), "{told:?}");
    }
    assert_eq!(stack.item().await, before);
    // Whoever the page would not show the action to is shown no card either: a reference can be copied.
    let copied = merged(
        execute("mallory", "refresh", &json!({ "ref": sent })),
        &json!({ "value": { "trigger": "automatic" } }),
    );
    let told = stack.invoke(&copied).await;
    assert!(told.says("Nothing was recorded. Open the review to answer."), "{told:?}");
    // Nobody is invited by what nobody pressed.
    stack.teams.join("newcomer");
    let press = execute("newcomer", "approve", &json!({ "ref": sent }));
    let told = stack.invoke(&merged(press, &json!({ "value": { "trigger": "automatic" } }))).await;
    assert!(told.says("Nothing was recorded. Open the review to answer."), "{told:?}");
    assert!(!stack.channels.contents().keys().any(|(topic, _)| topic.starts_with("invitation/")));
}

/// C41: what an agent or a person wrote is literal text in every answer.
#[tokio::test]
async fn words_of_others_are_inert() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let (sent, _) = stack.card_in_teams('a').await;
    let told = [
        stack.approve_in_teams("bob", &sent).await,
        stack.approve_in_teams("mallory", &sent).await,
        stack.deny_in_teams("carol", &sent, "[here](https://x.example) **now** {{DATE(1)}}").await,
        stack.approve_in_teams("bob", &sent).await,
    ];
    for Told(told) in told {
        let text = told.to_string();
        let marked = text.matches("\"TextBlock\"").count();
        assert_eq!(marked, text.matches("In your time zone").count() + text.matches("does not show").count());
        assert!(!text.contains("{{DATE(1"), "{text}");
    }
}

/// W21: messages, installations and reactions are answered with an empty 200 and ask for nothing; other invokes are refused; a question
/// is not sent.
#[tokio::test]
async fn what_is_no_press() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    let (sent, _) = stack.card_in_teams('a').await;
    let press = execute("bob", "approve", &json!({ "ref": sent }));
    for over in [
        json!({ "type": "message", "name": null, "text": "approve" }),
        json!({ "type": "message", "name": null }),
        json!({ "type": "installationUpdate", "name": null, "value": null }),
        json!({ "type": "messageReaction" }),
        json!({ "name": "composeExtension/submitAction" }),
    ] {
        let answer = stack.teams(&merged(press.clone(), &over)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""), "{over}");
    }
    for activity in [
        execute("bob", "deny", &json!({ "ref": sent })),
        execute("bob", "Approve", &json!({ "ref": sent })),
        invoke("bob", "task/submit", &json!({ "data": { "ref": sent } })),
    ] {
        let told = stack.invoke(&activity).await;
        assert!(told.says("Nothing was recorded."), "{told:?}");
    }
    let ask = task("bob", "task/submit", &sent, "ask", &json!({ "question": "Why?" }));
    for told in [stack.invoke(&ask).await, stack.open_in_teams("bob", &sent, "ask").await] {
        assert!(told.says("Questions are not sent from here."), "{told:?}");
    }
    assert_eq!(stack.item().await, stack.scenario.item);
}

/// W10: the whole way in Teams. A press of an account that is linked to nobody leads to the invitation; the code is typed, the person's
/// name is shown, and only then is the account linked. What was pressed before counts for nothing.
#[tokio::test]
async fn the_whole_way_of_a_link() {
    let stack = asking(SampleRequirement::TwoOfSre).await;
    stack.teams.join("newcomer");
    let (sent, _) = stack.card_in_teams('a').await;
    let invited = stack.approve_in_teams("newcomer", &sent).await;
    let reference = invited.card()["actions"][1]["data"]["ref"].as_str().unwrap().to_owned();
    assert_ne!(reference, sent);
    let path = format!("/link/{reference}");
    assert_eq!(invited.buttons(), [&format!("http://127.0.0.1:8080{path}"), "link_code"]);
    assert!(stack.open_in_teams("newcomer", &sent, "deny").await.says("not linked"));
    assert_eq!(stack.item().await, stack.scenario.item);

    let typed = |code: &str| {
        let press = execute("newcomer", "link_code", &json!({ "ref": reference, "code": code }));
        let stack = &stack;
        async move { stack.invoke(&press).await }
    };
    assert!(typed("BCDF-GHJK").await.says("Nobody has confirmed"));
    let mut browser = signed_in(&stack, "bob").await;
    let page = prove(&stack, &mut browser, &path, "bob").await;
    assert!(
        page.body.contains("Microsoft Teams") && page.body.contains("newcomer@example.com"),
        "{}",
        page.body
    );
    let wrong = typed("BCDF-GHJK").await;
    assert!(wrong.says("The code is another one"), "{wrong:?}");
    assert_eq!(wrong.buttons(), invited.buttons(), "the form stays");
    let other = execute("mallory", "link_code", &json!({ "ref": reference, "code": code(&page) }));
    assert!(stack.invoke(&other).await.says("made for another account"));
    stack.teams.describe("newcomer", |newcomer| newcomer.role = Some("guest".to_owned()));
    assert!(typed(&code(&page)).await.says("guests cannot answer"), "the account is judged in each step");
    stack.teams.join("newcomer");
    let shown = typed(&code(&page)).await;
    assert!(shown.says("bob"), "{shown:?}");
    assert_eq!(shown.buttons(), ["link_agree"]);
    let account = ChatAccount { channel: "teams".to_owned(), id: format!("{TENANT}/{}", object("newcomer")) };
    assert!(stack.states.account_item(&account).await.unwrap().is_none(), "the name was only shown");
    let agreed = execute("newcomer", "link_agree", &json!({ "ref": reference }));
    let refresh = merged(agreed.clone(), &json!({ "value": { "trigger": "automatic" } }));
    assert!(stack.invoke(&refresh).await.says("Nothing was recorded."));
    assert!(stack.states.account_item(&account).await.unwrap().is_none());
    for _ in 0..2 {
        let linked = stack.invoke(&agreed).await;
        assert!(linked.says("The account is linked"), "{linked:?}");
    }
    record(&stack, &account, 1).await;
    stack.approve_in_teams("newcomer", &sent).await;
    assert_eq!(stack.verdicts().await[0].person, stack.scenario.person("bob"));
}
