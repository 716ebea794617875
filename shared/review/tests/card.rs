//! The review document as a message: what it says in every state, what it offers, and what nobody can slip into it.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

#[path = "sample/mod.rs"]
mod sample;
#[allow(dead_code, reason = "each test file uses its part")]
mod scenario;

use channel::{Card, Control};
use review::{card, inspectable};
use scenario::Scenario;
use serde_json::json;
use wire::documents::{Change, Difference, Differences, Field, Mask, Provenance, ReviewDocument};

const REFERENCE: Option<&str> = Some("ref");

/// A document with nothing in it that a message could not show.
fn clear() -> ReviewDocument {
    let mut request = sample::request("Quarterly report for the partner programme.", Vec::new());
    request.provenance.truncate(1);
    sample::review_of(&request)
}

fn pending(requirement: &str) -> Scenario {
    Scenario::proposed().decided(&[(requirement, &[("data-owners", 1)])])
}

fn approves(card: &Card) -> bool {
    card.controls.iter().any(|control| matches!(control, Control::Approve { .. }))
}

/// Every text of a card that a channel shows, and whether it may have several lines.
fn texts(card: &Card) -> Vec<(&str, bool)> {
    let mut texts = vec![(card.title.as_str(), false)];
    texts.extend(card.sentence.iter().map(|span| (span.text.as_str(), false)));
    if let Some(quotation) = &card.quotation {
        texts.extend([(quotation.introduction.as_str(), false), (quotation.words.as_str(), true)]);
    }
    texts.extend(
        card.facts.iter().flat_map(|fact| [(fact.label.as_str(), false), (fact.value.as_str(), true)]),
    );
    texts.extend(card.facts.iter().flat_map(|fact| &fact.notes).map(|note| (note.as_str(), false)));
    if let Some(deadline) = &card.deadline {
        texts.extend([(deadline.before.as_str(), false), (deadline.after.as_str(), false)]);
    }
    texts.extend(card.ending.iter().map(|ending| (ending.as_str(), false)));
    texts
}

/// What the message says while it waits and after it ended, in each of the ways it can end.
#[test]
fn the_card_of_every_state() {
    let agreed = || pending("service").approved_by("alice", "data-owners");
    let two = Scenario::proposed().decided(&[("service", &[("sre", 2)])]);
    let mut told = String::new();
    for (name, scenario) in [
        ("pending", pending("service")),
        ("pending, one of two has agreed", two.approved_by("bob", "sre")),
        ("approved", agreed()),
        ("executing", agreed().claimed()),
        ("held", agreed().claimed().held()),
        ("succeeded", agreed().claimed().succeeded()),
        ("succeeded, as a person found", agreed().claimed().lost().resolved(true)),
        ("failed", agreed().claimed().failed()),
        ("failed, as a person found", agreed().claimed().lost().resolved(false)),
        ("unknown", agreed().claimed().lost()),
        ("released", agreed().claimed().held().released()),
        ("withheld", agreed().claimed().held().withheld()),
        ("denied by an approver", pending("service").denied_by("alice", None, Some("No."))),
        ("denied at the claim", agreed().refused("changed-since-review")),
        ("expired", pending("service").expired()),
        ("cancelled", pending("service").cancelled()),
    ] {
        let card = card(&scenario.item, &clear(), REFERENCE);
        told += &format!("{name}: {:?} {:?} {:?}\n", card.deadline, card.ending, card.controls);
        assert_eq!(card.controls.is_empty(), card.deadline.is_none(), "{name}");
        assert_eq!(card.reference.is_some(), card.deadline.is_some(), "{name}");
    }
    insta::assert_snapshot!("states", told);
    insta::assert_snapshot!("whole", format!("{:#?}", card(&pending("service").item, &clear(), REFERENCE)));
    insta::assert_snapshot!("link", format!("{:#?}", card(&pending("owners").item, &sample::plain(), None)));
}

/// W6: where the requirement asks for the provider's proof, and in a channel that takes no presses, the message leads to the
/// page; a denial in chat works wherever presses are taken.
#[test]
fn where_one_press_is_not_enough() {
    let open = Control::Open { label: "Review and approve".to_owned() };
    let by_provider = card(&pending("owners").item, &clear(), REFERENCE);
    assert_eq!(by_provider.controls, [open.clone(), Control::Deny]);
    assert!(!by_provider.whole);
    let without_presses = card(&pending("service").item, &clear(), None);
    assert_eq!((without_presses.controls.as_slice(), without_presses.reference), ([open].as_slice(), None));
    let both = Scenario::proposed().decided(&[("service", &[("sre", 1)]), ("owners", &[("data-owners", 1)])]);
    assert!(!approves(&card(&both.item, &clear(), REFERENCE)), "every requirement counts");
    let card = card(&pending("service").item, &clear(), REFERENCE);
    assert!(approves(&card) && card.whole && inspectable(&clear()));
    let shown: Vec<&str> = card.facts.iter().map(|fact| fact.label.as_str()).collect();
    for field in &clear().what.fields {
        assert!(
            shown.contains(&field.label.as_str()),
            "{} is not on a card that can be approved",
            field.label
        );
    }
}

