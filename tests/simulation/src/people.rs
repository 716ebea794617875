//! Agents and people, through the same doors as in life: the API with a bearer token, the pages with a browser's cookies
//! and the provider's sign-in.

mod browser;

use std::rc::Rc;

use axum::Router;
use axum::body::{Body, to_bytes};
use domain::{ActionId, Timestamp};
use http::{HeaderMap, Request, header};
use runtime::Clock;
use serde_json::{Value, json};
use tower::ServiceExt;

use self::browser::Browser;
use crate::world::World;

/// What is asked for in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// Internal data that stays inside: nobody is asked.
    Inside,
    /// A job: one of sre, `service` is enough.
    Job,
    /// Customer data to a partner: one of data-owners, signed by the provider just now.
    Export,
    /// A role gains rights: two of sre, signed by the provider just now.
    Rights,
    /// The end of a suspension of everything: two of sre, signed by the provider just now.
    Resume,
}

/// All kinds that have a target.
pub const KINDS: [ActionKind; 4] =
    [ActionKind::Inside, ActionKind::Job, ActionKind::Export, ActionKind::Rights];

impl ActionKind {
    /// What the agent sends; `other` is another body.
    #[must_use]
    pub fn body(self, other: bool) -> Value {
        let reason = "Quarterly report for the partner programme";
        let file = if other { "other.csv" } else { "q3.csv" };
        let (action, parameters) = match self {
            Self::Inside => {
                let (source, destination) = ("s3://reports/2026/q3.csv", format!("s3://analytics/{file}"));
                ("s3-export", json!({ "source": source, "destination": destination }))
            }
            Self::Job => {
                let version = if other { "2" } else { "1" };
                ("lambda-invoke", json!({ "function": "demo-retrain", "version": version }))
            }
            Self::Export => {
                let (source, destination) =
                    ("s3://customers/2026/q3.csv", format!("s3://partner-drop/{file}"));
                ("s3-export", json!({ "source": source, "destination": destination }))
            }
            Self::Rights => {
                let policy = if other { "other-read" } else { "reports-read" };
                let policy = format!("arn:aws:iam::000000000000:policy/{policy}");
                let role = "arn:aws:iam::000000000000:role/etl-nightly";
                ("iam-attach-role-policy", json!({ "role": role, "policy": policy }))
            }
            Self::Resume => {
                let scope = if other { "type:s3-export" } else { "all" };
                ("countersign-resume", json!({ "scope": scope }))
            }
        };
        json!({ "type": action, "parameters": parameters, "reason": reason, "expires_in": 7200 })
    }

    /// Who may agree and how many of them must, told here once more so that nothing of the product is asked.
    #[must_use]
    pub fn must_agree(self) -> (&'static [&'static str], usize) {
        match self {
            Self::Inside => (&[], 0),
            Self::Job => (&["bob", "carol"], 1),
            Self::Export => (&["alice"], 1),
            Self::Rights | Self::Resume => (&["bob", "carol"], 2),
        }
    }

    /// Whether every approval must be signed by the provider.
    #[must_use]
    pub fn needs_idp(self) -> bool {
        matches!(self, Self::Export | Self::Rights | Self::Resume)
    }

    /// What in its calls tells the asked-for body from the other.
    #[must_use]
    pub fn mark(self, other: bool) -> &'static str {
        match (self, other) {
            (Self::Inside | Self::Export, false) => "q3.csv",
            (Self::Inside | Self::Export, true) => "other.csv",
            (Self::Job, false) => "demo-retrain:1",
            (Self::Job, true) => "demo-retrain:2",
            (Self::Resume, false) => "all",
            (Self::Resume, true) => "type:s3-export",
            (Self::Rights, false) => "reports-read",
            (Self::Rights, true) => "other-read",
        }
    }
}

/// Where exports go once somebody changed that.
pub const CHANGED: &str = "s3://partner-drop/changed.csv";

