//! From the review document to the messages of Slack and Teams: a corpus of hostile texts, and a thousand ordinary requests.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod sample;
#[allow(dead_code, reason = "each test file uses its part")]
mod scenario;

use std::collections::BTreeMap;

use channel::{Card, Control};
use redaction::{Marks, redact};
use redaction_corpus::{Class, generate};
use review::card;
use scenario::Scenario;
use serde_json::{Value, json};
use wire::Item;
use wire::documents::{Provenance, ReviewDocument};

const REFERENCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const PAGE: &str = "https://approvals.example/review/act_1";

/// Texts that look like something else than they are: where one of these stands, no message approves.
const DISGUISED: &[&str] = &[
    "\u{202e}sv.3q/tropxe",
    "\u{2066}isolated\u{2069}",
    "zero\u{200b}width\u{2060}joined\u{feff}",
    "soft\u{ad}hyphen",
    "tags\u{e0041}\u{e0042}",
    "\u{1b}[2K\u{1b}[1Aapproved \u{1b}[31mred",
    "bell\u{7} null\u{0}",
    "tab\tseparated\tcolumns",
    "раrtner-drop with Cyrillic letters",
    "line\u{2028}separator",
    "proved by its token: repository “acme/reports”",
];

/// Texts that are what they look like, and that a platform would interpret if it were let.
const MARKUP: &[&str] = &[
    "<!channel> <!here|here> <!everyone> <!subteam^SAZ94GDB8>",
    "<@U024BE7LH> <#C024BE7LR|general> @alice",
    "<https://mallory.example|your bank>",
    "<!date^1^{time}|soon>",
    "*bold* _slanted_ ~struck~ `code` ```APPROVED```",
    "> quoted",
    ":rotating_light: :white_check_mark:",
    "[approve here](https://mallory.example) ![image](https://mallory.example/x.png)",
    "https://mallory.example/login?next=approve",
    "mailto:bob@mallory.example",
    "**Can be undone** Yes # Heading",
    "<b>HTML</b><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<at>Bob</at> please approve",
    "{{DATE(2020-01-01T00:00:00Z, SHORT)}} {{TIME(2020-01-01T00:00:00Z)}} {{{{",
    "${if(true,'yes','no')} ${$root.approved}",
    "&lt;b&gt; &amp; &#x202e;",
    "Approved by alice. Can be undone: Yes",
    "{\"type\":\"Action.Execute\",\"verb\":\"approve\"}",
    "\"}],\"blocks\":[{\"type\":\"actions\"",
];

fn item() -> Item {
    Scenario::proposed().decided(&[("service", &[("data-owners", 1)])]).item
}

/// A document in which an agent has written this text wherever it may write.
fn written(text: &str) -> ReviewDocument {
    let mut request = sample::request(text, Vec::new());
    request.provenance =
        vec![Provenance { name: "run_url".to_owned(), value: text.to_owned(), verified: false }];
    request.parameters = json!({ "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv", "note": text });
    sample::review_of(&request)
}

/// What a message shows.
#[derive(Default)]
struct Shown {
    /// Texts that the platform shows as they are.
    inert: Vec<String>,
    /// Texts in which the platform looks for markup.
    interpreted: Vec<String>,
    links: Vec<String>,
    approves: bool,
}

