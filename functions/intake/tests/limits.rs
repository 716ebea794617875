//! How much of the door one caller may use.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod door;

use async_trait::async_trait;
use domain::Fault;
use door::told::{add, forbidden};
use door::{Door, export, post, with};
use runtime::Pause;
use serde_json::json;
use testkit::{Gate, Moment};

async fn door_with(change: impl FnOnce(&mut fn_intake::Limits)) -> Door {
    let mut door = Door::new().await;
    change(&mut door.allowed);
    door
}

/// E9: an agent proposes so many a minute; beyond that it is told when, nothing is stored, and nobody else is concerned.
/// Repeating an accepted key is counted by itself, and what is refused for its form is not counted at all.
#[tokio::test]
async fn new_actions_are_limited() {
    let door = door_with(|limits| limits.proposals_per_minute = 3).await;
    assert_eq!(door.propose("malformed", &with("/type", json!(5))).await.gist(), "422 invalid-parameters");
    for n in 0..3 {
        assert_eq!(door.propose(&format!("key-{n}"), &export()).await.gist(), "202 proposed");
    }
    let before = (door.states.contents().len(), door.documents.contents().len());
    let refused = door.propose("key-3", &export()).await;
    assert_eq!((refused.gist().as_str(), refused.header("retry-after")), ("429 rate-limited", Some("20")));
    assert_eq!((door.states.contents().len(), door.documents.contents().len()), before, "nothing is stored");
    assert_eq!(
        door.propose("key-0", &export()).await.gist(),
        "202 proposed",
        "a repeated key is no new action"
    );
    let other = door.issuer.agent("ci-agent", door.clock_now());
    let other =
        door.send(post("/v1/actions", &other, &[("idempotency-key", "k")], &export().to_string())).await;
    assert_eq!(other.gist(), "202 proposed", "another agent has its own limit");
    door.clock.pass(20);
    assert_eq!(door.propose("key-3", &export()).await.gist(), "202 proposed");
}

/// E9: whom the directory does not list are one caller together, however many names their issuer gives them; who is listed
/// does not notice.
#[tokio::test]
async fn strangers_are_one_caller() {
    let door = door_with(|limits| (limits.proposals_per_minute, limits.open_per_agent) = (3, 2)).await;
    let propose = async |agent: &str| {
        let token = door.issuer.agent(agent, door.clock_now());
        door.send(post("/v1/actions", &token, &[("idempotency-key", "k")], &export().to_string())).await
    };
    for stranger in ["repo:one", "repo:two"] {
        assert_eq!(propose(stranger).await.gist(), "202 proposed", "{stranger}");
    }
    let before = (door.states.contents().len(), door.documents.contents().len());
    let third = propose("repo:three").await;
    assert_eq!((third.gist().as_str(), third.header("retry-after")), ("429 rate-limited", Some("10")));
    let fourth = propose("repo:four").await;
    assert_eq!((fourth.gist().as_str(), fourth.header("retry-after")), ("429 rate-limited", Some("20")));
    assert!(fourth.body.to_string().contains("that the directory does not list"), "{}", fourth.body);
    assert_eq!((door.states.contents().len(), door.documents.contents().len()), before, "nothing is stored");
    assert_eq!(propose("ci-agent").await.gist(), "202 proposed", "it has its own limits");
}

/// E9: an agent has so many actions that are not over, and its owner so many of all their agents; what ends makes room.
#[tokio::test]
async fn open_actions_are_limited() {
    let door = door_with(|limits| (limits.open_per_agent, limits.open_per_owner) = (2, 3)).await;
    let first = door.propose("key-0", &export()).await.id();
    assert_eq!(door.propose("key-1", &export()).await.gist(), "202 proposed");
    let refused = door.propose("key-2", &export()).await;
    assert_eq!((refused.gist().as_str(), refused.header("retry-after")), ("429 rate-limited", Some("10")));
    let other = door.issuer.agent("ci-agent", door.clock_now());
    let propose = async |key: &str| {
        let headers = [("idempotency-key", key)];
        door.send(post("/v1/actions", &other, &headers, &export().to_string())).await.gist()
    };
    assert_eq!(propose("key-0").await, "202 proposed");
    assert_eq!(propose("key-1").await, "429 rate-limited", "dana answers for both agents");
    add(&door, &first, forbidden(&door, &first)).await;
    assert_eq!(door.propose("key-2", &export()).await.gist(), "202 proposed", "one is over");
}