/// Everybody, with the groups the provider puts into their tokens.
pub const PEOPLE: [(&str, &[&str]); 5] =
    [("alice", &["data-owners"]), ("bob", &["sre"]), ("carol", &["sre"]), ("dana", &[]), ("mallory", &[])];

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

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status; 0 when the dialogue went no further.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Reply {
    fn nothing() -> Self {
        Self { status: 0, headers: HeaderMap::new(), body: String::new() }
    }

    /// The body's field of this name.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        let value: Value = wire::json::parse_value(self.body.as_bytes()).ok()?;
        Some(value.get(field)?.as_str()?.to_owned())
    }

    /// Where it leads: by a redirect, or by a page that goes on by itself.
    fn onward(&self) -> Option<String> {
        if let Some(location) = self.headers.get(header::LOCATION) {
            return Some(location.to_str().ok()?.to_owned());
        }
        let link = self.body.split_once("class=\"onward\" href=\"")?.1;
        Some(link.split_once('"')?.0.replace("&amp;", "&"))
    }

    fn hidden(&self, name: &str) -> Option<String> {
        let rest = self.body.split_once(&format!("name=\"{name}\" value=\""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    }
}

fn now(world: &World) -> Timestamp {
    world.clock.now()
}

async fn send(router: &Router, request: Request<Body>) -> Reply {
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body in memory ends");
    Reply {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body)).expect("a well-formed request")
}

/// Sends a body under a key as `demo-agent`.
pub async fn propose(world: Rc<World>, intake: Router, key: String, body: Value) -> Reply {
    let token = format!("Bearer {}", world.issuer.agent("demo-agent", now(&world)));
    let headers =
        [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", &key)];
    send(&intake, request("POST", "/v1/actions", &headers, body.to_string())).await
}

/// Takes it back as `demo-agent`.
pub async fn cancel(world: Rc<World>, intake: Router, id: ActionId) -> Reply {
    let token = format!("Bearer {}", world.issuer.agent("demo-agent", now(&world)));
    let path = format!("/v1/actions/{id}/cancel");
    send(&intake, request("POST", &path, &[("authorization", &token)], String::new())).await
}

/// Decides by API as a person, or as the agent when there is no such person.
pub async fn by_api(
    world: Rc<World>,
    callbacks: Router,
    person: usize,
    id: ActionId,
    approve: bool,
) -> Reply {
    let at = now(&world);
    let token = match PEOPLE.get(person) {
        Some((name, groups)) => world.issuer.person(name, groups, at),
        None => world.issuer.agent("demo-agent", at),
    };
    let token = format!("Bearer {token}");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let path = format!("/v1/actions/{id}/review");
    let shown = send(&callbacks, request("GET", &path, &headers, String::new())).await;
    let (Some(action), Some(review)) = (shown.text("action_digest"), shown.text("review_digest")) else {
        return shown;
    };
    if shown.body.contains("\"happened\"") {
        return resolve(&world, &callbacks, &headers, &id, (&action, &review)).await;
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
    world: &World,
    callbacks: &Router,
    headers: &[(&str, &str)],
    id: &ActionId,
    (action, review): (&str, &str),
) -> Reply {
    let effects = world.target.effects_from(0);
    let happened = effects.iter().any(|effect| effect.action == id.as_str() && effect.done);
    let body = json!({
        "happened": happened, "action_digest": action, "review_digest": review, "reason": "Looked at the target",
    });
    let path = format!("/v1/actions/{id}/resolution");
    send(callbacks, request("POST", &path, headers, body.to_string())).await
}

/// Suspends something by API.
pub async fn suspend(world: Rc<World>, callbacks: Router, person: usize, jobs: bool) -> Reply {
    let Some((name, groups)) = PEOPLE.get(person) else { return Reply::nothing() };
    let token = format!("Bearer {}", world.issuer.person(name, groups, now(&world)));
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let body =
        json!({ "scope": if jobs { "type:lambda-invoke" } else { "all" }, "reason": "Something is wrong" });
    send(&callbacks, request("POST", "/v1/suspensions", &headers, body.to_string())).await
}

/// Signs in, opens the page, presses a button, and for an approval goes through the provider once more.
pub async fn by_page(
    world: Rc<World>,
    callbacks: Router,
    person: usize,
    id: ActionId,
    approve: bool,
) -> Reply {
    let mut browser = Browser::of(callbacks);
    let decided = browser.decide(&world, person, &id, approve).await;
    decided.unwrap_or_else(Reply::nothing)
}

/// Signs in, opens the page, types another destination and goes through the provider once more.
pub async fn change(world: Rc<World>, callbacks: Router, person: usize, id: ActionId) -> Reply {
    let mut browser = Browser::of(callbacks);
    let typed = CHANGED.replace(':', "%3A").replace('/', "%2F");
    let said = format!("verdict=modify&change%2Fdestination={typed}");
    browser.say(&world, person, &id, (&said, true)).await.unwrap_or_else(Reply::nothing)
}
