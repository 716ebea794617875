//! Agents and people, through the same doors as in life: the API with a bearer token, the pages with a browser's cookies
//! and the provider's sign-in.

mod browser;
mod calls;

use std::rc::Rc;

use axum::Router;
use domain::ActionId;
use serde_json::{Value, json};

use self::browser::Browser;
use self::calls::{now, request, send};
use crate::action_kind::ActionKind;
use crate::deployment::SimulatedDeployment;

pub use self::calls::{PEOPLE, Reply};

/// Where exports go once somebody changed that.
pub const CHANGED: &str = "s3://partner-drop/changed.csv";

/// One thing somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonStep {
    /// The agent sends a body under the action's key.
    Propose {
        /** Of what. */
        kind: ActionKind,
        /** Under which key. */
        key: String,
        /** Another body. */
        other: bool,
    },
    /// The agent takes it back.
    Cancel {
        /** Under which key. */
        key: String,
    },
    /// Somebody suspends everything, or all jobs.
    Suspend {
        /** Their place in [`PEOPLE`]. */
        person: usize,
        /** Jobs alone. */
        jobs: bool,
    },
    /// Somebody decides on the page.
    Page {
        /** Their place in [`PEOPLE`]. */
        person: usize,
        /** Under which key. */
        key: String,
        /** Or denies. */
        approve: bool,
    },
    /// Somebody changes where it goes, on the page.
    Change {
        /** Their place in [`PEOPLE`]. */
        person: usize,
        /** Under which key. */
        key: String,
    },
    /// Somebody decides by API; the agent itself when there is no such person.
    Api {
        /** Their place in [`PEOPLE`]. */
        person: usize,
        /** Under which key. */
        key: String,
        /** Or denies. */
        approve: bool,
    },
}

/// Sends a body under a key as `demo-agent`.
pub async fn propose(deployment: Rc<SimulatedDeployment>, intake: Router, key: String, body: Value) -> Reply {
    let token = format!("Bearer {}", deployment.issuer.agent("demo-agent", now(&deployment)));
    let headers =
        [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", &key)];
    send(&intake, request("POST", "/v1/actions", &headers, body.to_string())).await
}

/// Takes it back as `demo-agent`.
pub async fn cancel(deployment: Rc<SimulatedDeployment>, intake: Router, id: ActionId) -> Reply {
    let token = format!("Bearer {}", deployment.issuer.agent("demo-agent", now(&deployment)));
    let path = format!("/v1/actions/{id}/cancel");
    send(&intake, request("POST", &path, &[("authorization", &token)], String::new())).await
}

/// Decides by API as a person, or as the agent when there is no such person.
pub async fn by_api(
    deployment: Rc<SimulatedDeployment>,
    callbacks: Router,
    person: usize,
    id: ActionId,
    approve: bool,
) -> Reply {
    let at = now(&deployment);
    let token = match PEOPLE.get(person) {
        Some((name, groups)) => deployment.issuer.person(name, groups, at),
        None => deployment.issuer.agent("demo-agent", at),
    };
    let token = format!("Bearer {token}");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let path = format!("/v1/actions/{id}/review");
    let shown = send(&callbacks, request("GET", &path, &headers, String::new())).await;
    let (Some(action), Some(review)) = (shown.text("action_digest"), shown.text("review_digest")) else {
        return shown;
    };
    if shown.body.contains("\"happened\"") {
        return resolve(&deployment, &callbacks, &headers, &id, (&action, &review)).await;
    }
    let code = (!approve).then_some("not-now");
    let may = |verdict: &str| shown.body.contains(&format!("\"{verdict}\""));
    let verdict = match approve {
        true => "approve",
        // Whoever may no longer deny takes back what was granted.
        false if may("revoke") && !may("deny") => "revoke",
        false => "deny",
    };
    let mut body = json!({
        "verdict": verdict, "action_digest": action, "review_digest": review, "reason_code": code, "reason": null,
    });
    // Half of the jobs that somebody approves grant two more, the requirement's fixed parameters the same.
    if approve && may("fixed") && id.as_str().bytes().last().is_some_and(|last| last % 2 == 0) {
        body["grant"] = json!({ "seconds": 1800, "uses": 2 });
    }
    let path = format!("/v1/actions/{id}/verdicts");
    send(&callbacks, request("POST", &path, &headers, body.to_string())).await
}

/// Says what a lost attempt did, as somebody who has looked at the target.
async fn resolve(
    deployment: &SimulatedDeployment,
    callbacks: &Router,
    headers: &[(&str, &str)],
    id: &ActionId,
    (action, review): (&str, &str),
) -> Reply {
    let effects = deployment.target.effects_from(0);
    let happened = effects.iter().any(|effect| effect.action == id.as_str() && effect.done);
    let body = json!({
        "happened": happened, "action_digest": action, "review_digest": review, "reason": "Looked at the target",
    });
    let path = format!("/v1/actions/{id}/resolution");
    send(callbacks, request("POST", &path, headers, body.to_string())).await
}

/// Suspends something by API.
pub async fn suspend(
    deployment: Rc<SimulatedDeployment>,
    callbacks: Router,
    person: usize,
    jobs: bool,
) -> Reply {
    let Some((name, groups)) = PEOPLE.get(person) else { return Reply::nothing() };
    let token = format!("Bearer {}", deployment.issuer.person(name, groups, now(&deployment)));
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let body =
        json!({ "scope": if jobs { "type:lambda-invoke" } else { "all" }, "reason": "Something is wrong" });
    send(&callbacks, request("POST", "/v1/suspensions", &headers, body.to_string())).await
}

/// Signs in, opens the page, presses a button, and for an approval goes through the provider once more.
pub async fn by_page(
    deployment: Rc<SimulatedDeployment>,
    callbacks: Router,
    person: usize,
    id: ActionId,
    approve: bool,
) -> Reply {
    let mut browser = Browser::of(callbacks);
    let decided = browser.decide(&deployment, person, &id, approve).await;
    decided.unwrap_or_else(Reply::nothing)
}

/// Signs in, opens the page, types another destination and goes through the provider once more.
pub async fn change(
    deployment: Rc<SimulatedDeployment>,
    callbacks: Router,
    person: usize,
    id: ActionId,
) -> Reply {
    let mut browser = Browser::of(callbacks);
    let typed = CHANGED.replace(':', "%3A").replace('/', "%2F");
    let said = format!("verdict=modify&change%2Fdestination={typed}");
    browser.say(&deployment, person, &id, (&said, true)).await.unwrap_or_else(Reply::nothing)
}
