//! Messages and modals.

use channel::{Card, Control, Fact};
use proptest::prelude::*;
use serde_json::{Value, json};
use slack::{
    ChangeField, NotInSlack, Rendered, Unrenderable, ask, change, deny, link_agree, link_code, notice,
    render, render_notice,
};

use crate::cards::{KEY, PAGE, REFERENCE, hostile, hostile_card, ordinary};
use crate::limits;

fn rendered(card: &Card) -> Rendered {
    render(card, KEY, PAGE).unwrap()
}

fn actions(card: &Card) -> Vec<String> {
    limits::message(&rendered(card).blocks).actions
}

/// The message of an ordinary review, block by block.
#[test]
fn an_ordinary_review() {
    let Rendered { blocks, text, whole, rendering } = rendered(&ordinary());
    assert!(whole);
    assert_eq!(text, "Approval needed: open the review");
    let ids: Vec<_> =
        blocks.as_array().unwrap().iter().map(|block| block["block_id"].as_str().unwrap()).collect();
    let parts = ["head", "what", "words", "facts0", "state", "answers"];
    assert_eq!(ids, parts.map(|part| format!("{rendering}-{part}")));
    let plain = |text: &str| json!({ "type": "plain_text", "emoji": false, "text": text });
    assert_eq!(blocks[0]["text"], plain("Customer data wants to leave"));
    let code = json!({ "type": "text", "text": "customers/2026/q3.csv", "style": { "code": true } });
    assert_eq!(blocks[1]["elements"][0]["elements"][1], code);
    let words = json!({ "type": "rich_text_preformatted", "elements": [
        { "type": "text", "text": "Quarterly report for the partner programme, ask ‹email 1›." } ] });
    assert_eq!(blocks[2]["elements"][1], words);
    assert_eq!(blocks[3]["fields"][2], plain("Can be undone\nNo"));
    let date = "<!date^1763739600^{date_short_pretty} {time}|21 November 2025 15:40 UTC>";
    let until = json!([
        plain("One of data-owners must agree before"),
        { "type": "mrkdwn", "verbatim": true, "text": date },
        plain(". Nobody has yet. Silence ends in no.")
    ]);
    assert_eq!(blocks[4]["elements"], until);
    let answers = json!([
        { "type": "button", "action_id": "approve", "value": REFERENCE, "text": plain("Approve: customer data leaves") },
        { "type": "button", "action_id": "deny", "value": REFERENCE, "text": plain("Deny") },
        { "type": "button", "action_id": "change", "value": REFERENCE, "text": plain("Change") },
        { "type": "button", "action_id": "ask", "value": REFERENCE, "text": plain("Ask") }
    ]);
    assert_eq!(blocks[5]["elements"], answers);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// W6, W7, C41, O2: whatever an agent writes, it reaches Slack only in text that is not interpreted, within every limit;
    /// the only links are ours; and what is not shown exactly and in full has no approve button but a link.
    #[test]
    fn hostile_text_stays_text(card in hostile_card()) {
        let rendered = rendered(&card);
        let shown = limits::message(&rendered.blocks);
        prop_assert!(shown.links.iter().all(|link| link == PAGE), "{:?}", shown.links);
        prop_assert!(shown.interpreted <= 1);
        prop_assert!(shown.texts.iter().all(|text| redaction::find_hidden(text).is_empty()));
        let approve = shown.actions.iter().any(|action| action == "approve");
        prop_assert!(!approve || (rendered.whole && card.whole && card.ending.is_none()));
        if card.ending.is_some() {
            prop_assert!(shown.actions.is_empty());
        } else if !rendered.whole {
            prop_assert!(shown.actions.iter().any(|action| action == "open"));
        }
        let texts = card.facts.iter().flat_map(|fact| [&fact.label, &fact.value]);
        let texts = texts.chain(card.sentence.iter().map(|span| &span.text)).chain(card.quotation.iter().map(|q| &q.words));
        if rendered.whole {
            let all = shown.all();
            for text in texts {
                prop_assert!(all.contains(text.as_str()), "{text:?} is not shown");
            }
        }
    }

    /// W6, W7: a modal shows values exactly or not at all.
    #[test]
    fn modals_are_exact(fields in prop::collection::vec((hostile(), hostile(), hostile()), 0..60)) {
        let field = |(name, label, value)| ChangeField { name, label, value };
        let fields: Vec<_> = fields.into_iter().map(field).collect();
        let Ok(view) = change(REFERENCE, &fields) else { return Ok(()) };
        limits::view(view.as_json());
        for (field, block) in fields.iter().zip(view.as_json()["blocks"].as_array().unwrap()) {
            let shown = block["element"].get("initial_value").and_then(Value::as_str).unwrap_or("");
            prop_assert_eq!(shown, &field.value);
        }
    }

    /// A sentence of any kind is a message and a modal within the limits.
    #[test]
    fn notices(sentence in hostile()) {
        limits::message(&render_notice(&sentence, KEY, PAGE).unwrap().blocks);
        limits::view(notice(&sentence).as_json());
    }
}

