//! Fetching key sets over HTTP, against a server of our own.

#![expect(clippy::unwrap_used, reason = "a test's server that cannot run fails loudly")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use identity::{FetchKeys, HttpKeys, IssuerSettings};
use testkit::{Algorithm, Issuer};

/// Answers one request after the other, whatever is asked; `{base}` in an answer becomes the server's address.
fn serve(answers: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let here = base.clone();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let reader = BufReader::new(stream.try_clone().unwrap());
            for line in reader.lines().map_while(Result::ok) {
                if line.is_empty() {
                    break;
                }
            }
            let _ = stream.write_all(answer.replace("{base}", &here).as_bytes());
        }
    });
    base
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n{body}")
}

fn discovery(issuer: &str, jwks: &str) -> String {
    ok(&format!(
        r#"{{"issuer":"{issuer}","jwks_uri":"{jwks}","authorization_endpoint":"{{base}}/a","token_endpoint":"{{base}}/t"}}"#
    ))
}

async fn fetch(answers: Vec<String>) -> Result<usize, String> {
    let base = serve(answers);
    let issuer = Issuer::new("https://people.example", Algorithm::EdDsa(1));
    let settings = IssuerSettings { metadata: format!("{base}/configuration"), ..issuer.settings() };
    let keys = HttpKeys::new().unwrap().keys(&settings).await;
    keys.map(|keys| keys.len()).map_err(|e| e.to_string().replace(&base, "{base}"))
}

/// O5, O9, P10: another issuer's metadata, redirects, floods, strange answers and unprotected addresses are refused.
#[tokio::test]
async fn what_is_refused() {
    let good = || discovery("https://people.example", "{base}/keys");
    let redirect = "HTTP/1.1 302 Found\r\nlocation: {base}/else\r\nconnection: close\r\n\r\n".to_owned();
    let table = [
        ("good", vec![good(), ok(r#"{"keys":[{"kty":"OKP"}]}"#)]),
        ("another issuer", vec![discovery("https://people.example/other", "{base}/keys")]),
        (
            "keys over plain http elsewhere",
            vec![discovery("https://people.example", "http://keys.example/k")],
        ),
        ("keys in a file", vec![discovery("https://people.example", "file:///etc/passwd")]),
        ("a redirect", vec![redirect.clone(), good()]),
        ("keys behind a redirect", vec![good(), redirect]),
        ("a key set without keys", vec![good(), ok("{}")]),
        ("not JSON", vec![good(), ok("<html>")]),
        ("an error", vec![good(), "HTTP/1.1 500 No\r\nconnection: close\r\n\r\n".into()]),
        ("a flood", vec![good(), ok(&format!("{{\"keys\":[\"{}\"]}}", "x".repeat(300_000)))]),
        ("silence", vec![]),
    ];
    let mut shown = Vec::new();
    for (name, answers) in table {
        let found = fetch(answers).await;
        shown.push(match found {
            Ok(count) => format!("{name}: {count} keys"),
            Err(error) if name == "silence" => {
                format!("{name}: {}", error.split(':').next().unwrap_or_default())
            }
            Err(error) => format!("{name}: {error}"),
        });
    }
    insta::assert_snapshot!(shown.join("\n"));
}
