//! What a card shows, and what no text can make of it.

use channel::{Card, Control, Fact, Quotation, Span};
use proptest::prelude::*;
use redaction::find_hidden;
use serde_json::{Value, json};
use teams::{MAX_MESSAGE, Rendered, activity, render, utf16_bytes};

use crate::hostile;
use crate::world::{LINK, REFERENCE, card, message};

/// What a test does to an ordinary card.
type Change = fn(&mut Card);

const KNOWN: &[&str] = &[
    "AdaptiveCard",
    "RichTextBlock",
    "TextRun",
    "TextBlock",
    "Container",
    "Action.OpenUrl",
    "Action.Execute",
    "Action.Submit",
];
const WARNING: &str = "This message does not show everything. Open the review before you approve.";
const ZONE: &str = "In your time zone: {{DATE(2026-12-02T15:40:00Z, SHORT)}} {{TIME(2026-12-02T15:40:00Z)}}";

/// Every object of the card.
fn objects(value: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values),
            Value::Object(fields) => {
                found.push(value);
                open.extend(fields.values());
            }
            _ => {}
        }
    }
    found
}

/// The texts of one kind of element, in no particular order.
fn texts<'a>(rendered: &'a Rendered, kind: &str) -> Vec<&'a str> {
    let elements = objects(&rendered.card).into_iter().filter(|object| object["type"] == kind);
    elements.map(|element| element["text"].as_str().unwrap()).collect()
}

/// What each paragraph shows, from top to bottom.
pub fn paragraphs(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| paragraphs(value, into)),
        Value::Object(fields) if fields.get("type") == Some(&json!("RichTextBlock")) => {
            let runs = fields["inlines"].as_array().unwrap().iter();
            into.push(runs.map(|run| run["text"].as_str().unwrap()).collect());
        }
        Value::Object(fields) => fields.values().for_each(|value| paragraphs(value, into)),
        _ => {}
    }
}

fn shown(rendered: &Rendered) -> Vec<String> {
    let mut found = Vec::new();
    paragraphs(&rendered.card["body"], &mut found);
    found
}

fn titles(rendered: &Rendered) -> Vec<(&str, &str)> {
    let actions = rendered.card["actions"].as_array().unwrap().iter();
    actions.map(|action| (action["type"].as_str().unwrap(), action["title"].as_str().unwrap())).collect()
}

fn approves(rendered: &Rendered) -> bool {
    rendered.card.to_string().contains("\"verb\":\"approve\"")
}

/// What holds of every card whatever is in it.
fn check(card: &Card) -> Result<Rendered, TestCaseError> {
    let rendered = render(card, LINK);
    for object in objects(&rendered.card).iter().filter(|object| object.get("ref").is_none()) {
        let kind = object["type"].as_str().unwrap_or_default();
        prop_assert!(KNOWN.contains(&kind) || kind == "task/fetch", "{kind}");
        for value in object.as_object().unwrap().values().filter_map(Value::as_str) {
            prop_assert!(find_hidden(value).is_empty() && !value.contains('\n'), "{value:?}");
            prop_assert!(!value.contains("{{") || value == ZONE, "{value:?}");
        }
    }
    for text in texts(&rendered, "TextBlock") {
        prop_assert!(text == WARNING || text == ZONE, "{text:?}");
    }
    let size = utf16_bytes(&activity("app", &message(Some(card.clone()))).to_string());
    prop_assert!(size <= MAX_MESSAGE, "{size}");
    prop_assert_eq!(approves(&rendered), rendered.whole && card.ending.is_none());
    if !rendered.whole && card.ending.is_none() {
        prop_assert!(texts(&rendered, "TextBlock").contains(&WARNING));
        prop_assert!(rendered.card["actions"].as_array().unwrap().iter().any(|action| action["url"] == LINK));
    }
    Ok(rendered)
}

fn hostile_card() -> impl Strategy<Value = Card> {
    let few = || prop::collection::vec((hostile::text(), hostile::text()), 0..6);
    (few(), few(), hostile::text(), hostile::text(), hostile::text(), any::<bool>()).prop_map(
        |(spans, facts, title, words, label, ended)| Card {
            title,
            sentence: spans
                .into_iter()
                .map(|(text, other)| Span { text, value: other.len() % 2 == 0 })
                .collect(),
            quotation: Some(Quotation { introduction: label.clone(), words }),
            facts: facts
                .into_iter()
                .map(|(label, value)| Fact { notes: vec![value.clone()], label, value })
                .collect(),
            ending: ended.then(|| label.clone()),
            controls: vec![Control::Open { label: label.clone() }, Control::Approve { label }, Control::Deny],
            ..card()
        },
    )
}

