//! Slack's signatures.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use domain::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use secrecy::SecretString;
use slack::{Refused, SigningSecrets, verify};

const SECRET: &str = "an example secret";
const NOW: i64 = 1_780_000_000;
const BODY: &[u8] = b"payload=%7B%22type%22%3A%22view_closed%22%7D";
/// Made by `slack_sdk`, for this secret, time and body.
const VECTOR: &str = "v0=88c80d54e67cc2c6c82605091e0bb11f3f813cef8852d84a59521e6e3d25bd1f";

fn secrets(text: &str) -> SigningSecrets {
    SigningSecrets::new(&SecretString::from(text), None).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1000)
}

pub fn signature(secret: &str, time: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [b"v0:", time.as_bytes(), b":", body].concat();
    format!("v0={}", HEXLOWER.encode(hmac::sign(&key, &signed).as_ref()))
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    let mut map = HeaderMap::new();
    for (name, value) in pairs.iter().map(pair) {
        map.append(name, value);
    }
    map
}

pub fn signed(secret: &str, time: &str, body: &[u8]) -> HeaderMap {
    let signature = signature(secret, time, body);
    headers(&[("x-slack-request-timestamp", time), ("x-slack-signature", &signature)])
}

fn refused(headers: &HeaderMap, body: &[u8]) -> Refused {
    verify(headers, body, now(), &secrets(SECRET)).unwrap_err()
}

/// O2: a signature that Slack's own library made holds.
#[test]
fn what_slack_signs_holds() {
    let pairs = [("x-slack-request-timestamp", "1780000000"), ("x-slack-signature", VECTOR)];
    let map = headers(&pairs);
    assert_eq!(verify(&map, BODY, now(), &secrets(SECRET)).unwrap().body(), BODY);
}

proptest! {
    /// O2, W11: no other body, time or secret has the same signature.
    #[test]
    fn nothing_else_holds(place in 0..BODY.len(), byte in any::<u8>(), secret in "[ -~]{1,40}", later in 1i64..300) {
        let good = signed(SECRET, "1780000000", BODY);
        let mut body = BODY.to_vec();
        body[place] = byte;
        prop_assert_eq!(verify(&good, &body, now(), &secrets(SECRET)).is_ok(), body == BODY);
        if secret.trim() != SECRET && !secret.trim().is_empty() {
            prop_assert_eq!(refused(&signed(&secret, "1780000000", BODY), BODY), Refused::Signature);
        }
        let mut moved = good;
        let time = (NOW + later).to_string();
        moved.insert("x-slack-request-timestamp", HeaderValue::from_str(&time).unwrap());
        prop_assert_eq!(refused(&moved, BODY), Refused::Signature);
    }
}

/// W11: five minutes, in both directions.
#[test]
fn five_minutes() {
    for away in [-300, -1, 0, 1, 300] {
        let time = (NOW + away).to_string();
        assert!(verify(&signed(SECRET, &time, BODY), BODY, now(), &secrets(SECRET)).is_ok(), "{away}");
    }
    for away in [-100_000, -301, 301, 100_000] {
        let time = (NOW + away).to_string();
        assert_eq!(refused(&signed(SECRET, &time, BODY), BODY), Refused::Time, "{away}");
    }
}

/// W11: a time in any other spelling is none, although its signature holds.
#[test]
fn times_are_plain_decimals() {
    let odd = [
        "+1780000000",
        " 1780000000",
        "1780000000 ",
        "01780000000",
        "1780000000.0",
        "1.78e9",
        "",
        "-1",
        "0x6A18",
    ];
    for time in odd {
        assert_eq!(refused(&signed(SECRET, time, BODY), BODY), Refused::Headers, "{time:?}");
    }
    assert_eq!(refused(&signed(SECRET, "9999999999999999999", BODY), BODY), Refused::Headers);
}

/// W11: a header that is missing or there twice refuses, and so does any other spelling of the signature.
#[test]
fn headers_are_there_once() {
    let signature = signature(SECRET, "1780000000", BODY);
    let (time, tag) =
        (("x-slack-request-timestamp", "1780000000"), ("x-slack-signature", signature.as_str()));
    for pairs in [vec![], vec![time], vec![tag], vec![time, time, tag], vec![time, tag, tag]] {
        assert_eq!(refused(&headers(&pairs), BODY), Refused::Headers, "{pairs:?}");
    }
    let upper = format!("v0={}", signature[3..].to_uppercase());
    for other in [
        &signature[3..],
        &upper,
        &signature[..65],
        &format!("{signature}00"),
        &format!("v1={}", &signature[3..]),
    ] {
        assert_eq!(
            refused(&headers(&[time, ("x-slack-signature", other)]), BODY),
            Refused::Headers,
            "{other}"
        );
    }
}

/// O2: an empty secret refuses, where it is configured.
#[test]
fn an_empty_secret_is_none() {
    let (good, empty) = (SecretString::from(SECRET), SecretString::from(" \n"));
    assert_eq!(SigningSecrets::new(&empty, None).unwrap_err(), Refused::NoSecret);
    assert_eq!(SigningSecrets::new(&good, Some(&empty)).unwrap_err(), Refused::NoSecret);
}

/// Two secrets hold while one replaces the other; neither is printed.
#[test]
fn two_secrets_during_a_rotation() {
    let both =
        SigningSecrets::new(&SecretString::from("the new one"), Some(&SecretString::from(SECRET))).unwrap();
    for secret in ["the new one", SECRET] {
        assert!(verify(&signed(secret, "1780000000", BODY), BODY, now(), &both).is_ok());
    }
    assert_eq!(verify(&signed("a third", "1780000000", BODY), BODY, now(), &both), Err(Refused::Signature));
    assert_eq!(format!("{both:?}"), "SigningSecrets(2)");
}

/// W11: the same request has the same replay key, and every other one another.
#[test]
fn replay_keys() {
    let key = |time: &str, body: &[u8]| {
        verify(&signed(SECRET, time, body), body, now(), &secrets(SECRET)).unwrap().replay_key().to_owned()
    };
    assert_eq!(key("1780000000", BODY), key("1780000000", BODY));
    assert_ne!(key("1780000000", BODY), key("1780000001", BODY));
    assert_ne!(key("1780000000", BODY), key("1780000000", b"payload=%7B%7D"));
    assert_eq!(key("1780000000", BODY).len(), 64);
}

/// A body of any length is not read.
#[test]
fn long_bodies() {
    let body = vec![b'x'; 1024 * 1024 + 1];
    assert_eq!(refused(&signed(SECRET, "1780000000", &body), &body), Refused::TooLong);
}
