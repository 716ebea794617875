//! `Retry-After` (RFC 9110, 10.2.3): seconds, or one of the three written forms of a date.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The longest that is believed: a front that says a week is not to put a night to sleep.
const MOST: Duration = Duration::from_secs(300);

/// How long to wait, counted from `date` (the answer's own, in seconds since 1970); `None` if the header is not
/// usable.
pub(crate) fn retry_after(value: &str, date: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(MOST, Duration::from_secs).min(MOST));
    }
    let until = http_date(value)?;
    let seconds = u64::try_from(until.saturating_sub(date)).unwrap_or(0);
    Some(Duration::from_secs(seconds).min(MOST))
}

/// Seconds since 1970 of an HTTP date.
pub(crate) fn http_date(value: &str) -> Option<i64> {
    let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let read = forms.iter().find_map(|form| DateTime::strptime(form, value.trim()).ok());
    Some(read?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C9: seconds and dates are understood, nonsense is not, and nothing puts us to sleep for the night.
    #[test]
    fn what_it_says() {
        let now = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(now, 784_111_777);
        for (value, seconds) in [
            ("0", Some(0)),
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("86400", Some(300)),
            ("99999999999999999999999", Some(300)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10)),
            ("Sun Nov  6 08:49:47 1994", Some(10)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 2094 08:00:00 GMT", None),
            ("Sat, 06 Nov 2094 08:00:00 GMT", Some(300)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
