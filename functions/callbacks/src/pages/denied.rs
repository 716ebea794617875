//! The page of an action on which nobody can decide: one that policy denied, with the rule, its reason and what is allowed
//! instead; and one that was changed, until policy has decided again.

use axum::http::StatusCode;
use axum::response::Response;
use domain::{DeniedBy, Event, RequesterSet, State};
use maud::{Markup, html};
use review::Votes;
use wire::Item;
use wire::documents::{DecisionDocument, ReasonJson};
use wire::text::Identity;

use super::timeline::{self, TimelineView};
use crate::app::{Callbacks, ResolvedPerson};
use crate::layout::{NavTab, html_response, page};
use crate::refusal::RequestRejection;
use crate::session::Session;
use crate::verdicts::ReviewContext;

impl Callbacks {
    /// The page, for the requesters of the action and for those who were asked before it was changed.
    pub(super) async fn undecided_page(
        &self,
        session: &Session,
        resolved: &ResolvedPerson,
        item: &Item,
    ) -> Result<Response, RequestRejection> {
        let requesters = denied_requesters(item);
        let asked = ReviewContext::of(item)
            .is_some_and(|context| context.concerns(&resolved.person, &resolved.groups));
        if !asked && !requesters.is_some_and(|set| set.contains(&resolved.person)) {
            return Err(RequestRejection::not_found());
        }
        let action_documents = self.action_documents(item).await?;
        let positions = self.capabilities.index.positions(item.id()).await?;
        let log_bucket = self.config.log_bucket.as_str();
        let votes = Votes::of(item, Some(&resolved.person));
        let view = TimelineView {
            item,
            action_documents: &action_documents,
            positions: &positions,
            asked: None,
            votes,
            log_bucket,
        };
        let owner = requesters.and_then(|set| set.owner.as_ref()).map(Identity::from);
        let title = format!(
            "{} asked for {}",
            action_documents.request.principal.subject, action_documents.request.action_type
        );
        let body = sheet(&view, owner.as_ref());
        Ok(html_response(StatusCode::OK, &page(Some(session), NavTab::Elsewhere, &title, &body)))
    }
}

/// The requester set of an action that policy denied before anybody was asked.
fn denied_requesters(item: &Item) -> Option<&RequesterSet> {
    let State::Denied(_, DeniedBy::Policy(_)) = item.state() else { return None };
    item.entries().iter().rev().find_map(|entry| match &entry.event {
        Event::Decided { requester, .. } => Some(requester),
        _ => None,
    })
}

fn sheet(view: &TimelineView<'_>, owner: Option<&Identity>) -> Markup {
    let request = &view.action_documents.request;
    html! {
        article class="sheet" {
            header {
                (timeline::state(view.item))
                h1 {
                    (review::html::text(&request.principal.subject)) " asked for "
                    code { (review::html::text(&request.action_type)) }
                }
            }
            @if let Some(decision) = &view.action_documents.decision { (why(decision, view.item.changes().next().is_none())) }
            @else if matches!(view.item.state(), State::Proposed(_)) { (changed()) }
            (review::html::request(request, owner))
            (timeline::happened(view))
            details {
                summary { "For the record" }
                dl {
                    dt { "Action" } dd class="value" { (view.item.id()) }
                    @if let Some(decision) = &view.action_documents.decision {
                        @if let Some(code) = &decision.code { dt { "Code" } dd class="value" { (code) } }
                        @if let Some(bundle) = decision.bundle {
                            dt { "Rules in force" } dd class="value" { (bundle) }
                        }
                    }
                }
            }
            (timeline::check(view))
        }
    }
}

/// The reasons of the rules that denied it, or that no rule allows it.
fn why(decision: &DecisionDocument, at_once: bool) -> Markup {
    html! {
        section aria-labelledby="denied" {
            h2 id="denied" { "Why policy denied it" }
            @if decision.reasons.is_empty() { p { "No rule allows it." } }
            @for reason in &decision.reasons { (rule(reason)) }
            @if let Some(cause) = &decision.cause {
                p { strong { "Found at the target: " } (review::html::text(&cause.detail)) }
                p class="soft" { "The agent is not told this." }
            }
            p class="soft" {
                @if at_once { "Nothing has run and nobody was asked." } @else { "Nothing has run." }
            }
        }
    }
}

/// After a change, until policy has decided again.
fn changed() -> Markup {
    html! {
        section class="notice" {
            strong { "It was changed." }
            " Policy is deciding about the changed action. Everybody who has to agree is asked again; "
            "this page shows it as soon as policy has decided. Nothing has run."
        }
    }
}

fn rule(reason: &ReasonJson) -> Markup {
    html! {
        p {
            (review::html::text(reason.message.trim_end_matches('.'))) "."
            @if !reason.policy.is_empty() { " " span class="soft" { "Rule " code { (reason.policy) } "." } }
        }
        @if let Some(instead) = &reason.instead {
            p { strong { "Allowed instead: " } (review::html::text(instead)) }
        }
    }
}
