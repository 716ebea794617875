//! Teams as a test sees it: members, signed requests, and messages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, header};
use channel::DeliveryError;
use domain::{Fault, Person};
use fn_callbacks::{TeamsApp, TeamsPlatform};
use identity::{FetchKeys, IssuerSettings};
use serde_json::{Map, Value, json};
use store::AccountLink;
use teams::{BotKeys, Cloud, Member, Presser, TeamsSettings};
use testkit::{Accounts, Algorithm, Gate, Issuer, SampleRequirement};
use wire::Item;

use super::chat::{PEOPLE, approvable};
use super::{Answer, Groups, TestStack};

pub const BOT: &str = "11111111-2222-4333-8444-555555555555";
pub const TENANT: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const FRAMEWORK: &str = "https://api.botframework.com";
const SERVICE: &str = "https://smba.trafficmanager.net/emea/";

/// Teams: what it says about members, and the key with which it signs. Clones share them.
#[derive(Clone)]
pub struct TeamsDouble {
    links: Accounts,
    members: Arc<Mutex<BTreeMap<String, Member>>>,
    pub framework: Issuer,
    /// For which channels the key may sign; null where it does not say.
    pub endorsements: Arc<Mutex<Value>>,
    /// What fails: `member`, `slow:member`, which never answers, or `keys`.
    pub broken: Arc<Mutex<BTreeSet<&'static str>>>,
    gate: Gate,
}

/// An action whose card can be approved by one press, and everybody's linked account.
pub async fn with_teams(ask: SampleRequirement, gate: Gate, directory: Groups) -> TestStack {
    let stack = approvable(ask, gate, directory).await;
    for subject in PEOPLE {
        stack.teams.join(subject);
        stack.teams.link(subject, &stack.scenario.person(subject));
    }
    stack
}

/// The object id of this person's account.
pub fn object(subject: &str) -> String {
    let digits: String = subject.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("00000000-0000-4000-8000-{digits:0>12.12}")
}

/// What Teams calls them.
fn member_id(subject: &str) -> String {
    format!("29:{subject}")
}

/// The value with these fields over it, to any depth; null takes one away.
pub fn merged(base: Value, over: &Value) -> Value {
    let (Value::Object(mut fields), Value::Object(over)) = (base, over) else { return over.clone() };
    for (name, value) in over {
        let below = fields.remove(name).unwrap_or_else(|| Value::Object(Map::new()));
        let value = if value.is_object() { merged(below, value) } else { value.clone() };
        fields.insert(name.clone(), value);
    }
    fields.retain(|_, value| !value.is_null());
    Value::Object(fields)
}

/// An invoke of this person.
pub fn invoke(subject: &str, name: &str, value: &Value) -> Value {
    json!({
        "type": "invoke", "name": name, "channelId": "msteams", "serviceUrl": SERVICE, "id": "f:1",
        "from": { "id": member_id(subject), "name": subject, "aadObjectId": object(subject) },
        "recipient": { "id": format!("28:{BOT}"), "name": "Countersign" },
        "conversation": { "id": "19:room@thread.tacv2", "conversationType": "channel", "tenantId": TENANT },
        "channelData": { "tenant": { "id": TENANT } },
        "value": value,
    })
}

/// A press of a button that acts at once.
pub fn execute(subject: &str, verb: &str, data: &Value) -> Value {
    let action = json!({ "type": "Action.Execute", "verb": verb, "data": data });
    invoke(subject, "adaptiveCard/action", &json!({ "action": action, "trigger": "manual" }))
}

/// A press of a button that opens a form (`task/fetch`), or of the form's own (`task/submit`).
pub fn task(subject: &str, name: &str, reference: &str, verb: &str, inputs: &Value) -> Value {
    let data = merged(json!({ "ref": reference, "verb": verb }), inputs);
    invoke(subject, name, &json!({ "data": data }))
}

impl TeamsDouble {
    pub fn new(gate: Gate, links: Accounts) -> Self {
        Self {
            links,
            members: Arc::default(),
            framework: Issuer::new(FRAMEWORK, Algorithm::Rs256),
            endorsements: Arc::new(Mutex::new(json!(["msteams"]))),
            broken: Arc::default(),
            gate,
        }
    }

    pub fn app(&self) -> TeamsApp {
        let cloud = Cloud::named("public").unwrap();
        let settings = TeamsSettings { app: BOT.to_owned(), tenant: TENANT.to_owned(), cloud };
        let keys = BotKeys::new(&settings, Arc::new(self.clone()));
        TeamsApp { settings, keys, platform: Arc::new(self.clone()) }
    }

    /// An ordinary member of the organisation.
    pub fn join(&self, subject: &str) {
        self.describe(subject, |_| {});
    }

    /// A member whom Teams describes with these differences.
    pub fn describe(&self, subject: &str, over: impl Fn(&mut Member)) {
        let mut member = Member {
            object: object(subject),
            tenant: TENANT.to_owned(),
            sign_in_name: Some(format!("{subject}@example.com")),
            role: Some("user".to_owned()),
            person: true,
        };
        over(&mut member);
        self.members.lock().unwrap().insert(member_id(subject), member);
    }

    pub fn link(&self, subject: &str, person: &Person) -> AccountLink {
        self.links.set("teams", &format!("{TENANT}/{}", object(subject)), person)
    }

