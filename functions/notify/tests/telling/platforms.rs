//! Slack and Teams as notify uses them: conversations opened once, looked at before they are written to, and not too often.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use async_trait::async_trait;
use channel::{About, Address, Channel, ChatSecret, DeliveryError, Message};
use domain::Timestamp;
use fn_notify::{SlackSender, TeamsSender};
use runtime::{Pause, SystemRandom};
use secrecy::SecretString;
use serde_json::{Value, json};
use testkit::{Channels, Gate, SimulatedClock};

const BOB: &str = "b0b00000-0000-4000-8000-000000000001";
const ID: &str = "11111111-2222-4333-8444-555555555555";

/// The platform: what was asked for, and what the next answers are instead of the usual ones.
#[derive(Clone)]
struct Platform {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
    about: Arc<Mutex<Value>>,
}

impl Platform {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let usual = json!({ "is_archived": false, "is_member": true, "is_ext_shared": false });
        let platform = Self { base, asked: Arc::default(), about: Arc::new(Mutex::new(usual)) };
        let answering = platform.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                answering.answer(&stream.unwrap());
            }
        });
        platform
    }

    fn answer(&self, mut stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line).unwrap();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            match header.to_lowercase().strip_prefix("content-length: ") {
                Some(number) => length = number.trim().parse().unwrap(),
                None if header.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let path = line.split(' ').nth(1).unwrap().to_owned();
        let told = match path.as_str() {
            "/api/conversations.info" => json!({ "ok": true, "channel": *self.about.lock().unwrap() }),
            "/api/conversations.open" => json!({ "ok": true, "channel": { "id": "D0BOB" } }),
            "/teams/v3/conversations" => json!({ "id": "a:bob" }),
            path if path.ends_with("/token") => {
                json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 3600 })
            }
            path if path.ends_with("/activities") => json!({ "id": "1" }),
            _ => json!({ "ok": true, "channel": "C0DATA", "ts": "1.2" }),
        }
        .to_string();
        self.asked.lock().unwrap().push(path);
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{told}",
            told.len()
        )
        .unwrap();
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// Waiting takes no time here.
#[derive(Default)]
struct Waits(Mutex<Vec<u64>>);

#[async_trait]
impl Pause for Waits {
    async fn pause(&self, millis: u64) {
        self.0.lock().unwrap().push(millis);
    }
}

struct Used {
    platform: Platform,
    channels: Channels,
    clock: SimulatedClock,
    waits: Arc<Waits>,
}

impl Used {
    fn new() -> Self {
        let clock = SimulatedClock::at(Timestamp::from_millis(1_795_000_000_000));
        let waits = Arc::default();
        Self { platform: Platform::start(), channels: Channels::new(Gate::open()), clock, waits }
    }

    fn secret(&self) -> ChatSecret {
        let base = &self.platform.base;
        let cloud = json!({
            "login": base, "scope": "s", "issuer": "i", "metadata": base, "service_url": format!("{base}/teams/"),
            "service_hosts": [base.replace("http://", "")],
        });
        let slack = json!({
            "token": "xoxb-1", "signing_secret": "s", "app": "A0APP", "workspace": "T0HOME", "api": format!("{base}/api"),
        });
        let teams = json!({ "app": ID, "tenant": ID, "cloud": cloud, "client_secret": "s" });
        let text = json!({ "slack": slack, "teams": teams }).to_string();
        ChatSecret::parse(&SecretString::from(text)).unwrap()
    }

    /// A new process.
    fn slack(&self) -> SlackSender {
        let credentials = slack::Credentials::parse(&self.secret()).unwrap().unwrap();
        let (channels, clock) = (Arc::new(self.channels.clone()), Arc::new(self.clock.clone()));
        SlackSender::new(credentials, channels, clock, self.waits.clone()).unwrap()
    }

    fn teams(&self) -> TeamsSender {
        let credentials = teams::Credentials::parse(&self.secret()).unwrap().unwrap();
        let (channels, clock) = (Arc::new(self.channels.clone()), Arc::new(self.clock.clone()));
        TeamsSender::new(credentials, channels, clock, self.waits.clone(), Arc::new(SystemRandom)).unwrap()
    }

    fn waited(&self) -> Vec<u64> {
        std::mem::take(&mut self.waits.0.lock().unwrap())
    }
}

