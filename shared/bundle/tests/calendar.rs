//! The clock rules read.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

use bundle::CalendarRule;
use domain::Timestamp;
use serde_json::{Value, json};

fn berlin() -> Value {
    json!({ "zone": "Europe/Berlin", "holidays": ["2026-12-25"],
        "business_hours": { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00" } })
}

fn told(rule: &Value, instant: &str) -> (String, u8, u8, u8, bool) {
    let rule: CalendarRule = serde_json::from_value(rule.clone()).unwrap();
    let instant: jiff::Timestamp = instant.parse().unwrap();
    let now = rule.at(Timestamp::from_millis(instant.as_millisecond()));
    (now.date, now.weekday, now.hour, now.minute, now.business_hours)
}

/// Business hours are those of the clock on the wall: summer time, holidays, both ends, days of the week.
#[test]
fn the_clock_on_the_wall() {
    let table = [
        ("2026-11-20T08:00:00Z", ("2026-11-20", 5, 9, 0, true)),
        ("2026-11-20T07:59:59.999Z", ("2026-11-20", 5, 8, 59, false)),
        ("2026-11-20T15:59:59.999Z", ("2026-11-20", 5, 16, 59, true)),
        ("2026-11-20T16:00:00Z", ("2026-11-20", 5, 17, 0, false)),
        // In summer the same wall time is an hour earlier.
        ("2026-07-20T07:00:00Z", ("2026-07-20", 1, 9, 0, true)),
        ("2026-07-20T06:59:59Z", ("2026-07-20", 1, 8, 59, false)),
        ("2026-11-21T11:00:00Z", ("2026-11-21", 6, 12, 0, false)),
        ("2026-12-25T11:00:00Z", ("2026-12-25", 5, 12, 0, false)),
        // Another day there than here.
        ("2026-12-24T23:30:00Z", ("2026-12-25", 5, 0, 30, false)),
    ];
    for (instant, (date, weekday, hour, minute, working)) in table {
        assert_eq!(told(&berlin(), instant), (date.to_owned(), weekday, hour, minute, working), "{instant}");
    }
    let nothing = json!({});
    assert_eq!(told(&nothing, "2026-11-20T12:00:00Z"), ("2026-11-20".to_owned(), 5, 12, 0, false));
    let always = json!({ "business_hours": { "days": ["sun"], "from": "00:00", "to": "24:00" } });
    assert!(told(&always, "2026-11-22T23:59:59Z").4 && !told(&always, "2026-11-23T00:00:00Z").4);
}

/// P10: what is no zone, time, day or date does not read.
#[test]
fn what_is_no_calendar() {
    let with = |pointer: &str, value: Value| {
        let mut rule = berlin();
        *rule.pointer_mut(pointer).unwrap() = value;
        serde_json::from_value::<CalendarRule>(rule)
    };
    for (pointer, value) in [
        ("/zone", json!("Europe/Atlantis")),
        ("/zone", json!("europe/berlin")),
        ("/zone", json!("")),
        ("/zone", json!("+01:00")),
        ("/business_hours/from", json!("9:00")),
        ("/business_hours/from", json!("09:60")),
        ("/business_hours/from", json!("+9:00")),
        ("/business_hours/to", json!("24:01")),
        ("/business_hours/to", json!("17:00:00")),
        ("/business_hours/to", json!(1700)),
        ("/business_hours/days", json!(["monday"])),
        ("/holidays/0", json!("25.12.2026")),
        ("/holidays/0", json!("2026-02-30")),
        ("/holidays/0", json!("2026-12-25T00:00")),
    ] {
        assert!(with(pointer, value.clone()).is_err(), "{pointer} {value}");
    }
    assert!(with("/zone", json!("America/New_York")).is_ok());
}
