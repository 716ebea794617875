//! The JSON route with which a person records what an attempt did whose outcome was lost.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::VerdictKind;
use runtime::Code;
use wire::http::{ResolutionBody, VerdictBody};

use super::api::json_response;
use crate::app::Callbacks;
use crate::refusal::RequestRejection;

const FIELDS: [&str; 4] = ["happened", "action_digest", "review_digest", "reason"];

/// `POST /v1/actions/{id}/resolution`.
pub(crate) async fn post_resolution(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    json_response(&callbacks, callbacks.verdict(&id, &headers, body, read).await)
}

/// Reads the body as strictly as that of a verdict, and answers the verdict that it stands for.
fn read(body: &[u8]) -> Result<VerdictBody, RequestRejection> {
    let value = wire::json::parse_value(body)
        .map_err(|e| RequestRejection::new(Code::MalformedJson, e.to_string()))?;
    let fields = value.as_object().ok_or_else(|| RequestRejection::input("", "must be an object"))?;
    if fields.keys().any(|field| !FIELDS.contains(&field.as_str())) {
        let detail = "takes `happened`, `action_digest`, `review_digest` and `reason`, and no other field";
        return Err(RequestRejection { code: Code::UnknownField, ..RequestRejection::input("", detail) });
    }
    if let Some(name) = FIELDS.into_iter().find(|name| !fields.contains_key(*name)) {
        return Err(RequestRejection::input(&format!("/{name}"), "is required"));
    }
    let body: ResolutionBody = wire::json::from_value(value)
        .map_err(|_| RequestRejection::input("", "does not have the shape the contract gives it"))?;
    let ResolutionBody { happened, action_digest, review_digest, reason } = body;
    Ok(VerdictBody {
        verdict: VerdictKind::resolution(happened).into(),
        action_digest,
        review_digest,
        reason_code: None,
        reason: Some(reason),
        grant: None,
        patch: None,
    })
}
