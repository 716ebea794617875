//! The review document and its renderings.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod sample;

use review::{WhatError, html, sentence, what};
use sample::{entry, parameters, plain, plan, reason_mask, request, review_of};
use serde_json::json;
use wire::documents::{DocumentKind, Plan, ReviewDocument};

/// P12: what is shown, whole: every line, every pin, what it may use.
#[test]
fn the_whole_document() {
    let review = plain();
    let document = review.document().unwrap();
    let body = wire::json::parse_value(document.body().as_bytes()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap());
    assert_eq!(document.open::<ReviewDocument>().unwrap(), review);
    assert_eq!(
        sentence(&review.what),
        "Copy 2026/q3.csv out of customers into partner-drop, outside your organisation"
    );
    assert_eq!(review::summary(&review), "demo-agent · customer data leaves · cannot be undone");
    assert_eq!(review::approve_label(&review.what), "Approve: customer data leaves");
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

/// E13: a pin that the call does not hold is shown as only checked, with the sentence that says what can change, even where a line
/// of the entry shows its value in other words.
#[test]
fn what_the_call_does_not_hold_is_said() {
    let mut entry = entry();
    entry.pins.push(
        serde_json::from_value(
            json!({ "name": "source_etag", "description": "the content", "held_by": "check",
            "unpinned": "Another content may be there by then." }),
        )
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