/// W6, W24: what a message cannot show as it is has no approve control: hidden characters, look-alikes, masks, differences.
#[test]
fn what_cannot_be_inspected_is_not_approved_by_a_press() {
    let item = pending("service").item;
    let bent = |bend: &dyn Fn(&mut ReviewDocument)| {
        let mut review = clear();
        bend(&mut review);
        review
    };
    let (pointer, kind) = ("/parameters/note".to_owned(), "secret".to_owned());
    let masked = vec![Mask { pointer, start: 0, end: 8, kind }];
    let compared = |whole| Some(Differences { whole, items: Vec::<Difference>::new(), left_out: 0 });
    for (why, review) in [
        ("a mask", sample::plain()),
        ("hidden characters in the origin", sample::review_of(&sample::request("Report.", Vec::new()))),
        ("counted", bent(&|review| review.context.hidden = 1)),
        ("spelled out in a value", bent(&|review| review.what.fields[0].value = "a⟨U+202E⟩b".to_owned())),
        ("hidden in a note", bent(&|review| review.what.fields[0].note = "a\u{200b}b".to_owned())),
        ("a bell in a note", bent(&|review| review.what.fields[0].note = "a\u{7}b".to_owned())),
        ("a mask that stands nowhere", bent(&|review| review.context.masked = masked.clone())),
        ("a look-alike", bent(&|review| review.what.fields[1].value = "s3://раrtner-drop/q3.csv".to_owned())),
        ("a mask in a value", bent(&|review| review.what.fields[0].value = "‹secret 1›".to_owned())),
        ("differences", bent(&|review| review.what.differences = compared(true))),
        ("differences with something left out", bent(&|review| review.what.differences = compared(false))),
    ] {
        let card = card(&item, &review, REFERENCE);
        assert!(!approves(&card) && !card.whole && !inspectable(&review), "{why}");
    }
}

/// Where votes are hidden, a message counts nobody, before and after somebody has voted.
#[test]
fn hidden_votes_are_not_counted() {
    let asked = Scenario::proposed().decided(&[("blind", &[("sre", 2)])]);
    let after = |scenario: &Scenario| card(&scenario.item, &clear(), REFERENCE).deadline.unwrap().after;
    assert_eq!(after(&asked), ".");
    assert_eq!(after(&asked.approved_by("bob", "sre")), ".");
}

/// W24: a review document is not believed to be spelled out already: what it hides anywhere is spelled out in the message.
#[test]
fn what_a_document_hides_is_spelled_out() {
    let raw = || "a\u{202e}b\u{200b}c".to_owned();
    let mut review = clear();
    let by = review.context.principal.clone();
    review.what.sentence.iter_mut().for_each(|part| part.text = raw());
    review.what.fields[0] = Field { label: raw(), value: raw(), note: raw() };
    review.context.reason = raw();
    review.context.changed =
        vec![Change { pointer: "/note".to_owned(), from: Some(raw()), to: Some(raw()), by }];
    let card = card(&pending("service").item, &review, REFERENCE);
    for (shown, _) in texts(&card) {
        assert_eq!(redaction::escape_hidden(shown).hidden, 0, "{shown:?}");
    }
}

/// W7, W8, W24: hostile text, wherever an agent writes: nothing hidden gets into a message as it is, nothing makes a line or
/// a fact of its own, and whatever is disguised takes the approve control away.
#[test]
fn hostile_text_passes_nowhere_silently() {
    let item = pending("service").item;
    let long = "x".repeat(20_000);
    let disguised = [
        "\u{202e}sv.3q/tropxe",
        "zero\u{200b}width",
        "soft\u{ad}hyphen",
        "tag\u{e0041}",
        "а look-alike",
        "\u{1b}[31mred",
        "tab\tbed",
        "\u{2066}isolated",
        "bell\u{7}",
        "three   spaces in a value",
        "\u{feff}bom",
        "line\nbreak in a value",
        // Quotation marks that look like others.
        "proved by its token: repository “acme/reports”",
    ];
    let plain = [
        "<@U012AB3CD> <!channel> <https://evil.example|your bank>",
        "*bold* _it_ `code` ~no~",
        ":white_check_mark:",
        "[your bank](https://evil.example) **bold**",
        "{{DATE(2026-11-30T15:00:00Z, SHORT)}}",
        "<b>html</b>",
        "Approved by alice. Can be undone: Yes.",
        long.as_str(),
    ];
    for (text, is_disguised) in
        disguised.map(|text| (text, true)).into_iter().chain(plain.map(|text| (text, false)))
    {
        let mut request = sample::request("Quarterly report.", Vec::new());
        request.provenance =
            vec![Provenance { name: "run_url".to_owned(), value: text.to_owned(), verified: false }];
        request.parameters = sample::parameters();
        request.parameters["note"] = json!(text);
        request.reason = text.to_owned();
        let review = sample::review_of(&request);
        let card = card(&item, &review, REFERENCE);
        assert_eq!(approves(&card), !is_disguised, "{text:?}");
        let labels = |card: &Card| -> Vec<String> {
            card.facts.iter().map(|fact| fact.label.clone()).filter(|label| label != "Note").collect()
        };
        let usual = review::card(&item, &clear(), REFERENCE.filter(|_| !is_disguised));
        assert_eq!(labels(&card), labels(&usual), "{text:?}");
        for (shown, lines) in texts(&card) {
            assert_eq!(redaction::escape_hidden(shown).hidden, 0, "{text:?} in {shown:?}");
            assert!(lines || !shown.contains('\n'), "{text:?} in {shown:?}");
        }
        let note = card.facts.iter().find(|fact| fact.label == "Note").unwrap();
        assert!(!note.value.contains('\n'), "{text:?}");
        let introduction = card.quotation.unwrap().introduction;
        assert_eq!(introduction.matches('“').count(), 1, "{introduction}");
        assert!(introduction.contains("said by the agent: run url “"), "{introduction}");
    }
}
