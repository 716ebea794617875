//! The two JSON calls: what is to be decided, and the decision. Cookies mean nothing here.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::{GrantTerms, VerdictKind};
use identity::Caller;
use runtime::Code;
use runtime::http::{bearer, instance, json_body};
use serde_json::Value;
use wire::documents::{DocumentKind, Statement, VerdictName};
use wire::http::{ActionView, ReviewParts, ReviewView, VerdictBody};

use crate::app::{Callbacks, ResolvedPerson};
use crate::check::{CheckedVerdict, VerdictRequest, allowed_verdicts, check_verdict, why_not_approve};
use crate::commit::{UnsignedVerdict, needs_idp};
use crate::refusal::RequestRejection;
use crate::review_context::ReviewContext;

/// The fixed reasons.
pub(crate) const REASON_CODES: [&str; 5] =
    ["wrong-target", "not-recognised", "not-now", "needs-ticket", "other"];
/// The longest reason, in characters.
pub(crate) const MAX_REASON: usize = 2000;

pub(crate) async fn get_review(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer(&callbacks, callbacks.review(&id, &headers).await)
}

pub(crate) async fn post_verdict(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&callbacks, callbacks.verdict(&id, &headers, body).await)
}

pub(crate) fn answer<T>(callbacks: &Callbacks, result: Result<T, RequestRejection>) -> Response
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

    async fn review_for(&self, id: &str, caller: Caller) -> Result<ReviewView, RequestRejection> {
        let item = self.item(id).await?;
        self.require_own(&caller, &item).await?;
        let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
        let (mut groups, mut own) = (Vec::new(), None);
        let whole = self.is_shown_whole(&context, VerdictKind::Approve).await?;
        let said = match &caller {
            Caller::Person(person) => {
                let resolved = self.resolve_person(&person.person, &person.groups.names).await?;
                if !context.concerns(&resolved.person, &resolved.groups) {
                    return Err(RequestRejection::not_found());
                }
                let now = self.capabilities.clock.now();
                let said = allowed_verdicts(&item, &context, &resolved, (whole, now));
                own = why_not_approve(&item, &context, &resolved, now);
                groups = resolved.groups;
                said
            }
            Caller::Agent(_) => Err(Code::AgentCannotDecide),
        };
        let action_documents = self.action_documents(&item).await?;
        let may_change = match said.as_ref().is_ok_and(|kinds| kinds.contains(&VerdictKind::Modify)) {
            true => self.changeable(&context, &groups, &action_documents.request).await?.pointers(),
            false => Vec::new(),
        };
        let (Some(action), Some(review)) = (action_documents.action, action_documents.review) else {
            return Err(RequestRejection::not_found());
        };
        let what = review.what;
        let (action, what) = match &caller {
            Caller::Agent(_) => review::for_agent(action, what),
            Caller::Person(_) => (action, what),
        };
        let offered = |kind: &VerdictKind| *kind != VerdictKind::Modify || !may_change.is_empty();
        let (may, why_not) = match said {
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

    async fn verdict(
        &self,
        id: &str,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<ActionView, RequestRejection> {
        let caller = self.caller(bearer(headers)?).await?;
        let body = json_body(headers, body).await?;
        let left_out = caller.leaves_groups_out();
        match self.verdict_of(caller, id, &body).await {
            Err(no) => Err(self.because_left_out(no, left_out).await),
            decided => decided,
        }
    }

    async fn verdict_of(
        &self,
        caller: Caller,
        id: &str,
        body: &[u8],
    ) -> Result<ActionView, RequestRejection> {
        let item = self.item(id).await?;
        self.require_own(&caller, &item).await?;
        let person = match caller {
            Caller::Person(person) => person,
            Caller::Agent(agent) => {
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
        let Some(unproven) = self.provable_without_idp(&item, &wanted, &resolved) else {
            return Err(self.step_up(item.id()));
        };
        let wanted = VerdictRequest { groups: &unproven.groups, membership: &unproven.membership, ..wanted };
        let mut comment = VerdictComment::check(wanted.kind, body.reason_code, body.reason)?;
        comment.grant = self.grant_terms(&item, &wanted, body.grant.as_ref()).await?;
        comment.patch = self.checked_patch(&item, &wanted, body.patch).await?;
        let item =
            self.commit_by_service(&item, (&wanted, &resolved), comment, ("api", &person.client)).await?;
        self.view(&item, &resolved.person).await
    }

    /// Who says it where this function's word is enough: where the requirements do not ask for more, and the directory itself
    /// lists the person or lends them a seat. Of a group that only their token names nothing would prove afterwards that
    /// they belong to it.
    pub(crate) fn provable_without_idp(
        &self,
        item: &wire::Item,
        wanted: &VerdictRequest<'_>,
        resolved: &ResolvedPerson,
    ) -> Option<ResolvedPerson> {
        let unproven = resolved.unproven();
        let alone = VerdictRequest { groups: &unproven.groups, membership: &unproven.membership, ..*wanted };
        let checked = check_verdict(item, &alone, self.capabilities.clock.now());
        (!needs_idp(item, wanted.kind) && checked.is_ok()).then_some(unproven)
    }

    /// Commits by `service`: callbacks itself says that it was this person.
    pub(crate) async fn commit_by_service(
        &self,
        item: &wire::Item,
        (wanted, resolved): (&VerdictRequest<'_>, &ResolvedPerson),
        comment: VerdictComment,
        through: (&str, &str),
    ) -> Result<wire::Item, RequestRejection> {
        let statement = self.statement(item, wanted, comment, through)?;
        let document = statement.document().map_err(|_| RequestRejection::unavailable())?;
        let unsigned = UnsignedVerdict {
            action: item.id(),
            wanted: *wanted,
            grant: statement.grant.map(Into::into),
            patch: statement.patch.as_ref(),
            statement: &document,
            proof: None,
            directory: &resolved.directory,
        };
        self.commit(&unsigned).await
    }

    /// What the person says, in the form that is signed.
    pub(crate) fn statement(
        &self,
        item: &wire::Item,
        wanted: &VerdictRequest<'_>,
        comment: VerdictComment,
        (channel, client): (&str, &str),
    ) -> Result<Statement, RequestRejection> {
        Ok(Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: self.config.deployment.clone(),
            action: item.id().clone(),
            revision: item.state().proposal().ok_or_else(RequestRejection::not_found)?.revision,
            action_digest: wanted.action,
            review_digest: wanted.review,
            verdict: wanted.kind.into(),
            reason_code: comment.code,
            reason: comment.reason,
            grant: comment.grant.as_ref().map(Into::into),
            scope: None,
            patch: comment.patch,
            person: wanted.person.into(),
            client: client.to_owned(),
            channel: channel.to_owned(),
            at: self.capabilities.clock.now(),
            salt: self.salt()?,
        })
    }
}

/// What is said beside the verdict: a reason as it may be kept, what an approval grants, what a modification changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VerdictComment {
    pub code: Option<String>,
    pub reason: Option<String>,
    pub grant: Option<GrantTerms>,
    pub patch: Option<Value>,
}

impl VerdictComment {
    /// Redacted, hidden characters spelled out; a denial without any is refused.
    pub(crate) fn check(
        kind: VerdictKind,
        code: Option<String>,
        reason: Option<String>,
    ) -> Result<Self, RequestRejection> {
        if code.as_deref().is_some_and(|code| !REASON_CODES.contains(&code)) {
            return Err(RequestRejection::input("/reason_code", "must be one of the fixed codes, or null"));
        }
        let reason = reason.map(|text| text.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty());
        if reason.as_ref().is_some_and(|text| text.chars().count() > MAX_REASON) {
            return Err(RequestRejection::input("/reason", "must have at most 2,000 characters"));
        }
        if kind.needs_words() && code.is_none() && reason.is_none() {
            return Err(RequestRejection::input("/reason", missing_reason(kind)));
        }
        let shown = |text: String| {
            let redacted = redaction::redact_text(&text, "/reason", &redaction::Known::nothing());
            redaction::escape_hidden(&redacted.text).text
        };
        Ok(Self { code, reason: reason.map(shown), grant: None, patch: None })
    }
}

/// Strictly: JSON faults apart from fields of the wrong shape, and an unknown field by its own code.
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
        VerdictName::Suspend => Err(RequestRejection::input(
            "/verdict",
            "must be `approve`, `deny`, `modify`, `confirm`, `emergency`, `close` or `revoke`",
        )),
        _ => Ok(body),
    }
}

fn missing_reason(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Suspend => "a suspension needs a reason: people read it before they approve the resume",
        VerdictKind::Emergency => "an emergency needs a reason: somebody else reads it afterwards",
        VerdictKind::Close => "closing a review needs a reason: what you found",
        _ => "a denial needs a reason or a reason_code: the agent learns from it",
    }
}
