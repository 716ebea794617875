//! Whom of a group one tells, and how who is on call is found out.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use async_trait::async_trait;
use bundle::{Destination, OnCallSource, PagerDutySchedule};
use domain::{ActionId, Fault, Person, Principal, RequesterSet, Timestamp};
use fn_notify::{AskedGroup, BundleDestinations, Destinations, HttpOnCall, OnCall};
use secrecy::SecretString;
use testkit::{Bundles, Gate, Publisher, SimulatedClock, edited_bundle};

/// Everything of the sample's directory that follows its channels, if it has some, is left out.
const CHANNELS: &str = "channels: { groups: { sre: [{ slack: C0SRE111 }] }, \
    people: { bob: [{ slack: U0BOB111 }], carol: [{ slack: U0CAROL1 }] } }\n";
const ISSUER: &str = "http://127.0.0.1:8081";

/// Answers one request and gives back what was asked.
fn answering(status: &'static str, body: String) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            asked.extend_from_slice(&buffer[..read]);
        }
        let length = body.len();
        // A reader that has read enough closes early.
        drop(write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ));
        String::from_utf8(asked).unwrap()
    });
    (address, server)
}

fn schedule() -> OnCallSource {
    let people = [("PBOB123", "bob"), ("PCAROL1", "carol")];
    let people: BTreeMap<String, String> = people.map(|(id, who)| (id.to_owned(), who.to_owned())).into();
    OnCallSource::PagerDuty(PagerDutySchedule { schedule: "PSRE123".to_owned(), eu: false, people })
}

fn asking(address: &str) -> HttpOnCall {
    let token = SecretString::from("secret-token".to_owned());
    HttpOnCall::new(Some(token), true).unwrap().with_pager_duty(address)
}

fn duty(ids: &[&str], more: bool) -> String {
    let entry = |id: &&str| serde_json::json!({ "user": { "id": id, "type": "user_reference" }, "escalation_level": 1 });
    let entries: Vec<_> = ids.iter().map(entry).collect();
    serde_json::json!({ "oncalls": entries, "limit": 100, "offset": 0, "more": more, "total": null })
        .to_string()
}

