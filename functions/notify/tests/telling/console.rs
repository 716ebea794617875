//! The console channel on the wire.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use fn_notify::{ConsoleChannel, Deliver, NoChannel, Notice};

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

fn notice() -> Notice {
    Notice {
        kind: "ask",
        audience: "group:sre".to_owned(),
        text: "Run it. One of sre must agree.".to_owned(),
        link: "https://approvals.example/review/act_1".to_owned(),
    }
}

/// W23, F9: any answer but success, a redirect too, is a delivery that failed and is tried again.
#[tokio::test]
async fn only_success_is_a_delivery() {
    let (address, server) =
        answering(&["500 No", "404 No", "302 Found\r\nlocation: http://127.0.0.1:1/", "204 Yes"]);
    let console = ConsoleChannel::new(&address).unwrap();
    for _ in 0..3 {
        assert!(console.deliver(&notice()).await.unwrap_err().is_passing());
    }
    console.deliver(&notice()).await.unwrap();
    for asked in server.join().unwrap() {
        assert!(asked.starts_with("POST /messages "), "{asked}");
        let (_, body) = asked.split_once("\r\n\r\n").unwrap();
        assert_eq!(wire::json::parse_value(body.as_bytes()).unwrap(), notice().body());
    }
}

/// E23: without a channel nobody was told, and nothing says otherwise.
#[tokio::test]
async fn no_channel_is_no_delivery() {
    assert!(NoChannel.deliver(&notice()).await.is_err());
}

/// W23: nobody there is a delivery that failed.
#[tokio::test]
async fn nobody_there_is_a_failed_delivery() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let console = ConsoleChannel::new(&format!("http://{free}/")).unwrap();
    assert!(console.deliver(&notice()).await.unwrap_err().is_passing());
}
