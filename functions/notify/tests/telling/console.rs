//! The console channel on the wire.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use channel::{Address, Channel, DeliveryError, Message};
use domain::{ActionId, Timestamp};
use fn_notify::{ConsoleChannel, Notice};

/// Answers as many requests as there are answers, and gives back what was asked.
fn answering(answers: &'static [&'static str]) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/messages", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let serve = |answer: &&str| {
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

fn message() -> Message {
    let notice = Notice {
        kind: "ask",
        audience: "group:sre".to_owned(),
        text: "Run it. One of sre must agree.".to_owned(),
        link: "https://approvals.example/review/act_1".to_owned(),
        told: None,
    };
    notice.message(&ActionId::of(b"any"), 1, Timestamp::from_millis(0))
}

/// What the local stack's inbox and the tests of the whole flow read.
fn body() -> serde_json::Value {
    serde_json::json!({
        "audience": "group:sre",
        "text": "Run it. One of sre must agree.",
        "link": "https://approvals.example/review/act_1",
    })
}

async fn deliver(console: &ConsoleChannel) -> Result<channel::Copy, DeliveryError> {
    console.send(&Address(String::new()), &message()).await
}

fn is_passing(error: &DeliveryError) -> bool {
    matches!(error, DeliveryError::Passing { .. })
}

/// W23, F9: any answer but success, a redirect too, is a delivery that failed and is tried again.
#[tokio::test]
async fn only_success_is_a_delivery() {
    let (address, server) =
        answering(&["500 No", "404 No", "302 Found\r\nlocation: http://127.0.0.1:1/", "204 Yes"]);
    let console = ConsoleChannel::new(&address).unwrap();
    for _ in 0..3 {
        assert!(is_passing(&deliver(&console).await.unwrap_err()));
    }
    deliver(&console).await.unwrap();
    for asked in server.join().unwrap() {
        assert!(asked.starts_with("POST /messages "), "{asked}");
        let (_, sent) = asked.split_once("\r\n\r\n").unwrap();
        assert_eq!(wire::json::parse_value(sent.as_bytes()).unwrap(), body());
    }
}

/// W23: nobody there is a delivery that failed.
#[tokio::test]
async fn nobody_there_is_a_failed_delivery() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let console = ConsoleChannel::new(&format!("http://{free}/")).unwrap();
    assert!(is_passing(&deliver(&console).await.unwrap_err()));
}
