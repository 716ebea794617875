//! Private keys, JWTs and bearer tokens.

use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use regex::Regex;
use wire::json::is_container;

use super::{DataKind, Found};
use crate::pattern::compile;

pub(super) const PRIVATE_KEY_WORDS: &[&str] = &["private key", "putty-user-key-file"];
static PEM_BEGIN: LazyLock<Regex> =
    LazyLock::new(|| compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"));
static PEM_END: LazyLock<Regex> =
    LazyLock::new(|| compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"));
static PUTTY: LazyLock<Regex> = LazyLock::new(|| compile(r"(?s)PuTTY-User-Key-File-[^‹]*"));
static JWT: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?-u)\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+){1,4}\.?"));
static BEARER: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i-u)\bbearer[ :=]+([A-Za-z0-9._~+/=-]{8,})"));

/// From the first line to the last, or to the end of the text if it was cut.
pub(super) fn private_keys(text: &str, found: &mut Vec<Found>) {
    let mut push = |range| found.push(Found::open(range, DataKind::PrivateKey));
    let mut at = 0;
    // Whether an end may still stand further on: looked for in vain only once.
    let mut ends = true;
    while let Some(begin) = PEM_BEGIN.find_at(text, at) {
        let end = Some(begin.end()).filter(|_| ends).and_then(|from| PEM_END.find_at(text, from));
        ends = end.is_some();
        at = end.map_or_else(|| until_mask(text, begin.end()), |end| end.end());
        push(begin.start()..at);
    }
    PUTTY.find_iter(text).for_each(|key| push(key.range()));
}

/// Where the next placeholder begins, or the end.
fn until_mask(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find('‹').unwrap_or(rest.len())
}

/// Signed tokens: header and claims are JSON objects.
pub(super) fn jwts(text: &str, found: &mut Vec<Found>) {
    let tokens = JWT.find_iter(text).filter(|token| is_signed(token.as_str()));
    found.extend(tokens.map(|token| Found::open(token.range(), DataKind::Jwt)));
}

/// What begins like a token and cannot be read as one.
pub(super) fn like_jwts(text: &str, found: &mut Vec<Found>) {
    let tokens = JWT.find_iter(text).filter(|token| !is_signed(token.as_str()));
    found.extend(tokens.map(|token| Found::open(token.range(), DataKind::Jwt)));
}

fn is_signed(token: &str) -> bool {
    let parts: Vec<&str> = token.trim_end_matches('.').split('.').collect();
    let [header, claims, _signature] = parts.as_slice() else { return false };
    let object = |part: &str| {
        let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        bytes.and_then(|bytes| String::from_utf8(bytes).ok()).is_some_and(|text| is_container(&text))
    };
    object(header) && object(claims)
}

/// What follows `Bearer` if it is no word.
pub(super) fn bearers(text: &str, found: &mut Vec<Found>) {
    let told = |token: &str| token.bytes().any(|byte| !byte.is_ascii_lowercase());
    let bearers = BEARER.captures_iter(text).filter_map(|found| found.get(1));
    let bearers = bearers.filter(|token| told(token.as_str().trim_end_matches('.')));
    found.extend(bearers.map(|token| Found::open(token.range(), DataKind::Token)));
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    #[test]
    fn private_keys_are_found() {
        let pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----";
        assert_eq!(shown(&format!("a {pem} b")), [format!("private-key:{pem}")]);
        assert_eq!(
            shown("-----BEGIN PRIVATE KEY-----\nMHcC"),
            ["private-key:-----BEGIN PRIVATE KEY-----\nMHcC"]
        );
        assert_eq!(shown("-----BEGIN PUBLIC KEY-----\nMHcC\n-----END PUBLIC KEY-----"), Vec::<String>::new());
        assert_eq!(shown("AGE-SECRET-KEY-1QQPQQPQQPQQPQQPQQPQQ").len(), 1);
    }

    #[test]
    fn tokens_are_found() {
        let jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
        let github = format!("ghp_{}", "a1B2".repeat(9));
        for (text, expected) in [
            (jwt.to_owned(), format!("jwt:{jwt}")),
            (format!("got {jwt}, thanks"), format!("jwt:{jwt}")),
            ("Bearer abcdefgh12345678".to_owned(), "token:abcdefgh12345678".to_owned()),
            ("bearer AbCdEfGhIjKl".to_owned(), "token:AbCdEfGhIjKl".to_owned()),
            ("Authorization: Basic ZGVtbzpkZW1v".to_owned(), "token:ZGVtbzpkZW1v".to_owned()),
            (github.clone(), format!("token:{github}")),
            ("xoxb-1234567890-abcdef".to_owned(), "token:xoxb-1234567890-abcdef".to_owned()),
            ("glpat-abcdefghij0123456789".to_owned(), "token:glpat-abcdefghij0123456789".to_owned()),
            ("https://hooks.slack.com/services/T0/B0/xyz1".to_owned(), "token:T0/B0/xyz1".to_owned()),
            ("?X-Amz-Signature=0123456789abcdef&x=1".to_owned(), "token:0123456789abcdef".to_owned()),
        ] {
            assert!(shown(&text).contains(&expected), "{text}: {:?}", shown(&text));
        }
    }

    #[test]
    fn words_are_left_alone() {
        for text in [
            "the bearer certificates are renewed",
            "authorization is checked",
            "a private key is needed",
            "task-force-and-others-in-the-house",
            "flask-application-for-reports",
            "msg.greeting",
            "eyJust a word",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}
