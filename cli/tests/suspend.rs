//! `countersign suspend` as somebody uses it at three in the morning.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod support;

use serde_json::{Value, json};
use support::server::{Does, Server};
use support::{Ran, Sandbox};

const AGENT: &str = "https://id.example.com|exprot-agent";

fn list(covered: Option<Value>) -> Does {
    let scope = format!("agent:{AGENT}");
    let suspension = json!({
        "scope": scope, "by": { "subject": "bob", "display": "bob" }, "since": "2026-11-21T15:00:00.000Z",
        "reason": "It went wrong",
    });
    let mut list = json!({ "items": [suspension] });
    if let Some(covered) = covered {
        list["covered"] = covered;
    }
    Does::json(&list.to_string())
}

fn suspend(answer: Does, more: &[&str]) -> (Ran, Server) {
    let api = Server::script(vec![answer]);
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
    let ran = sandbox.run(&[&["suspend", "--agent", AGENT, "--reason", "It went wrong"], more].concat());
    (ran, api)
}

/// E18: a suspension of an agent that nobody knows is made, and told as such: in words, with the names that are near, and by an exit
/// code of its own; so is one of which the answer does not say whether anybody knows it.
#[test]
fn an_agent_that_nobody_knows() {
    let covered = |known: bool| {
        json!({
            "scope": format!("agent:{AGENT}"), "known": known, "detail": "It is suspended, whatever it is.",
            "nearest": ["agent:https://id.example.com|export-agent"],
            "open": { "pending": 2, "approved": 1, "more": false },
        })
    };
    for (answer, more, code) in [
        (Some(covered(true)), &[][..], 0),
        (Some(covered(false)), &[], 9),
        (Some(covered(false)), &["--json"], 9),
        (Some(covered(false)), &["--unknown-ok"], 0),
        (Some(json!({ "scope": "all", "known": true, "detail": "", "nearest": [] })), &[], 9),
        (None, &[], 9),
    ] {
        let unknown = code == 9 || more.contains(&"--unknown-ok");
        let ours = answer.as_ref().is_some_and(|answer| answer["scope"] != "all");
        let (ran, _) = suspend(list(answer.clone()), more);
        assert_eq!(ran.code, code, "{answer:?}: {ran:?}");
        assert_eq!(ran.err.contains("UNKNOWN"), unknown, "{ran:?}");
        assert!(ran.out.contains(AGENT), "it is suspended: {ran:?}");
        let near = ran.err.contains("export-agent") && ran.err.contains("2 pending, 1 approved");
        assert_eq!(near, ours, "{ran:?}");
    }
}

/// E18: what is not suspended is told as not suspended, whatever else the answer says.
#[test]
fn what_is_not_suspended() {
    let problem =
        json!({ "code": "unknown-type", "detail": "Nothing was suspended: there is no such action type." });
    let (ran, _) = suspend(Does::answers("422 Unprocessable Entity", "", &problem.to_string()), &[]);
    assert!(ran.code == 2 && ran.err.contains("Nothing was suspended"), "{ran:?}");
    let (ran, _) = suspend(Does::json(r#"{"items":[]}"#), &["--unknown-ok"]);
    assert!(ran.code == 2 && ran.err.contains("does not say"), "{ran:?}");
}

/// C9: a suspension is asked for again while no answer comes: what is suspended stays as it is.
#[test]
fn a_hiccup() {
    let covered = json!({ "scope": format!("agent:{AGENT}"), "known": true, "detail": "It is suspended.", "nearest": [] });
    let api =
        Server::script(vec![Does::Resets, Does::answers("503 Unavailable", "", ""), list(Some(covered))]);
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
    let ran = sandbox.run(&["suspend", "--agent", AGENT, "--reason", "It went wrong"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bodies: std::collections::BTreeSet<String> =
        api.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!((api.asked().len(), bodies.len()), (3, 1));
}
