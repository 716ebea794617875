//! Payloads: opened only for what they were sealed for.

use contract::Kit;
use domain::{ActionId, Timestamp};
use serde_json::json;
use wire::documents::{Payload, SealedPayload};

use crate::kit;

fn deadline(kit: &Kit) -> Timestamp {
    kit.clock.now().plus_seconds(3600)
}

fn payload() -> Payload {
    Payload {
        format: Payload::FORMAT.to_owned(),
        parameters: json!({ "secret": "prod/payments/db", "value": "correct horse battery staple" }),
        reason: "rotate it".to_owned(),
        token: "header.claims.signature".to_owned(),
        commitment_key: "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=".to_owned(),
    }
}

#[tokio::test]
async fn what_is_sealed_opens_to_the_same() {
    let (kit, action) = (kit().await, ActionId::of(b"sealed"));
    let sealed = kit.seal.seal(&payload(), &action, 1, deadline(&kit)).await.unwrap();
    assert!(kit.open.open(&sealed, &action, 1, kit.clock.now()).await.unwrap() == payload());
    let again = kit.seal.seal(&payload(), &action, 1, deadline(&kit)).await.unwrap();
    assert_ne!(again.ciphertext, sealed.ciphertext, "equal payloads look different");
    assert!((&again.key, &again.nonce) != (&sealed.key, &sealed.nonce), "no nonce twice under one key");
}

/// P8: nothing of the payload can be read in its sealed form.
#[tokio::test]
async fn nothing_shows_through() {
    let (kit, action) = (kit().await, ActionId::of(b"hidden"));
    let sealed = kit.seal.seal(&payload(), &action, 1, deadline(&kit)).await.unwrap();
    let text = format!("{sealed:?}");
    for secret in ["correct horse", "rotate it", "claims", "AwMD"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

/// D6, D17, P10: for another action, another revision or with one byte changed it does not open, and trying again is
/// pointless.
#[tokio::test]
async fn anything_else_does_not_open() {
    let (kit, action) = (kit().await, ActionId::of(b"bound"));
    let sealed = kit.seal.seal(&payload(), &action, 1, deadline(&kit)).await.unwrap();
    let swap = |text: &str| {
        let first = if text.starts_with('A') { 'B' } else { 'A' };
        format!("{first}{}", text.get(1..).unwrap_or_default())
    };
    let cases = [
        (sealed.clone(), ActionId::of(b"another"), 1),
        (sealed.clone(), action.clone(), 2),
        (SealedPayload { ciphertext: swap(&sealed.ciphertext), ..sealed.clone() }, action.clone(), 1),
        (SealedPayload { nonce: swap(&sealed.nonce), ..sealed.clone() }, action.clone(), 1),
        (SealedPayload { key: swap(&sealed.key), ..sealed.clone() }, action.clone(), 1),
        (SealedPayload { key: "not base64".to_owned(), ..sealed.clone() }, action.clone(), 1),
        (SealedPayload { format: "countersign-payload/1".to_owned(), ..sealed.clone() }, action.clone(), 1),
        (SealedPayload { ciphertext: String::new(), ..sealed.clone() }, action.clone(), 1),
        (
            SealedPayload { expires_at: sealed.expires_at.plus_seconds(1), ..sealed.clone() },
            action.clone(),
            1,
        ),
    ];
    for (number, (sealed, action, revision)) in cases.into_iter().enumerate() {
        match kit.open.open(&sealed, &action, revision, kit.clock.now()).await {
            Ok(_) => panic!("case {number} opened"),
            Err(fault) => assert!(!fault.is_passing(), "case {number}: {fault}"),
        }
    }
}

/// E3: from its time on a payload is not opened any more, whoever asks, and one that would never expire is not opened at all.
#[tokio::test]
async fn an_expired_payload_does_not_open() {
    let (kit, action) = (kit().await, ActionId::of(b"expired"));
    let sealed = kit.seal.seal(&payload(), &action, 1, deadline(&kit)).await.unwrap();
    for (seconds, opens) in [(0, true), (3599, true), (3600, false), (86_400, false)] {
        let opened = kit.open.open(&sealed, &action, 1, kit.clock.now().plus_seconds(seconds)).await;
        assert_eq!(opened.is_ok(), opens, "{seconds}");
        assert!(opened.err().is_none_or(|fault| !fault.is_passing()));
    }
    let never = kit.clock.now().plus_seconds(400 * 86_400);
    let sealed = kit.seal.seal(&payload(), &action, 1, never).await.unwrap();
    assert!(kit.open.open(&sealed, &action, 1, kit.clock.now()).await.is_err());
}
