//! How the bot proves itself, and that nothing of it is ever shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use channel::{Address, Channel, DeliveryError};
use data_encoding::BASE64URL_NOPAD;
use domain::{Digest, Fault};
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::SecretString;
use serde_json::{Value, json};
use teams::{Credential, FederatedToken, TeamsChannel};

use crate::deliveries::{connector, settings_at};
use crate::server::Server;
use crate::signer::{framework, pem};
use crate::world::{APP, NOW, TENANT, clock, message, random};

struct Role;

#[async_trait]
impl FederatedToken for Role {
    async fn token(&self) -> Result<SecretString, Fault> {
        Ok("federated-token".to_owned().into())
    }
}

fn certificate() -> Credential {
    Credential::certificate(&pem("CERTIFICATE", b"certificate"), &framework().pem().into()).unwrap()
}

/// The token request that this credential makes.
async fn asked(credential: Credential) -> (String, BTreeMap<String, String>) {
    let server = connector(|_| (201, String::new(), r#"{"id":"1"}"#.to_owned()));
    let channel = TeamsChannel::new(settings_at(&server), credential, clock(), random()).unwrap();
    for _ in 0..3 {
        channel.send(&Address("19:room@thread.tacv2".to_owned()), &message(None)).await.unwrap();
    }
    let asked = server.asked();
    let (tokens, others): (Vec<_>, Vec<_>) = asked.iter().partition(|asked| asked.line.ends_with("/token"));
    assert_eq!((tokens.len(), others.len()), (1, 3), "one token for three messages");
    assert!(others.iter().all(|asked| asked.authorization.as_deref() == Some("Bearer our-token")));
    assert_eq!(tokens[0].authorization, None);
    let fields = url::form_urlencoded::parse(tokens[0].body.as_bytes()).into_owned().collect();
    (format!("{} at {}", tokens[0].line, server.base), fields)
}

#[tokio::test]
async fn with_a_certificate() {
    let (line, mut fields) = asked(certificate()).await;
    let (line, base) = line.split_once(" at ").unwrap();
    assert_eq!(line, format!("POST /{TENANT}/oauth2/v2.0/token"));
    let assertion = fields.remove("client_assertion").unwrap();
    let usual = [
        ("grant_type", "client_credentials"),
        ("client_id", APP),
        ("scope", "https://api.botframework.com/.default"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ];
    assert_eq!(fields, usual.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let part = |place: usize| -> Value {
        let bytes = BASE64URL_NOPAD.decode(signed.split('.').nth(place).unwrap().as_bytes()).unwrap();
        wire::json::parse_value(&bytes).unwrap()
    };
    let thumbprint = BASE64URL_NOPAD.encode(Digest::of(b"certificate").as_bytes());
    assert_eq!(part(0), json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint }));
    let endpoint = format!("{base}/{TENANT}/oauth2/v2.0/token");
    let wanted = json!({
        "aud": endpoint, "iss": APP, "sub": APP, "jti": "07".repeat(16), "iat": NOW, "nbf": NOW, "exp": NOW + 300,
    });
    assert_eq!(part(1), wanted);
    let jwk = framework().jwk(&Value::Null);
    let key =
        DecodingKey::from_rsa_components(jwk["n"].as_str().unwrap(), jwk["e"].as_str().unwrap()).unwrap();
    assert!(jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, Algorithm::PS256).unwrap());
}

#[tokio::test]
async fn with_a_federated_token_or_a_secret() {
    let (_, fields) = asked(Credential::federated(Arc::new(Role))).await;
    assert_eq!(fields["client_assertion"], "federated-token");
    let (_, fields) = asked(Credential::secret("our-secret".to_owned().into())).await;
    assert_eq!(fields["client_secret"], "our-secret");
    assert!(!fields.contains_key("client_assertion"));
}

/// Nothing that is secret is shown, also when Entra ID or the Connector repeats it in an answer.
#[tokio::test]
async fn nothing_secret_is_shown() {
    let shown = format!("{:?} {:?}", certificate(), Credential::secret("our-secret".to_owned().into()));
    assert_eq!(shown, "Credential(certificate) Credential(secret)");
    let wrong = Credential::certificate("no PEM", &"secret key".to_owned().into()).unwrap_err();
    assert!(!format!("{wrong:?}").contains("secret key"));
    let wrong =
        Credential::certificate(&pem("CERTIFICATE", b"x"), &"secret key".to_owned().into()).unwrap_err();
    assert!(!format!("{wrong:?}").contains("secret key"));
    let server = Server::answering(|asked| {
        let repeated = json!({ "error": { "code": format!("your token was {:?}", asked.authorization) } });
        match asked.line.ends_with("/token") {
            true => (
                200,
                String::new(),
                r#"{"access_token":"our-token","token_type":"Bearer","expires_in":3600}"#.into(),
            ),
            false => (403, String::new(), repeated.to_string()),
        }
    });
    let secret = Credential::secret("our-secret".to_owned().into());
    let channel = TeamsChannel::new(settings_at(&server), secret, clock(), random()).unwrap();
    let error = channel.send(&Address("19:room".to_owned()), &message(None)).await.unwrap_err();
    assert_eq!(error, DeliveryError::Permanent { channel: "teams", code: "status-403".to_owned() });
}

/// A refusal by Entra ID ends no message: the configuration can be repaired while it waits.
#[tokio::test]
async fn refusals_of_entra_are_passing() {
    let cases = [
        (
            401,
            r#"{"error":"invalid_client","error_codes":[7000229],"error_description":"AADSTS7000229: …"}"#,
            "AADSTS7000229",
        ),
        (400, r#"{"error":"invalid_scope"}"#, "invalid_scope"),
        (503, "", "status-503"),
        (302, "", "status-302"),
        (200, r#"{"access_token":"a b","token_type":"Bearer","expires_in":3600}"#, "token-malformed"),
        (200, r#"{"access_token":"a","token_type":"pop","expires_in":3600}"#, "token-malformed"),
        (200, "<html>", "token-malformed"),
    ];
    for (status, body, code) in cases {
        let server =
            Server::answering(move |_| (status, "location: http://127.0.0.1:1/\r\n".into(), body.to_owned()));
        let secret = Credential::secret("our-secret".to_owned().into());
        let channel = TeamsChannel::new(settings_at(&server), secret, clock(), random()).unwrap();
        let error = channel.send(&Address("19:room".to_owned()), &message(None)).await.unwrap_err();
        assert_eq!(error, DeliveryError::Passing { channel: "teams", code: code.to_owned(), retry_after: 0 });
        assert_eq!(server.asked().len(), 1, "nothing is sent without a token");
    }
}
