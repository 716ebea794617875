//! `POST /callbacks/teams`: what a request of Teams passes before it can mean anything, and what Teams is answered.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use teams::{Invoke, MAX_BODY, Refused, Reply, Verified, read, read_link, verify};

use super::TeamsApp;
use super::answer::answer_to_press;
use super::linking::answer_to_link;
use crate::app::Callbacks;
use crate::chat::request::read_body;

/// `POST /callbacks/teams`. A request is not remembered: the token is for many, and Teams sends one again whose answer was late. What
/// a press asks for counts once by what is committed, and a repeated press is answered from that (C38).
pub(crate) async fn post_teams(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(teams) = callbacks.capabilities.teams.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let body = match read_body(&headers, body, "application/json", MAX_BODY).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let now = callbacks.capabilities.clock.now();
    let keys = match teams.keys.keys(token, now).await {
        Ok(keys) => keys,
        Err(fault) => {
            tracing::warn!(%fault, "the keys of Teams cannot be fetched");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let verified = match verify(token, &body, now, &keys, &teams.settings) {
        Ok(verified) => verified,
        Err(no) => return refused(no),
    };
    // Messages and installations ask for nothing, and an empty answer is what Teams expects.
    let Some(invoke) = verified.invoke() else { return StatusCode::OK.into_response() };
    reply(&callbacks.answer_teams(&teams, &verified, invoke).await)
}

impl Callbacks {
    async fn answer_teams(&self, teams: &TeamsApp, verified: &Verified, invoke: Invoke) -> Reply {
        let answered = match read_link(verified, &teams.settings) {
            Ok(Some(press)) => return answer_to_link(self, teams, &press).await,
            Ok(None) => read(verified, &teams.settings),
            Err(no) => Err(no),
        };
        match answered {
            Ok(press) => answer_to_press(self, teams, &press).await,
            Err(no) => {
                tracing::info!(check = %no, "a press in Teams was refused");
                Reply::refused(invoke, no)
            }
        }
    }
}

fn refused(no: Refused) -> Response {
    tracing::info!(check = %no, "a request in Teams' name was refused");
    StatusCode::from_u16(no.status()).unwrap_or(StatusCode::FORBIDDEN).into_response()
}

/// HTTP 200 with the reply, which is typed and never empty.
fn reply(reply: &Reply) -> Response {
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, json)], reply.body()).into_response()
}