fn message() -> Message {
    Message {
        key: "msg_1".to_owned(),
        text: "Your agreement is asked for.".to_owned(),
        about: About {
            action: "act_1".to_owned(),
            kind: "receipt",
            audience: "person:bob".to_owned(),
            at: Timestamp::from_millis(0),
            words: "Copy it.".to_owned(),
        },
        link: "https://approvals.example/review/act_1".to_owned(),
        card: None,
    }
}

fn to(address: &str) -> Address {
    Address(address.to_owned())
}

/// C43: a conversation is looked at before it is written to, once an hour. Where another organisation reads along nothing is sent,
/// and neither where the answer does not say it.
#[tokio::test]
async fn a_conversation_of_slack_is_looked_at_first() {
    let used = Used::new();
    let slack = used.slack();
    slack.send(&to("C0DATA"), &message()).await.unwrap();
    slack.send(&to("C0DATA"), &message()).await.unwrap();
    let post = "/api/chat.postMessage";
    assert_eq!(used.platform.asked(), ["/api/conversations.info", post, post]);
    used.clock.pass(3_600);
    for (about, code) in [
        (
            json!({ "is_archived": false, "is_member": true, "is_ext_shared": true }),
            "shared_with_another_organisation",
        ),
        (
            json!({ "is_archived": true, "is_member": true, "is_ext_shared": false }),
            "archived_or_not_a_member",
        ),
        (
            json!({ "is_archived": false, "is_member": false, "is_ext_shared": false }),
            "archived_or_not_a_member",
        ),
    ] {
        *used.platform.about.lock().unwrap() = about;
        let refused = slack.send(&to("C0DATA"), &message()).await.unwrap_err();
        assert_eq!(refused, DeliveryError::Permanent { channel: "slack", code: code.to_owned() });
    }
    *used.platform.about.lock().unwrap() = json!({ "is_member": true });
    let unknown = slack.send(&to("C0DATA"), &message()).await.unwrap_err();
    assert!(matches!(unknown, DeliveryError::Passing { .. }), "{unknown:?}");
    assert!(!used.platform.asked().contains(&post.to_owned()));
}

/// A direct message is opened once, whichever process sends to it later, and so is a chat of Teams.
#[tokio::test]
async fn a_conversation_with_one_person_is_opened_once() {
    let used = Used::new();
    for _ in 0..2 {
        used.slack().send(&to("U0BOB"), &message()).await.unwrap();
        let copy = used.teams().send(&to(BOB), &message()).await.unwrap();
        assert!(copy.conversation.ends_with("/teams/v3/conversations/a%3Abob"), "{copy:?}");
    }
    let asked = used.platform.asked();
    let count = |path: &str| asked.iter().filter(|asked| *asked == path).count();
    assert_eq!((count("/api/conversations.open"), count("/api/chat.postMessage")), (1, 2), "{asked:?}");
    assert_eq!(count("/teams/v3/conversations"), 1, "{asked:?}");
    assert_eq!(count("/teams/v3/conversations/a%3Abob/activities"), 2, "{asked:?}");
    let stored: Vec<_> = used.channels.ends().into_iter().collect();
    assert_eq!(stored.len(), 2);
    let until = Timestamp::from_millis(1_795_000_000_000).plus_seconds(90 * 86_400);
    assert!(stored.iter().all(|(_, end)| *end == Some(until)), "{stored:?}");
}

/// C42: one process writes to one conversation once a second (Slack) or twice (Teams), and to others meanwhile; who would wait for more
/// than five seconds comes again.
#[tokio::test]
async fn a_storm_is_spaced() {
    let used = Used::new();
    let slack = used.slack();
    for _ in 0..6 {
        slack.send(&to("C0DATA"), &message()).await.unwrap();
    }
    slack.send(&to("C0OTHER"), &message()).await.unwrap();
    assert_eq!(used.waited(), [1000, 2000, 3000, 4000, 5000]);
    let asked = used.platform.asked().len();
    let late = slack.send(&to("C0DATA"), &message()).await.unwrap_err();
    let paced =
        |channel, retry_after| DeliveryError::Passing { channel, code: "paced".to_owned(), retry_after };
    assert_eq!((late, used.platform.asked().len()), (paced("slack", 7), 0));
    assert_eq!(asked, 9);
    used.clock.pass(6);
    slack.send(&to("C0DATA"), &message()).await.unwrap();
    assert_eq!(used.waited(), [0; 0]);

    let teams = used.teams();
    for _ in 0..11 {
        teams.send(&to("19:room"), &message()).await.unwrap();
    }
    assert_eq!(used.waited(), [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000]);
    assert_eq!(teams.send(&to("19:room"), &message()).await.unwrap_err(), paced("teams", 6));
}