/// W6: what is cut is counted, visibly, and cannot be approved by a press.
#[test]
fn what_is_cut_is_said() {
    let mut card = ordinary();
    card.quotation.as_mut().unwrap().words = "x".repeat(10_000);
    let rendered = rendered(&card);
    let shown = limits::message(&rendered.blocks);
    assert!(!rendered.whole);
    assert_eq!(shown.actions, ["open", "deny", "change", "ask"]);
    assert!(shown.texts.contains(&"Review and approve".to_owned()));
    assert!(shown.texts.contains(&"7,101 characters more on the page.".to_owned()), "{:?}", shown.texts);
}

/// W6: limits are held after escaping; every ampersand counts five.
#[test]
fn escaping_counts() {
    let mut card = ordinary();
    card.quotation.as_mut().unwrap().words = "&".repeat(2900);
    let shown = limits::message(&rendered(&card).blocks);
    assert!(shown.texts.contains(&"2,321 characters more on the page.".to_owned()), "{:?}", shown.texts);
    let label = "<".repeat(40);
    card = Card { controls: vec![Control::Approve { label }], ..ordinary() };
    assert_eq!(actions(&card), ["open"]);
}

/// W6: more facts than there is room for are counted too.
#[test]
fn too_many_facts() {
    let mut card = ordinary();
    card.facts = (10..35).map(|n| Fact::new(format!("Label {n}"), "value")).collect();
    let rendered = rendered(&card);
    let shown = limits::message(&rendered.blocks);
    assert!(shown.texts.contains(&"65 characters more on the page.".to_owned()), "{:?}", shown.texts);
    assert_eq!(shown.actions[0], "open");
}

/// W6: a hidden character is spelled out, and a value with one is not approved by a press.
#[test]
fn hidden_characters() {
    let mut card = ordinary();
    card.sentence[1].text = "report\u{202E}fdp.exe".to_owned();
    let shown = limits::message(&rendered(&card).blocks);
    assert!(shown.texts.contains(&"report⟨U+202E⟩fdp.exe".to_owned()));
    assert_eq!(shown.actions, ["open", "deny", "change", "ask"]);
}

/// W6: what review says is not whole has no approve button, whatever its controls say.
#[test]
fn what_is_not_whole() {
    assert_eq!(actions(&Card { whole: false, ..ordinary() }), ["open", "deny", "change", "ask"]);
}

/// O2: a value of several lines cannot pass for other facts: it stands in a box of its own.
#[test]
fn fake_fields() {
    let value = "No\nApproved by\nbob, carol".to_owned();
    let card = Card { facts: vec![Fact::new("Can be undone", &value)], ..ordinary() };
    let Rendered { blocks, whole, .. } = rendered(&card);
    assert!(whole);
    let boxed = json!({ "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": value }] });
    assert_eq!(blocks[3]["elements"][1], boxed);
}

