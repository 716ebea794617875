//! The page of one action: to decide it, or what became of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{Timestamp, VerdictKind};
use maud::{Markup, html};
use review::Votes;
use runtime::Code;
use wire::Item;
use wire::documents::{ReasonJson, ReviewDocument, VerdictName};

use super::choices::{emergency_choice, grant_choice};
use super::timeline::{self, TimelineView};
use super::{change, words};
use crate::app::Callbacks;
use crate::layout::{Link, NavTab, html_response, page, refused};
use crate::refusal::{LEFT_OUT, RequestRejection};
use crate::session::Session;
use crate::verdicts::{Changeable, GrantRequest, ReviewContext, allowed_verdicts, is_open, why_not_approve};

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
        // Groups that this session could not keep are kept by one that is begun for this very action.
        Err(no) if no.code == Code::NotFound && session.groups.is_partial() => {
            let detail = format!("{} If it is asked of a group of yours, sign in for it.", no.detail);
            let again = format!("/signin?to=/review/{id}");
            let no = session.explained(RequestRejection { detail, ..no });
            refused(Some(&session), &no, Some(Link { address: &again, label: "Sign in for this action" }))
        }
        Err(no) => refused(Some(&session), &session.explained(no), Some(Link::INBOX)),
    }
}

/// What the page of an open action shows beside the document.
struct ReviewPage<'a> {
    item: &'a Item,
    context: &'a ReviewContext,
    review: &'a ReviewDocument,
    observed: &'a [ReasonJson],
    /// When its proposer last asked for it, if that was marked.
    asked: Option<Timestamp>,
    may: Result<Vec<VerdictKind>, Code>,
    /// Why they may not approve, or say nothing at all.
    why_not: Option<String>,
    votes: Votes<'a>,
    grant_request: Option<GrantRequest>,
    changeable: Option<Changeable>,
    csrf: &'a str,
    /// Whether groups of the person were left out of their token.
    left_out: bool,
    wrong: Option<&'a RequestRejection>,
    now: Timestamp,
}

impl Callbacks {
    /// The page for this person; `wrong` is what was refused about a form they sent.
    pub(crate) async fn review_page(
        &self,
        session: &Session,
        id: &str,
        wrong: Option<&RequestRejection>,
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
        let may = allowed_verdicts(&item, &context, &resolved, review.what.is_whole(), now);
        let changeable = match may.as_ref().is_ok_and(|kinds| kinds.contains(&VerdictKind::Modify)) {
            true => Some(self.changeable(&context, &resolved.groups, &action_documents.request).await?),
            false => None,
        };
        let sheet = ReviewPage {
            item: &item,
            context: &context,
            review,
            observed: action_documents.decision.as_ref().map_or(&[], |decision| &decision.observed),
            asked,
            why_not: match &may {
                Ok(_) => why_not_approve(&item, &context, &resolved, now),
                Err(code) => Some(*code),
            }
            .map(|code| context.refusal_text(&resolved.person, code)),
            grant_request: may
                .as_ref()
                .is_ok_and(|kinds| kinds.contains(&VerdictKind::Approve))
                .then(|| GrantRequest::of(&context, &resolved.groups, &action_documents.request))
                .flatten(),
            votes: Votes::of(&item, Some(&resolved.person)),
            may,
            changeable,
            csrf: &session.csrf,
            left_out: session.groups.left_out,
            wrong,
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
            timeline::sheet(&view, review, sheet.after_all())
        };
        let status = wrong.map_or(StatusCode::OK, |no| no.code.status());
        Ok(html_response(status, &page(Some(session), NavTab::Elsewhere, &title, &body)))
    }
}

impl ReviewPage<'_> {
    /// Once approved and not yet begun, whoever may still stop it finds the way to do so under the timeline.
    fn after_all(&self) -> Option<Markup> {
        self.may.is_ok().then(|| decide(self))
    }
}