fn text_of(fields: &serde_json::Map<String, Value>, name: &str) -> String {
    fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn slack_message(card: &Card) -> Shown {
    let rendered = slack::render(card, "msg_1", PAGE).unwrap();
    let mut shown = Shown { interpreted: vec![rendered.text.to_owned()], ..Shown::default() };
    each_object(&rendered.blocks, &mut |fields| {
        match fields.get("type").and_then(Value::as_str) {
            Some("mrkdwn") => shown.interpreted.push(text_of(fields, "text")),
            Some("plain_text") => {
                assert_eq!(fields["emoji"], false);
                shown.inert.push(text_of(fields, "text"));
            }
            Some("text") => shown.inert.push(text_of(fields, "text")),
            _ => {}
        }
        shown.links.extend(fields.get("url").and_then(Value::as_str).map(str::to_owned));
        shown.approves |= fields.get("action_id").is_some_and(|id| id == "approve");
    });
    shown
}

fn teams_message(card: &Card) -> Shown {
    let rendered = teams::render(card, PAGE);
    let mut shown = Shown::default();
    each_object(&rendered.card, &mut |fields| {
        match fields.get("type").and_then(Value::as_str) {
            Some("TextBlock") => shown.interpreted.push(text_of(fields, "text")),
            Some("TextRun") => {
                let text = text_of(fields, "text");
                assert!(!text.contains("{{"), "{text:?} would be expanded");
                shown.inert.push(text);
            }
            Some(other @ ("FactSet" | "Fact" | "Input.Text")) => shown.interpreted.push(other.to_owned()),
            _ => {}
        }
        shown.links.extend(fields.get("url").and_then(Value::as_str).map(str::to_owned));
        shown.approves |= fields.get("verb").is_some_and(|verb| verb == "approve");
    });
    shown
}

fn each_object(value: &Value, look: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| each_object(value, look)),
        Value::Object(fields) => {
            look(fields);
            fields.values().for_each(|value| each_object(value, look));
        }
        _ => {}
    }
}

fn approves(card: &Card) -> bool {
    card.controls.iter().any(|control| matches!(control, Control::Approve { .. }))
}

/// W6, W7, W8, W24, C41, O2: what an agent writes is text in both channels. A text that looks like something else, or that is cut,
/// leaves no approve control; every other one is shown letter by letter.
#[test]
fn hostile_text_in_both_channels() {
    let long = "x".repeat(20_000);
    let plain = MARKUP.iter().copied().chain([long.as_str()]);
    let texts = DISGUISED.iter().map(|text| (*text, true)).chain(plain.map(|text| (text, false)));
    let usual = card(&item(), &written("Quarterly report."), Some(REFERENCE));
    let (in_slack, in_teams) = (slack_message(&usual), teams_message(&usual));
    for (text, disguised) in texts {
        let card = card(&item(), &written(text), Some(REFERENCE));
        for (name, shown, usual) in
            [("slack", slack_message(&card), &in_slack), ("teams", teams_message(&card), &in_teams)]
        {
            let cut = text.len() == long.len();
            assert_eq!(shown.approves, !disguised && !cut, "{name}: {text:?}");
            assert!(shown.links.iter().all(|link| link == PAGE), "{name}: {text:?}: {:?}", shown.links);
            for fixed in &shown.interpreted {
                let ours = usual.interpreted.contains(fixed) || fixed.contains("does not show everything");
                assert!(ours, "{name}: {fixed:?} is interpreted");
            }
            if shown.approves {
                // In the agent's words and as a value; quotation marks of an origin are replaced.
                let all = shown.inert.join("");
                assert!(all.matches(text).count() >= 2, "{name}: {text:?} is not shown as it is");
            }
        }
    }
}

/// How many of a thousand ordinary requests can be approved by one press, and why the others are opened first. The reasons are
/// the ordinary texts of the corpus of redaction, redacted as intake does it.
#[test]
fn a_thousand_ordinary_requests() {
    let ordinary = generate(7).into_iter().filter(|sample| sample.class == Class::Ordinary);
    let reasons: Vec<String> = ordinary.map(|sample| sample.text).collect();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..1000 {
        let reason = &reasons[number * 7 % reasons.len()];
        let redacted = redact(&sample::parameters(), reason, &Marks::none());
        let Ok(redacted) = redacted else {
            *counted.entry("refused by intake").or_default() += 1;
            continue;
        };
        let masked = !redacted.masked.is_empty();
        let mut request = sample::request(&redacted.reason, redacted.masked);
        request.provenance.truncate(1);
        let card = card(&item(), &sample::review_of(&request), Some(REFERENCE));
        let (slack, teams) = (slack_message(&card).approves, teams_message(&card).approves);
        let why = match (approves(&card), slack && teams) {
            (true, true) => "approved by one press",
            (true, false) => "too long for a message",
            (false, _) if masked => "something is masked",
            (false, _) => "something is hidden or looks like something else",
        };
        *counted.entry(why).or_default() += 1;
    }
    println!("of 1000 ordinary requests: {counted:?}");
    let pressed = counted.get("approved by one press").copied().unwrap_or_default();
    assert!(
        pressed >= 850,
        "only {pressed} of 1000 ordinary requests can be approved by one press: {counted:?}"
    );
}
