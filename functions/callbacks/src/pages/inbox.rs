//! The inbox: what waits for this person, what waits for others, live grants, and what was decided lately.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{ActionId, Grant, Status, Timestamp};
use maud::{Markup, html};
use review::Votes;
use store::{IndexRow, Listing};
use wire::documents::ReviewDocument;
use wire::http::SuspensionView;

use super::paging::{ListPosition, PageTrail, waiting_page};
use super::undelivered::{self, Undelivered};
use super::words;
use crate::app::{Callbacks, ResolvedPerson};
use crate::layout::{NavTab, html_response, missing_groups, page, refused};
use crate::refusal::RequestRejection;
use crate::verdicts::{ReviewContext, is_waiting_for};

/// The rows of one list that are read in addition to the pending ones.
const LOOKED_AT: u32 = 25;
/// The rows under "Decided lately".
const LATELY: usize = 10;

/// `GET /`.
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
            let lists = inbox.html(callbacks.capabilities.clock.now());
            let body = html! { (missing_groups(&session)) (lists) };
            html_response(StatusCode::OK, &page(Some(&session), NavTab::Inbox, "Inbox", &body))
        }
        Err(no) => refused(Some(&session), &no, None),
    }
}

struct Inbox {
    yours: Vec<Waiting>,
    others: Vec<Waiting>,
    granting: Vec<Granting>,
    /// The actions decided lately whose outcome is lost.
    lost: Vec<IndexRow>,
    decided: Vec<IndexRow>,
    suspended: Vec<SuspensionView>,
    /// What could not be delivered lately to the person or to a group of theirs.
    undelivered: Vec<Undelivered>,
    trail: PageTrail,
    next: Option<ListPosition>,
}

/// A live grant, as its item says now.
struct Granting {
    row: IndexRow,
    grant: Grant,
}

/// A pending action, as its item says now; the index only names it.
struct Waiting {
    /// Whether it waits for the person who looks.
    is_yours: bool,
    row: IndexRow,
    review: ReviewDocument,
    context: ReviewContext,
    count: String,
    /// When the person who looks answered, if they did.
    answered: Option<Timestamp>,
}

impl Callbacks {
    /// E9: one page of the pending actions. The first page also has everything else of the inbox.
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
            lost: Vec::new(),
            decided: Vec::new(),
            suspended: Vec::new(),
            undelivered: Vec::new(),
            trail,
            next: page.next,
        };
        for row in page.rows {
            let Some(waiting) = self.waiting(row, resolved).await? else { continue };
            if waiting.is_yours { inbox.yours.push(waiting) } else { inbox.others.push(waiting) }
        }
        inbox.yours.sort_by_key(Waiting::until);
        inbox.others.sort_by_key(Waiting::until);
        if inbox.trail.last().is_none() {
            let mut decided = self.decided(resolved).await?;
            inbox.granting = self.granting(&decided).await?;
            decided.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
            (inbox.lost, inbox.decided) =
                decided.into_iter().partition(|row| row.status == Status::Unknown.name());
            inbox.decided.truncate(LATELY);
            inbox.undelivered = self.undelivered(resolved).await?;
        }
        inbox.suspended = self.suspensions().await?.items;
        Ok(inbox)
    }

    /// The actions that the person's groups or the person decided lately.
    async fn decided(&self, resolved: &ResolvedPerson) -> Result<Vec<IndexRow>, RequestRejection> {
        let mut rows: BTreeMap<ActionId, IndexRow> = BTreeMap::new();
        let of_groups = resolved.groups.iter().cloned().map(Listing::Group);
        for listing in of_groups.chain([Listing::Decider((&resolved.person).into())]) {
            let page = self.capabilities.index.list(&listing, None, LOOKED_AT).await?;
            rows.extend(page.rows.into_iter().map(|row| (row.action.clone(), row)));
        }
        Ok(rows.into_values().filter(|row| !row.quarantined && row.status != "pending").collect())
    }

    /// The live grants of these actions.
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

    /// The pending action of this row; `None` when it is no longer pending or has expired.
    async fn waiting(
        &self,
        row: IndexRow,
        resolved: &ResolvedPerson,
    ) -> Result<Option<Waiting>, RequestRejection> {
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
        let is_yours = is_waiting_for(&item, &context, resolved, now);
        let answered = context.verdicts.iter().find(|given| given.verdict.person == resolved.person);
        let answered = answered.map(|given| given.at);
        let count = count(&context.review, Votes::of(&item, Some(&resolved.person)));
        Ok(Some(Waiting { is_yours, row, review, context, count, answered }))
    }
}

impl Inbox {
    fn nothing(&self) -> &'static str {
        let alone = self.next.is_none() && self.trail.last().is_none();
        if alone { "Nothing waits for you." } else { "Nothing on this page waits for you." }
    }

    fn html(&self, now: Timestamp) -> Markup {
        html! {
            @if !self.suspended.is_empty() { (suspended(&self.suspended, now)) }
            h1 class="section" { "Waiting for you" }
            @if self.yours.is_empty() { p class="soft section" { (self.nothing()) } }
            @else { ul class="list sheet" { @for one in &self.yours { (one.html(now)) } } }
            @if !self.others.is_empty() {
                h2 class="section" { "Waiting for others" }
                ul class="list sheet" { @for one in &self.others { (one.html(now)) } }
            }
            (self.trail.links(self.next.as_ref()))
            @if !self.granting.is_empty() {
                h2 class="section" { "Live grants" }
                ul class="list sheet" { @for one in &self.granting { (one.html(now)) } }
            }
            @if !self.lost.is_empty() {
                h2 class="section" { "Somebody has to look: nobody knows whether these happened" }
                ul class="list sheet" { @for row in &self.lost { (decided_row(row, now)) } }
            }
            @if !self.undelivered.is_empty() { (undelivered::list(&self.undelivered)) }
            @if !self.decided.is_empty() {
                h2 class="section" { "Decided lately" }
                ul class="list sheet" { @for row in &self.decided { (decided_row(row, now)) } }
            }
        }
    }
}

impl Granting {
    fn html(&self, now: Timestamp) -> Markup {
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

    fn html(&self, now: Timestamp) -> Markup {
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

/// `needs 2` or `1 of 2`, by the votes that the person may see.
fn count(review: &domain::Review, votes: Votes<'_>) -> String {
    let all = votes.progress(review);
    let (needed, given): (u32, u32) =
        (all.iter().map(|one| one.needed).sum(), all.iter().map(|one| one.given).sum());
    if given == 0 { format!("needs {needed}") } else { format!("{given} of {needed}") }
}

/// A row of a list of decided actions.
pub(super) fn decided_row(row: &IndexRow, now: Timestamp) -> Markup {
    let at = review::moved_at(&row.status, row.created_at, row.updated_at);
    let names = review::answered(&row.status, row.deciders.iter().map(|person| person.subject.as_str()));
    let status = Status::named(&row.status).map_or(row.status.as_str(), |status| status.words());
    let by = if names.is_empty() { String::new() } else { format!(" · answered by {}", names.join(", ")) };
    html! {
        li {
            a href=(format!("/review/{}", row.action)) { (row.sentence) }
            span class="when" { (words::minute(now, at)) }
            span class="soft" { (row.principal.subject) (by) }
            span class="when" { (status) }
        }
    }
}
