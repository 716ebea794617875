//! The inbox: waiting for you, waiting for others, decided lately.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{ActionId, Grant, Timestamp, VerdictKind};
use maud::{Markup, html};
use review::Votes;
use store::{IndexRow, Listing};
use wire::documents::ReviewDocument;
use wire::http::SuspensionView;

use super::paging::{ListPosition, PageTrail, waiting_page};
use super::{NavTab, answer, missing_groups, page, refused, words};
use crate::app::{Callbacks, ResolvedPerson};
use crate::check::allowed_verdicts;
use crate::refusal::RequestRejection;
use crate::review_context::ReviewContext;

/// Rows of one list that are looked at beside what waits.
const LOOKED_AT: u32 = 25;
/// Rows under "Decided lately".
const LATELY: usize = 10;

pub(crate) async fn get_inbox(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let session = match callbacks.session_or_sign_in(&headers, "/").await {
        Ok(session) => session,
        Err(elsewhere) => return *elsewhere,
    };
    let trail = PageTrail::read(query.as_deref());
    let loaded = async {
        let resolved = callbacks.resolve_person(&session.person, &session.groups.names).await?;
        callbacks.load_inbox(&resolved, trail).await
    };
    match loaded.await {
        Ok(inbox) => {
            let lists = inbox.show(callbacks.capabilities.clock.now());
            let body = html! { (missing_groups(&session)) (lists) };
            answer(StatusCode::OK, &page(Some(&session), NavTab::Inbox, "Inbox", &body))
        }
        Err(no) => refused(Some(&session), &no, None),
    }
}

struct Inbox {
    yours: Vec<Waiting>,
    others: Vec<Waiting>,
    granting: Vec<Granting>,
    decided: Vec<IndexRow>,
    suspended: Vec<SuspensionView>,
    trail: PageTrail,
    next: Option<ListPosition>,
}

/// A live grant, as its item says now.
struct Granting {
    row: IndexRow,
    grant: Grant,
}

/// An action that waits, as its item says now; the index only found it.
struct Waiting {
    row: IndexRow,
    review: ReviewDocument,
    context: ReviewContext,
    count: String,
    answered: Option<Timestamp>,
}

impl Callbacks {
    /// E9: a page of what waits, however much that is; on the first one everything else too.
    async fn load_inbox(
        &self,
        resolved: &ResolvedPerson,
        trail: PageTrail,
    ) -> Result<Inbox, RequestRejection> {
        let inboxes: Vec<Listing> = resolved.groups.iter().cloned().map(Listing::Inbox).collect();
        let page = waiting_page(self.capabilities.index.as_ref(), &inboxes, trail.last()).await?;
        let mut inbox = Inbox {
            yours: Vec::new(),
            others: Vec::new(),
            granting: Vec::new(),
            decided: Vec::new(),
            suspended: Vec::new(),
            trail,
            next: page.next,
        };
        for row in page.rows {
            let Some((waiting, yours)) = self.waiting(row, resolved).await? else { continue };
            if yours { inbox.yours.push(waiting) } else { inbox.others.push(waiting) }
        }
        inbox.yours.sort_by_key(Waiting::until);
        inbox.others.sort_by_key(Waiting::until);
        if inbox.trail.last().is_none() {
            let mut decided = self.decided(resolved).await?;
            inbox.granting = self.granting(&decided).await?;
            decided.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
            decided.truncate(LATELY);
            inbox.decided = decided;
        }
        inbox.suspended = self.suspensions().await?.items;
        Ok(inbox)
    }

    /// What was decided lately in the person's groups or by them.
    async fn decided(&self, resolved: &ResolvedPerson) -> Result<Vec<IndexRow>, RequestRejection> {
        let mut rows: BTreeMap<ActionId, IndexRow> = BTreeMap::new();
        let of_groups = resolved.groups.iter().cloned().map(Listing::Group);
        for listing in of_groups.chain([Listing::Decider((&resolved.person).into())]) {
            let page = self.capabilities.index.list(&listing, None, LOOKED_AT).await?;
            rows.extend(page.rows.into_iter().map(|row| (row.action.clone(), row)));
        }
        Ok(rows.into_values().filter(|row| !row.quarantined && row.status != "pending").collect())
    }

    /// What approvals of these actions granted and still holds.
    async fn granting(&self, rows: &[IndexRow]) -> Result<Vec<Granting>, RequestRejection> {
        let (mut live, now) = (Vec::new(), self.capabilities.clock.now());
        for row in rows.iter().filter(|row| row.grants) {
            let item = self.capabilities.state.item(&row.action).await?;
            let Some(run) = item.as_ref().and_then(|item| item.state().run()) else { continue };
            let grants = run.review.grants.iter().filter(|grant| grant.live(now));
            live.extend(grants.map(|grant| Granting { row: row.clone(), grant: grant.clone() }));
        }
        Ok(live)
    }

