//! Cards, ordinary and hostile.

use channel::{Address, Card, Control, Deadline, Fact, Message, Quotation, Span};
use domain::Timestamp;
use proptest::prelude::*;

pub const PAGE: &str = "https://countersign.example.com/review/act_01kb7q2v9w";
pub const KEY: &str = "act_01kb7q2v9w/1/alice";
pub const REFERENCE: &str = "opaque-single-use-reference";

fn span(text: &str, value: bool) -> Span {
    Span { text: text.to_owned(), value }
}

fn fact(label: &str, value: &str) -> Fact {
    Fact::new(label, value)
}

/// An ordinary review that one press may approve.
pub fn ordinary() -> Card {
    Card {
        title: "Customer data wants to leave".to_owned(),
        sentence: vec![
            span("Copy ", false),
            span("customers/2026/q3.csv", true),
            span(" out of ", false),
            span("customer-data", true),
            span(" into ", false),
            span("partner-drop", true),
            span(", outside your organisation", false),
        ],
        quotation: Some(Quotation {
            introduction: "In the agent's words (demo-agent, acme/reports run 4812, proved by its token):"
                .to_owned(),
            words: "Quarterly report for the partner programme, ask ‹email 1›.".to_owned(),
        }),
        facts: vec![
            fact("Contains", "12,408 rows, 3.1 MB: e-mail, phone"),
            fact("Unlike last time", "12,408 rows (310 on 2 October)"),
            fact("Can be undone", "No"),
        ],
        deadline: Some(Deadline {
            before: "One of data-owners must agree before ".to_owned(),
            at: Timestamp::from_millis(1_763_739_600_000),
            after: ". Nobody has yet. Silence ends in no.".to_owned(),
        }),
        ending: None,
        controls: vec![
            Control::Approve { label: "Approve: customer data leaves".to_owned() },
            Control::Deny,
            Control::Change,
            Control::Ask,
        ],
        reference: Some(REFERENCE.to_owned()),
        whole: true,
    }
}

/// What an agent may try.
const FRAGMENTS: [&str; 34] = [
    "<!channel>",
    "<!here|here>",
    "<@U024BE7LH>",
    "<#C024BE7LR|general>",
    "<!subteam^SAZ94GDB8>",
    "<http://x.example|Approve here>",
    "<!date^1^{time}|soon>",
    "&lt;!channel&gt;",
    "&amp;",
    ":rotating_light:",
    "*bold* _slanted_ ~struck~ `code`",
    "```\nAPPROVED\n```",
    "> quoted",
    "[label](https://x.example)",
    "@here @channel @alice",
    "https://x.example/login?next=approve",
    "mailto:bob@example.com",
    "<b>HTML</b><script>alert(1)</script>",
    "{{DATE(2026-11-30T00:00:00Z)}}",
    "\nApproved by\nbob",
    "\n\n\n\n",
    "\u{202E}txet desrever\u{202C}",
    "\u{200B}\u{200D}\u{2060}\u{FEFF}",
    "\u{E0041}\u{E0042}",
    "\u{1b}[31mred\u{1b}[0m",
    "\tcolumns\tof\ttabs",
    "\r\noverwritten",
    "раураl.example",
    "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}",
    "👩‍💻🙂",
    "\"quoted\" \\backslash\\ \u{0}",
    "\"}],\"blocks\":[{\"type\":\"actions\"",
    "Deny\u{2028}Approve",
    "‹email 1› ⟨U+202E⟩",
];

/// Hostile text: fragments and anything else, short or very long.
pub fn hostile() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        4 => prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z <>&\"\n]{0,30}",
    ];
    let parts = prop::collection::vec(fragment, 0..6);
    (parts, prop_oneof![40 => Just(1usize), 8 => 2usize..20, 1 => 100usize..400])
        .prop_map(|(parts, times)| parts.concat().repeat(times))
}

/// A card whose every text is hostile.
pub fn hostile_card() -> impl Strategy<Value = Card> {
    let spans = |count| prop::collection::vec((hostile(), any::<bool>()), count);
    let spans = prop_oneof![9 => spans(0..8), 1 => spans(60..80)];
    let facts = |count| prop::collection::vec((hostile(), hostile()), count);
    let facts = prop_oneof![9 => facts(0..6), 1 => facts(15..30)];
    let deadline = prop::option::of((hostile(), any::<i64>(), hostile()));
    let texts = (hostile(), hostile(), hostile(), hostile());
    let reference = prop::option::of(prop_oneof![Just(REFERENCE.to_owned()), hostile()]);
    (texts, spans, facts, deadline, prop::option::weighted(0.2, hostile()), reference, any::<bool>())
        .prop_map(
            |((title, introduction, words, label), spans, facts, deadline, ending, reference, whole)| Card {
                title,
                sentence: spans.into_iter().map(|(text, value)| Span { text, value }).collect(),
                quotation: Some(Quotation { introduction, words }),
                facts: facts
                    .into_iter()
                    .map(|(label, value)| Fact { notes: vec![value.clone()], label, value })
                    .collect(),
                deadline: deadline.map(|(before, at, after)| Deadline {
                    before,
                    at: Timestamp::from_millis(at),
                    after,
                }),
                ending,
                controls: vec![
                    Control::Approve { label: label.clone() },
                    Control::Deny,
                    Control::Open { label: label.clone() },
                    Control::Open { label },
                    Control::Change,
                    Control::Deny,
                    Control::Ask,
                ],
                reference,
                whole,
            },
        )
}

/// The message that holds [`ordinary`].
pub fn message() -> Message {
    Message {
        key: KEY.to_owned(),
        text: "Approval needed.".to_owned(),
        about: channel::About {
            action: "act_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
            kind: "ask",
            audience: "group:data-owners".to_owned(),
            at: domain::Timestamp::from_millis(1_796_226_000_000),
            words: "Copy q3.csv out of customers".to_owned(),
        },
        link: PAGE.to_owned(),
        card: Some(ordinary()),
    }
}

pub fn to(address: &str) -> Address {
    Address(address.to_owned())
}