    pub async fn unlink(&self, link: &AccountLink) {
        let ended = store::WriteAccounts::unlink(&self.links, link, &link.person, link.at).await;
        assert!(ended.unwrap());
    }

    pub fn breaks(&self, what: &'static str) -> bool {
        self.broken.lock().unwrap().contains(what)
    }
}

#[async_trait]
impl TeamsPlatform for TeamsDouble {
    async fn member(&self, presser: &Presser) -> Result<Member, DeliveryError> {
        if self.breaks("slow:member") {
            std::future::pending::<()>().await;
        }
        let failed =
            || DeliveryError::Passing { channel: "teams", code: "status-500".into(), retry_after: 0 };
        self.gate.before("teams.member").await.map_err(|_| failed())?;
        let found = self.members.lock().unwrap().get(&presser.member).cloned();
        found.filter(|_| !self.breaks("member")).ok_or_else(failed)
    }
}

#[async_trait]
impl FetchKeys for TeamsDouble {
    async fn keys(&self, issuer: &IssuerSettings) -> Result<Vec<Value>, Fault> {
        if self.breaks("keys") || issuer.issuer != FRAMEWORK {
            return Err(Fault::passing("unreachable"));
        }
        let over = json!({ "endorsements": *self.endorsements.lock().unwrap() });
        Ok(vec![merged(self.framework.jwk(), &over)])
    }
}

/// What Teams is answered about a press.
#[derive(Debug, Clone)]
pub struct Told(pub Value);

impl Told {
    /// The type of the answer, as Teams reads it.
    pub fn kind(&self) -> &str {
        self.0
            .pointer("/task/type")
            .or_else(|| self.0.get("type"))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The card of the answer; null where it has none.
    pub fn card(&self) -> &Value {
        let dialog = self.0.pointer("/task/value/card/content");
        dialog.or_else(|| self.0.get("value").filter(|value| value.is_object())).unwrap_or(&Value::Null)
    }

    /// The verbs and addresses of its card's buttons, in order.
    pub fn buttons(&self) -> Vec<String> {
        let actions = self.card()["actions"].as_array().cloned().unwrap_or_default();
        let name = |action: &Value| {
            ["/data/verb", "/verb", "/url"]
                .iter()
                .find_map(|at| action.pointer(at)?.as_str().map(str::to_owned))
        };
        actions.iter().filter_map(name).collect()
    }

    /// Whether people read this somewhere in it.
    pub fn says(&self, words: &str) -> bool {
        texts(&self.0).contains(words)
    }
}

/// Every text in a value, with the runs of a paragraph joined.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(texts).collect(),
        Value::Object(fields) => fields.values().map(|value| format!("{}\n", texts(value))).collect(),
        _ => String::new(),
    }
}

impl TestStack {
    /// The header with which Teams signs a request now, with these claims over the usual ones.
    pub fn teams_token(&self, over: &Value) -> String {
        let now = self.now().seconds();
        let framework = &self.teams.framework;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": framework.jwk().get("kid") });
        let claims = json!({
            "iss": FRAMEWORK, "aud": BOT, "serviceurl": SERVICE, "nbf": now - 60, "exp": now + 3600,
        });
        format!("Bearer {}", framework.sign(&header, &merged(claims, over)))
    }

    pub fn teams_request(&self, token: &str, activity: &Value) -> Request<Body> {
        Request::post("/callbacks/teams")
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::AUTHORIZATION, token)
            .body(Body::from(activity.to_string()))
            .unwrap()
    }

    /// What a request of Teams is answered.
    pub async fn teams(&self, activity: &Value) -> Answer {
        self.send(self.teams_request(&self.teams_token(&json!({})), activity)).await
    }

    /// The same for a press, whose answer is always typed.
    pub async fn invoke(&self, activity: &Value) -> Told {
        let answer = self.teams(activity).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let kind = answer.headers.get(header::CONTENT_TYPE).unwrap();
        assert_eq!(kind, "application/json; charset=utf-8");
        let told = Told(answer.json());
        assert!(!told.kind().is_empty(), "{told:?}");
        told
    }

    /// The reference of a message in Teams about the action as it stands now, and whether it has an approve button.
    pub async fn card_in_teams(&self, letter: char) -> (String, bool) {
        self.card_in_teams_of(&self.item().await, letter).await
    }

    /// The same about this item.
    pub async fn card_in_teams_of(&self, item: &Item, letter: char) -> (String, bool) {
        let unsent = self.unsent(item, letter).await;
        let rendered = teams::render(&unsent.card, &unsent.page);
        (unsent.reference, rendered.whole)
    }

    pub async fn approve_in_teams(&self, subject: &str, reference: &str) -> Told {
        self.invoke(&execute(subject, "approve", &json!({ "ref": reference }))).await
    }

    pub async fn open_in_teams(&self, subject: &str, reference: &str, form: &str) -> Told {
        self.invoke(&task(subject, "task/fetch", reference, form, &json!({}))).await
    }

    pub async fn deny_in_teams(&self, subject: &str, reference: &str, reason: &str) -> Told {
        let inputs = json!({ "reason": reason });
        self.invoke(&task(subject, "task/submit", reference, "deny", &inputs)).await
    }
}
