//! The page of one action: to decide it, or to see what became of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{Timestamp, VerdictKind};
use maud::{Markup, html};
use review::Votes;
use runtime::Code;
use wire::Item;
use wire::documents::{ReasonJson, ReviewDocument};
use wire::http::FieldError;

use super::decision_form::DecisionForm;
use super::rejected_form::RejectedForm;
use super::timeline::{self, TimelineView};
use super::{resolve, words};
use crate::app::Callbacks;
use crate::layout::{Link, NavTab, html_response, page, refused};
use crate::refusal::{LEFT_OUT, RequestRejection};
use crate::session::Session;
use crate::verdicts::{
    GivenVerdict, GrantRequest, ReviewContext, allowed_verdicts, is_open, is_waiting_for, why_not_approve,
};

/// `GET /review/{id}`.
pub(crate) async fn get_review_page(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let session = match callbacks.session_or_sign_in(&headers, &format!("/review/{id}")).await {
        Ok(session) => session,
        Err(elsewhere) => return *elsewhere,
    };
    match callbacks.review_page(&session, &id, None).await {
        Ok(response) => response,
        // A session that begins for this action keeps the groups that the action asks.
        Err(no) if no.code == Code::NotFound && session.groups.is_partial() => {
            let detail = format!("{} If it is asked of a group of yours, sign in for it.", no.detail);
            let again = format!("/signin?to=/review/{id}");
            let no = session.explained(RequestRejection { detail, ..no });
            refused(Some(&session), &no, Some(Link { address: &again, label: "Sign in for this action" }))
        }
        Err(no) => refused(Some(&session), &session.explained(no), Some(Link::INBOX)),
    }
}

/// What the page of a pending action shows in addition to the review document.
struct ReviewPage<'a> {
    item: &'a Item,
    context: &'a ReviewContext,
    review: &'a ReviewDocument,
    observed: &'a [ReasonJson],
    /// When its proposer last asked for it, if that was marked.
    asked: Option<Timestamp>,
    /// Whether it waits for the person who looks.
    is_yours: bool,
    /// What the person who looks answered last.
    own: Option<&'a GivenVerdict>,
    /// Why they may give no verdict.
    forbidden: Option<Code>,
    /// Why they may not approve, or may give no verdict at all.
    why_not: Option<String>,
    votes: Votes<'a>,
    /// Whether groups of the person were left out of their token.
    left_out: bool,
    /// The form they may send; `None` where they may give no verdict.
    form: Option<DecisionForm<'a>>,
    rejected: Option<&'a RejectedForm<'a>>,
    now: Timestamp,
}