/// An ended review says how it ended and has no buttons.
#[test]
fn an_ended_review() {
    let ending = Some("Denied by bob at 15:02 UTC. Nothing ran.".to_owned());
    let rendered = rendered(&Card { ending, ..ordinary() });
    let shown = limits::message(&rendered.blocks);
    assert!(shown.actions.is_empty());
    assert_eq!(rendered.text, "This review has ended: open it to see how");
    assert!(shown.texts.contains(&"Denied by bob at 15:02 UTC. Nothing ran.".to_owned()));
    assert_eq!(shown.links, [PAGE]);
}

/// C39: without a proper reference there is no button that would need one.
#[test]
fn without_a_reference() {
    for reference in [None, Some(String::new()), Some("two words".to_owned()), Some("x".repeat(256))] {
        assert_eq!(actions(&Card { reference, ..ordinary() }), ["open"]);
    }
}

/// F13: everything that is shown is in the blocks' ids, so a press on an earlier state can be told apart.
#[test]
fn each_state_has_ids_of_its_own() {
    let first = rendered(&ordinary());
    assert_eq!(first, rendered(&ordinary()));
    let mut voted = ordinary();
    voted.deadline.as_mut().unwrap().after = ". One of two has.".to_owned();
    assert_ne!(first.rendering, rendered(&voted).rendering);
    assert_ne!(first.rendering, render(&ordinary(), "another message", PAGE).unwrap().rendering);
    let other = Card { reference: Some("another".to_owned()), ..ordinary() };
    assert_ne!(first.rendering, rendered(&other).rendering);
}

/// O1: links lead to HTTPS or to this machine only.
#[test]
fn links_are_ours() {
    let long = format!("https://countersign.example.com/{}", "x".repeat(3000));
    for page in ["", "javascript:alert(1)", "http://countersign.example.com/", "slack://open", &long] {
        assert_eq!(render(&ordinary(), KEY, page), Err(Unrenderable::Link), "{page}");
        assert_eq!(render_notice("A sentence.", KEY, page), Err(Unrenderable::Link), "{page}");
    }
}

/// W10: the modals of a link hold the invitation's reference. The person's name stands alone, uninterpreted and whole, or not at all.
#[test]
fn modals_of_a_link() {
    let page = "https://countersign.example.com/link/abc";
    let view = link_code(REFERENCE, page).unwrap();
    limits::view(view.as_json());
    assert_eq!(view.as_json()["private_metadata"], REFERENCE);
    assert!(view.as_json().to_string().contains(page));
    for page in ["http://countersign.example.com/link/abc", "javascript:alert(1)", ""] {
        assert_eq!(link_code(REFERENCE, page), Err(NotInSlack), "{page}");
    }
    assert_eq!(link_code("two words", page), Err(NotInSlack));
    for name in ["alice", "*alice* <!channel> <@U1>", "a\u{202e}b", "a\nb", &"é".repeat(255)] {
        let view = link_agree(REFERENCE, name).unwrap();
        let shown = limits::view(view.as_json());
        assert!(
            shown.texts.iter().any(|text| *text == redaction::escape_line(name).text),
            "{name:?}: {shown:?}"
        );
    }
    for name in ["", &"x".repeat(301)] {
        assert_eq!(link_agree(REFERENCE, name), Err(NotInSlack), "{name}");
    }
}

/// The modals hold the reference, and nothing but what they ask for.
#[test]
fn modals() {
    for (view, id) in [(deny(REFERENCE), "countersign_deny"), (ask(REFERENCE), "countersign_ask")] {
        let view = view.unwrap();
        limits::view(view.as_json());
        assert_eq!(view.as_json()["callback_id"], id);
        assert_eq!(view.as_json()["private_metadata"], REFERENCE);
    }
    let field = ChangeField { name: "/limit".to_owned(), label: "Limit".to_owned(), value: String::new() };
    let view = change(REFERENCE, std::slice::from_ref(&field)).unwrap();
    limits::view(view.as_json());
    assert_eq!(change(REFERENCE, &[]), Err(NotInSlack));
    assert_eq!(deny("two words"), Err(NotInSlack));
    for value in ["a\u{200B}b".to_owned(), "&".repeat(601)] {
        assert_eq!(change(REFERENCE, &[ChangeField { value, ..field.clone() }]), Err(NotInSlack));
    }
}
