//! Secrets that are written in base64, in hexadecimal digits or with the escapes of addresses, JSON and HTML. What is
//! decoded is read by the same detectors; what they find there masks all of the encoded stretch.

use std::ops::Range;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};

use super::{Found, Holds};
use crate::likeness;
use crate::work;

/// Reads what was decoded so many times with all detectors.
pub(super) type Read = fn(&str, u8) -> Vec<Found>;

/// Base64 in base64 in base64: deeper nothing is decoded.
pub(super) const DEEPEST: u8 = 3;
/// Shorter stretches are not decoded.
pub(super) const SHORTEST: u32 = 16;
/// Longer ones are read as far as this.
const LONGEST: usize = 64 * 1024;
/// This many characters show whether decoding the rest is worthwhile.
const SAMPLE: usize = 16;

/// What is found in encoded stretches of a text.
pub(super) fn stretches(text: &str, depth: u8, read: Read, found: &mut Vec<Found>) {
    for run in runs(text) {
        let written = text.get(run.clone()).unwrap_or_default();
        work::steps(SAMPLE);
        let Some(decoded) = decoded(written) else { continue };
        work::steps(written.len());
        let inside = read(&decoded, depth + 1).into_iter();
        let first = inside.min_by_key(|found| found.kind);
        found.extend(first.map(|inner| Found { range: run, holds: Holds::Open, ..inner }));
    }
}

/// Stretches of letters, digits and what base64 has beside them. Lines that were broken at one length are one.
fn runs(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| inside(**byte)).count();
        let padding = bytes
            .get(at + length..)
            .unwrap_or_default()
            .iter()
            .take(2)
            .take_while(|byte| **byte == b'=')
            .count();
        let run = at..at + length + padding;
        at = run.end.max(at + 1);
        if run.len() >= SHORTEST as usize {
            match runs.last_mut().filter(|last| continues(bytes, last, &run)) {
                Some(last) => last.end = run.end,
                None => runs.push(run),
            }
        }
    }
    runs
}

/// Whether a stretch is the next line of the one before.
fn continues(bytes: &[u8], last: &Range<usize>, next: &Range<usize>) -> bool {
    let between = bytes.get(last.end..next.start).unwrap_or_default();
    let line = last.len().min(77);
    line >= 60
        && between.len() <= 16
        && between.contains(&b'\n')
        && between.iter().all(u8::is_ascii_whitespace)
}

/// The text that a stretch encodes; `None` if it does not encode text.
fn decoded(written: &str) -> Option<String> {
    let plain = written.trim_end_matches('=');
    let compact: String;
    let plain = match plain.bytes().any(|byte| byte.is_ascii_whitespace()) {
        false => plain,
        true => {
            compact = plain.split_ascii_whitespace().collect();
            &compact
        }
    };
    let plain = plain.get(..plain.len().min(LONGEST))?;
    let hexadecimal =
        plain.len() >= 2 * SHORTEST as usize && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal.then(|| text(&HEXLOWER_PERMISSIVE, plain, 2)).flatten().or_else(|| {
        let url = plain.contains(['-', '_']);
        if url && plain.contains(['+', '/']) {
            return None;
        }
        let alphabet = if url { BASE64URL_NOPAD } else { BASE64_NOPAD };
        text(&alphabet, plain, 4)
    })
}

fn text(encoding: &data_encoding::Encoding, written: &str, group: usize) -> Option<String> {
    let cut = |length: usize| match length % group {
        1 => length - 1,
        _ => length,
    };
    let bytes = |length: usize| encoding.decode(written.as_bytes().get(..length)?).ok();
    let mut sample = [0; SAMPLE];
    let length = SAMPLE.min(written.len()) / 4 * 4;
    let size = encoding.decode_len(length).ok()?;
    encoding.decode_mut(written.as_bytes().get(..length)?, sample.get_mut(..size)?).ok()?;
    let sample = sample.get(..size)?;
    if !looks_like_text(sample) && !is_wide(sample) {
        return None;
    }
    let all = bytes(cut(written.len())).or_else(|| bytes(written.len() / 4 * 4))?;
    if is_wide(sample) {
        let pairs = all.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
        let units: Vec<u16> = pairs.map(u16::from_le_bytes).collect();
        return String::from_utf16(&units).ok();
    }
    String::from_utf8(all).ok().filter(|text| looks_like_text(text.as_bytes()))
}

fn looks_like_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0x80..=0xF4))
        && bytes.iter().filter(|byte| byte.is_ascii()).count() * 2 >= bytes.len()
}

/// ASCII in two bytes a character, as PowerShell encodes commands.
fn is_wide(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes.chunks_exact(2).all(|pair| matches!(pair, [b'\t'..=b'~', 0]))
}

/// What is found once the escapes in a text are undone, if it has some.
pub(super) fn escapes(text: &str, depth: u8, read: Read, found: &mut Vec<Found>) {
    let Some(plain) = likeness::Plain::of(text) else { return };
    work::steps(2 * text.len());
    for inner in read(&plain.text, depth + 1) {
        let range = plain.original(inner.range.clone());
        // Where nothing was escaped it has been found already.
        if range.len() != inner.range.len() {
            found.push(Found { range, ..inner });
        }
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64_MIME, BASE64URL_NOPAD, HEXLOWER};

    use crate::detect::tests::shown;

    const TEXTS: [&str; 5] = [
        "AKIAIOSFODNN7EXAMPLE",
        "{\"password\":\"hunter2-hunter2\"}",
        "user alice@example.com asked",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
        "-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY-----",
    ];

    fn assert_masked(text: &str, encoded: &str) {
        let found = shown(text);
        assert!(found.iter().any(|found| found.ends_with(encoded)), "{text}: {found:?}");
    }

    #[test]
    fn what_is_encoded_is_found() {
        for text in TEXTS {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for encoded in [
                BASE64.encode(text.as_bytes()),
                BASE64URL_NOPAD.encode(text.as_bytes()),
                BASE64.encode(BASE64.encode(text.as_bytes()).as_bytes()),
                HEXLOWER.encode(text.as_bytes()),
                BASE64.encode(&wide),
            ] {
                assert_masked(&format!("data {encoded} end"), &encoded);
                assert_masked(&encoded, &encoded);
            }
            let lines = BASE64_MIME.encode(format!("{} {text}", "filler ".repeat(20)).as_bytes());
            assert_masked(&lines, lines.trim_end());
            let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            assert!(!shown(&percent).is_empty(), "{percent}");
            let unicode: String = text.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect();
            assert!(!shown(&unicode).is_empty(), "{unicode}");
        }
        assert!(!shown("password%3Dhunter2%26x%3D1").is_empty());
        assert!(!shown("AKIA&#73;OSFODNN7EXAMPLE").is_empty());
    }

    #[test]
    fn what_is_no_text_is_left_alone() {
        for text in [
            "9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e3f4a5b6c",
            "sha256:8d1f6a0b5c1e4e0b9a8c1f3b2d7e6a5940c3b2a1908f7e6d5c4b3a2918070605",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
            "exports/Customers/2026/Q3/part/00000001/a",
            "SGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXh0IHdpdGhvdXQgYSBzZWNyZXQ=",
            "100%25 of 20%20",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}