impl Callbacks {
    /// The page for this person; `rejected` is a form of theirs that was refused.
    pub(super) async fn review_page(
        &self,
        session: &Session,
        id: &str,
        rejected: Option<&RejectedForm<'_>>,
    ) -> Result<Response, RequestRejection> {
        let item = self.item(id).await?;
        let resolved = self.resolve_person(&session.person, &session.groups.names).await?;
        let Some(context) = ReviewContext::of(&item).filter(|context| context.current) else {
            return self.undecided_page(session, &resolved, &item).await;
        };
        if !context.concerns(&resolved.person, &resolved.groups) {
            return Err(RequestRejection::not_found());
        }
        let action_documents = self.action_documents(&item).await?;
        let review = action_documents.review.as_ref().ok_or_else(RequestRejection::not_found)?;
        let asked = self.capabilities.state.last_polled_at(item.id()).await?;
        let now = self.capabilities.clock.now();
        let title = review::sentence(&review.what);
        let allowed = allowed_verdicts(&item, &context, &resolved, review.what.is_whole(), now);
        let why_not = match &allowed {
            Ok(_) => why_not_approve(&item, &context, &resolved, now),
            Err(code) => Some(*code),
        };
        let forbidden = allowed.as_ref().err().copied();
        let form = match allowed {
            Ok(allowed) => {
                let may = |kind| allowed.contains(&kind);
                let changeable = match may(VerdictKind::Modify) {
                    true => {
                        Some(self.changeable(&context, &resolved.groups, &action_documents.request).await?)
                    }
                    false => None,
                };
                let grant_request = may(VerdictKind::Approve)
                    .then(|| GrantRequest::of(&context, &resolved.groups, &action_documents.request))
                    .flatten();
                let (action, csrf) = (item.id(), session.csrf.as_str());
                let decision = &context.review.decision;
                Some(DecisionForm {
                    action,
                    action_digest: decision.action,
                    review_digest: decision.review,
                    what: &review.what,
                    csrf,
                    allowed,
                    grant_request,
                    changeable,
                    rejected,
                })
            }
            Err(_) => None,
        };
        let sheet = ReviewPage {
            item: &item,
            context: &context,
            review,
            observed: action_documents.decision.as_ref().map_or(&[], |decision| &decision.observed),
            asked,
            is_yours: is_waiting_for(&item, &context, &resolved, now),
            own: context.last_given(&resolved.person),
            forbidden,
            why_not: why_not.map(|code| context.refusal_text(&resolved.person, code)),
            votes: Votes::of(&item, Some(&resolved.person)),
            left_out: session.groups.left_out,
            form,
            rejected,
            now,
        };
        let waits = is_open(item.state()) && matches!(item.state(), domain::State::Pending(_));
        let body = if waits {
            open(&sheet)
        } else {
            let positions = self.capabilities.index.positions(item.id()).await?;
            let log_bucket = self.config.log_bucket.as_str();
            let votes = sheet.votes;
            let view = TimelineView {
                item: &item,
                action_documents: &action_documents,
                positions: &positions,
                asked,
                votes,
                log_bucket,
            };
            timeline::sheet(&view, review, under_timeline(&sheet))
        };
        let status = rejected.map_or(StatusCode::OK, |form| form.no.code.status());
        Ok(html_response(status, &page(Some(session), NavTab::Elsewhere, &title, &body)))
    }
}

/// What stands under the timeline: how long it usually takes, while it runs; who can record what a lost attempt did, the form for
/// it, and the form for every other verdict that is still possible.
fn under_timeline(sheet: &ReviewPage<'_>) -> Option<Markup> {
    let allowed = sheet.form.as_ref().map_or(&[][..], |form| form.allowed.as_slice());
    let (resolves, others) = (
        allowed.iter().any(|kind| kind.happened().is_some()),
        allowed.iter().any(|kind| kind.happened().is_none()),
    );
    let state = sheet.item.state();
    let lost = state.run().filter(|_| matches!(state, domain::State::Unknown(_)));
    let running = state.run().filter(|_| matches!(state, domain::State::Executing(_)));
    (others || lost.is_some() || running.is_some()).then(|| {
        html! {
            @if let Some(run) = running {
                section {
                    (review::usual_time(sheet.review.what.expected_seconds, run.claimed_at, sheet.now))
                }
            }
            @if let Some(rejected) = sheet.rejected { (rejection(rejected)) }
            @if let Some(run) = lost { (resolve::waits(run)) }
            @if let Some(form) = &sheet.form {
                @if resolves { (resolve::form(form)) }
                @if others { (form.html()) }
            }
        }
    })
}

fn open(sheet: &ReviewPage<'_>) -> Markup {
    let expires_at = sheet.context.review.proposal.expires_at;
    let until = words::minute(sheet.now, expires_at);
    html! {
        article class="sheet" {
            header {
                p class="state" {
                    (waits_for(sheet)) " · " (words::left(sheet.now, expires_at)) " (until " (until) " UTC)"
                }
                h1 { (review::html::sentence(&sheet.review.what)) }
            }
            @if let Some(rejected) = sheet.rejected { (rejection(rejected)) }
            (review::html::document(sheet.review))
            (observed(sheet.observed))
            (so_far(&sheet.context.review, sheet.votes))
            (asked_for(sheet))
            @if let Some(why) = &sheet.why_not {
                section class="notice" {
                    strong { (why) }
                    @if sheet.left_out && sheet.forbidden == Some(Code::NotAnApprover) { (LEFT_OUT) }
                }
            }
            @if let Some(form) = &sheet.form { (form.html()) (form.change_html()) }
            (for_the_record(sheet))
        }
    }
}

