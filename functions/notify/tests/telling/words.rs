//! What people read, and where it comes from.

use domain::{ActionId, Fault, VerdictKind};
use fn_notify::Notice;
use testkit::{SampleRequirement, Scenario};
use wire::documents::{DocumentKind, Request, ReviewDocument};
use wire::message::EffectName;

use crate::support::{TestStack, asked, voted};

/// P5: a receipt says what the locked record says, to whom it says; what the item claims meanwhile does not matter.
#[tokio::test]
async fn a_receipt_is_the_locked_records() {
    // The item says that Carol denied; the record, that Bob approved.
    let (item, record) = (voted("carol", VerdictKind::Deny).await, voted("bob", VerdictKind::Approve).await);
    let stack = TestStack::of(item).await;
    stack.record(&record, record.item.sequence());
    stack.tell(EffectName::SendReceipt).await.unwrap();
    let notices = stack.channel.received();
    assert_eq!(stack.channel.audiences(), ["person:bob"]);
    assert!(
        notices[0].text.contains("you approved “Copy 2026/q3.csv out of customers”"),
        "{}",
        notices[0].text
    );
    assert!(notices[0].text.contains("on the word of this service (log object 0)"), "{}", notices[0].text);
    assert_eq!(notices[0].link, format!("https://approvals.example/review/{}", item_id(&stack)));
}

fn item_id(stack: &TestStack) -> String {
    stack.scenario.item.id().to_string()
}

/// P4: no record, no receipt: one that is not there yet comes again, and one that holds no such vote never becomes one.
#[tokio::test]
async fn without_a_record_no_receipt() {
    let scenario = voted("bob", VerdictKind::Approve).await;
    let stack = TestStack::of(scenario.clone()).await;
    assert!(stack.tell(EffectName::SendReceipt).await.unwrap_err().is_passing());
    for sequence in [1, 2] {
        stack.record(&scenario, sequence);
        assert!(!stack.tell(EffectName::SendReceipt).await.unwrap_err().is_passing());
    }
    stack.log.place(0, "garbage");
    assert!(stack.tell(EffectName::SendReceipt).await.is_err());
    let mut other = Scenario::new("another action");
    other.propose();
    other.decide(testkit::SampleRequirement::TwoOfSre);
    other.vote("bob", &["sre"], VerdictKind::Approve, domain::Proof::Service).await;
    stack.record(&other, other.item.sequence());
    assert!(stack.tell(EffectName::SendReceipt).await.is_err());
    assert!(stack.channel.received().is_empty());
}

/// Those who may say what a lost attempt did are told once the target cannot, while nobody has; where the rules name nobody,
/// the owner is.
#[tokio::test]
async fn who_may_resolve_is_told() {
    let lost = |ask: SampleRequirement| {
        let mut scenario = Scenario::new("lost");
        scenario.propose();
        scenario.decide(ask);
        scenario.claim();
        scenario.lose();
        scenario.cannot_tell();
        scenario
    };
    for (ask, audience, words) in [
        (
            SampleRequirement::NobodyResolving,
            "group:sre",
            "Look at the target and record whether it happened; one of you is enough.",
        ),
        (
            SampleRequirement::Nobody,
            "person:dana",
            "The rules name nobody who may record whether it happened.",
        ),
    ] {
        let stack = TestStack::of(lost(ask)).await;
        stack.tell(EffectName::AskResolvers).await.unwrap();
        let notices = stack.channel.received();
        assert_eq!(stack.channel.audiences(), [audience]);
        assert!(notices[0].text.contains("its target was asked and cannot say"), "{}", notices[0].text);
        assert!(notices[0].text.ends_with(words), "{}", notices[0].text);
    }
    let mut scenario = lost(SampleRequirement::NobodyResolving);
    let event = scenario.resolution("bob", &["sre"], false, domain::Proof::Service).await;
    scenario.add(event);
    let stack = TestStack::of(scenario.clone()).await;
    stack.tell(EffectName::AskResolvers).await.unwrap();
    assert!(stack.channel.received().is_empty(), "it is resolved");
    stack.tell(EffectName::AnnounceEnd).await.unwrap();
    let notices = stack.channel.received();
    assert_eq!(stack.channel.audiences(), ["person:bob", "person:dana"]);
    assert!(
        notices[0].text.contains("its outcome was lost; it was found that it did not happen"),
        "{}",
        notices[0].text
    );
    stack.record(&scenario, scenario.item.sequence());
    stack.tell(EffectName::SendReceipt).await.unwrap();
    let receipt = stack.channel.received().pop().unwrap();
    assert!(receipt.text.contains("you found that it did not happen: “Copy"), "{}", receipt.text);
}

