//! The channel against the double of Teams in `tests/chat/teams`, which `tests/chat/run-teams` starts: real HTTP in both
//! directions, tokens and cards checked by a program that is not ours.

use std::sync::{Arc, Mutex};

use channel::{Address, Card, Channel, DeliveryError, Fact};
use domain::Timestamp;
use identity::HttpKeys;
use runtime::{Clock, SystemClock, SystemRandom};
use serde_json::{Value, json};
use teams::{
    BotKeys, ChangeField, Cloud, Conversation, Credential, Invoke, Press, Refused, Reply, TeamsChannel,
    TeamsSettings, Wish, judge, read, render, verify,
};

use crate::hostile::HOSTILE;
use crate::server::{Asked, Server, Told};
use crate::world::{LINK, REFERENCE, card, message, settings};

#[expect(clippy::disallowed_methods, reason = "where the double is, is said by the script that started it")]
fn environment(name: &str) -> String {
    std::env::var(name).unwrap()
}

fn parsed(text: &str) -> Value {
    wire::json::parse_value(text.as_bytes()).unwrap()
}

/// The bot: a channel out, an endpoint in, and what was decided there.
struct Bot {
    double: String,
    endpoint: Server,
    channel: TeamsChannel,
    decided: Arc<Mutex<Vec<Wish>>>,
}

