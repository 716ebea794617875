//! Calls of the functions' routers, and who makes them.

use axum::Router;
use axum::body::{Body, to_bytes};
use domain::Timestamp;
use http::{HeaderMap, Request, header};
use runtime::Clock;
use serde_json::Value;
use tower::ServiceExt;

use crate::deployment::SimulatedDeployment;

/// Everybody, with the groups the provider puts into their tokens.
pub const PEOPLE: [(&str, &[&str]); 5] =
    [("alice", &["data-owners"]), ("bob", &["sre"]), ("carol", &["sre"]), ("dana", &[]), ("mallory", &[])];

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
    pub(super) fn nothing() -> Self {
        Self { status: 0, headers: HeaderMap::new(), body: String::new() }
    }

    /// The body's field of this name.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        let value: Value = wire::json::parse_value(self.body.as_bytes()).ok()?;
        Some(value.get(field)?.as_str()?.to_owned())
    }

    /// Where it leads: by a redirect, or by a page that goes on by itself.
    pub(super) fn onward(&self) -> Option<String> {
        if let Some(location) = self.headers.get(header::LOCATION) {
            return Some(location.to_str().ok()?.to_owned());
        }
        let link = self.body.split_once("class=\"onward\" href=\"")?.1;
        Some(link.split_once('"')?.0.replace("&amp;", "&"))
    }

    pub(super) fn hidden(&self, name: &str) -> Option<String> {
        let rest = self.body.split_once(&format!("name=\"{name}\" value=\""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    }
}

pub(super) fn now(deployment: &SimulatedDeployment) -> Timestamp {
    deployment.clock.now()
}

pub(super) async fn send(router: &Router, request: Request<Body>) -> Reply {
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body in memory ends");
    Reply {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

pub(super) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body)).expect("a well-formed request")
}
