//! What would mislead a reader is spelled out and marked.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod sample;

use domain::{ActionId, Digest};
use proptest::prelude::*;
use review::{html, sentence, what};
use sample::{entry, plain, plan};
use serde_json::{Value, json};
use wire::documents::ReviewDocument;

/// W24: a word with letters that look like others is told, in the agent's words only where it mixes scripts; other scripts
/// and placeholders are not.
#[test]
fn words_that_look_like_others_are_told() {
    let with = |change: &dyn Fn(&mut ReviewDocument)| {
        let mut review = plain();
        change(&mut review);
        review::confusables(&review)
    };
    let none = Vec::<String>::new();
    let value = |text: &str| {
        let text = text.to_owned();
        with(&move |review: &mut ReviewDocument| review.what.fields[0].value.clone_from(&text))
    };
    assert_eq!(value("s3://b/a⟨U+000A⟩b"), none);
    assert_eq!(value("s3://pаrtner/x"), ["pаrtner"]);
    assert_eq!(value("s3://сору/x"), ["сору"]);
    assert_eq!(with(&|review| review.context.reason = "for the pаrtner".to_owned()), ["pаrtner"]);
    for faithful in ["s3://größe/naïve", "日本語テキスト", "отчёт за квартал", "‹email 1›"]
    {
        assert_eq!(value(faithful), none, "{faithful}");
    }
    assert_eq!(with(&|review| review.context.reason = "сор из избы".to_owned()), none);
}

/// E26: whatever looks like something else is told: punctuation in values, disguised words in the agent's words; ordinary
/// typography is not.
#[test]
fn what_looks_like_something_else_is_told() {
    let told = |change: &dyn Fn(&mut ReviewDocument)| {
        let mut review = plain();
        change(&mut review);
        let page = html::document(&review).into_string();
        let told = review::confusables(&review);
        assert_eq!(page.contains("Some letters look like others"), !told.is_empty(), "{page}");
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
        let page = html::document(&review).into_string();
        assert_eq!(page.contains("\">⟨U+"), shown.contains('⟨'), "{text:?}: {page}");
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
        let tags = |review: &ReviewDocument| {
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
/// it is marked.
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
    review.context.changed = changes;
    let html = review::html::document(&review).into_string();
    assert!(html.contains("<mark title=") && html.contains("⟨U+202E⟩"), "{html}");
    assert!(html.contains("<del>s3://a/&lt;b&gt;.csv</del>") && html.contains("changed by alice"), "{html}");
}
