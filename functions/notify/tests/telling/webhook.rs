//! The webhook channel on the wire.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use aws_lc_rs::hmac;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use data_encoding::BASE64;
use domain::{ActionId, Timestamp};
use fn_notify::{Notice, WebhookChannel};
use secrecy::SecretString;
use testkit::SimulatedClock;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const NOW: i64 = 1_795_000_000_999;

fn webhook(local: bool) -> WebhookChannel {
    let clock = Arc::new(SimulatedClock::at(Timestamp::from_millis(NOW)));
    WebhookChannel::new(&SecretString::from(format!("whsec_{KEY}")), clock, local).unwrap()
}

fn message() -> Message {
    let notice = Notice {
        kind: "ask",
        audience: "group:sre".to_owned(),
        text: "Run “it” – now.".to_owned(),
        link: "https://approvals.example/review/act_1".to_owned(),
        told: None,
    };
    notice.message(&ActionId::of(b"any"), 1, Timestamp::from_millis(1_794_999_999_000))
}

/// Answers as many requests as there are answers, and gives back what was asked.
fn answering(answers: Vec<String>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let serve = |answer: &String| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"}") {
                let mut buffer = [0; 4096];
                let read = stream.read(&mut buffer).unwrap();
                asked.extend_from_slice(&buffer[..read]);
            }
            write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            String::from_utf8(asked).unwrap()
        };
        answers.iter().map(serve).collect()
    });
    (address, server)
}

async fn send(address: &str) -> Result<Copy, DeliveryError> {
    webhook(true).send(&Address(address.to_owned()), &message()).await
}

fn header<'a>(asked: &'a str, name: &str) -> &'a str {
    let named = |line: &&str| line.split_once(": ").is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
    asked.lines().find(named).unwrap().split_once(": ").unwrap().1
}

/// A receiver that follows Standard Webhooks can verify it: the signature is over the bytes that arrive.
#[tokio::test]
async fn a_webhook_is_signed() {
    let (address, server) = answering(vec!["204 Yes".to_owned()]);
    let copy = send(&address).await.unwrap();
    assert_eq!(
        (copy.conversation.as_str(), copy.message.as_str()),
        (address.as_str(), message().key.as_str())
    );
    let asked = server.join().unwrap().remove(0);
    let (_, body) = asked.split_once("\r\n\r\n").unwrap();
    let (id, seconds) = (header(&asked, "webhook-id"), header(&asked, "webhook-timestamp"));
    assert_eq!((id, seconds), (message().key.as_str(), "1795000000"));
    let signature = header(&asked, "webhook-signature").strip_prefix("v1,").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(KEY.as_bytes()).unwrap());
    let tag = BASE64.decode(signature.as_bytes()).unwrap();
    hmac::verify(&key, format!("{id}.{seconds}.{body}").as_bytes(), &tag).unwrap();
    let sent: serde_json::Value = wire::json::parse(body.as_bytes()).unwrap();
    let expected = serde_json::json!({
        "type": "action.ask",
        "timestamp": "2026-11-18T11:06:39.000Z",
        "data": {
            "action": ActionId::of(b"any").to_string(),
            "kind": "ask",
            "audience": "group:sre",
            "text": "Run “it” – now.",
            "link": "https://approvals.example/review/act_1",
        },
    });
    assert_eq!(sent, expected);
}

/// C42, F13: 410 ends, everything else but success may pass, with the time that the receiver asks for; redirects are not
/// followed.
#[tokio::test]
async fn what_a_webhook_answers() {
    let redirect = "302 Found\r\nlocation: http://127.0.0.1:1/".to_owned();
    let answers =
        ["410 Gone", "404 No", "500 No", "429 Slow\r\nretry-after: 42", "503 No\r\nretry-after: soon"];
    let answers = answers.map(str::to_owned).into_iter().chain([redirect]).collect();
    let (address, server) = answering(answers);
    let gone = send(&address).await.unwrap_err();
    assert!(matches!(gone, DeliveryError::Permanent { ref code, .. } if code == "gone"), "{gone:?}");
    for (status, after) in [("404", 0), ("500", 0), ("429", 42), ("503", 0), ("302", 0)] {
        let error = send(&address).await.unwrap_err();
        let DeliveryError::Passing { code, retry_after, .. } = error else { panic!("{status}: {error:?}") };
        assert_eq!((code, retry_after), (format!("answered {status}"), after));
    }
    assert_eq!(server.join().unwrap().len(), 6);
}

/// No address of the function's own machine or network is called, however it is written, and no name that leads to one.
#[tokio::test]
async fn no_private_address_is_called() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let elsewhere = webhook(false);
    for address in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        format!("http://localhost:{port}/"),
        "https://user:word@hooks.example/".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let refused = elsewhere.send(&Address(address.clone()), &message()).await.unwrap_err();
        assert!(matches!(refused, DeliveryError::Permanent { .. }), "{address}: {refused:?}");
    }
    let named = elsewhere.send(&Address(format!("https://localhost:{port}/")), &message()).await;
    assert!(named.is_err());
    assert!(listener.accept().is_err(), "somebody connected");
}
