//! Our client, messages and reader against the double of Slack (`tests/chat/slack`): `tests/chat/run-slack` runs these.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use channel::{Channel, Copy, DeliveryError, Message};
use domain::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use secrecy::SecretString;
use serde_json::{Value, json};
use slack::{
    Answer, ChangeField, Home, Interaction, Press, Pressed, Refused, SigningSecrets, SlackChannel, change,
    deny, judge, notice, read, render, verify,
};

use crate::cards::{KEY, PAGE, REFERENCE, hostile_card, message, ordinary, to};

const TOKEN: &str = "xoxb-double-of-slack";
const SECRET: &str = "signing-secret-of-the-double";
const APP: &str = "A0COUNTERSIGN";

struct Double {
    process: Child,
    base: String,
    http: reqwest::Client,
}

impl Drop for Double {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Double {
    /// Starts it; `None`, with the reason printed, where its Python environment is missing.
    fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = std::env::var("SLACK_PYTHON")
            .map_or_else(|_| root.join(".local/slack/bin/python"), PathBuf::from);
        if !python.exists() {
            println!("NOT RUN: there is no {}; tests/chat/run-slack makes it", python.display());
            return None;
        }
        let mut process = Command::new(python)
            .args(["-B", "server.py", "0"])
            .current_dir(root.join("tests/chat/slack"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut base = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut base).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Some(Self { process, base: base.trim().to_owned(), http })
    }

    fn channel(&self) -> SlackChannel {
        SlackChannel::new(&format!("{}/api", self.base), SecretString::from(TOKEN)).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap().json().await.unwrap()
    }

    /// The answer's status and JSON.
    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.http.post(format!("{}{path}", self.base)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// A press as Slack would send it; `None` when there is no such button any more.
    async fn press(&self, user: &str, copy: &Copy, action: &str) -> Option<Signed> {
        let asked = json!({
            "user": user, "channel": copy.conversation, "ts": copy.message, "action_id": action, "deliver": false
        });
        let (status, request) = self.post("/press", asked).await;
        (status == 200).then_some(Signed(request))
    }

    /// What `slack_bolt` answers this request.
    async fn judged(&self, request: &Signed) -> u64 {
        self.post("/judge", request.0.clone()).await.1["status"].as_u64().unwrap()
    }
}

/// A signed request: `headers` and `body`.
struct Signed(Value);

impl Signed {
    fn body(&self) -> &str {
        self.0["body"].as_str().unwrap()
    }

    fn headers(&self) -> HeaderMap {
        let header = |(name, value): (&String, &Value)| {
            let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value)
        };
        self.0["headers"].as_object().unwrap().iter().map(header).collect()
    }

    fn read(&self) -> Result<Interaction, Refused> {
        let secrets = SigningSecrets::new(&SecretString::from(SECRET), None)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let now = Timestamp::from_millis(i64::try_from(now).unwrap());
        read(&verify(&self.headers(), self.body().as_bytes(), now, &secrets)?, APP)
    }