/// E9: a place that was taken for an action that then was not created is free again.
#[tokio::test]
async fn what_was_never_created_makes_room() {
    let door = door_with(|limits| limits.open_per_agent = 1).await;
    let gate = Gate::new(|point, moment| {
        let fails = (point, moment) == ("state.create", Moment::Before);
        Box::pin(std::future::ready(if fails { Err(Fault::passing("not now")) } else { Ok(()) }))
    });
    assert_eq!(door.through(gate).propose("key-0", &export()).await.gist(), "503 unavailable");
    assert_eq!(door.propose("key-1", &export()).await.gist(), "429 rate-limited", "it may be under way");
    door.clock.pass(121);
    assert_eq!(door.propose("key-1", &export()).await.gist(), "202 proposed");
}

/// E9: limits that cannot be counted accept nothing new.
#[tokio::test]
async fn limits_that_cannot_be_read_refuse() {
    for point in ["limits.take", "limits.enter", "limits.put"] {
        let mut door = Door::new().await;
        door.limits = door.limits.through(Gate::new(move |at, _| {
            let fails = at == point;
            Box::pin(std::future::ready(if fails { Err(Fault::passing("not now")) } else { Ok(()) }))
        }));
        assert_eq!(door.propose("key-0", &export()).await.gist(), "503 unavailable", "{point}");
        assert!(door.states.contents().is_empty() && door.documents.contents().is_empty(), "{point}");
    }
}

/// E9: lists and preflights are limited together, each caller's by themselves.
#[tokio::test]
async fn lookups_are_limited() {
    let door = door_with(|limits| limits.lookups_per_minute = 2).await;
    let agent = door.agent();
    assert_eq!(door.get("/v1/actions", &agent).await.status, 200);
    assert_eq!(door.send(post("/v1/preflight", &agent, &[], &export().to_string())).await.status, 200);
    for refused in [
        door.get("/v1/actions", &agent).await,
        door.get("/v1/grants", &agent).await,
        door.send(post("/v1/preflight", &agent, &[], &export().to_string())).await,
    ] {
        assert_eq!(
            (refused.gist().as_str(), refused.header("retry-after")),
            ("429 rate-limited", Some("30"))
        );
    }
    assert_eq!(door.get("/v1/actions", &door.person("alice", &[])).await.status, 200);
    assert_eq!(door.propose("key-0", &export()).await.gist(), "202 proposed", "that is another limit");
}

/// Looks, while one call waits, how another is answered.
struct Racing {
    door: Door,
    path: String,
    seen: std::sync::Mutex<Vec<i64>>,
}

#[async_trait]
impl Pause for Racing {
    async fn pause(&self, millis: u64) {
        let before = self.door.clock_now().millis();
        let answer = self.door.get(&format!("{}?wait=20", self.path), &self.door.agent()).await;
        assert_eq!(answer.gist(), "200 proposed");
        assert!(answer.header("retry-after").is_some());
        self.seen.lock().unwrap().push(self.door.clock_now().millis() - before);
        self.door.clock.set(domain::Timestamp::from_millis(before + i64::try_from(millis).unwrap()));
    }
}

/// E9: so many calls of one caller wait at once; one more is answered at once, as things stand, with when to come back.
/// A place that was never given back is free when its time is over.
#[tokio::test]
async fn waiting_calls_are_limited() {
    let door = door_with(|limits| limits.waits_per_caller = 1).await;
    let id = door.propose("key-0", &export()).await.id();
    let path = format!("/v1/actions/{id}");
    let beside =
        std::sync::Arc::new(Racing { door: door.clone(), path: path.clone(), seen: Default::default() });
    struct Shared(std::sync::Arc<Racing>);
    #[async_trait]
    impl Pause for Shared {
        async fn pause(&self, millis: u64) {
            self.0.pause(millis).await;
        }
    }
    let waiting = door.pausing(Shared(beside.clone()));
    assert_eq!(waiting.get(&format!("{path}?wait=2"), &door.agent()).await.gist(), "200 proposed");
    let seen = beside.seen.lock().unwrap().clone();
    assert!(!seen.is_empty() && seen.iter().all(|waited| *waited == 0), "{seen:?}");
    assert!(door.limits.sets().iter().all(|(name, set)| !name.starts_with("waits") || set.is_empty()));

    let name = door.limits.sets().into_keys().find(|name| name.starts_with("waits")).unwrap();
    let lost = format!("{}#lost", door.clock_now().millis() + 5_000);
    store::Limit::enter(&door.limits, &name, &lost, 1).await.unwrap();
    let waited = async || {
        let before = door.clock_now().millis();
        door.get(&format!("{path}?wait=2"), &door.agent()).await;
        door.clock_now().millis() - before
    };
    assert_eq!(waited().await, 0);
    door.clock.pass(6);
    assert_eq!(waited().await, 2_000);
}
