//! Reading, waiting and taking back, through the front door.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod door;

use async_trait::async_trait;
use domain::{ActionId, Event, LossReason, Timestamp};
use door::told::{add, agent, decided, forbidden, indexed};
use door::{Door, digest, export, get, post};
use runtime::Pause;
use testkit::SampleRequirement;

/// A read has a tag; the same tag again is 304; how long to wait grows with age.
#[tokio::test]
async fn a_read_is_tagged() {
    let door = Door::new().await;
    let id = door.propose("key-1", &export()).await.id();
    let path = format!("/v1/actions/{id}");
    let first = door.get(&path, &door.agent()).await;
    let tag = first.header("etag").unwrap().to_owned();
    for (given, expected) in
        [(tag.as_str(), 304), ("\"other\"", 200), ("*", 304), (&format!("W/{tag}, \"x\""), 304)]
    {
        let answer = door.send(get(&path, &door.agent(), &[("if-none-match", given)])).await;
        assert_eq!(answer.status.as_u16(), expected, "{given}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    let mut seconds = Vec::new();
    for _ in 0..5 {
        seconds.push(door.get(&path, &door.agent()).await.header("retry-after").unwrap().to_owned());
        door.clock.pass(200);
    }
    assert_eq!(seconds, ["1", "20", "40", "60", "60"]);
    add(&door, &id, forbidden(&door, &id)).await;
    let last = door.get(&path, &door.agent()).await;
    assert_eq!((last.gist().as_str(), last.header("retry-after")), ("200 denied", None));
    assert_ne!(last.header("etag"), Some(tag.as_str()));
}

/// E12: what was found at the target stands in the record of a denial and is read by people alone: neither the agent's own answer
/// nor its list has it.
#[tokio::test]
async fn what_was_found_is_for_people() {
    let door = Door::new().await;
    let first = door.propose("key-1", &export()).await;
    let id = first.id();
    add(&door, &id, forbidden(&door, &id)).await;
    indexed(&door, &first, &[], &[]).await;
    let path = format!("/v1/actions/{id}");
    let found = "no object at the source";
    for path in [path.as_str(), "/v1/actions"] {
        let agent = door.get(path, &door.agent()).await;
        assert!(agent.text.contains("forbidden-by-policy") && !agent.text.contains(found), "{}", agent.text);
    }
    let owner = door.get(&path, &door.person("dana", &[])).await;
    assert!(owner.body["denial"]["cause"].as_str().unwrap().contains(found), "{}", owner.text);
}

/// E17: whoever may not see an action, and whoever guesses an id, gets the same 404; a token's claim to a group whose members
/// the directory lists shows nothing.
#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    let door =
        Door::edited("directory.yaml", "auditors: { members: [] }", "auditors: { members: [ines] }").await;
    let id = door.propose("key-1", &export()).await.id();
    let ask = async |token: String, path: String| door.get(&path, &token).await.gist();
    let other = door.issuer.agent("ci-agent", door.clock_now());
    let before = [("alice", 404), ("dana", 200), ("mallory", 404)];
    for (name, expected) in before {
        let answer = door.get(&format!("/v1/actions/{id}"), &door.person(name, &[])).await;
        assert_eq!(answer.status.as_u16(), expected, "{name} before the decision");
    }
    add(&door, &id, decided(&door, SampleRequirement::DataOwner)).await;
    for suffix in ["", "/records"] {
        let path = format!("/v1/actions/{id}{suffix}");
        for (token, expected) in [
            (door.agent(), 200),
            (door.person("alice", &[]), 200),
            (door.person("carol", &["data-owners"]), 404),
            (door.person("dana", &[]), 200),
            (door.person("bob", &["sre"]), 404),
            (door.person("mallory", &[]), 404),
            (door.person("ines", &[]), 200),
            (door.person("carol", &["auditors"]), 404),
            (other.clone(), 404),
        ] {
            assert_eq!(door.get(&path, &token).await.status.as_u16(), expected, "{path}");
        }
    }
    for wrong in ["act_aaaaaaaaaaaaaaaaaaaaaaaaaa", "act_", "..", "x", "attempt%23x", "heartbeat"] {
        assert_eq!(ask(door.agent(), format!("/v1/actions/{wrong}")).await, "404 not-found", "{wrong}");
    }
    assert_eq!(
        door.send(post(&format!("/v1/actions/{id}/cancel"), &other, &[], "")).await.gist(),
        "404 not-found"
    );
}

/// While somebody waits, this happens after the second look.
struct Meanwhile {
    door: Door,
    id: ActionId,
    looks: std::sync::Mutex<u32>,
}

#[async_trait]
impl Pause for Meanwhile {
    async fn pause(&self, millis: u64) {
        let now = self.door.clock_now().millis() + i64::try_from(millis).unwrap();
        self.door.clock.set(Timestamp::from_millis(now));
        let looks = {
            let mut looks = self.looks.lock().unwrap();
            *looks += 1;
            *looks
        };
        if looks == 2 {
            add(&self.door, &self.id, decided(&self.door, SampleRequirement::DataOwner)).await;
        }
        if looks == 8 {
            add(&self.door, &self.id, Event::Cancelled { by: agent() }).await;
        }
    }
}

/// Waiting answers as soon as it is final; with `If-None-Match` as soon as it differs; else when the time is over, which
/// is never later than the function's own.
#[tokio::test]
async fn waiting_ends_when_it_should() {
    let table: &[(&str, bool, Option<u64>, &str, i64)] = &[
        ("?wait=20", false, None, "200 cancelled", 6),
        ("?wait=20", true, None, "200 pending", 1),
        ("?wait=2", false, None, "200 pending", 3),
        ("", true, None, "304 -", 0),
        ("?wait=20", false, Some(4_500), "200 pending", 3),
        ("?wait=20", false, Some(500), "200 proposed", 0),
    ];
    for (query, tagged, deadline, expected, at_most) in table {
        let door = Door::new().await;
        let proposed = door.propose("key-1", &export()).await;
        let waiting =
            door.pausing(Meanwhile { door: door.clone(), id: proposed.id(), looks: Default::default() });
        let tag = proposed.header("etag").unwrap();
        let headers: Vec<(&str, &str)> = if *tagged { vec![("if-none-match", tag)] } else { vec![] };
        let mut request = get(&format!("/v1/actions/{}{query}", proposed.id()), &door.agent(), &headers);
        let began = door.clock_now();
        if let Some(left) = deadline {
            let mut context = lambda_http::Context::default();
            context.deadline = u64::try_from(began.millis()).unwrap() + left;
            request.extensions_mut().insert(context);
        }
        let answer = waiting.send(request).await;
        assert_eq!(answer.gist(), *expected, "{query} {tagged} {deadline:?}");
        let took = door.clock_now().millis() - began.millis();
        assert!(took <= at_most * 1000, "{query} {tagged} {deadline:?} took {took}");
    }
    let door = Door::new().await;
    let path = format!("/v1/actions/{}", door.propose("key-1", &export()).await.id());
    for query in ["?wait=x", "?wait=-1", "?wait=1&wait=2", "?status=pending"] {
        assert_eq!(
            door.get(&format!("{path}{query}"), &door.agent()).await.gist(),
            "400 bad-cursor",
            "{query}"
        );
    }
    let began = door.clock_now();
    door.get(&format!("{path}?wait=600"), &door.agent()).await;
    assert!(door.clock_now().millis() - began.millis() <= 25_000, "nobody waits longer than 25 seconds");
}

/// `Prefer: wait` at the proposal: the action as it stands then, 200 if it is final.
#[tokio::test]
async fn a_proposal_can_wait() {
    let door = Door::new().await;
    let id = door.propose("key-1", &export()).await.id();
    let waiting = door.pausing(Meanwhile { door: door.clone(), id, looks: Default::default() });
    for (prefer, expected) in
        [("respond-async", "202 proposed"), ("wait=20", "200 cancelled"), ("wait=x", "200 cancelled")]
    {
        let headers = [("idempotency-key", "key-1"), ("prefer", prefer)];
        let answer = waiting.send(post("/v1/actions", &door.agent(), &headers, &export().to_string())).await;
        assert_eq!(answer.gist(), expected, "{prefer}");
    }
}

/// Taking back: while nothing has begun to run, by its proposer; again is the same; later it is too late.
#[tokio::test]
async fn a_proposal_is_taken_back_before_it_runs() {
    let cancel = async |door: &Door, id: &ActionId, token: &str| {
        door.send(post(&format!("/v1/actions/{id}/cancel"), token, &[], "")).await
    };
    let door = Door::new().await;
    let claim = |door: &Door| Event::Claimed {
        attempt: "5f0c".into(),
        lease_until: door.clock_now().plus_seconds(30),
        bundle: digest("bundle"),
    };
    for (name, expected) in [
        ("proposed", "200 cancelled"),
        ("pending", "200 cancelled"),
        ("approved", "200 cancelled"),
        ("executing", "409 already-started"),
        ("unknown", "409 already-started"),
        ("denied", "409 already-decided"),
        ("expired", "409 expired"),
    ] {
        let id = door.propose(name, &export()).await.id();
        match name {
            "pending" => add(&door, &id, decided(&door, SampleRequirement::DataOwner)).await,
            "denied" => add(&door, &id, forbidden(&door, &id)).await,
            "approved" | "executing" | "unknown" => {
                add(&door, &id, decided(&door, SampleRequirement::Nobody)).await
            }
            _ => {}
        }
        if matches!(name, "executing" | "unknown") {
            add(&door, &id, claim(&door)).await;
        }
        if name == "unknown" {
            let event = Event::OutcomeLost { attempt: "5f0c".into(), reason: LossReason::NoAnswer };
            add(&door, &id, event).await;
        }
        if name == "expired" {
            door.clock.pass(8 * 86_400);
            add(&door, &id, Event::Expired).await;
        }
        let answer = cancel(&door, &id, &door.agent()).await;
        assert_eq!(answer.gist(), expected, "{name}: {}", answer.text);
        let again = cancel(&door, &id, &door.agent()).await;
        assert_eq!(again.gist(), expected, "{name}, again");
    }
    let id = door.propose("people", &export()).await.id();
    assert_eq!(cancel(&door, &id, &door.person("dana", &[])).await.gist(), "403 not-an-agent");
}

/// The records of an action: position, kind, time, digest.
#[tokio::test]
async fn records_are_listed() {
    let door = Door::new().await;
    let answer = door.propose("key-1", &export()).await;
    indexed(&door, &answer, &[], &[]).await;
    let records = door.get(&format!("/v1/actions/{}/records", answer.id()), &door.agent()).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&records.body).unwrap());
}
