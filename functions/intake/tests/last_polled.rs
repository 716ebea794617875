//! That its proposer still asks for an action, marked through the front door.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod door;

use std::sync::{Arc, Mutex};

use domain::{ActionId, Event, Fault, Timestamp};
use door::told::{add, decided};
use door::{Door, digest, export, get, post};
use store::ReadState;
use testkit::{Gate, Moment, SampleRequirement};
use tower::ServiceExt;

async fn asked(door: &Door, id: &ActionId) -> Option<Timestamp> {
    door.states.through(Gate::open()).last_polled_at(id).await.unwrap()
}

/// D15: reading, waiting and proposing again are asking, marked at most once a minute and only until it has begun. Nobody
/// else's look is, and the action itself stays as it is.
#[tokio::test]
async fn asking_is_marked() {
    let door = Door::new().await;
    let id = door.propose("key-1", &export()).await.id();
    let path = format!("/v1/actions/{id}");
    assert_eq!(asked(&door, &id).await, None, "the proposal speaks for itself");
    add(&door, &id, decided(&door, SampleRequirement::UnlessAbandoned)).await;
    let before = door.item(&id).await;
    door.clock.pass(100);
    for token in [door.person("dana", &[]), door.person("bob", &["sre"])] {
        assert_eq!(door.get(&path, &token).await.status, 200);
    }
    door.get("/v1/actions", &door.agent()).await;
    door.get(&format!("{path}/records"), &door.agent()).await;
    assert_eq!(asked(&door, &id).await, None, "none of these waits for it");
    let body = export().to_string();
    for (seconds, request, marks) in [
        (0, get(&path, &door.agent(), &[]), true),
        (59, get(&path, &door.agent(), &[]), false),
        (1, get(&format!("{path}?wait=5"), &door.agent(), &[]), true),
        (100, post("/v1/actions", &door.agent(), &[("idempotency-key", "key-1")], &body), true),
        (10, post("/v1/actions", &door.agent(), &[("idempotency-key", "key-1")], &body), false),
    ] {
        door.clock.pass(seconds);
        let (now, was) = (door.clock_now(), asked(&door, &id).await);
        let path = request.uri().to_string();
        assert!(door.send(request).await.status.is_success());
        assert_eq!(asked(&door, &id).await, if marks { Some(now) } else { was }, "{path} {seconds}");
    }
    assert_eq!(door.item(&id).await, before);
    let told = door.get(&path, &door.agent()).await;
    let told = told.body["agent_message"].as_str().unwrap();
    assert!(told.contains("once you have not for 15 minutes, it will not be begun"), "{told}");
    let begun = door.propose("key-2", &export()).await.id();
    add(&door, &begun, decided(&door, SampleRequirement::Nobody)).await;
    let lease_until = door.clock_now().plus_seconds(300);
    let claimed = Event::Claimed { attempt: "5f0c".into(), lease_until, bundle: digest("bundle") };
    add(&door, &begun, claimed).await;
    door.clock.pass(100);
    door.get(&format!("/v1/actions/{begun}"), &door.agent()).await;
    assert_eq!(asked(&door, &begun).await, None, "it has begun");
}

/// D15: a mark that cannot be written is missed, and tried again with the next look; one process that marked it writes
/// nothing more for a minute.
#[tokio::test]
async fn a_mark_is_never_in_the_way() {
    let tried = Arc::new(Mutex::new(0));
    let counted = tried.clone();
    let gate = Gate::new(move |point, moment| {
        let mut fails = false;
        if (point, moment) == ("state.mark", Moment::Before) {
            let mut tried = counted.lock().unwrap();
            *tried += 1;
            fails = *tried == 1;
        }
        let answer = if fails { Err(Fault::lasting("AccessDenied")) } else { Ok(()) };
        Box::pin(std::future::ready(answer))
    });
    let door = Door::behind(gate).await;
    let id = door.propose("key-1", &export()).await.id();
    let process = door.router();
    for (seconds, tries, marked) in
        [(59, 0, false), (1, 1, false), (0, 2, true), (0, 2, true), (59, 2, true), (1, 3, true)]
    {
        door.clock.pass(seconds);
        let request = get(&format!("/v1/actions/{id}"), &door.agent(), &[]);
        assert_eq!(process.clone().oneshot(request).await.unwrap().status(), 200);
        let seen = asked(&door, &id).await.is_some();
        assert_eq!((*tried.lock().unwrap(), seen), (tries, marked));
    }
}
