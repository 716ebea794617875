//! Times and states as people write them.

use domain::Timestamp;
use wire::text::rfc3339;

/// `52 minutes left`, `5 hours left`, `3 days left`.
pub(super) fn left(now: Timestamp, until: Timestamp) -> String {
    let seconds = until.seconds() - now.seconds();
    match seconds {
        ..=0 => "no time left".to_owned(),
        seconds => span(seconds) + " left",
    }
}

/// `less than a minute ago`, `20 minutes ago`.
pub(super) fn ago(now: Timestamp, at: Timestamp) -> String {
    span((now.seconds() - at.seconds()).max(0)) + " ago"
}

/// A duration in its largest unit, rounded down.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..60 => "less than a minute".to_owned(),
        60..7200 => counted(seconds / 60, "minute"),
        7200..172_800 => counted(seconds / 3600, "hour"),
        _ => counted(seconds / 86_400, "day"),
    }
}

/// The same for lists: `52 min left`.
pub(super) fn left_short(now: Timestamp, until: Timestamp) -> String {
    left(now, until)
        .replace("minutes", "min")
        .replace("minute", "min")
        .replace("hours", "h")
        .replace("hour", "h")
}

/// Whether less than an hour is left.
pub(super) fn is_soon(now: Timestamp, until: Timestamp) -> bool {
    until.seconds() - now.seconds() < 3600
}

fn counted(number: i64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// `15:40`, with the day in front if it is another one.
pub(super) fn minute(now: Timestamp, at: Timestamp) -> String {
    let (today, text) = (rfc3339(now), rfc3339(at));
    let clock = text.get(11..16).unwrap_or_default();
    match text.get(..10) {
        Some(day) if today.get(..10) != Some(day) => format!("{day} {clock}"),
        _ => clock.to_owned(),
    }
}

/// `14:51:03.660`, with milliseconds as in the log.
pub(super) fn moment(at: Timestamp) -> String {
    rfc3339(at).get(11..23).unwrap_or_default().to_owned()
}

/// `2026-11-21`.
pub(super) fn day(at: Timestamp) -> String {
    rfc3339(at).get(..10).unwrap_or_default().to_owned()
}
