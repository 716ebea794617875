//! The people's provider over HTTP, against a server of our own.

#![expect(clippy::unwrap_used, reason = "a test's server that cannot run fails loudly")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use fn_callbacks::{HttpProvider, ProviderClient};
use identity::{ClaimPath, Exchanged, HttpKeys, IssuerSettings, Provider, ProviderError, SignIn};
use serde_json::{Value, json};

const ISSUER: &str = "https://people.example";

/// A provider that has these scopes and answers an exchange with this status and body.
fn serve(scopes: Value, status: &'static str, answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let discovery = json!({
        "issuer": ISSUER, "jwks_uri": format!("{base}/keys"), "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"), "scopes_supported": scopes,
    });
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) < 3 {
                    break;
                }
                let low = line.to_ascii_lowercase();
                length = low.strip_prefix("content-length: ").map_or(length, |n| n.trim().parse().unwrap());
                head.push_str(&line);
            }
            drop(reader.read_exact(&mut vec![0; length]));
            let (status, body) = match head.starts_with("POST /token") {
                true => (status, answer.clone()),
                false => ("200 OK", discovery.to_string()),
            };
            let head = "content-type: application/json\r\nconnection: close";
            let length = body.len();
            drop(write!(stream, "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}"));
        }
    });
    base
}

fn provider(base: &str, change: impl Fn(IssuerSettings) -> IssuerSettings) -> HttpProvider {
    let plain = IssuerSettings::plain(ISSUER, "countersign");
    let settings = change(IssuerSettings { metadata: format!("{base}/configuration"), ..plain });
    let http = HttpKeys::new().unwrap();
    let client = ProviderClient {
        id: "pages".to_owned(),
        secret: "hunter2".to_owned().into(),
        redirect_uri: "https://pages.example/signin/return".to_owned(),
    };
    HttpProvider::new(http, settings, client)
}

async fn asked(scopes: Value, change: impl Fn(IssuerSettings) -> IssuerSettings) -> String {
    let provider = provider(&serve(scopes, "200 OK", String::new()), change);
    let (state, nonce, verifier) = ("s".to_owned(), "n".to_owned(), "v".repeat(43));
    let sign_in = SignIn { state, nonce, verifier, max_age: None, prompt_login: false };
    let address: url::Url = provider.address(&sign_in).await.unwrap().parse().unwrap();
    address.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned()
}

/// C18: the scopes of the settings are asked for and no other; without any, `openid`, and one called like the groups claim only
/// where the provider says that it has it.
#[tokio::test]
async fn scopes() {
    let set = |scopes: &[&str]| {
        let scopes = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
        move |settings| IssuerSettings { scopes: Clone::clone(&scopes), ..settings }
    };
    let claim = |name: &'static str| {
        move |settings| IssuerSettings { groups_claim: ClaimPath::top(name), ..settings }
    };
    let same = |settings| settings;
    assert_eq!(asked(json!(["openid", "groups"]), same).await, "openid groups");
    assert_eq!(asked(json!(["openid", "profile"]), same).await, "openid");
    assert_eq!(asked(Value::Null, same).await, "openid");
    assert_eq!(asked(json!("groups"), same).await, "openid");
    assert_eq!(asked(json!(["openid", "roles"]), claim("roles")).await, "openid roles");
    assert_eq!(asked(json!(["openid", "groups"]), claim("https://x/groups")).await, "openid");
    assert_eq!(asked(json!(["openid", "groups"]), set(&["openid", "profile"])).await, "openid profile");
}

async fn exchanged(status: &'static str, answer: &str) -> Result<Exchanged, String> {
    let provider = provider(&serve(Value::Null, status, answer.to_owned()), |settings| settings);
    provider.exchange("c", &"v".repeat(43)).await.map_err(|fault| fault.to_string())
}

/// C18: why a code is not exchanged comes from the provider's answer, shortened; an answer that says nothing is a fault.
#[tokio::test]
async fn refused_codes() {
    let long = "x".repeat(9000);
    for (status, error, description) in [
        ("401 Unauthorized", "invalid_client", Some("AADSTS7000222: the secret has expired")),
        ("400 Bad Request", "invalid_grant", None),
        ("400 Bad Request", "invalid_scope", Some("")),
        ("403 Forbidden", "x_own_code", Some(long.as_str())),
        ("503 Service Unavailable", "temporarily_unavailable", None),
    ] {
        let answer = json!({ "error": error, "error_description": description }).to_string();
        let refused = exchanged(status, &answer).await.unwrap();
        assert_eq!(refused, Exchanged::Refused(ProviderError::new(error, description)), "{status}");
        let Exchanged::Refused(said) = refused else { unreachable!("it is refused") };
        assert_eq!(said.code(), error);
        assert!(said.description().is_none_or(|text| text.chars().count() <= 501 && !text.is_empty()));
    }
    for (status, answer) in [
        ("400 Bad Request", "<html>"),
        ("400 Bad Request", ""),
        ("401 Unauthorized", "{}"),
        ("200 OK", "{}"),
        ("200 OK", r#"{"access_token":"x","token_type":"bearer"}"#),
    ] {
        let said = exchanged(status, answer).await.unwrap_err();
        assert!(!said.contains("hunter2"), "{said}");
    }
    let answer = r#"{"access_token":"x","token_type":"bearer","id_token":"a.b.c"}"#;
    assert_eq!(exchanged("200 OK", answer).await, Ok(Exchanged::IdToken("a.b.c".to_owned())));
}
