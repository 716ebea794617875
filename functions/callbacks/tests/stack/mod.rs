//! The whole function in one process: real handlers, doubles of what is outside, a browser and a provider.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]
#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

mod browser;
mod chat;
mod groups;
mod linking;
mod slack;
mod teams;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use domain::{Digest, Timestamp};
use fn_callbacks::{Callbacks, Capabilities, Config, router};
use identity::{IssuerSettings, Issuers, Verifier};
use runtime::Clock;
use serde_json::{Value, json};
use store::{CreateState, LinkedAccounts, ReadState, StreamImage, WriteDocuments};
use testkit::scenario::{DEPLOYMENT, PAGES_CLIENT};
use testkit::{
    Accounts, Channels, Documents, Gate, Index, Keys, SampleRequirement, Scenario, SeededRandom, SignInDesk,
    SimulatedClock, States,
};
use tower::ServiceExt;
use wire::Item;

pub use browser::Browser;
pub use chat::EitherAccounts;
pub use groups::Groups;
pub use linking::{code, press_link, prove, record, signed_in};
pub use slack::{APP, SECRET, Sent, SlackDouble, account, press, sentence, signed, submission, with_slack};
pub use teams::{BOT, TENANT, TeamsDouble, Told, execute, invoke, merged, object, task, with_teams};

pub struct TestStack {
    pub scenario: Scenario,
    pub clock: SimulatedClock,
    pub states: States,
    pub documents: Documents,
    pub index: Index,
    pub channels: Channels,
    pub desk: SignInDesk,
    pub slack: SlackDouble,
    pub teams: TeamsDouble,
    pub keys: Keys,
    /// The groups that the rules name and whose members they do not list.
    pub claimable: Arc<Mutex<BTreeSet<String>>>,
    /// Another process of the function, where a chat platform's requests arrive.
    pub chat: Callbacks,
    /// The function of a deployment without Slack.
    pub without_slack: Router,
    router: Router,
}

/// What the rules name at first.
const NAMED: [&str; 6] =
    ["data-owners", "sre", "auditors", "security", "marketing", "<script>alert(1)</script>"];

