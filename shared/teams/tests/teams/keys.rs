//! The Bot Framework's keys, kept between requests.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::Fault;
use identity::{FetchKeys, IssuerSettings};
use serde_json::{Value, json};
use teams::BotKeys;

use crate::signer::framework;
use crate::world::{claims, header, merged, now, settings};

#[derive(Default)]
struct Source {
    asked: Mutex<Vec<String>>,
    down: Mutex<bool>,
}

#[async_trait]
impl FetchKeys for Source {
    async fn keys(&self, issuer: &IssuerSettings) -> Result<Vec<Value>, Fault> {
        self.asked.lock().unwrap().push(issuer.metadata.clone());
        if *self.down.lock().unwrap() {
            Err(Fault::passing("down"))
        } else {
            Ok(vec![framework().jwk(&json!(["msteams"]))])
        }
    }
}

fn bearer(header_over: &Value, claims_over: &Value) -> String {
    format!("Bearer {}", framework().sign(&merged(header(), header_over), &merged(claims(), claims_over)))
}

/// F13, F14: keys are kept for an hour, serve for a day when the provider is away, and no token makes us ask more often than
/// every fifteen seconds.
#[tokio::test]
async fn kept_and_asked_for_again() {
    let source = Arc::new(Source::default());
    let keys = BotKeys::new(&settings(), source.clone());
    let asked = || source.asked.lock().unwrap().len();
    let (known, unknown) = (bearer(&json!({}), &json!({})), bearer(&json!({"kid": "new"}), &json!({})));
    let other = bearer(&json!({}), &json!({"iss": "https://mallory.example"}));
    for (after, token, wanted) in [
        (0, &other, 0),
        (0, &known, 1),
        (1, &known, 1),
        (14, &unknown, 1),
        (15, &unknown, 2),
        (20, &unknown, 2),
        (3615, &known, 3),
    ] {
        assert!(keys.keys(Some(token), now().plus_seconds(after)).await.is_ok());
        assert_eq!(asked(), wanted, "after {after} s");
    }
    assert_eq!(
        source.asked.lock().unwrap()[0],
        "https://login.botframework.com/v1/.well-known/openidconfiguration"
    );
    *source.down.lock().unwrap() = true;
    assert_eq!(keys.keys(Some(&known), now().plus_seconds(3615 + 86_399)).await.unwrap().len(), 1);
    assert!(
        keys.keys(Some(&known), now().plus_seconds(3615 + 86_420)).await.is_err(),
        "after a day without the provider"
    );
    assert!(keys.keys(None, now()).await.unwrap().is_empty());
}