/// For whom the action waits, and what the person who looks has answered.
fn waits_for(sheet: &ReviewPage<'_>) -> String {
    match (sheet.is_yours, sheet.own) {
        (true, _) => "Waiting for you".to_owned(),
        (false, Some(own)) => {
            let verb = match own.verdict.kind {
                VerdictKind::Confirm => "confirmed",
                _ => "approved",
            };
            format!("You {verb} it at {} · Waiting for others", words::minute(sheet.now, own.at))
        }
        (false, None) => "Waiting for others".to_owned(),
    }
}

/// Why a form was refused. What concerns one field of the form that decides is told at that field; here is a link to it.
fn rejection(form: &RejectedForm<'_>) -> Markup {
    let no = form.no;
    let place = if form.is_resolution() { "#resolve" } else { "#decide" };
    let is_in_form = |error: &FieldError| error.pointer == "/reason" || error.pointer == "/grant";
    html! {
        section class="notice" role="alert" {
            strong {
                @if no.code == Code::InvalidParameters { "Nothing was decided." } @else { (no.code.title()) }
            }
            @if no.errors.iter().any(is_in_form) { a href=(place) { "See what is wrong in the form." } }
            @else { (text_of(no)) }
        }
    }
}

/// The detail of a refusal, and of each parameter that is wrong.
fn text_of(no: &RequestRejection) -> String {
    let more = no.errors.iter().filter(|error| error.detail != no.detail);
    let more: Vec<String> = more
        .map(|error| {
            format!("{}: {}.", review::parameter(error.pointer.trim_start_matches("/patch")), error.detail)
        })
        .collect();
    format!("{} {}", no.detail, more.join(" ")).trim_end().to_owned()
}

/// The rules that only observe, separate from those that ask.
fn observed(rules: &[ReasonJson]) -> Markup {
    html! {
        @if !rules.is_empty() {
            section aria-label="Rules that only observe" {
                @for rule in rules {
                    p {
                        (review::html::text(rule.message.trim_end_matches('.'))) ". "
                        span class="soft" { "Rule " code { (rule.policy) } " only observes: it stops nothing." }
                    }
                }
            }
        }
    }
}

/// Who has agreed, and how many more are needed.
fn so_far(review: &domain::Review, votes: Votes<'_>) -> Markup {
    let progress = votes.progress(review);
    let needed: u32 = progress.iter().map(|one| one.needed.saturating_sub(one.given)).sum();
    let all: u32 = progress.iter().map(|one| one.needed).sum();
    let seen = votes.seen(&review.votes);
    let names: Vec<String> = seen.iter().map(|vote| review::speaker(vote.into())).collect();
    html! {
        section {
            @if votes.hidden() { "Votes stay hidden until it is decided; " (all) " must agree." }
            @else if names.is_empty() { "Nobody has agreed yet." }
            @else { (names.join(", ")) " agreed; " (needed) " more needed." }
        }
    }
}

/// D15: when the proposer last asked for it, and what happens when it stops asking.
fn asked_for(sheet: &ReviewPage<'_>) -> Markup {
    let (review, now) = (&sheet.context.review, sheet.now);
    let at = review.last_polled_at(sheet.asked);
    html! {
        section {
            "Last asked for " (words::ago(now, at)) " (" (words::minute(now, at)) " UTC)."
            @if let Some(abandonment_timeout) = review.abandonment_timeout() {
                @let abandonment_timeout = words::span(abandonment_timeout.into());
                @if review.abandoned_since(sheet.asked, now).is_some() {
                    " " strong { "Nobody seems to wait for it any more." }
                    " Unless its agent asks again it will not be begun, whoever approves it."
                } @else {
                    " Once nobody has asked for " (abandonment_timeout) " it is not begun any more."
                }
            }
        }
    }
}

fn for_the_record(sheet: &ReviewPage<'_>) -> Markup {
    let decision = &sheet.context.review.decision;
    html! {
        details {
            summary { "For the record" }
            dl {
                dt { "Action" } dd class="value" { (sheet.item.id()) }
                dt { "Action digest" } dd class="value" { (decision.action) }
                dt { "This page's digest" } dd class="value" { (decision.review) }
                dt { "Rules in force" } dd class="value" { (sheet.review.context.bundle) }
                dt { "Sensitivity" } dd { (sheet.review.what.sensitivity) }
            }
        }
    }
}