fn open(sheet: &ReviewPage<'_>) -> Markup {
    let expires_at = sheet.context.review.proposal.expires_at;
    let yours = if sheet.may.is_ok() { "Waiting for you" } else { "Waiting for others" };
    let until = words::minute(sheet.now, expires_at);
    html! {
        article class="sheet" {
            header {
                p class="state" {
                    (yours) " · " (words::left(sheet.now, expires_at)) " (until " (until) " UTC)"
                }
                h1 { (review::html::sentence(&sheet.review.what)) }
            }
            @if let Some(no) = sheet.wrong {
                section class="notice" role="alert" { strong { (no.code.title()) } (words_of(no)) }
            }
            (review::html::document(sheet.review))
            (observed(sheet.observed))
            (so_far(&sheet.context.review, sheet.votes))
            (asked_for(sheet))
            @match &sheet.may {
                Ok(_) => {
                    @if let Some(why) = &sheet.why_not { section class="notice" { strong { (why) } } }
                    (decide(sheet))
                    (change_it(sheet))
                }
                Err(code) => @if let Some(why) = &sheet.why_not {
                    section class="notice" {
                        strong { (why) }
                        @if sheet.left_out && *code == Code::NotAnApprover { (LEFT_OUT) }
                    }
                },
            }
            (for_the_record(sheet))
        }
    }
}

/// What was refused, with the place where that is not all of it.
fn words_of(no: &RequestRejection) -> String {
    let more = no.errors.iter().filter(|error| error.detail != no.detail);
    let more: Vec<String> = more
        .map(|error| {
            format!("{}: {}.", review::parameter(error.pointer.trim_start_matches("/patch")), error.detail)
        })
        .collect();
    format!("{} {}", no.detail, more.join(" ")).trim_end().to_owned()
}

/// Rules that are only tried out, told apart from those that ask.
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

/// Who has agreed and how many are still needed; past approvals of other actions are no argument.
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

/// D15: whether anybody still waits for it, and what comes of it when nobody does.
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

const PICKS: [(&str, &str); 4] = [
    ("wrong-target", "wrong target"),
    ("not-recognised", "I don't recognise this"),
    ("not-now", "not now"),
    ("needs-ticket", "needs a ticket"),
];

/// What else may be said, and on which button.
const OTHERS: [(VerdictKind, &str, &str); 4] = [
    (VerdictKind::Confirm, "approve", "Yes, I asked for this"),
    (VerdictKind::Deny, "deny", "Deny"),
    (VerdictKind::Close, "approve", "I have looked at this emergency"),
    (VerdictKind::Revoke, "deny", "Take the grant back"),
];

/// What says what was shown, and that this very session sends it.
fn shown(sheet: &ReviewPage<'_>) -> Markup {
    let decision = &sheet.context.review.decision;
    html! {
        input type="hidden" name="action_digest" value=(decision.action);
        input type="hidden" name="review_digest" value=(decision.review);
        input type="hidden" name="csrf" value=(sheet.csrf);
    }
}

/// For whom parameters are open.
fn change_it(sheet: &ReviewPage<'_>) -> Markup {
    let open = sheet.changeable.as_ref().filter(|changeable| !changeable.fields().is_empty());
    let address = format!("/review/{}/verdict", sheet.item.id());
    html! { @if let Some(changeable) = open { (change::change_form(changeable, &address, &shown(sheet))) } }
}

/// Buttons of the same weight, none preselected.
fn decide(sheet: &ReviewPage<'_>) -> Markup {
    let id = sheet.item.id();
    let may = |kind| sheet.may.as_ref().is_ok_and(|kinds| kinds.contains(&kind));
    html! {
        form class="decide" method="post" action=(format!("/review/{id}/verdict")) {
            (shown(sheet))
            fieldset {
                legend { "Reason " span class="soft" { "(one is needed to deny)" } }
                @for (code, label) in PICKS {
                    label class="pick" { input type="radio" name="reason_code" value=(code); " " (label) }
                }
            }
            textarea id="reason" name="reason" maxlength="2000" aria-label="Reason in your words"
                placeholder="In your words, if you like" {}
            @if let (true, Some(grant_request)) = (may(VerdictKind::Approve), &sheet.grant_request) { (grant_choice(grant_request)) }
            div class="buttons" {
                @if may(VerdictKind::Approve) {
                    button class="approve" name="verdict" value="approve" {
                        (review::approve_label(&sheet.review.what))
                    }
                }
                @for (kind, class, label) in OTHERS.into_iter().filter(|(kind, _, _)| may(*kind)) {
                    button class=(class) name="verdict" value=(VerdictName::from(kind).as_str()) { (label) }
                }
            }
            @if may(VerdictKind::Approve) {
                p class="soft" { "Approving takes you through your sign-in once more; that signature is your vote." }
            }
            @if may(VerdictKind::Emergency) { (emergency_choice()) }
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