    fn pressed(&self) -> Press {
        match self.read() {
            Ok(Interaction::Press(press)) => press,
            other => panic!("{other:?}"),
        }
    }
}

fn home() -> Home {
    Home { team: Some("T0HOME".to_owned()), enterprise: None }
}

/// O2, C33, C39: a review is sent, denied in a modal, and its copy updated; what Bolt accepts is what is accepted here.
#[tokio::test]
#[ignore = "needs the double of Slack: tests/chat/run-slack"]
async fn a_denial_the_whole_way() {
    let Some(double) = Double::start() else { return };
    let channel = double.channel();
    let copy = channel.send(&to("C0DATA"), &message()).await.unwrap();
    let request = double.press("U0ALICE", &copy, "deny").await.unwrap();
    assert_eq!(double.judged(&request).await, 200);
    let press = request.pressed();
    assert_eq!((press.pressed, press.reference.as_str()), (Pressed::Deny, REFERENCE));
    assert_eq!(press.rendering, render(&ordinary(), KEY, PAGE).unwrap().rendering);
    let account = judge(&press.presser, &channel.user(&press.presser.user).await, &home()).unwrap();
    assert_eq!((account.organisation.as_str(), account.user.as_str()), ("T0HOME", "U0ALICE"));

    let trigger = press.trigger.unwrap();
    channel.open_view(&trigger, &deny(&press.reference).unwrap()).await.unwrap();
    let again = channel.open_view(&trigger, &notice("Again.")).await.unwrap_err();
    assert!(
        matches!(again, DeliveryError::Permanent { ref code, .. } if code == "exchanged_trigger_id"),
        "{again:?}"
    );
    let view = double.get("/views").await["views"][0]["id"].clone();
    let asked = json!({ "user": "U0ALICE", "view_id": view, "values": { "reason": "Too much data" }, "deliver": false });
    let submitted = Signed(double.post("/submit", asked).await.1);
    assert_eq!(double.judged(&submitted).await, 200);
    let Ok(Interaction::Submission(submission)) = submitted.read() else { panic!("a submission") };
    assert_eq!(submission.answer, Answer::Deny { reason: "Too much data".to_owned() });
    assert_eq!(submission.reference, REFERENCE);

    let mut ended = message();
    ended.card.as_mut().unwrap().ending = Some("Denied by alice.".to_owned());
    assert_eq!(channel.update(&copy, &ended).await, Ok(true));
    assert!(double.press("U0ALICE", &copy, "deny").await.is_none(), "the buttons are gone");
}

/// A change shows the values and gives them back exactly, an emptied one among them.
#[tokio::test]
#[ignore = "needs the double of Slack: tests/chat/run-slack"]
async fn a_change_the_whole_way() {
    let Some(double) = Double::start() else { return };
    let channel = double.channel();
    let copy = channel.send(&to("U0ALICE"), &message()).await.unwrap();
    assert_eq!(copy.conversation, "D0ALICE");
    let press = double.press("U0ALICE", &copy, "change").await.unwrap().pressed();
    let field = |name: &str, value: &str| ChangeField {
        name: name.to_owned(),
        label: name.to_owned(),
        value: value.to_owned(),
    };
    let fields = [field("/limit", "12408"), field("/note", "two\nlines <!channel>"), field("/extra", "x")];
    channel.open_view(&press.trigger.unwrap(), &change(REFERENCE, &fields).unwrap()).await.unwrap();
    let view = double.get("/views").await["views"][0]["id"].clone();
    let values = json!({ "/limit": "10", "/extra": "" });
    let asked = json!({ "user": "U0ALICE", "view_id": view, "values": values, "deliver": false });
    let Ok(Interaction::Submission(submission)) = Signed(double.post("/submit", asked).await.1).read() else {
        panic!("a submission")
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = [pair("/limit", "10"), pair("/note", "two\nlines <!channel>"), pair("/extra", "")];
    assert_eq!(submission.answer, Answer::Change { fields: expected.into() });
}

/// C36, C43: each kind of account that presses, and a look-up that fails.
#[tokio::test]
#[ignore = "needs the double of Slack: tests/chat/run-slack"]
async fn every_kind_of_account() {
    let Some(double) = Double::start() else { return };
    let channel = double.channel();
    let copy = channel.send(&to("C0DATA"), &message()).await.unwrap();
    let cases = [
        ("U0BOB", None),
        ("U0MALLORY", Some(Refused::OtherOrganisation)),
        ("U0STRANGER", Some(Refused::OtherOrganisation)),
        ("U0GUEST", Some(Refused::Guest)),
        ("U0ONEGUEST", Some(Refused::Guest)),
        ("U0GONE", Some(Refused::Inactive)),
        ("U0BOTUSER", Some(Refused::Bot)),
    ];
    for (user, refused) in cases {
        let presser = double.press(user, &copy, "approve").await.unwrap().pressed().presser;
        let judged = judge(&presser, &channel.user(&presser.user).await, &home());
        assert_eq!(judged.err(), refused, "{user}");
    }
    let presser = double.press("U0BOB", &copy, "approve").await.unwrap().pressed().presser;
    double.post("/faults", json!({ "method": "users.info", "status": 503 })).await;
    assert_eq!(judge(&presser, &channel.user("U0BOB").await, &home()), Err(Refused::Unknown));
    assert_eq!(channel.conversation("C0DATA").await.unwrap().check(), Ok(()));
    assert_eq!(channel.conversation("C0SHARED").await.unwrap().check(), Err(Refused::SharedConversation));
    assert_eq!(channel.conversation("C0ARCHIVED").await.unwrap().check(), Err(Refused::ClosedConversation));
}

/// W7, W6: the double takes every hostile message, within all limits, and would interpret nothing but times.
#[tokio::test]
#[ignore = "needs the double of Slack: tests/chat/run-slack"]
async fn hostile_messages_are_taken_and_inert() {
    let Some(double) = Double::start() else { return };
    let channel = double.channel();
    let (mut runner, cards, mut whole) = (TestRunner::deterministic(), hostile_card(), 0);
    for number in 0..150 {
        let card = cards.new_tree(&mut runner).unwrap().current();
        whole += usize::from(render(&card, KEY, PAGE).unwrap().whole);
        let sent = channel.send(&to("C0DATA"), &Message { card: Some(card), ..message() }).await;
        assert!(sent.is_ok(), "card {number}: {sent:?}");
    }
    let sent = double.get("/messages").await;
    let messages = sent["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 150);
    for interpreted in messages.iter().flat_map(|message| message["interpreted"].as_array().unwrap()) {
        let text = interpreted.as_str().unwrap();
        assert!(text.starts_with("<!date^") && text.matches('<').count() == 1, "{text}");
    }
    println!("{whole} of 150 hostile cards are whole");
}

/// W11: whatever is done to a request, nothing is accepted here that Bolt refuses.
#[tokio::test]
#[ignore = "needs the double of Slack: tests/chat/run-slack"]
async fn bolt_accepts_what_is_accepted_here() {
    let Some(double) = Double::start() else { return };
    let copy = double.channel().send(&to("C0DATA"), &message()).await.unwrap();
    let good = double.press("U0ALICE", &copy, "approve").await.unwrap();
    let with = |header: &str, value: &str| {
        let mut request = good.0.clone();
        request["headers"][header] = value.into();
        Signed(request)
    };
    let time = good.0["headers"]["x-slack-request-timestamp"].as_str().unwrap();
    let tag = good.0["headers"]["x-slack-signature"].as_str().unwrap();
    let (time_header, tag_header) = ("x-slack-request-timestamp", "x-slack-signature");
    let mut tried = vec![
        with(time_header, &format!("+{time}")),
        with(time_header, &format!("0{time}")),
        with(time_header, "soon"),
        with(tag_header, &tag.to_uppercase()),
        with(tag_header, &tag[..tag.len() - 2]),
        with(tag_header, ""),
    ];
    for end in ["&", "&payload=%7B%7D", " "] {
        let mut request = good.0.clone();
        request["body"] = format!("{}{end}", good.body()).into();
        tried.push(Signed(request));
    }
    assert!(good.read().is_ok() && double.judged(&good).await == 200);
    for request in tried {
        assert!(request.read().is_err(), "{}", request.0["headers"]);
        assert_ne!(double.judged(&request).await, 200, "{}", request.0["headers"]);
    }
}

/// C42, F13: the double's own refusals, as the client classifies them.
#[tokio::test]
#[ignore = "needs the double of Slack: tests/chat/run-slack"]
async fn refusals() {
    let Some(double) = Double::start() else { return };
    let channel = double.channel();
    let code = |failed: DeliveryError| match failed {
        DeliveryError::Permanent { code, .. } => (code, None),
        DeliveryError::Passing { code, retry_after, .. } => (code, Some(retry_after)),
    };
    for (address, expected) in [
        ("C0ARCHIVED", "is_archived"),
        ("C0OUTSIDE", "not_in_channel"),
        ("C0NONE", "channel_not_found"),
        ("U0GONE", "user_disabled"),
    ] {
        let failed = channel.send(&to(address), &message()).await.unwrap_err();
        assert_eq!(code(failed), (expected.to_owned(), None));
    }
    let gone = Copy { conversation: "C0DATA".to_owned(), message: "1.2".to_owned() };
    let failed = channel.update(&gone, &message()).await.unwrap_err();
    assert_eq!(code(failed), ("message_not_found".to_owned(), None));
    double.post("/faults", json!({ "method": "chat.postMessage", "retry_after": 12 })).await;
    let failed = channel.send(&to("C0DATA"), &message()).await.unwrap_err();
    assert_eq!(code(failed), ("ratelimited".to_owned(), Some(12)));
    assert!(channel.send(&to("C0DATA"), &message()).await.is_ok());
    let other =
        SlackChannel::new(&format!("{}/api", double.base), SecretString::from("xoxb-another")).unwrap();
    let failed = other.send(&to("C0DATA"), &message()).await.unwrap_err();
    assert_eq!(code(failed), ("invalid_auth".to_owned(), None));
}
