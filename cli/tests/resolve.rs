//! `countersign resolve`: what an attempt of unknown outcome did, as a person records it.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use serde_json::{Value, json};
use support::server::{Does, Server};
use support::{Ran, Sandbox};

const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const LOOKED: &str = "The access log of the bucket has no such request";

fn digest(of: &str) -> String {
    domain::Digest::of(of.as_bytes()).to_string()
}

fn review() -> Does {
    let review = json!({ "action_digest": digest("action"), "review_digest": digest("review"), "may": ["did_not_happen"] });
    Does::json(&review.to_string())
}

fn recorded(happened: bool) -> Does {
    let status = if happened { "succeeded" } else { "failed" };
    let resolution =
        json!({ "happened": happened, "by": { "subject": "bob", "display": "bob" }, "found": LOOKED });
    let action =
        json!({ "id": ID, "status": status, "agent_message": "bob found it.", "resolution": resolution });
    Does::json(&action.to_string())
}

fn resolve(answers: Vec<Does>, more: &[&str]) -> (Ran, Server) {
    let api = Server::script(answers);
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
    (sandbox.run(&[&["resolve", ID, "--looked-at", LOOKED], more].concat()), api)
}

/// P5: what is sent is the finding with the digests of what was reviewed, and the result is the action as it is now.
#[test]
fn a_finding_is_recorded() {
    for (flag, happened, status) in [("--happened", true, "succeeded"), ("--did-not-happen", false, "failed")]
    {
        let (ran, api) = resolve(vec![review(), recorded(happened)], &[flag]);
        assert_eq!((ran.code, ran.out), (0, format!("{ID} {status}\n")), "{}", ran.err);
        let asked = api.asked();
        let lines: Vec<&str> = asked.iter().map(|one| one.line()).collect();
        assert_eq!(
            lines,
            [format!("GET /v1/actions/{ID}/review"), format!("POST /v1/actions/{ID}/resolution")]
        );
        assert!(asked.iter().all(|one| one.header("authorization") == Some("Bearer some-token")));
        let body: Value = wire::json::parse_value(asked.last().unwrap().body.as_bytes()).unwrap();
        let wanted = json!({
            "happened": happened, "reason": LOOKED,
            "action_digest": digest("action"), "review_digest": digest("review"),
        });
        assert_eq!(body, wanted);
        let (ran, _) = resolve(vec![review(), recorded(happened)], &[flag, "--json"]);
        let told = wire::json::parse_value(ran.out.as_bytes()).unwrap();
        assert_eq!((ran.code, told.pointer("/resolution/happened")), (0, Some(&json!(happened))));
    }
}

/// P5: what is not recorded is told as not recorded, in the API's words; whatever an answer says besides, only one that
/// says that this finding was recorded of this action is believed.
#[test]
fn what_is_not_recorded() {
    let page = "Open https://approvals.example.com/review/act_x and decide there.";
    for (status, code, detail) in [
        ("403 Forbidden", "step-up-required", page),
        ("403 Forbidden", "not-an-approver", "You are not in any group that is asked here."),
        ("409 Conflict", "nothing-to-resolve", "What this action did is known."),
        ("409 Conflict", "too-early", "The attempt may still be under way."),
    ] {
        let problem = json!({ "code": code, "detail": detail }).to_string();
        let (ran, _) =
            resolve(vec![review(), Does::answers(status, "", &problem)], &["--happened", "--json"]);
        assert!(ran.code == 2 && ran.err.contains(code) && ran.err.contains(detail), "{ran:?}");
        assert_eq!(ran.out.trim(), problem, "with --json the problem is the result");
    }
    let other =
        json!({ "id": format!("{}b", &ID[..29]), "status": "succeeded", "resolution": { "happened": true } });
    for answer in
        [recorded(false), Does::json(&other.to_string()), Does::json(&json!({ "id": ID }).to_string())]
    {
        let (ran, _) = resolve(vec![review(), answer], &["--happened"]);
        assert!(ran.code == 2 && ran.err.contains("does not say that this was recorded"), "{ran:?}");
        assert_eq!(ran.out, "");
    }
    let (ran, api) = resolve(vec![Does::json("{}")], &["--happened"]);
    assert!(ran.code == 2 && ran.err.contains("`action_digest`"), "{ran:?}");
    assert_eq!(api.asked().len(), 1, "nothing is recorded of what was not shown");
}

/// What is not a finding about one action is asked of nobody.
#[test]
fn what_is_no_finding() {
    let api = Server::script(vec![review()]);
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
    for arguments in [
        &["resolve", ID, "--looked-at", LOOKED][..],
        &["resolve", ID, "--happened", "--did-not-happen", "--looked-at", LOOKED],
        &["resolve", ID, "--happened"],
        &["resolve", "--happened", "--looked-at", LOOKED],
        &["resolve", "act_../../v1/suspensions", "--happened", "--looked-at", LOOKED],
    ] {
        let ran = sandbox.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
    }
    assert!(api.asked().is_empty());
}

/// C9: the same finding is sent again while no answer comes; the person's own is accepted again unchanged.
#[test]
fn a_lost_answer() {
    let unavailable = Does::answers("503 Unavailable", "", "");
    let (ran, api) = resolve(vec![review(), Does::Resets, unavailable, recorded(true)], &["--happened"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let sent: Vec<String> = api.asked().into_iter().skip(1).map(|asked| asked.body).collect();
    assert!(sent.len() == 3 && sent.iter().all(|body| body == sent.first().unwrap()), "{sent:?}");
}
