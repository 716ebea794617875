//! Values that whole documents are made of and that hold nothing to find: UUIDs and times.

/// Whether a whole text is a UUID, or a date with a time.
pub(super) fn is(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.len() {
        36 => is_uuid(bytes),
        20..=35 => is_time(bytes),
        _ => false,
    }
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// `2026-11-21T14:47:31.204Z`, and with an offset.
fn is_time(bytes: &[u8]) -> bool {
    let fixed = bytes.iter().take(19).enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        10 => matches!(byte, b'T' | b't' | b' '),
        13 | 16 => *byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let rest = bytes.get(19..).unwrap_or_default();
    let (fraction, zone) =
        rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count());
    let whole = fraction.len() <= 10 && (fraction.is_empty() || fraction.first() == Some(&b'.'));
    let offset = |zone: &[u8]| matches!(zone, [b'+' | b'-', hours @ ..] if hours.len() <= 5 && hours.iter().all(|byte| byte.is_ascii_digit() || *byte == b':'));
    fixed && whole && (matches!(zone, [b'Z' | b'z']) || offset(zone))
}

#[cfg(test)]
mod tests {
    use super::is;

    #[test]
    fn only_whole_values_are_ordinary() {
        for text in [
            "550e8400-e29b-41d4-a716-446655440000",
            "550E8400-E29B-41D4-A716-446655440000",
            "2026-11-21T14:47:31.204Z",
            "2026-11-21T14:47:31Z",
            "2026-11-21 14:47:31.204123+01:00",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "550e8400-e29b-41d4-a716-44665544000g",
            "550e8400ae29b-41d4-a716-446655440000",
            "2026-11-21T14:47:31.204Z x",
            "2026-11-21T14:47:31 2125550123",
            "2026-11-21T14:47:31",
            "2026-11-21T14:47:31.4111111111111111",
            "",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