impl Bot {
    fn new() -> Self {
        let double = environment("TEAMS_DOUBLE");
        let cloud = Cloud {
            login: double.clone(),
            metadata: format!("{double}/framework/v1/.well-known/openidconfiguration"),
            service_url: format!("{double}/teams/"),
            service_hosts: vec![double.replace("http://", "")],
            ..settings().cloud
        };
        let settings = TeamsSettings { cloud, ..settings() };
        let file = |name: &str| std::fs::read_to_string(environment(name)).unwrap();
        let channel = || {
            let key = file("TEAMS_KEY").into();
            let credential = Credential::certificate(&file("TEAMS_CERTIFICATE"), &key).unwrap();
            TeamsChannel::new(settings.clone(), credential, Arc::new(SystemClock), Arc::new(SystemRandom))
                .unwrap()
        };
        // One for each end: their connections belong to different runtimes.
        let (channel, asks) = (channel(), channel());
        let decided = Arc::<Mutex<Vec<Wish>>>::default();
        let keys = BotKeys::new(&settings, Arc::new(HttpKeys::new().unwrap()));
        let (log, settings) = (decided.clone(), settings.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let endpoint =
            Server::answering(move |asked| runtime.block_on(answer(asked, &keys, &settings, &asks, &log)));
        Self { double, endpoint, channel, decided }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let answer =
            reqwest::Client::new().post(format!("{}{path}", self.double)).json(body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Somebody presses a button of this message.
    async fn press(&self, person: &str, message: &str, title: &str, over: Value) -> Value {
        let usual =
            json!({ "endpoint": self.endpoint.base, "person": person, "message": message, "title": title });
        self.post("/test/press", &crate::world::merged(usual, &over)).await
    }

    async fn submit(&self, person: &str, form: &Value, title: &str, inputs: Value) -> Value {
        let asked = json!({
            "endpoint": self.endpoint.base, "person": person, "room": "19:room", "form": form, "title": title,
            "inputs": inputs,
        });
        self.post("/test/submit", &asked).await
    }

    async fn send(&self, room: &str, card: Card) -> Result<channel::Copy, DeliveryError> {
        self.channel.send(&Address(room.to_owned()), &message(Some(card))).await
    }

    fn decided(&self) -> Vec<Wish> {
        std::mem::take(&mut self.decided.lock().unwrap())
    }
}

/// What the bot's endpoint answers, as the function that serves it does.
async fn answer(
    asked: &Asked,
    keys: &BotKeys,
    settings: &TeamsSettings,
    channel: &TeamsChannel,
    decided: &Mutex<Vec<Wish>>,
) -> Told {
    let (header, now) = (asked.authorization.as_deref(), SystemClock.now());
    let keys = keys.keys(header, now).await.unwrap();
    let verified = match verify(header, asked.body.as_bytes(), now, &keys, settings) {
        Ok(verified) => verified,
        Err(why) => return (why.status(), String::new(), String::new()),
    };
    let Some(invoke) = verified.invoke() else { return (200, String::new(), String::new()) };
    let reply = match confirmed(read(&verified, settings), channel).await {
        Ok(press) => decide(&press, decided),
        Err(why) => Reply::refused(invoke, why),
    };
    (200, "content-type: application/json\r\n".to_owned(), reply.body())
}

async fn confirmed(press: Result<Press, Refused>, channel: &TeamsChannel) -> Result<Press, Refused> {
    let press = press?;
    let member = channel.member(&press.presser).await;
    judge(&press.presser, member.as_ref()).map(|()| press)
}

fn decide(press: &Press, decided: &Mutex<Vec<Wish>>) -> Reply {
    assert_eq!(press.reference, REFERENCE);
    if let Wish::Open(form) = press.wish {
        let field = ChangeField { id: "bucket".into(), name: "Bucket".into(), value: "partner-drop".into() };
        return form.open(&press.reference, &[field]);
    }
    if press.wish == Wish::Refresh {
        return Reply::refused(press.invoke, Refused::Automatic);
    }
    decided.lock().unwrap().push(press.wish.clone());
    if press.invoke == Invoke::Action {
        return Reply::card(press.invoke, &render(&ended(), LINK));
    }
    Reply::sentence(press.invoke, "Recorded.")
}

fn ended() -> Card {
    Card { ending: Some("Approved by bob at 15:02 UTC.".to_owned()), ..card() }
}

/// C38, C39, W9: presses of people, each answered with a type that Teams knows, each decided once.
#[tokio::test]
#[ignore = "needs the double of Teams: tests/chat/run-teams"]
async fn people_press() {
    let bot = Bot::new();
    let copy = bot.send("19:room", card()).await.unwrap();
    let approve = "Approve: customer data leaves";
    let pressed = bot.press("bob", &copy.message, approve, json!({})).await;
    assert_eq!(pressed["card"]["actions"], json!([]), "{pressed}");
    assert_eq!(bot.decided(), [Wish::Approve]);
    let opened = bot.press("bob", &copy.message, "Deny", json!({})).await;
    let empty = bot.submit("bob", &opened["form"], "Deny", json!({})).await;
    assert_eq!(empty["error"], "A few words are needed.", "{opened}");
    let said = bot.submit("bob", &opened["form"], "Deny", json!({ "reason": "not yet" })).await;
    assert_eq!(said["said"], "Recorded.", "{said}");
    assert_eq!(bot.decided(), [Wish::Deny { reason: "not yet".to_owned() }]);
    let opened = bot.press("bob", &copy.message, "Change", json!({})).await;
    bot.submit("bob", &opened["form"], "Save the change", json!({ "field.bucket": "other" })).await;
    let fields = [("bucket".to_owned(), "other".to_owned())].into();
    assert_eq!(bot.decided(), [Wish::Change { fields }]);
    assert!(bot.channel.update(&copy, &message(Some(ended()))).await.unwrap());
    let gone = bot.press("bob", &copy.message, approve, json!({})).await;
    assert_eq!(gone, json!({ "pressed": false, "titles": [] }));
}

/// O3, C36, C40, C43, W20: presses that count for nothing, with what the person is told.
#[tokio::test]
#[ignore = "needs the double of Teams: tests/chat/run-teams"]
async fn presses_that_count_for_nothing() {
    let bot = Bot::new();
    let copy = bot.send("19:nobody", card()).await.unwrap();
    let cases = [
        ("guest", json!({}), Refused::Guest.told()),
        ("stranger", json!({}), Refused::OtherTenant.told()),
        ("nobody", json!({}), Refused::NotConfirmed.told()),
        ("bob", json!({ "trigger": "automatic" }), Refused::Automatic.told()),
        (
            "bob",
            json!({ "over": { "from": { "id": "29:bob", "agenticUserId": "x" } } }),
            Refused::NotAPerson.told(),
        ),
        (
            "bob",
            json!({ "over": { "conversation": { "id": "19:nobody", "tenantId": "other" } } }),
            Refused::OtherTenant.told(),
        ),
    ];
    for (person, over, told) in cases {
        let pressed = bot.press(person, &copy.message, "Approve: customer data leaves", over).await;
        assert_eq!(pressed["refused"], told, "{person}: {pressed}");
    }
    let forged = [
        (json!({ "claims": { "aud": "99999999-2222-4333-8444-555555555555" } }), 401),
        (json!({ "claims": { "iss": "https://login.microsoftonline.com/x/v2.0" } }), 401),
        (json!({ "claims": { "exp": 1 } }), 401),
        (json!({ "claims": { "serviceurl": "https://mallory.example/" } }), 403),
        (json!({ "over": { "serviceUrl": "https://mallory.example/" } }), 403),
        (json!({ "over": { "channelId": "webchat" } }), 403),
        (json!({ "kid": "webchat-1" }), 403),
        (json!({ "kid": "bare-1" }), 403),
    ];
    for (over, status) in forged {
        let pressed = bot.press("bob", &copy.message, "Approve: customer data leaves", over.clone()).await;
        assert_eq!(pressed["status"], status, "{over}: {pressed}");
    }
    assert_eq!(bot.decided(), []);
}

/// C42, F13: what the Connector refuses, what it throttles, and a token that it no longer accepts.
#[tokio::test]
#[ignore = "needs the double of Teams: tests/chat/run-teams"]
async fn deliveries() {
    let bot = Bot::new();
    let code = |error: DeliveryError| match error {
        DeliveryError::Permanent { code, .. } => format!("permanent {code}"),
        DeliveryError::Passing { code, retry_after, .. } => format!("passing {code} {retry_after}"),
    };
    for (state, wanted) in [
        ("blocked", "permanent MessageWritesBlocked"),
        ("removed", "permanent BotNotInConversationRoster"),
        ("disabled", "permanent BotDisabledByAdmin"),
    ] {
        bot.post("/test/room", &json!({ "room": format!("19:{state}"), "state": state })).await;
        assert_eq!(code(bot.send(&format!("19:{state}"), card()).await.unwrap_err()), wanted);
    }
    let next = json!([
        { "status": 412, "code": "PreconditionFailed" }, { "status": 503, "code": "ServiceUnavailable", "retryAfter": 3 },
        { "status": 413, "code": "MessageSizeTooBig" },
    ]);
    bot.post("/test/room", &json!({ "room": "19:next", "next": next })).await;
    for wanted in
        ["passing PreconditionFailed 0", "passing ServiceUnavailable 3", "permanent MessageSizeTooBig"]
    {
        assert_eq!(code(bot.send("19:next", card()).await.unwrap_err()), wanted);
    }
    let copy = bot.send("19:next", card()).await.unwrap();
    let lost = channel::Copy { message: "1".to_owned(), ..copy };
    let error = bot.channel.update(&lost, &message(None)).await.unwrap_err();
    assert_eq!(code(error), "permanent ActivityNotFoundInConversation");
    let mut throttled = None;
    for _ in 0..12 {
        throttled = throttled.or(bot.send("19:storm", card()).await.err());
    }
    assert!(code(throttled.unwrap()).starts_with("passing Throttled "));
    let alone: Conversation =
        bot.channel.open_conversation("b0b00000-0000-4000-8000-000000000001").await.unwrap();
    assert!(bot.channel.send(&alone.address(), &message(None)).await.is_ok());
    bot.post("/test/revoke", &json!({})).await;
    assert_eq!(code(bot.send("19:token", card()).await.unwrap_err()), "passing Unauthorized 0");
    assert!(bot.send("19:token", card()).await.is_ok());
}

/// W8, C41: the double knows every element and property of every card that hostile text makes.
#[tokio::test]
#[ignore = "needs the double of Teams: tests/chat/run-teams"]
async fn hostile_cards_are_accepted() {
    let bot = Bot::new();
    for (number, card) in hostile_cards().into_iter().enumerate() {
        bot.send(&format!("19:hostile-{}", number / 5), card).await.unwrap();
    }
}

/// Each hostile text, everywhere at once, and a very long one.
fn hostile_cards() -> Vec<Card> {
    let long = "[x](https://mallory.example) {{DATE(2020-01-01T00:00:00Z)}} ".repeat(300);
    let texts = HOSTILE.iter().map(|text| (*text).to_owned()).chain([long]);
    let of = |text: String| {
        let mut card = card();
        card.title.clone_from(&text);
        card.sentence[1].text.clone_from(&text);
        card.quotation.as_mut().unwrap().introduction.clone_from(&text);
        card.quotation.as_mut().unwrap().words.clone_from(&text);
        card.facts =
            vec![Fact { notes: vec![text.clone()], ..Fact::new(&text, &text) }, Fact::new("Link", text)];
        card
    };
    texts.map(of).collect()
}

/// O3: what Microsoft's own validator refuses is refused here; where this is stricter is printed.
#[test]
#[ignore = "needs requests of tests/chat/teams/judge.mjs: tests/chat/run-teams"]
fn second_judge_of_tokens() {
    // The validator compares service addresses letter by letter.
    let agreed = ["for a service without slash"];
    let now: Timestamp = SystemClock.now();
    let mut both = [0, 0];
    for line in std::fs::read_to_string(environment("TEAMS_REQUESTS")).unwrap().lines() {
        let request = parsed(line);
        let name = request["name"].as_str().unwrap();
        let header = format!("Bearer {}", request["token"].as_str().unwrap());
        let body = request["activity"].to_string();
        let ours =
            verify(Some(&header), body.as_bytes(), now, request["keys"].as_array().unwrap(), &settings());
        match (request["accepts"].as_bool().unwrap(), ours) {
            (true, Err(why)) => println!("stricter than the validator: {name}: {why}"),
            (false, Ok(_)) => {
                assert!(agreed.contains(&name), "the validator refuses what is accepted here: {name}")
            }
            (accepts, _) => both[usize::from(accepts)] += 1,
        }
    }
    println!("both refuse {} requests, both accept {}", both[0], both[1]);
    assert!(both[0] >= 15 && both[1] >= 3);
}

/// Writes the cards that `render.py` shows in the official renderer, and what each paragraph of them must show.
#[test]
#[ignore = "writes the cards for tests/chat/teams/render.py: tests/chat/run-teams"]
fn cards_for_the_renderer() {
    let line = |card: Value, control: bool| {
        let mut texts = Vec::new();
        crate::cards::paragraphs(&card["body"], &mut texts);
        json!({ "card": card, "texts": texts, "control": control }).to_string()
    };
    let mut lines = vec![line(render(&card(), LINK).card, false)];
    lines.extend(hostile_cards().iter().map(|card| line(render(card, LINK).card, false)));
    let text = "[approve](https://mallory.example) **now**";
    let block = json!({ "type": "TextBlock", "text": text });
    lines.push(line(
        json!({ "type": "AdaptiveCard", "version": "1.5", "body": [block], "actions": [] }),
        true,
    ));
    std::fs::write(environment("TEAMS_CARDS"), lines.join("\n")).unwrap();
}
