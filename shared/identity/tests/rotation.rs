//! Keys that rotate, providers that are away, and callers who would flood them.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Fault, KeyRef, Timestamp};
use identity::{AuthError, FetchKeys, Invalid, IssuerSettings, Issuers, Verifier};
use serde_json::Value;
use testkit::{Algorithm, Gate, Issuer, Keys};

const PEOPLE: &str = "https://people.example";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
}

struct IssuerSetup {
    issuer: Issuer,
    keys: Keys,
    verifier: Verifier,
}

impl IssuerSetup {
    fn new() -> Self {
        let issuer = Issuer::new(PEOPLE, Algorithm::Es256);
        let keys = Keys::of(std::slice::from_ref(&issuer), Gate::open());
        let issuers = Issuers::of(vec![issuer.settings()]).unwrap_or_else(|e| unreachable!("{e}"));
        let verifier = Verifier::new(issuers, Arc::new(keys.clone()));
        Self { issuer, keys, verifier }
    }

    async fn alice(&self, seconds: i64) -> Result<(), AuthError> {
        let token = self.issuer.person("alice", &[], at(seconds));
        self.verifier.caller(&token, at(seconds)).await.map(|_| ())
    }
}

/// O4, F14: keys rotate without a restart, and a key that is taken away stops counting.
#[tokio::test]
async fn rotation_needs_no_restart() {
    let setup = IssuerSetup::new();
    let old = setup.issuer.person("alice", &[], at(0));
    setup.alice(0).await.unwrap();
    setup.issuer.rotate();
    setup.alice(60).await.unwrap();
    assert_eq!(setup.keys.fetches(), 2);
    setup.verifier.caller(&old, at(60)).await.unwrap();
    setup.issuer.retire();
    setup.alice(700).await.unwrap();
    assert_eq!(setup.verifier.caller(&old, at(700)).await, Err(AuthError::Invalid(Invalid::Key)));
    assert_eq!(setup.keys.fetches(), 3);
}

/// A provider whose key set is always this.
struct Fixed(Vec<Value>);

#[async_trait]
impl FetchKeys for Fixed {
    async fn keys(&self, _: &IssuerSettings) -> Result<Vec<Value>, Fault> {
        Ok(self.0.clone())
    }
}

/// O4: an id under which the provider shows two keys names neither, whichever comes first; the same one twice is one.
#[tokio::test]
async fn an_id_of_two_keys_is_of_none() {
    let (setup, other) = (IssuerSetup::new(), Issuer::new(PEOPLE, Algorithm::Es256));
    let (ours, theirs) = (setup.issuer.jwk(), other.jwk());
    assert_eq!(ours.get("kid"), theirs.get("kid"));
    let token = setup.issuer.person("alice", &[], at(0));
    for (keys, holds) in [
        (vec![ours.clone(), theirs.clone()], false),
        (vec![theirs.clone(), ours.clone()], false),
        (vec![ours.clone(), theirs, ours.clone()], false),
        (vec![ours.clone(), ours], true),
    ] {
        let issuers = Issuers::of(vec![setup.issuer.settings()]).unwrap();
        let verifier = Verifier::new(issuers, Arc::new(Fixed(keys)));
        assert_eq!(verifier.caller(&token, at(0)).await.is_ok(), holds);
    }
}

/// O4: however many unknown key ids arrive, the provider is asked once in a while.
#[tokio::test]
async fn unknown_key_ids_cannot_flood_the_provider() {
    let setup = IssuerSetup::new();
    setup.alice(0).await.unwrap();
    for number in 0..200 {
        let header = serde_json::json!({"kid": format!("made-up-{number}")});
        let claims = serde_json::json!({"iss": PEOPLE});
        let token = setup.issuer.sign(&header, &claims);
        let refused = setup.verifier.caller(&token, at(1 + number / 20)).await;
        assert_eq!(refused, Err(AuthError::Invalid(Invalid::Key)));
    }
    assert_eq!(setup.keys.fetches(), 1);
    let elsewhere = Issuer::new("https://elsewhere.example", Algorithm::Es256).person("alice", &[], at(0));
    assert!(setup.verifier.caller(&elsewhere, at(100)).await.is_err());
    assert_eq!(setup.keys.fetches(), 1, "an issuer nobody configured is never asked");
}

/// F14, F24, P10: with the provider away, known keys serve for an hour, then everything is refused; unknown ones are a
/// fault and not a verdict on the token.
#[tokio::test]
async fn an_unreachable_key_set() {
    let setup = IssuerSetup::new();
    setup.alice(0).await.unwrap();
    setup.keys.fail(Some(Fault::passing("away")));
    setup.alice(599).await.unwrap();
    setup.alice(1000).await.unwrap();
    setup.alice(3599).await.unwrap();
    assert_eq!(setup.alice(3600).await, Err(AuthError::Fault(Fault::passing("away"))));
    setup.issuer.rotate();
    assert_eq!(setup.alice(3700).await, Err(AuthError::Fault(Fault::passing("away"))));
    setup.keys.fail(None);
    setup.alice(3716).await.unwrap();
}

/// F15: a clock that jumps back makes cached keys old, never young for ever.
#[tokio::test]
async fn a_clock_that_jumps_back() {
    let setup = IssuerSetup::new();
    setup.alice(1_000_000).await.unwrap();
    setup.alice(0).await.unwrap();
    assert_eq!(setup.keys.fetches(), 2);
}

/// What ledger relies on: absence is only said after a key set fetched in that very call; before that it is a fault
/// that passes, because a violation would be recorded for ever.
#[tokio::test]
async fn absence_of_a_key_is_certain_or_not_said() {
    let setup = IssuerSetup::new();
    setup.alice(0).await.unwrap();
    let unknown = KeyRef { issuer: PEOPLE.into(), kid: "es-1".into() };
    let asked = setup.verifier.key(&unknown, at(5)).await;
    assert!(asked.is_err_and(|fault| fault.is_passing()));
    assert_eq!(setup.verifier.key(&unknown, at(20)).await, Ok(None));
    setup.issuer.rotate();
    assert_eq!(setup.verifier.key(&unknown, at(40)).await, Ok(identity::public_jwk(&setup.issuer.jwk())));
    let foreign = KeyRef { issuer: "https://elsewhere.example".into(), kid: "k".into() };
    assert_eq!(setup.verifier.key(&foreign, at(40)).await, Ok(None));
}
