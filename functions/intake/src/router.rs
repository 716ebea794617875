//! Which address leads where.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::Timestamp;
use http::{HeaderMap, HeaderValue, header};
use runtime::{Code, Problem, http as requests};

use crate::call::Call;
use crate::{Intake, OPENAPI, filter};

type Shared = State<Arc<Intake>>;
type Deadline = Option<Extension<lambda_http::Context>>;

/// The routes of this function.
pub fn router(intake: Arc<Intake>) -> Router {
    Router::new()
        .route("/v1/actions", post(propose).get(list))
        .route("/v1/actions/{id}", get(read))
        .route("/v1/actions/{id}/cancel", post(cancel))
        .route("/v1/actions/{id}/records", get(records))
        .route("/v1/grants", get(grants))
        .route("/v1/preflight", post(preflight))
        .route("/v1/catalog", get(catalog))
        .route("/openapi.json", get(openapi))
        .route("/healthz", get(healthz))
        .fallback(nothing_here)
        .method_not_allowed_fallback(no_such_method)
        .with_state(intake)
}

impl Intake {
    fn call(&self, headers: HeaderMap, deadline: Deadline) -> Call {
        let millis = deadline.map(|Extension(context)| context.deadline);
        let deadline = millis.filter(|millis| *millis > 0).and_then(|millis| i64::try_from(millis).ok());
        Call::new(
            requests::instance(self.capabilities.random.as_ref()),
            headers,
            deadline.map(Timestamp::from_millis),
        )
    }
}

async fn propose(State(intake): Shared, deadline: Deadline, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    intake.propose(&intake.call(parts.headers, deadline), body).await
}

async fn list(
    State(intake): Shared,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    intake.list(&intake.call(headers, None), query.as_deref()).await
}

async fn grants(
    State(intake): Shared,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    intake.grants(&intake.call(headers, None), query.as_deref()).await
}

async fn read(
    State(intake): Shared,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    deadline: Deadline,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let call = intake.call(headers, deadline);
    let wait = filter::wait(&call, query.as_deref())?;
    intake.read(&call, &id, wait).await
}

async fn cancel(
    State(intake): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    intake.cancel(&intake.call(headers, None), &id).await
}

async fn records(
    State(intake): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    intake.records(&intake.call(headers, None), &id).await
}

async fn preflight(State(intake): Shared, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    intake.preflight(&intake.call(headers, None), body).await
}

async fn catalog(State(intake): Shared, headers: HeaderMap) -> Result<Response, Problem> {
    intake.catalog(&intake.call(headers, None)).await
}

async fn openapi() -> Response {
    public("application/json", OPENAPI)
}

async fn healthz() -> Response {
    public("application/json", "{\"status\":\"ok\"}")
}

fn public(kind: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}

async fn nothing_here(State(intake): Shared, headers: HeaderMap) -> Problem {
    intake.call(headers, None).problem(Code::NotFound, "There is nothing at this address; see /openapi.json.")
}

async fn no_such_method(State(intake): Shared, headers: HeaderMap) -> Problem {
    intake
        .call(headers, None)
        .problem(Code::MethodNotAllowed, "See /openapi.json for what this address knows.")
}