/// Whether a text is shown as it is, whatever the limits are.
fn plain(text: &str) -> bool {
    find_hidden(text).is_empty() && !text.contains('\n')
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// W6, W8, W24, C41: text is text, in every field at once; what is hidden, cut or too long is said, and then nothing
    /// approves.
    #[test]
    fn text_stays_text(card in hostile_card()) {
        let rendered = check(&card)?;
        let clean = card.facts.iter().all(|fact| plain(&fact.value) && plain(&fact.label)) && plain(&card.title);
        prop_assert!(clean || !rendered.whole);
        if rendered.whole {
            let shown = shown(&rendered);
            for fact in &card.facts {
                let line = format!("{}: {}", fact.label, fact.value);
                prop_assert!(shown.contains(&line), "{line:?}");
            }
        }
    }

    /// The same with one hostile value in an ordinary card: nothing else of the card changes.
    #[test]
    fn one_value_changes_nothing_else(value in hostile::text()) {
        let mut card = card();
        card.facts[0].value.clone_from(&value);
        let rendered = check(&card)?;
        let (shown, usual) = (shown(&rendered), shown(&render(&crate::world::card(), LINK)));
        prop_assert_eq!(shown.len(), usual.len());
        let others = shown.iter().zip(&usual).enumerate().filter(|(place, _)| *place != 5);
        for (_, (line, usual)) in others {
            prop_assert_eq!(line, usual);
        }
        prop_assert_eq!(rendered.whole, plain(&value) && value.chars().count() <= 1000);
    }
}

/// The message as people read it.
#[test]
fn an_ordinary_review() {
    let rendered = render(&card(), LINK);
    assert!(rendered.whole);
    assert_eq!(
        shown(&rendered),
        [
            "Customer data wants to leave",
            "Copy q3.csv into partner-drop",
            "In the agent's words (demo-agent, proved by its token)",
            "Quarterly report,",
            "ask ‹email 1›.",
            "Contains: 12,408 rows",
            "Can be undone: No",
            "One of data-owners must agree before 15:40 UTC on 2026-12-02. Nobody has yet.",
        ]
    );
    assert_eq!(texts(&rendered, "TextBlock"), [ZONE]);
    assert_eq!(
        titles(&rendered),
        [
            ("Action.OpenUrl", "Review"),
            ("Action.Execute", "Approve: customer data leaves"),
            ("Action.Submit", "Deny"),
            ("Action.Submit", "Change"),
            ("Action.Submit", "Ask"),
        ]
    );
    let data = json!({ "msteams": { "type": "task/fetch" }, "ref": REFERENCE, "verb": "deny" });
    assert_eq!(rendered.card["actions"][2]["data"], data);
    assert_eq!(rendered.card["actions"][1]["data"], json!({ "ref": REFERENCE }));
    assert!(
        rendered.card.to_string().matches("\"style\"").count() == 1,
        "only the quotation's box has a style"
    );
}

/// W6: each way in which a card is not whole takes the approving button away and leaves a count.
#[test]
fn what_is_missing_is_counted() {
    let with = |change: Change| {
        let mut card = card();
        change(&mut card);
        render(&card, LINK)
    };
    let cases: [(&str, Change, &str); 9] = [
        (
            "a long value",
            |card| card.facts[0].value = "x".repeat(1_234),
            "Contains: {x} … 234 more characters",
        ),
        ("a long title", |card| card.title = "x".repeat(501), "{x} … 1 more characters"),
        (
            "long words",
            |card| card.quotation.as_mut().unwrap().words = "x".repeat(3_001),
            "{x} … 1 more characters",
        ),
        ("many lines", |card| card.quotation.as_mut().unwrap().words = "x\n".repeat(100), "61 more lines"),
        ("many facts", |card| card.facts = vec![Fact::new("a", "b"); 30], "6 more facts"),
        ("many notes", |card| card.facts[0].notes = vec!["note".into(); 6], "4 more notes"),
        (
            "a hidden character in a note",
            |card| card.facts[0].notes = vec!["a\u{202e}b".into()],
            "↳ a⟨U+202E⟩b",
        ),
        (
            "many parts",
            |card| card.sentence = vec![Span { text: "x".into(), value: true }; 70],
            "{x}6 more parts of the sentence",
        ),
        ("a hidden character", |card| card.facts[0].value = "a\u{202e}b".into(), "Contains: a⟨U+202E⟩b"),
    ];
    for (name, change, wanted) in cases {
        let rendered = with(change);
        let lines: Vec<String> = shown(&rendered).iter().map(|line| squeezed(line)).collect();
        assert!(lines.contains(&wanted.to_owned()), "{name}: {lines:?}");
        assert!(!rendered.whole && !approves(&rendered), "{name}");
        assert!(titles(&rendered).contains(&("Action.OpenUrl", "Review and approve")), "{name}");
        assert!(titles(&rendered).contains(&("Action.Submit", "Deny")), "a denial always works: {name}");
    }
}

