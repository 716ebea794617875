//! The JSON routes of one action: its review, and verdicts. Cookies do not authenticate these routes.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::VerdictKind;
use identity::VerifiedCaller;
use runtime::Code;
use runtime::http::{bearer, instance, json_body};
use wire::documents::VerdictName;
use wire::http::{ActionView, ReviewParts, ReviewView, VerdictBody};

use super::check::{CheckedVerdict, VerdictRequest, allowed_verdicts, check_verdict, why_not_approve};
use super::comment::VerdictComment;
use super::review_context::ReviewContext;
use super::statement::Via;
use crate::app::Callbacks;
use crate::refusal::RequestRejection;

/// Reads a body strictly into the verdict that it gives.
pub(super) type ReadBody = fn(&[u8]) -> Result<VerdictBody, RequestRejection>;

/// `GET /v1/actions/{id}/review`.
pub(crate) async fn get_review(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    json_response(&callbacks, callbacks.review(&id, &headers).await)
}

/// `POST /v1/actions/{id}/verdicts`.
pub(crate) async fn post_verdict(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    json_response(&callbacks, callbacks.verdict(&id, &headers, body, read).await)
}

/// The JSON response to a result: its body, or a problem with an instance of its own.
pub(crate) fn json_response<T>(callbacks: &Callbacks, result: Result<T, RequestRejection>) -> Response
where
    Json<T>: IntoResponse,
{
    match result {
        Ok(body) => Json(body).into_response(),
        Err(no) => no.problem(&instance(callbacks.capabilities.random.as_ref())).into_response(),
    }
}

impl Callbacks {
    async fn review(&self, id: &str, headers: &HeaderMap) -> Result<ReviewView, RequestRejection> {
        let caller = self.caller(bearer(headers)?).await?;
        let left_out = caller.leaves_groups_out();
        match self.review_for(id, caller).await {
            Err(no) => Err(self.because_left_out(no, left_out).await),
            shown => shown,
        }
    }

    async fn review_for(&self, id: &str, caller: VerifiedCaller) -> Result<ReviewView, RequestRejection> {
        let item = self.item(id).await?;
        self.require_own(&caller, &item).await?;
        let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
        let (mut groups, mut own) = (Vec::new(), None);
        let whole = self.is_shown_whole(&context, VerdictKind::Approve).await?;
        let allowed = match &caller {
            VerifiedCaller::Person(person) => {
                let resolved = self.resolve_person(&person.person, &person.groups.names).await?;
                if !context.concerns(&resolved.person, &resolved.groups) {
                    return Err(RequestRejection::not_found());
                }
                let now = self.capabilities.clock.now();
                let allowed = allowed_verdicts(&item, &context, &resolved, whole, now);
                own = why_not_approve(&item, &context, &resolved, now);
                groups = resolved.groups;
                allowed
            }
            VerifiedCaller::Agent(_) => Err(Code::AgentCannotDecide),
        };
        let action_documents = self.action_documents(&item).await?;
        let may_change = match allowed.as_ref().is_ok_and(|kinds| kinds.contains(&VerdictKind::Modify)) {
            true => self.changeable(&context, &groups, &action_documents.request).await?.pointers(),
            false => Vec::new(),
        };
        let (Some(action), Some(review)) = (action_documents.action, action_documents.review) else {
            return Err(RequestRejection::not_found());
        };
        let what = review.what;
        let (action, what) = match &caller {
            VerifiedCaller::Agent(_) => review::for_agent(action, what),
            VerifiedCaller::Person(_) => (action, what),
        };
        let offered = |kind: &VerdictKind| *kind != VerdictKind::Modify || !may_change.is_empty();
        let (may, why_not) = match allowed {
            Ok(kinds) => {
                let why_not = if whole { own } else { Some(Code::NotShownWhole) };
                let why_not = why_not.map(|code| code.name().to_owned());
                (kinds.into_iter().filter(offered).map(VerdictName::from).collect(), why_not)
            }
            Err(code) => (Vec::new(), Some(code.name().to_owned())),
        };
        Ok(ReviewView {
            review_digest: context.review.decision.review,
            action_digest: context.review.decision.action,
            action,
            document: ReviewParts { what, context: review.context },
            may,
            changes_left: (!may_change.is_empty()).then(|| context.review.proposal.changes_left()),
            may_change,
            why_not,
        })
    }