/// An answer, read.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl TestStack {
    /// An export that waits for one of data-owners with a fresh sign-in, or whatever else is asked.
    pub async fn asking(ask: SampleRequirement) -> Self {
        let mut scenario = Scenario::new("callbacks");
        scenario.propose();
        scenario.decide(ask);
        Self::of(scenario, Gate::open()).await
    }

    pub async fn of(scenario: Scenario, gate: Gate) -> Self {
        Self::listing(scenario, gate, Vec::new()).await
    }

    /// The same where the directory lists the members of these groups.
    pub async fn listing(scenario: Scenario, gate: Gate, listed: Vec<String>) -> Self {
        Self::by(scenario, gate, Groups { listed, ..Groups::default() }).await
    }

    /// The same by this directory.
    pub async fn by(scenario: Scenario, gate: Gate, directory: Groups) -> Self {
        let settings = scenario.issuer.settings();
        Self::with(scenario, gate, directory, settings).await
    }

    /// The same with these settings of the people's issuer.
    pub async fn with(scenario: Scenario, gate: Gate, directory: Groups, settings: IssuerSettings) -> Self {
        let clock = SimulatedClock::at(scenario.now);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let states = States::new(Gate::open(), shared.clone());
        let documents = Documents::new(Gate::open());
        let index = Index::new(Gate::open());
        let channels = Channels::new(gate.clone());
        let keys = Keys::of(std::slice::from_ref(&scenario.issuer), Gate::open());
        let desk = SignInDesk::new(scenario.issuer.clone(), PAGES_CLIENT, shared, gate.clone());
        for document in scenario.documents.values() {
            documents.put(document).await.unwrap();
        }
        states.create(&scenario.item).await.unwrap();
        let ours = Arc::new(states.through(gate.clone()));
        let accounts = Arc::new(LinkedAccounts::new(ours.clone(), Arc::new(index.clone())));
        let links = Accounts::new(gate.clone());
        let slack = SlackDouble::new(gate.clone(), links.clone());
        let teams = TeamsDouble::new(gate.clone(), links.clone());
        let papers = Arc::new(documents.through(gate.clone()));
        let issuers = Issuers::of(vec![settings]).unwrap();
        let config = Config {
            deployment: DEPLOYMENT.to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            pages_client: PAGES_CLIENT.to_owned(),
            log_bucket: "countersign-local-log".to_owned(),
            verdict_key: scenario.signer.public_key(),
        };
        let claimable = directory.claimable.clone();
        let directory = Arc::new(directory);
        let verifier = Arc::new(Verifier::new(issuers, Arc::new(keys.clone())));
        let parts = |seed| Capabilities {
            state: ours.clone(),
            extend: ours.clone(),
            suspend: ours.clone(),
            attempts: ours.clone(),
            documents: papers.clone(),
            document_writer: papers.clone(),
            index: Arc::new(index.clone()),
            channels: Arc::new(channels.clone()),
            undelivered: Arc::new(channels.clone()),
            accounts: Arc::new(EitherAccounts { set: links.clone(), recorded: accounts.clone() }),
            account_writer: accounts.clone(),
            slack: Some(Arc::new(slack.app())),
            teams: Some(Arc::new(teams.app())),
            directory: directory.clone(),
            verifier: verifier.clone(),
            provider: Arc::new(desk.clone()),
            signer: Arc::new(scenario.signer.through(gate.clone())),
            clock: Arc::new(clock.clone()),
            random: Arc::new(SeededRandom::new(seed)),
        };
        let chat = Callbacks::new(config.clone(), &[5; 32], parts(2)).unwrap();
        let unconnected = Capabilities { slack: None, ..parts(3) };
        let without_slack = router(Callbacks::new(config.clone(), &[5; 32], unconnected).unwrap());
        let router = router(Callbacks::new(config, &[5; 32], parts(1)).unwrap());
        Self {
            scenario,
            clock,
            states,
            documents,
            index,
            channels,
            desk,
            slack,
            teams,
            keys,
            claimable,
            chat,
            without_slack,
            router,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn id(&self) -> String {
        self.scenario.item.id().to_string()
    }

    pub fn page(&self) -> String {
        format!("/review/{}", self.id())
    }

    pub fn digests(&self) -> (Digest, Digest) {
        let review = self.scenario.item.state().review().unwrap();
        (review.decision.action, review.decision.review)
    }

    /// The item as it is stored now.
    pub async fn item(&self) -> Item {
        self.states.item(self.scenario.item.id()).await.unwrap().unwrap()
    }

    pub async fn status(&self) -> &'static str {
        self.item().await.state().status().name()
    }

    /// Codes of the refused attempts that were kept, with who tried.
    pub fn attempts(&self) -> Vec<String> {
        let stream = self.states.stream().into_iter();
        stream
            .filter_map(|record| match record.image {
                StreamImage::RefusedVerdict(attempt, count) => {
                    Some(format!("{} {} {count}", attempt.person.subject, attempt.code))
                }
                _ => None,
            })
            .collect()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// One JSON call with this token.
    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A verdict by API about what stands there now.
    pub async fn verdict(&self, token: &str, over: Value) -> Answer {
        let (action, review) = self.digests();
        let mut body = json!({
            "verdict": "approve", "action_digest": action.to_string(), "review_digest": review.to_string(),
        });
        for (name, value) in over.as_object().cloned().unwrap_or_default() {
            body.as_object_mut().unwrap().insert(name, value);
        }
        let path = format!("/v1/actions/{}/verdicts", self.id());
        self.call(Method::POST, &path, Some(token), Some(body)).await
    }

    pub fn person(&self, subject: &str, groups: &[&str]) -> String {
        self.scenario.issuer.person(subject, groups, self.now())
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        wire::json::parse_value(self.body.as_bytes()).unwrap()
    }

    pub fn code(&self) -> String {
        let code = self.json().get("code").and_then(Value::as_str).map(str::to_owned);
        code.unwrap_or_default()
    }

    pub fn location(&self) -> String {
        let location = self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        location.unwrap_or_default()
    }

    /// Where a page of ours goes on by itself; empty for every other answer.
    pub fn onward(&self) -> String {
        let link = self.body.split("class=\"onward\" href=\"").nth(1).unwrap_or_default();
        link.split('"').next().unwrap_or_default().replace("&amp;", "&")
    }

    /// The parameter of the address this answer leads to, by redirect or by a page of ours.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location();
        let address =
            url::Url::parse(if location.is_empty() { self.onward() } else { location }.as_str()).ok()?;
        address.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }

    /// The value of the first hidden field of this name.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.body.split(&start).nth(1).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}
