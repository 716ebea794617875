//! `POST /callbacks/slack`: what a request of Slack passes before it can mean anything, and what Slack is answered.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use slack::{Interaction, LinkSubmission, Refused, Reply, Verified, read, read_link, verify};

use super::SlackApp;
use super::answer::{answer_to_press, answer_to_submission};
use super::answered::Answered;
use super::linking::answer_to_link;
use super::told::{FAILED, notice};
use crate::app::Callbacks;
use crate::chat::request::read_body;

/// The longest body that is read, in bytes. A press repeats the whole message, each character escaped twice.
const MAX_BODY: usize = 512 * 1024;
/// For how many seconds a request is remembered: its time may be five minutes ahead, and it is accepted for five minutes after that.
const KEPT: i64 = 900;
const FORM: &str = "application/x-www-form-urlencoded";

/// `POST /callbacks/slack`. The signature is that of the body as it came; what the gateway sends in base64 was decoded before.
pub(crate) async fn post_slack(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(slack) = callbacks.capabilities.slack.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = match read_body(&headers, body, FORM, MAX_BODY).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let verified = match verify(&headers, &body, callbacks.capabilities.clock.now(), &slack.signing) {
        Ok(verified) => verified,
        Err(no) => return refused(no, StatusCode::UNAUTHORIZED),
    };
    let request = match read_request(&verified, &slack.app) {
        Ok(request) => request,
        Err(no) => return refused(no, StatusCode::BAD_REQUEST),
    };
    callbacks.answer_slack(&slack, &verified, &request).await
}

/// What a request is about.
enum SlackRequest {
    Link(LinkSubmission),
    Other(Interaction),
}

fn read_request(verified: &Verified<'_>, app: &str) -> Result<SlackRequest, Refused> {
    match read_link(verified, app)? {
        Some(submission) => Ok(SlackRequest::Link(submission)),
        None => read(verified, app).map(SlackRequest::Other),
    }
}

impl Callbacks {
    async fn answer_slack(
        &self,
        slack: &SlackApp,
        verified: &Verified<'_>,
        request: &SlackRequest,
    ) -> Response {
        if let SlackRequest::Other(Interaction::Ignored) = request {
            return reply(&Reply::Acknowledge);
        }
        let answered = match self.is_first(verified).await {
            Ok(true) => match request {
                SlackRequest::Link(submission) => answer_to_link(self, slack, submission).await,
                SlackRequest::Other(Interaction::Press(press)) => answer_to_press(self, slack, press).await,
                SlackRequest::Other(Interaction::Submission(submission)) => {
                    answer_to_submission(self, slack, submission).await
                }
                SlackRequest::Other(Interaction::Ignored) => Answered::Counted,
            },
            Ok(false) => Answered::Counted,
            Err(told) => told,
        };
        match request {
            SlackRequest::Other(Interaction::Press(press)) => {
                let trigger = press.trigger.as_deref();
                match answered {
                    Answered::Show(view) if !slack.shows(trigger, &view).await => {
                        // Nobody was told anything: Slack shows that the press failed.
                        StatusCode::SERVICE_UNAVAILABLE.into_response()
                    }
                    _ => reply(&Reply::Acknowledge),
                }
            }
            _ => reply(&match answered {
                Answered::Counted => Reply::Close,
                Answered::Wrong(errors) => Reply::Errors(errors),
                Answered::Show(view) => Reply::Show(view),
            }),
        }
    }

    /// W11: whether this very request came for the first time. It is written before anything else is done with it.
    ///
    /// # Errors
    /// What the person is told where that cannot be found out: nothing is done then.
    async fn is_first(&self, verified: &Verified<'_>) -> Result<bool, Answered> {
        let topic = format!("request/{}", verified.replay_key());
        let now = self.capabilities.clock.now();
        let (at, until) = (wire::text::rfc3339(now), now.plus_seconds(KEPT));
        self.capabilities.channels.remember_until(&topic, "slack", &at, until).await.map_err(|fault| {
            tracing::warn!(%fault, "whether a request is a repetition could not be found out");
            notice(FAILED)
        })
    }
}

fn refused(no: Refused, status: StatusCode) -> Response {
    tracing::info!(check = %no, "a request in Slack's name was refused");
    let status = if no == Refused::TooLong { StatusCode::PAYLOAD_TOO_LARGE } else { status };
    status.into_response()
}

/// HTTP 200 with the reply's body; JSON unless it is empty.
fn reply(reply: &Reply) -> Response {
    match reply.body() {
        empty if empty.is_empty() => StatusCode::OK.into_response(),
        body => {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            ([(header::CONTENT_TYPE, json)], body).into_response()
        }
    }
}
