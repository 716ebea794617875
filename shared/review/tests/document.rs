//! The review document and its renderings.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use std::collections::BTreeMap;

use bundle::CatalogueEntry;
use domain::{ActionId, Commitment, Digest, GroupCount, Key, Person, Proof, Requirement, Timestamp};
use proptest::prelude::*;
use review::{Asked, WhatError, WhyNot, context, document, html, inspectable, sentence, what};
use serde_json::{Value, json};
use wire::documents::{Call, Kind, Mask, Plan, Provenance, Reason, Request, Review};
use wire::text::Identity;

fn entry() -> CatalogueEntry {
    serde_json::from_value(json!({
        "type": "s3-export",
        "title": "Export an object",
        "sentence": "Copy {source_key} out of {source_bucket} into {destination_bucket}, {effect.destination_place}",
        "summary": "Copies one version of one object.",
        "consequence": "customer data leaves",
        "sensitivity": "high",
        "reversible": { "can": false, "says": "Copied data cannot be called back." },
        "idempotency": "probeable",
        "parameters": { "type": "object", "additionalProperties": false, "required": ["source", "destination"],
            "properties": { "source": { "type": "string" }, "destination": { "type": "string" },
                "note": { "type": "string" }, "password": { "type": "string" }, "extra": {} } },
        "example": {},
        "derived": { "source": "s3://{source_bucket}/{source_key}",
            "destination": "s3://{destination_bucket}/{destination_key}" },
        "resource": { "type": "Object", "id": "{source}" },
        "fields": [
            { "label": "From", "value": "{source}", "note": "{effect.resource_environment}, account {plan.account}" },
            { "label": "To", "value": "{destination}", "note": "{effect.destination_place}" },
            { "label": "Note", "value": "{note}" }
        ],
        "redaction": { "masked": [{ "pointer": "/password", "kind": "secret" }], "targets": ["/source", "/destination"] },
        "pins": [{ "name": "source_version", "says": "this version of the object, no other", "held_by": "call" }],
        "unpinned": ["Who may read the destination later"],
        "effects": ["source_size"],
        "connector": "s3-export",
        "inspection_role": "countersign-{deployment}-inspect-s3-export",
        "run_role": "countersign-{deployment}-run-s3-export",
        "session_policy": {},
        "expected_seconds": 5
    }))
    .unwrap()
}

fn parameters() -> Value {
    json!({ "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv" })
}

fn plan() -> Plan {
    let facts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Plan {
        account: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        role: "arn:aws:iam::000000000000:role/countersign-local-run-s3-export".to_owned(),
        session_policy: json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "s3:GetObjectVersion", "Resource": "arn:aws:s3:::customers/2026/q3.csv",
                "Condition": { "StringEquals": { "s3:VersionId": "v7" } } },
            { "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::partner-drop/q3.csv"] },
            { "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }
        ] })
        .to_string(),
        calls: vec![Call {
            service: "s3".to_owned(),
            operation: "CopyObject".to_owned(),
            input: facts(&[("source", "customers/2026/q3.csv")]),
        }],
        pins: facts(&[("source_version", "v7"), ("source_etag", "\"abc\"")]),
        effects: facts(&[
            ("resource_environment", "production"),
            ("destination_place", "outside your organisation"),
            ("source_size", "3.1 MB"),
        ]),
        differences: None,
    }
}

fn request(reason: &str, masked: Vec<Mask>) -> Request {
    let issuer = "http://127.0.0.1:8081".to_owned();
    Request {
        format: Request::FORMAT.to_owned(),
        action: ActionId::of(b"example"),
        revision: 1,
        action_type: "s3-export".to_owned(),
        parameters: parameters(),
        commitment: Commitment::of(&Key::from_bytes([7; 32]), b"{}"),
        reason: reason.to_owned(),
        masked,
        principal: Identity { issuer: issuer.clone(), subject: "demo-agent".to_owned() },
        on_behalf_of: Some(Identity { issuer, subject: "carol".to_owned() }),
        provenance: vec![
            Provenance { name: "repository".to_owned(), value: "acme/reports".to_owned(), verified: true },
            Provenance {
                name: "run_url".to_owned(),
                value: "https://ci.example/\u{202E}1".to_owned(),
                verified: false,
            },
        ],
        correlation: None,
    }
}

