//! Whom of a group one tells: what would tell nobody, or nobody that was meant.

use bundle::Notify;
use domain::Person;
use serde_json::{Value, json};

use crate::sample::{DIRECTORY, Sample};

/// The sample whose group `sre` has these fields too.
fn with(fields: Value) -> Sample {
    let usual = json!({ "members": ["bob", "carol"], "above": ["data-owners"] });
    let mut group = usual.as_object().unwrap().clone();
    group.extend(fields.as_object().unwrap().clone());
    Sample::new().set(DIRECTORY, "/groups/sre", Value::Object(group))
}

/// W23: nothing that is said of a group leaves its people untold by mistake.
#[test]
fn groups_that_would_not_be_told() {
    let duty = |schedule: Value| json!({ "notify": "on_call", "on_call": { "pager_duty": schedule } });
    let source = |address: &str| json!({ "notify": "on_call", "on_call": { "https": address } });
    for (fields, expected) in [
        (json!({ "notify": "some" }), "unknown variant `some`"),
        (json!({ "notify": "on_call" }), "nothing says who is on call"),
        (json!({ "on_call": { "https": "https://oncall.example/sre" } }), "nobody asks who is on call"),
        (json!({ "notify": "rotate", "members": [] }), "nobody can take turns"),
        (json!({ "notify": "rotate", "members": null }), "nobody can take turns"),
        (source("http://oncall.example/sre"), "is not an https address"),
        (source("https://169.254.169.254/"), "is not an https address"),
        (duty(json!({ "schedule": "PSRE123", "people": {} })), "nobody would ever be found on call"),
        (
            duty(json!({ "schedule": "primary", "people": { "PBOB123": "bob" } })),
            "`primary` is no id of PagerDuty",
        ),
        (duty(json!({ "schedule": "PSRE123", "people": { "bob": "bob" } })), "`bob` is no id of PagerDuty"),
        (duty(json!({ "schedule": "PSRE123", "people": { "PBOB123": "mallory" } })), "`mallory` is nobody"),
        (json!({ "quiet": { "from": "22:00", "to": "22:00" } }), "the whole day"),
        (json!({ "quiet": { "from": "22:00" } }), "missing field `to`"),
        (json!({ "quiet": { "from": "ten", "to": "07:00" } }), "no time of day"),
    ] {
        let found = with(fields.clone()).mistakes();
        assert!(found.iter().any(|said| said.contains(expected)), "{fields}: {expected}: {found:#?}");
    }
}

/// Each action has one member's turn, always the same; over many actions everybody has turns; who may not answer has none.
#[test]
fn turns() {
    let bundle = with(json!({ "notify": "rotate" })).compile().unwrap().bundle;
    let directory = bundle.directory();
    assert_eq!(directory.groups["sre"].notify, Notify::Rotate);
    let turn = |action: &str| directory.in_turn("sre", action, |_| true).unwrap();
    let turns: Vec<&str> = (0..200).map(|n| turn(&format!("act_{n}"))).collect();
    let bobs = turns.iter().filter(|name| **name == "bob").count();
    assert!((70..130).contains(&bobs), "{bobs} of 200");
    assert_eq!(turn("act_1"), turn("act_1"));
    let not_bob = |person: &Person| person.subject != "bob";
    assert!((0..50).all(|n| directory.in_turn("sre", &format!("act_{n}"), not_bob) == Some("carol")));
    assert_eq!(directory.in_turn("sre", "act_1", |_| false), None);
    assert_eq!(directory.in_turn("nobody", "act_1", |_| true), None);
}

/// Quiet hours by the clock of the calendar's zone, past midnight and over the change to summer time.
#[test]
fn quiet_hours() {
    let quiet = |from: &str, to: &str| {
        let fields = json!({ "quiet": { "from": from, "to": to } });
        let sample = with(fields).set(DIRECTORY, "/calendar", json!({ "zone": "Europe/Berlin" }));
        sample.compile().unwrap().bundle
    };
    let at = |text: &str| wire::text::parse_rfc3339(text).unwrap();
    let night = quiet("22:00", "07:00");
    for (now, left) in [
        ("2026-12-01T20:59:00.000Z", None),
        ("2026-12-01T21:00:00.000Z", Some(540)),
        ("2026-12-01T23:00:00.000Z", Some(420)),
        ("2026-12-02T05:59:59.000Z", Some(1)),
        ("2026-12-02T06:00:00.000Z", None),
        // In summer the same clock shows these hours an hour earlier in UTC.
        ("2026-07-01T20:00:00.000Z", Some(540)),
        ("2026-07-01T05:00:00.000Z", None),
    ] {
        assert_eq!(night.directory().quiet_for("sre", at(now)), left, "{now}");
        assert_eq!(night.directory().quiet_for("data-owners", at(now)), None, "{now}");
    }
    let noon = quiet("12:00", "13:00");
    assert_eq!(noon.directory().quiet_for("sre", at("2026-12-01T11:30:00.000Z")), Some(30));
    assert_eq!(noon.directory().quiet_for("sre", at("2026-12-01T12:00:00.000Z")), None);
}
