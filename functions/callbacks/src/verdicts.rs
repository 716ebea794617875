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

use crate::app::{Callbacks, Known};
use crate::commit::{Ballot, needs_idp};
use crate::judge::{Judgement, Wish, judge, may, not_approving};
use crate::matter::Matter;
use crate::refusal::RequestRejection;

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
        let matter = Matter::of(&item).ok_or_else(RequestRejection::not_found)?;
        let (mut groups, mut own) = (Vec::new(), None);
        let whole = self.shown_whole(&matter, VerdictKind::Approve).await?;
        let said = match &caller {
            Caller::Person(person) => {
                let known = self.known(&person.person, &person.groups.names).await?;
                if !matter.concerns(&known.person, &known.groups) {
                    return Err(RequestRejection::not_found());
                }
                let now = self.capabilities.clock.now();
                let said = may(&item, &matter, &known, (whole, now));
                own = not_approving(&item, &matter, &known, now);
                groups = known.groups;
                said
            }
            Caller::Agent(_) => Err(Code::AgentCannotDecide),
        };
        let action_documents = self.action_documents(&item).await?;
        let may_change = match said.as_ref().is_ok_and(|kinds| kinds.contains(&VerdictKind::Modify)) {
            true => self.changeable(&matter, &groups, &action_documents.request).await?.pointers(),
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
            review_digest: matter.review.decision.review,
            action_digest: matter.review.decision.action,
            action,
            document: ReviewParts { what, context: review.context },
            may,
            changes_left: (!may_change.is_empty()).then(|| matter.review.proposal.changes_left()),
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
                return Err(self.refuse(&item, &who, Code::AgentCannotDecide).await);
            }
        };
        self.may_decide(&item, &person).await?;
        let body = read(body)?;
        let known = self.known(&person.person, &person.groups.names).await?;
        let wish = Wish {
            person: &known.person,
            groups: &known.groups,
            membership: &known.membership,
            kind: body.verdict.into(),
            action: body.action_digest,
            review: body.review_digest,
            grants: body.grant.is_some(),
            whole: match Matter::of(&item) {
                Some(matter) => self.shown_whole(&matter, body.verdict.into()).await?,
                None => true,
            },
        };
        match judge(&item, &wish, self.capabilities.clock.now()) {
            Ok(Judgement::AlreadySo) => return self.view(&item, &known.person).await,
            Ok(Judgement::May(_)) => {}
            Err(code) => return Err(self.refuse_wish(&item, &wish, code).await),
        }
        let Some(unproven) = self.by_word_alone(&item, &wish, &known) else {
            return Err(self.step_up(item.id()));
        };
        let wish = Wish { groups: &unproven.groups, membership: &unproven.membership, ..wish };
        let mut words = Words::check(wish.kind, body.reason_code, body.reason)?;
        words.grant = self.terms(&item, &wish, body.grant.as_ref()).await?;
        words.patch = self.asked_change(&item, &wish, body.patch).await?;
        let item = self.by_service(&item, (&wish, &known), words, ("api", &person.client)).await?;
        self.view(&item, &known.person).await
    }

    /// Who says it where this function's word is enough: where the requirements do not ask for more, and the directory itself
    /// lists the person or lends them a seat. Of a group that only their token names nothing would prove afterwards that
    /// they belong to it.
    pub(crate) fn by_word_alone(&self, item: &wire::Item, wish: &Wish<'_>, known: &Known) -> Option<Known> {
        let unproven = known.unproven();
        let alone = Wish { groups: &unproven.groups, membership: &unproven.membership, ..*wish };
        let judged = judge(item, &alone, self.capabilities.clock.now());
        (!needs_idp(item, wish.kind) && judged.is_ok()).then_some(unproven)
    }

    /// Commits by `service`: callbacks itself says that it was this person.
    pub(crate) async fn by_service(
        &self,
        item: &wire::Item,
        (wish, known): (&Wish<'_>, &Known),
        words: Words,
        through: (&str, &str),
    ) -> Result<wire::Item, RequestRejection> {
        let statement = self.statement(item, wish, words, through)?;
        let document = statement.document().map_err(|_| RequestRejection::unavailable())?;
        let ballot = Ballot {
            action: item.id(),
            wish: *wish,
            grant: statement.grant.map(Into::into),
            patch: statement.patch.as_ref(),
            statement: &document,
            proof: None,
            directory: &known.directory,
        };
        self.commit(&ballot).await
    }

    /// What the person says, in the form that is signed.
    pub(crate) fn statement(
        &self,
        item: &wire::Item,
        wish: &Wish<'_>,
        words: Words,
        (channel, client): (&str, &str),
    ) -> Result<Statement, RequestRejection> {
        Ok(Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: self.config.deployment.clone(),
            action: item.id().clone(),
            revision: item.state().proposal().ok_or_else(RequestRejection::not_found)?.revision,
            action_digest: wish.action,
            review_digest: wish.review,
            verdict: wish.kind.into(),
            reason_code: words.code,
            reason: words.reason,
            grant: words.grant.as_ref().map(Into::into),
            scope: None,
            patch: words.patch,
            person: wish.person.into(),
            client: client.to_owned(),
            channel: channel.to_owned(),
            at: self.capabilities.clock.now(),
            salt: self.salt()?,
        })
    }
}

/// What is said beside the verdict: a reason as it may be kept, what an approval grants, what a modification changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    pub code: Option<String>,
    pub reason: Option<String>,
    pub grant: Option<GrantTerms>,
    pub patch: Option<Value>,
}

impl Words {
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
            return Err(RequestRejection::input("/reason", wordless(kind)));
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
    let known = ["verdict", "action_digest", "review_digest", "reason_code", "reason", "grant", "patch"];
    let fields = value.as_object().ok_or_else(|| RequestRejection::input("", "must be an object"))?;
    if let Some(field) = fields.keys().find(|field| !known.contains(&field.as_str())) {
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

fn wordless(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Suspend => "a suspension needs a reason: people read it before they approve the resume",
        VerdictKind::Emergency => "an emergency needs a reason: somebody else reads it afterwards",
        VerdictKind::Close => "closing a review needs a reason: what you found",
        _ => "a denial needs a reason or a reason_code: the agent learns from it",
    }
}