fn review_of(request: &Request) -> Review {
    let dana = Person { issuer: "http://127.0.0.1:8081".to_owned(), subject: "dana".to_owned() };
    let group = |group: &str, count| GroupCount { group: group.to_owned(), count };
    let requirement = Requirement {
        name: "data-owners".to_owned(),
        groups: vec![group("data-owners", 1), group("sre", 2)],
        proof: Proof::Idp,
        max_age: Some(300),
        prompt_login: true,
        terms: Default::default(),
    };
    let asked = Asked {
        request,
        agent: "demo-agent",
        owner: Some(&dana),
        changed: Vec::new(),
        rules: vec![Reason {
            policy: "customer-exports-need-their-owners".to_owned(),
            message: "Customer data leaves with its owners' consent.".to_owned(),
            instead: None,
        }],
        requirements: &[requirement],
        bundle: Digest::of(b"bundle"),
        expires_at: Timestamp::from_millis(1_795_275_600_000),
    };
    let what = what(&entry(), &request.parameters, &plan()).unwrap();
    document(Digest::of(b"action"), what, context(&asked))
}

fn plain() -> Review {
    let mut request = request("Quarterly report, ask ‹email 1›.", vec![reason_mask(22, 31)]);
    request.provenance.truncate(1);
    review_of(&request)
}

fn reason_mask(start: u32, end: u32) -> Mask {
    Mask { pointer: "/reason".to_owned(), start, end, kind: "email".to_owned() }
}

/// P12: what is shown, whole: every line, every pin, what it may use.
#[test]
fn the_whole_document() {
    let review = plain();
    let document = review.document().unwrap();
    let body = wire::json::parse_value(document.body().as_bytes()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap());
    assert_eq!(document.open::<Review>().unwrap(), review);
    assert_eq!(
        sentence(&review.what),
        "Copy 2026/q3.csv out of customers into partner-drop, outside your organisation"
    );
    assert_eq!(review::summary(&review), "demo-agent · customer data leaves · cannot be undone");
    assert_eq!(review::approve_label(&review.what), "Approve: customer data leaves");
    assert_eq!(inspectable(&review), Ok(()));
}

/// W24: hidden characters are spelled out, marked and counted.
#[test]
fn the_page_s_fragment() {
    let request = request("Pay \u{202E}lla‹email 1›\n<b>now</b> \u{200B}", vec![reason_mask(8, 17)]);
    let review = review_of(&request);
    assert_eq!(review.context.hidden, 3);
    assert_eq!(review.context.masked, [reason_mask(15, 24)]);
    insta::assert_snapshot!(html::document(&review).into_string().replace("</", "\n</"));
    insta::assert_snapshot!(html::sentence(&review.what).into_string());
}

/// P12, W16: one byte of parameters, pins, effects, role or session policy changes *what* or is in the action itself;
/// votes, time and words of the agent do not.
#[test]
fn what_depends_on_parameters_plan_and_entry_alone() {
    let base = what(&entry(), &parameters(), &plan()).unwrap();
    assert_eq!(what(&entry(), &parameters(), &plan()).unwrap(), base);
    let changes: [fn(&mut Plan); 6] = [
        |plan| plan.pins.insert("source_version".to_owned(), "v8".to_owned()).map_or((), drop),
        |plan| plan.pins.insert("source_etag".to_owned(), "\"abd\"".to_owned()).map_or((), drop),
        |plan| plan.effects.insert("source_size".to_owned(), "3.2 MB".to_owned()).map_or((), drop),
        |plan| plan.role.push('x'),
        |plan| plan.session_policy = plan.session_policy.replace("q3.csv", "q4.csv"),
        |plan| plan.account = "000000000001".to_owned(),
    ];
    for change in changes {
        let mut plan = plan();
        change(&mut plan);
        assert_ne!(what(&entry(), &parameters(), &plan).unwrap(), base);
    }
    let other = request("another reason", vec![]);
    assert_eq!(review_of(&other).what, base);
}