    /// Commits the verdict of a body that `read` reads.
    pub(super) async fn verdict(
        &self,
        id: &str,
        headers: &HeaderMap,
        body: Body,
        read: ReadBody,
    ) -> Result<ActionView, RequestRejection> {
        let caller = self.caller(bearer(headers)?).await?;
        let body = json_body(headers, body).await?;
        let left_out = caller.leaves_groups_out();
        match self.verdict_of(caller, id, &body, read).await {
            Err(no) => Err(self.because_left_out(no, left_out).await),
            decided => decided,
        }
    }

    async fn verdict_of(
        &self,
        caller: VerifiedCaller,
        id: &str,
        body: &[u8],
        read: ReadBody,
    ) -> Result<ActionView, RequestRejection> {
        let item = self.item(id).await?;
        self.require_own(&caller, &item).await?;
        let person = match caller {
            VerifiedCaller::Person(person) => person,
            VerifiedCaller::Agent(agent) => {
                let who = (&agent.principal).into();
                return Err(self.refuse_and_record(&item, &who, Code::AgentCannotDecide).await);
            }
        };
        self.may_decide(&item, &person).await?;
        let body = read(body)?;
        let resolved = self.resolve_person(&person.person, &person.groups.names).await?;
        let wanted = VerdictRequest {
            person: &resolved.person,
            groups: &resolved.groups,
            membership: &resolved.membership,
            kind: body.verdict.into(),
            action: body.action_digest,
            review: body.review_digest,
            grants: body.grant.is_some(),
            whole: match ReviewContext::of(&item) {
                Some(context) => self.is_shown_whole(&context, body.verdict.into()).await?,
                None => true,
            },
        };
        match check_verdict(&item, &wanted, self.capabilities.clock.now()) {
            Ok(CheckedVerdict::AlreadyGiven) => return self.view(&item, &resolved.person).await,
            Ok(CheckedVerdict::Allowed(_)) => {}
            Err(code) => return Err(self.refuse_verdict(&item, &wanted, code).await),
        }
        let Some(unproven) = self.resolve_without_idp(&item, &wanted, &resolved) else {
            return Err(self.step_up(item.id()));
        };
        let wanted = VerdictRequest { groups: &unproven.groups, membership: &unproven.membership, ..wanted };
        let via = Via { channel: "api", client: &person.client, account: None };
        let mut comment = VerdictComment::check(wanted.kind, body.reason_code, body.reason)?;
        comment.grant = self.grant_terms(&item, &wanted, body.grant.as_ref()).await?;
        comment.patch = self.checked_patch(&item, &wanted, body.patch).await?;
        let item = self.commit_by_service(&item, &wanted, &resolved.directory, comment, via).await?;
        self.view(&item, &resolved.person).await
    }
}

/// Reads the body strictly. Malformed JSON, an unknown field and a field of the wrong shape have a code each.
fn read(body: &[u8]) -> Result<VerdictBody, RequestRejection> {
    let value = wire::json::parse_value(body)
        .map_err(|e| RequestRejection::new(Code::MalformedJson, e.to_string()))?;
    let allowed_fields =
        ["verdict", "action_digest", "review_digest", "reason_code", "reason", "grant", "patch"];
    let fields = value.as_object().ok_or_else(|| RequestRejection::input("", "must be an object"))?;
    if let Some(field) = fields.keys().find(|field| !allowed_fields.contains(&field.as_str())) {
        let pointer = format!("/{}", field.chars().filter(|c| !c.is_control()).take(60).collect::<String>());
        let no = RequestRejection::input(&pointer, "is not a known field");
        return Err(RequestRejection { code: Code::UnknownField, ..no });
    }
    let missing =
        ["verdict", "action_digest", "review_digest"].into_iter().find(|name| !fields.contains_key(*name));
    if let Some(name) = missing {
        return Err(RequestRejection::input(&format!("/{name}"), "is required"));
    }
    let body: VerdictBody = wire::json::from_value(value)
        .map_err(|_| RequestRejection::input("", "does not have the shape the contract gives it"))?;
    match body.verdict {
        VerdictName::Happened | VerdictName::DidNotHappen => Err(RequestRejection::input(
            "/verdict",
            "what a lost attempt did is recorded with POST /v1/actions/{id}/resolution",
        )),
        VerdictName::Suspend => Err(RequestRejection::input(
            "/verdict",
            "must be `approve`, `deny`, `modify`, `confirm`, `emergency`, `close` or `revoke`",
        )),
        _ => Ok(body),
    }
}