    /// None when it no longer waits; else whether it waits for this person.
    async fn waiting(
        &self,
        row: IndexRow,
        resolved: &ResolvedPerson,
    ) -> Result<Option<(Waiting, bool)>, RequestRejection> {
        let Some(item) = self.capabilities.state.item(&row.action).await? else { return Ok(None) };
        let (Some(context), domain::State::Pending(_)) = (ReviewContext::of(&item), item.state()) else {
            return Ok(None);
        };
        let now = self.capabilities.clock.now();
        if now >= context.review.proposal.expires_at {
            return Ok(None);
        }
        let document = self.capabilities.documents.document(context.review.decision.review).await?;
        let review = document.and_then(|document| document.open::<ReviewDocument>().ok());
        let Some(review) = review else { return Ok(None) };
        let may = allowed_verdicts(&item, &context, resolved, (review.what.is_whole(), now));
        let yours = may.is_ok_and(|kinds| kinds.contains(&VerdictKind::Approve));
        let answered = context.verdicts.iter().find(|(verdict, _)| verdict.person == resolved.person);
        let answered = answered.map(|(_, at)| *at);
        let count = count(&context.review, Votes::of(&item, Some(&resolved.person)));
        Ok(Some((Waiting { row, review, context, count, answered }, yours)))
    }
}

impl Inbox {
    fn nothing(&self) -> &'static str {
        let alone = self.next.is_none() && self.trail.last().is_none();
        if alone { "Nothing waits for you." } else { "Nothing on this page waits for you." }
    }

    fn show(&self, now: Timestamp) -> Markup {
        html! {
            @if !self.suspended.is_empty() { (suspended(&self.suspended, now)) }
            h1 class="section" { "Waiting for you" }
            @if self.yours.is_empty() { p class="soft section" { (self.nothing()) } }
            @else { ul class="list sheet" { @for one in &self.yours { (one.show(now)) } } }
            @if !self.others.is_empty() {
                h2 class="section" { "Waiting for others" }
                ul class="list sheet" { @for one in &self.others { (one.show(now)) } }
            }
            (self.trail.links(self.next.as_ref()))
            @if !self.granting.is_empty() {
                h2 class="section" { "Live grants" }
                ul class="list sheet" { @for one in &self.granting { (one.show(now)) } }
            }
            @if !self.decided.is_empty() {
                h2 class="section" { "Decided lately" }
                ul class="list sheet" { @for row in &self.decided { (decided(row, now)) } }
            }
        }
    }
}

impl Granting {
    fn show(&self, now: Timestamp) -> Markup {
        let terms = &self.grant.terms;
        let left = terms.uses.saturating_sub(self.grant.used);
        let who = &self.grant.vote.person.subject;
        html! {
            li {
                a href=(format!("/review/{}", self.row.action)) { (self.row.sentence) }
                span class="when" { "until " (words::minute(now, terms.until)) }
                span class="soft" { (self.row.principal.subject) " · granted by " (who) }
                span class="when" { (left) " of " (terms.uses) " left" }
            }
        }
    }
}

/// What is suspended, by whom, since when, and how it runs again.
fn suspended(suspensions: &[SuspensionView], now: Timestamp) -> Markup {
    let what =
        |scope: &str| scope.parse().map_or_else(|_| scope.to_owned(), |scope| review::describe_scope(&scope));
    html! {
        div class="sheet" {
            @for suspension in suspensions {
                div class="notice" {
                    strong { (suspension.by.display) " suspended " (what(&suspension.scope)) ", " (words::minute(now, suspension.since)) }
                    @if let Some(reason) = &suspension.reason { blockquote { (reason) } }
                    p { "It stays suspended until people approve a " code { "countersign-resume" } " of "
                        code { (suspension.scope) } "." }
                }
            }
        }
    }
}

impl Waiting {
    fn until(&self) -> Timestamp {
        self.context.review.proposal.expires_at
    }

    fn show(&self, now: Timestamp) -> Markup {
        let until = self.until();
        let when = if words::is_soon(now, until) { "when soon" } else { "when" };
        html! {
            li {
                a href=(format!("/review/{}", self.row.action)) {
                    (review::sentence(&self.review.what))
                }
                span class=(when) { (words::left_short(now, until)) }
                span class="soft" { (self.facts(now)) }
                span class="when" { (self.count) }
            }
        }
    }

    fn facts(&self, now: Timestamp) -> String {
        match self.answered {
            Some(at) => format!("{} · you agreed {}", self.review.context.agent, words::minute(now, at)),
            None => review::summary(&self.review),
        }
    }
}

/// `needs 2`, or `1 of 2`, as the votes stand that may be seen.
fn count(review: &domain::Review, votes: Votes<'_>) -> String {
    let all = votes.progress(review);
    let (needed, given): (u32, u32) =
        (all.iter().map(|one| one.needed).sum(), all.iter().map(|one| one.given).sum());
    if given == 0 { format!("needs {needed}") } else { format!("{given} of {needed}") }
}

/// A line of what is decided.
pub(super) fn decided(row: &IndexRow, now: Timestamp) -> Markup {
    let at = review::moved_at(&row.status, row.created_at, row.updated_at);
    let names = review::answered(&row.status, row.deciders.iter().map(|person| person.subject.as_str()));
    let by = if names.is_empty() { String::new() } else { format!(" · answered by {}", names.join(", ")) };
    html! {
        li {
            a href=(format!("/review/{}", row.action)) { (row.sentence) }
            span class="when" { (words::minute(now, at)) }
            span class="soft" { (row.principal.subject) (by) }
            span class="when" { (row.status) }
        }
    }
}