/// A long row of `x` as `{x}`.
fn squeezed(line: &str) -> String {
    let row: String = line.chars().skip_while(|char| *char != 'x').take_while(|char| *char == 'x').collect();
    if row.len() > 20 { line.replace(&row, "{x}") } else { line.to_owned() }
}

/// W24, C39: an approving button needs a whole card, a reference and a label that is shown as it is.
#[test]
fn what_takes_the_button_away() {
    let cases: [(&str, Change); 5] = [
        ("the review says that it is not whole", |card| card.whole = false),
        ("no reference", |card| card.reference = None),
        ("a long label", |card| card.controls[1] = Control::Approve { label: "x".repeat(81) }),
        ("an empty label", |card| card.controls[1] = Control::Approve { label: String::new() }),
        ("a label with a date", |card| {
            card.controls[1] = Control::Approve { label: "{{DATE(2020-01-01T00:00:00Z)}}".into() };
        }),
    ];
    for (name, change) in cases {
        let mut card = card();
        change(&mut card);
        let rendered = render(&card, LINK);
        assert!(!approves(&rendered) && !rendered.whole, "{name}");
    }
}

/// C33: a card that has ended says how, and has nothing to press.
#[test]
fn ended() {
    let ending = Some("Denied by bob at 15:02 UTC. Nothing ran.".to_owned());
    let rendered = render(&Card { ending, deadline: None, ..card() }, LINK);
    assert_eq!(rendered.card["actions"], json!([]));
    assert_eq!(shown(&rendered).last().unwrap(), "Denied by bob at 15:02 UTC. Nothing ran.");
    assert!(!rendered.card.to_string().contains(REFERENCE));
}

/// C40: no card asks clients to refresh it, so nothing depends on who is listed for that.
#[test]
fn no_card_refreshes_itself() {
    assert!(!activity("app", &message(Some(card()))).to_string().contains("refresh"));
}

/// C41: braces that would begin a date function stand in two runs, so that what is shown stays the same.
#[test]
fn dates_of_agents_stay_text() {
    let mut card = card();
    card.facts[0].value = "{{DATE(2020-01-01T00:00:00Z, SHORT)}} {{{TIME(x)}}".to_owned();
    let rendered = render(&card, LINK);
    assert!(rendered.whole);
    assert!(
        shown(&rendered).contains(&"Contains: {{DATE(2020-01-01T00:00:00Z, SHORT)}} {{{TIME(x)}}".to_owned())
    );
    assert!(texts(&rendered, "TextRun").iter().all(|text| !text.contains("{{")));
}

/// What does not fit at all is cut shorter, until it fits: braces become one run each.
#[test]
fn the_largest_card_fits() {
    let flood = "{".repeat(20_000);
    let fact = Fact { notes: vec![flood.clone(); 10], ..Fact::new(&flood, &flood) };
    let span = Span { text: flood.clone(), value: true };
    let card = Card {
        title: flood.clone(),
        sentence: vec![span; 100],
        quotation: Some(Quotation { introduction: flood.clone(), words: flood.clone() }),
        facts: vec![fact; 100],
        ..card()
    };
    let size = utf16_bytes(&activity("app", &message(Some(card))).to_string());
    assert!(size <= MAX_MESSAGE, "{size}");
    assert_eq!(utf16_bytes("a𝕏"), 6);
}
