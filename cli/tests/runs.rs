//! `countersign propose` again: which call is a new action, and which is told as a replay.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use serde_json::json;
use support::Sandbox;
use support::server::{Does, Server};

const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";

fn action(status: &str) -> String {
    let over = !["proposed", "pending", "approved", "executing", "held"].contains(&status);
    json!({
        "id": ID, "status": status, "final": over, "agent_message": format!("It is {status}."),
        "created_at": "2026-11-21T14:47:31.204Z", "links": { "self": "http://127.0.0.1:1/v1/actions/x" },
    })
    .to_string()
}

/// An API that knows keys: the same one again is the same action, with the header that says so.
fn keeping(status: &'static str) -> Server {
    let seen = std::sync::Mutex::new(Vec::new());
    Server::new(move |_, asked| {
        let Some(key) = asked.header("idempotency-key") else { return Does::json(&action(status)) };
        let mut seen = seen.lock().unwrap();
        let replayed = seen.contains(&key.to_owned());
        seen.push(key.to_owned());
        let headers = if replayed { "idempotent-replayed: true\r\n" } else { "" };
        Does::answers("202 Accepted", headers, &action(if replayed { status } else { "proposed" }))
    })
}

/// C8: the same file proposed again runs again; in a CI system, once for each run of it.
#[test]
fn each_run_proposes_anew() {
    let server = keeping("succeeded");
    let sandbox =
        Sandbox::new().env("COUNTERSIGN_API", &server.address).env("COUNTERSIGN_TOKEN", "some-token");
    let propose = |sandbox: &Sandbox, more: &[&str]| {
        sandbox.run(&[&["propose", &sandbox.proposal(), "--wait", "--timeout", "20"], more].concat())
    };
    for _ in 0..2 {
        let ran = propose(&sandbox, &[]);
        assert_eq!((ran.code, ran.err.as_str()), (0, "It is succeeded.\n"), "{ran:?}");
    }
    let run = |attempt: &str| {
        let sandbox = sandbox.clone().env("GITHUB_RUN_ID", "77").env("GITHUB_JOB", "train");
        sandbox.env("GITHUB_RUN_ATTEMPT", attempt)
    };
    let codes: Vec<i32> = ["1", "1", "2"].iter().map(|attempt| propose(&run(attempt), &[]).code).collect();
    assert_eq!(codes, [0, 7, 0], "the step again is the same action, the run again is not");
    assert_eq!(propose(&run("1"), &["--replay-ok"]).code, 0);
    let keys: Vec<_> = server
        .asked()
        .iter()
        .filter_map(|asked| asked.header("idempotency-key").map(str::to_owned))
        .collect();
    let different: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!((keys.len(), different.len()), (6, 4), "{keys:?}");
}

/// C8: a replay is told in words and by its own exit code, whatever became of the action; one that is not over is waited for.
#[test]
fn a_replay_is_told() {
    for (status, replay, waits) in
        [("succeeded", 7, 7), ("denied", 7, 7), ("failed", 7, 7), ("pending", 7, 6)]
    {
        let server = keeping(status);
        let sandbox =
            Sandbox::new().env("COUNTERSIGN_API", &server.address).env("COUNTERSIGN_TOKEN", "some-token");
        let file = sandbox.proposal();
        let propose = |more: &[&str]| sandbox.run(&[&["propose", &file, "--key", "nightly"], more].concat());
        assert_eq!(propose(&[]).code, 0, "{status}");
        for (more, code) in [(&[][..], replay), (&["--json"], replay), (&["--wait", "--timeout", "1"], waits)]
        {
            let ran = propose(more);
            assert_eq!(ran.code, code, "{status} {more:?}: {ran:?}");
            let words = format!(
                "nothing new was proposed: the key `nightly` was used before, for {ID} of 2026-11-21"
            );
            assert!(ran.err.contains(&words) && ran.err.contains(status), "{ran:?}");
            assert!(ran.out.contains(ID), "{ran:?}");
        }
    }
}