/// Each source is asked as its makers say, and answers with subjects of people.
#[tokio::test]
async fn who_is_on_call() {
    let (address, server) = answering("200 OK", duty(&["PCAROL1"], false));
    assert_eq!(asking(&address).people(&schedule()).await.unwrap(), ["carol"]);
    let asked = server.join().unwrap();
    assert!(asked.starts_with("GET /oncalls?schedule_ids%5B%5D=PSRE123&limit=100 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: Token token=secret-token\r\n"), "{asked}");
    assert!(asked.contains("accept: application/vnd.pagerduty+json;version=2\r\n"), "{asked}");

    let (address, server) = answering("200 OK", r#"["bob"]"#.to_owned());
    let source = OnCallSource::Https(format!("{address}/sre"));
    assert_eq!(asking(&address).people(&source).await.unwrap(), ["bob"]);
    let asked = server.join().unwrap();
    assert!(asked.starts_with("GET /sre HTTP/1.1\r\n") && !asked.contains("authorization"), "{asked}");
}

/// Everything but a complete answer is a fault, so that it can widen and never narrow.
#[tokio::test]
async fn a_look_up_that_fails() {
    for (status, body) in [
        ("500 Internal Server Error", duty(&["PBOB123"], false)),
        ("302 Found", duty(&["PBOB123"], false)),
        ("200 OK", duty(&["PBOB123"], true)),
        ("200 OK", duty(&["PBOB123", "PNOBODY"], false)),
        ("200 OK", "{}".to_owned()),
        ("200 OK", "no JSON".to_owned()),
        ("200 OK", format!("{}{}", " ".repeat(300_000), duty(&["PBOB123"], false))),
    ] {
        let (address, server) = answering(status, body.clone());
        assert!(asking(&address).people(&schedule()).await.is_err(), "{status} {}", body.trim());
        server.join().unwrap();
    }
    for body in [r#"{"people":["bob"]}"#, r#"[{"subject":"bob"}]"#, "\"bob\""] {
        let (address, server) = answering("200 OK", body.to_owned());
        assert!(asking(&address).people(&OnCallSource::Https(address.clone())).await.is_err(), "{body}");
        server.join().unwrap();
    }
    let without_token = HttpOnCall::new(None, true).unwrap();
    assert!(without_token.people(&schedule()).await.is_err());
    // In a function on AWS 127.0.0.1 is that function's own runtime.
    let (address, _server) = answering("200 OK", r#"["bob"]"#.to_owned());
    let elsewhere = HttpOnCall::new(None, false).unwrap();
    for address in
        [address.as_str(), "https://127.0.0.1/", "https://169.254.169.254/", "ftp://oncall.example/"]
    {
        assert!(elsewhere.people(&OnCallSource::Https(address.to_owned())).await.is_err(), "{address}");
    }
}

/// Who is on call as a test says it; `None` fails.
#[derive(Clone, Default)]
struct Rota(Arc<Mutex<Option<Vec<&'static str>>>>);

#[async_trait]
impl OnCall for Rota {
    async fn people(&self, _: &OnCallSource) -> Result<Vec<String>, Fault> {
        let people = self.0.lock().unwrap().clone().ok_or_else(|| Fault::passing("no answer"))?;
        Ok(people.into_iter().map(str::to_owned).collect())
    }
}

struct World {
    destinations: BundleDestinations,
    rota: Rota,
}

/// The sample in which this is said of `sre`, whose people and group have an address each.
async fn world(said: &str) -> World {
    let compiled = edited_bundle("directory.yaml", |text| {
        let group = "sre: { members: [bob, carol], above: [data-owners]";
        assert!(text.contains(group), "the sample's sre is written otherwise");
        let text = text.replace(group, &format!("{group}, {said}"));
        let channels = text.find("\nchannels:").map_or(text.as_str(), |at| &text[..at]);
        format!("{channels}\n{CHANNELS}")
    });
    let clock = Arc::new(SimulatedClock::at(Timestamp::from_millis(1_795_000_000_000)));
    let (bundles, publisher, rota) = (Bundles::new(Gate::open(), clock), Publisher::new(), Rota::default());
    publisher.publish(&bundles, &compiled, Timestamp::from_millis(1_795_000_000_000)).await.unwrap();
    let destinations = BundleDestinations::new(Arc::new(bundles), publisher.key(), Arc::new(rota.clone()));
    World { destinations, rota }
}

impl World {
    /// The addresses of `sre` for this action, on whose behalf these people may not answer.
    async fn told(&self, action: &str, requesters: &[&str], again: bool) -> Vec<String> {
        let person = |subject: &&str| Person { issuer: ISSUER.to_owned(), subject: (*subject).to_owned() };
        let requester = RequesterSet {
            agent: Principal { issuer: ISSUER.to_owned(), subject: "demo-agent".to_owned() },
            owner: None,
            humans: requesters.iter().map(person).collect(),
        };
        let action = ActionId::of(action.as_bytes());
        let asked = AskedGroup { name: "sre", action: &action, requester: &requester, again };
        let told = self.destinations.asked(&asked).await.unwrap();
        told.iter().map(|one| Destination::address(one).to_owned()).collect()
    }
}

/// On call: they alone, at their own addresses; everybody where nobody is found, the look-up fails, or it is asked again.
#[tokio::test]
async fn on_call_widens_and_never_narrows() {
    let world = world("notify: on_call, on_call: { https: \"https://oncall.example/sre\" }").await;
    let everybody = ["C0SRE111"];
    assert_eq!(world.told("a", &[], false).await, everybody, "the look-up fails");
    let cases: [(&[&'static str], &[&str], &[&str]); 6] = [
        (&["bob"], &[], &["U0BOB111"]),
        (&["bob", "carol", "bob"], &[], &["U0BOB111", "U0CAROL1"]),
        (&[], &[], &everybody),
        (&["mallory"], &[], &everybody),
        (&["mallory", "carol"], &[], &["U0CAROL1"]),
        (&["bob"], &["bob"], &everybody),
    ];
    for (on_call, requesters, expected) in cases {
        *world.rota.0.lock().unwrap() = Some(on_call.to_vec());
        assert_eq!(world.told("a", requesters, false).await, expected, "{on_call:?} {requesters:?}");
        assert_eq!(world.told("a", requesters, true).await, everybody, "asked again: {on_call:?}");
    }
}

/// Turns: one member for an action, everybody when it is asked again, and nobody who may not answer.
#[tokio::test]
async fn one_after_the_other_and_nobody() {
    let turns = world("notify: rotate").await;
    let mut found = std::collections::BTreeSet::new();
    for number in 0..40 {
        let told = turns.told(&format!("action {number}"), &[], false).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(turns.told(&format!("action {number}"), &["bob"], false).await, ["U0CAROL1"]);
        found.extend(told);
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["U0BOB111", "U0CAROL1"]);
    assert_eq!(turns.told("action 1", &[], true).await, ["C0SRE111"]);
    assert_eq!(turns.told("action 1", &["bob", "carol"], false).await, ["C0SRE111"]);
    let nobody = world("notify: none").await;
    assert!(
        nobody.told("action 1", &[], false).await.is_empty()
            && nobody.told("action 1", &[], true).await.is_empty()
    );
}