/// P8: the agent's own words stand in no notice, masked or not: only in a card, redacted and as a quotation.
#[tokio::test]
async fn the_agents_words_are_not_repeated() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &[bundle::Destination::Slack("C1".to_owned())]);
    stack.tell(EffectName::AskApprovers).await.unwrap();
    let mut received = stack.slack.received().remove(0);
    let quoted = received.card.as_mut().and_then(|card| card.quotation.take()).unwrap();
    assert_eq!(quoted.words, "For ‹email 1›: quarterly report");
    assert!(received.heading.is_ascii() && !received.heading.contains("customers"), "{}", received.heading);
    let said = format!("{received:?}");
    assert!(said.contains("2 of sre must agree before"), "{said}");
    assert!(!said.contains("quarterly report") && !said.contains("email 1"), "{said}");
    assert!(!said.contains("demo-agent"), "{said}");
}

/// W24: what cannot be seen is spelled out, whoever wrote the document the words come from: one line, in one direction.
#[tokio::test]
async fn hidden_characters_are_spelled_out() {
    const HIDDEN: &str = "a\u{202e}b\u{200b}c\nperson:alice: all is well";
    const SEEN: &str = "a⟨U+202E⟩b⟨U+200B⟩c⟨U+000A⟩person:alice: all is well";
    let mut scenario = asked();
    let review = scenario.item.state().review().unwrap().decision.review;
    let mut shown: ReviewDocument = scenario.documents[&review].open().unwrap();
    shown.what.sentence[0].text = HIDDEN.to_owned();
    // The same events, naming that document.
    let mut again = Scenario::new("asked");
    again.propose();
    let digest = again.put(&shown);
    let entry = scenario.item.entries()[1].event.clone();
    let domain::Event::Decided {
        kind, document, action, requirements, granted, requester, expires_at, ..
    } = entry
    else {
        panic!("it is decided")
    };
    again.documents.append(&mut scenario.documents);
    let review = Some(digest);
    again.add(domain::Event::Decided {
        kind,
        document,
        review,
        action,
        requirements,
        granted,
        resolvers: Vec::new(),
        requester,
        expires_at,
    });
    let stack = TestStack::of(again).await;
    stack.tell(EffectName::AskApprovers).await.unwrap();
    let text = &stack.channel.received()[0].text;
    assert!(text.starts_with(SEEN), "{text}");
    assert!(!text.contains(['\n', '\u{202e}', '\u{200b}']), "{text}");
}

/// P10, D18: a document that has other bytes than its name says tells nobody anything; a table that does not answer is
/// asked again.
#[tokio::test]
async fn documents_that_cannot_be_had() {
    let stack = TestStack::of(asked()).await;
    let request = stack.scenario.item.state().proposal().unwrap().request;
    let mut forged: Request = stack.scenario.documents[&request].open().unwrap();
    forged.action_type = "lambda-invoke".to_owned();
    for digest in stack.scenario.documents.keys() {
        stack.documents.forge(*digest, forged.document().unwrap().body());
    }
    let fault: Fault = stack.tell(EffectName::AskApprovers).await.unwrap_err();
    assert!(!fault.is_passing());
    assert!(stack.channel.received().is_empty());
}

/// P12: those who are asked about a changed action are told that it was changed and by whom; so is who changed it.
#[tokio::test]
async fn a_changed_action_is_told_as_one() {
    let mut scenario = Scenario::new("changed");
    scenario.propose();
    scenario.decide(testkit::SampleRequirement::Changing);
    let patch = serde_json::json!({"destination": "s3://partner-drop/inbox/q3.csv"});
    scenario.change("carol", &["sre"], &patch, domain::Proof::Service).await;
    let between = TestStack::of(scenario.clone()).await;
    between.record(&scenario, scenario.item.sequence());
    between.tell(EffectName::SendReceipt).await.unwrap();
    let notices = between.channel.received();
    assert!(notices[0].text.contains("Recorded in your name: you changed"), "{}", notices[0].text);
    assert_eq!(between.channel.audiences(), ["person:carol"]);
    scenario.decide(testkit::SampleRequirement::Changing);
    let stack = TestStack::of(scenario).await;
    stack.tell(EffectName::AskApprovers).await.unwrap();
    let text = stack.channel.received()[0].text.clone();
    assert!(text.contains("out of customers, as carol changed it. One of sre must agree"), "{text}");
}

/// W24, E26: a notice is one line, and what nobody would see in it is spelled out, names from tokens too.
#[test]
fn a_notice_is_spelled_out() {
    let text = "\u{202e}bob\u{200b} ran it\nFORGED".to_owned();
    let (audience, link) = ("group:sre".to_owned(), String::new());
    let notice = Notice { kind: "emergency", audience, text, link, told: None };
    let message = notice.message(&ActionId::of(b"any"), 1, domain::Timestamp::from_millis(0));
    assert_eq!(message.about.words, "⟨U+202E⟩bob⟨U+200B⟩ ran it⟨U+000A⟩FORGED");
    assert!(message.text.is_ascii() && !message.text.contains("bob"), "{}", message.text);
}