/// W22: no parameter goes unshown, whatever the catalogue entry forgets; a masked one shows its placeholder.
#[test]
fn every_parameter_is_shown() {
    let mut parameters = parameters();
    parameters["password"] = json!("‹secret 1›");
    parameters["extra"] = json!({ "b": [1, "two\nlines"], "a": true });
    parameters["note"] = json!("see\tthis");
    let what = what(&entry(), &parameters, &plan()).unwrap();
    let value =
        |label: &str| what.fields.iter().find(|field| field.label == label).map(|field| field.value.as_str());
    assert_eq!(value("Password"), Some("‹secret 1›"));
    assert_eq!(value("Extra"), Some(r#"{"a":true,"b":[1,"two\nlines"]}"#));
    assert_eq!(value("Note"), Some("see⟨U+0009⟩this"));
    assert_eq!(value("Source"), None);
}

/// P10: what the entry shows and nobody knows is an error, never an empty line.
#[test]
fn what_is_missing_denies() {
    let missing = |name: &str| Err(WhatError::Missing(name.to_owned()));
    let mut unpinned = plan();
    unpinned.pins.remove("source_version");
    assert_eq!(what(&entry(), &parameters(), &unpinned), missing("pin.source_version"));
    for effect in ["source_size", "destination_place"] {
        let mut uninspected = plan();
        uninspected.effects.remove(effect);
        assert_eq!(what(&entry(), &parameters(), &uninspected), missing(&format!("effect.{effect}")));
    }
    let mut unbounded = plan();
    unbounded.session_policy = "{".to_owned();
    assert!(matches!(what(&entry(), &parameters(), &unbounded), Err(WhatError::Json(_))));
    let other = json!({ "source": "http://x/y", "destination": "s3://a/b" });
    assert!(matches!(what(&entry(), &other, &plan()), Err(WhatError::Parameters(_))));
}

/// W6, W24: what a channel cannot show whole and faithfully has no approve control there.
#[test]
fn channels_refuse_what_they_cannot_show() {
    let with = |change: &dyn Fn(&mut Review)| {
        let mut review = plain();
        change(&mut review);
        inspectable(&review)
    };
    let value = |text: &str| {
        let text = text.to_owned();
        with(&move |review: &mut Review| review.what.fields[0].value.clone_from(&text))
    };
    let word = |word: &str| Err(WhyNot::Confusable { word: word.to_owned() });
    assert!(matches!(value(&"x".repeat(2_500)), Err(WhyNot::TooLong { .. })));
    assert_eq!(value("s3://b/a⟨U+000A⟩b"), Err(WhyNot::Hidden));
    assert_eq!(with(&|review| review.context.hidden = 1), Err(WhyNot::Hidden));
    assert_eq!(value("s3://pаrtner/x"), word("pаrtner"));
    assert_eq!(value("s3://сору/x"), word("сору"));
    assert_eq!(with(&|review| review.context.reason = "for the pаrtner".to_owned()), word("pаrtner"));
    for faithful in ["s3://größe/naïve", "日本語テキスト", "отчёт за квартал", "‹email 1›"]
    {
        assert_eq!(value(faithful), Ok(()), "{faithful}");
    }
    assert_eq!(with(&|review| review.context.reason = "сор из избы".to_owned()), Ok(()));
}

/// E26: whatever looks like something else is told: punctuation in values, disguised words in the agent's words; ordinary
/// typography is not.
#[test]
fn what_looks_like_something_else_is_told() {
    let told = |change: &dyn Fn(&mut Review)| {
        let mut review = plain();
        change(&mut review);
        let page = html::document(&review).into_string();
        let told = review::confusables(&review);
        assert_eq!(page.contains("Some letters look like others"), !told.is_empty(), "{page}");
        assert_eq!(inspectable(&review).is_err(), !told.is_empty());
        told
    };
    for text in [
        "s3://partner\u{2215}drop/q3",
        "a\u{2010}b",
        "q3\u{2024}csv",
        "s3\u{589}//a",
        "a\u{1c0}b",
        "it\u{2019}s",
    ] {
        assert_eq!(told(&|review| review.what.fields[0].value = text.to_owned()), [text], "{text}");
    }
    for text in ["par\u{131}ner", "\u{17f}ecret", "𝐝𝐞𝐥𝐞𝐭𝐞", "ｄｅｌｅｔｅ", "s3://partner\u{2215}drop"]
    {
        assert_eq!(told(&|review| review.context.reason = format!("now {text} it")), [text], "{text}");
    }
    for text in [
        "It’s “fine” – really…",
        "Größe",
        "日本語、です。",
        "Отчёт за квартал",
        "تقرير، نعم",
        "‹email 1, 7 characters›",
    ] {
        assert!(told(&|review| review.context.reason = text.to_owned()).is_empty(), "{text}");
    }
}

/// C24: white space in a value is seen: it is kept on pages, and what a reader would not count is spelled out and marked.
#[test]
fn white_space_in_a_value_is_seen() {
    for (text, shown) in [
        ("s3://partner-drop/v3  final.csv", "s3://partner-drop/v3⟨U+0020 ×2⟩final.csv"),
        ("s3://partner-drop/v3 final.csv ", "s3://partner-drop/v3 final.csv⟨U+0020⟩"),
        ("s3://partner-drop/ v3", "s3://partner-drop/ v3"),
        ("s3://partner-drop/a\tb\u{a0}c", "s3://partner-drop/a⟨U+0009⟩b⟨U+00A0⟩c"),
    ] {
        let parameters = json!({ "source": "s3://customers/2026/q3.csv", "destination": text });
        let what = what(&entry(), &parameters, &plan()).unwrap();
        let value =
            what.fields.iter().map(|field| &field.value).find(|value| value.starts_with("s3://partner"));
        assert_eq!(value.unwrap(), shown, "{text:?}");
        let mut review = plain();
        review.what = what;
        let marked = shown.contains('⟨');
        assert_eq!(inspectable(&review) == Err(WhyNot::Hidden), marked, "{text:?}");
        let page = html::document(&review).into_string();
        assert_eq!(page.contains("<mark title=\"White space\">⟨U+0020"), shown.contains("⟨U+0020"), "{page}");
    }
    let parameters =
        json!({ "source": "s3://customers/2026  q3.csv ", "destination": "s3://partner-drop/q3.csv" });
    let sentence = sentence(&what(&entry(), &parameters, &plan()).unwrap());
    assert!(sentence.starts_with("Copy 2026⟨U+0020 ×2⟩q3.csv⟨U+0020⟩ out of customers"), "{sentence}");
    let style = include_str!("../../../functions/callbacks/assets/style.css");
    let kept = style.lines().find(|line| line.contains("white-space: pre-wrap") && line.contains(".value"));
    assert!(kept.is_some_and(|rule| rule.contains("code") && rule.contains("dd")), "{style}");
}

proptest! {
    /// O8: nothing typed by an agent becomes markup, whatever it is.
    #[test]
    fn nothing_becomes_markup(text in "[<>&\"'a-z/=\\PC]{0,40}") {
        let mut review = plain();
        review.context.reason.clone_from(&text);
        review.what.fields[0].value.clone_from(&text);
        review.what.sentence[1].text.clone_from(&text);
        review.context.provenance[0].value.clone_from(&text);
        let mut empty = review.clone();
        empty.context.reason.clear();
        empty.what.fields[0].value.clear();
        empty.what.sentence[1].text.clear();
        empty.context.provenance[0].value.clear();
        let tags = |review: &Review| {
            let page = html::document(review).into_string() + &html::sentence(&review.what).into_string();
            let marks = page.matches("<mark").count() + page.matches("</mark>").count();
            let notice = page.matches("<section").count() + page.matches("</section").count();
            (page.matches('<').count() - marks, notice)
        };
        if review::confusables(&review).is_empty() {
            prop_assert_eq!(tags(&review), tags(&empty));
        }
    }
}

/// W24, P12: what reviewers changed stands in the document, spelled out, one change after the other; a hidden character in
/// it takes the approve control away from channels.
#[test]
fn what_was_changed_is_shown() {
    let said = |person: &str, patch: Value| {
        let salt = "00".repeat(16);
        let shown = Digest::of(b"shown").to_string();
        let statement = json!({
            "format": "countersign-statement/1", "deployment": "local", "action": ActionId::of(b"example").as_str(),
            "revision": 1, "action_digest": shown, "review_digest": shown, "verdict": "modify", "reason_code": null,
            "reason": null, "patch": patch, "person": {"issuer": "http://127.0.0.1:8081", "subject": person},
            "client": "countersign-pages", "channel": "page", "at": "2026-11-21T14:51:00.120Z", "salt": salt,
        });
        wire::json::from_value::<wire::documents::Statement>(statement).unwrap()
    };
    let statements = [
        said("bob", json!({"destination": "s3://a/<b>.csv", "rows": 7})),
        said("alice", json!({"destination": "s3://a/\u{202E}c.csv", "rows": null})),
    ];
    let sent = json!({"destination": "s3://partner-drop/q3.csv"});
    let changes = review::changes(&sent, &statements);
    let told: Vec<String> =
        changes.iter().map(|one| format!("{}: {}", one.by.subject, review::change_in_words(one))).collect();
    assert_eq!(
        told,
        [
            "bob: destination from “s3://partner-drop/q3.csv” to “s3://a/<b>.csv”",
            "bob: rows to “7”",
            "alice: destination from “s3://a/<b>.csv” to “s3://a/⟨U+202E⟩c.csv”",
            "alice: rows, which was “7”, to nothing",
        ]
    );
    let mut review = plain();
    assert_eq!(inspectable(&review), Ok(()));
    review.context.changed = changes;
    assert_eq!(inspectable(&review), Err(WhyNot::Hidden));
    let html = review::html::document(&review).into_string();
    assert!(html.contains("<del>s3://a/&lt;b&gt;.csv</del>") && html.contains("changed by alice"), "{html}");
}

/// E13: a pin that the call does not hold is shown as only checked, with the sentence that says what can change, even where a line
/// of the entry shows its value in other words.
#[test]
fn what_the_call_does_not_hold_is_said() {
    let mut entry = entry();
    entry.pins.push(
        serde_json::from_value(json!({ "name": "source_etag", "says": "the content", "held_by": "check",
            "unpinned": "Another content may be there by then." }))
        .unwrap(),
    );
    let claim = json!({ "label": "Content", "value": "{pin.source_etag}, no other" });
    entry.fields.push(serde_json::from_value(claim).unwrap());
    let shown = what(&entry, &parameters(), &plan()).unwrap();
    let line = |label: &str, value: &str| {
        shown.fields.iter().find(|field| field.label == label && field.value == value).cloned()
    };
    let checked = line("Checked just before the call", "\"abc\"").unwrap();
    assert_eq!(checked.note, "the content; the call itself cannot hold it");
    assert!(line("Not held fixed", "Another content may be there by then.").is_some());
    assert!(line("Held fixed", "\"abc\"").is_none());
    assert_eq!(line("Held fixed", "v7").unwrap().note, "this version of the object, no other");
}
