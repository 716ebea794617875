//! The inbox: waiting for you, waiting for others, decided lately.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{ActionId, Grant, Timestamp, VerdictKind, progress};
use maud::{Markup, html};
use store::{IndexRow, Listing};
use wire::documents::Review;
use wire::http::FreezeView;

use super::{Place, answer, page, refused, words};
use crate::app::{Callbacks, Known};
use crate::judge::may;
use crate::matter::Matter;
use crate::refusal::No;
use crate::sign_in::to_sign_in;

/// Rows of one list that are looked at.
const LOOKED_AT: u32 = 25;
/// Rows under "Decided lately".
const LATELY: usize = 10;

pub(crate) async fn get_inbox(State(callbacks): State<Arc<Callbacks>>, headers: HeaderMap) -> Response {
    let Some(session) = callbacks.session(&headers) else { return to_sign_in("/") };
    let gathered = async {
        let known = callbacks.known(&session.person, &session.groups).await?;
        callbacks.gather(&known).await
    };
    match gathered.await {
        Ok(inbox) => {
            let body = inbox.show(callbacks.parts.clock.now());
            answer(StatusCode::OK, &page(Some(&session), Place::Inbox, "Inbox", &body), None)
        }
        Err(no) => refused(Some(&session), &no, None),
    }
}

struct Inbox {
    yours: Vec<Waiting>,
    others: Vec<Waiting>,
    granting: Vec<Granting>,
    decided: Vec<IndexRow>,
    stopped: Vec<FreezeView>,
}

/// A live grant, as its item says now.
struct Granting {
    row: IndexRow,
    grant: Grant,
}

/// An action that waits, as its item says now; the index only found it.
struct Waiting {
    row: IndexRow,
    review: Review,
    matter: Matter,
    answered: Option<Timestamp>,
}

impl Callbacks {
    async fn gather(&self, known: &Known) -> Result<Inbox, No> {
        let mut rows: BTreeMap<ActionId, IndexRow> = BTreeMap::new();
        let of_groups = known
            .groups
            .iter()
            .flat_map(|group| [Listing::Inbox(group.clone()), Listing::Group(group.clone())]);
        let listings = of_groups.chain([Listing::Decider((&known.person).into())]);
        for listing in listings {
            let page = self.parts.index.list(&listing, None, LOOKED_AT).await?;
            rows.extend(page.rows.into_iter().map(|row| (row.action.clone(), row)));
        }
        let (pending, mut decided): (Vec<_>, Vec<_>) =
            rows.into_values().filter(|row| !row.dead).partition(|row| row.status == "pending");
        let granting = self.granting(&decided).await?;
        let mut inbox = Inbox {
            yours: Vec::new(),
            others: Vec::new(),
            granting,
            decided: Vec::new(),
            stopped: Vec::new(),
        };
        for row in pending {
            let Some((waiting, yours)) = self.waiting(row, known).await? else { continue };
            if yours { inbox.yours.push(waiting) } else { inbox.others.push(waiting) }
        }
        inbox.yours.sort_by_key(Waiting::until);
        inbox.others.sort_by_key(Waiting::until);
        decided.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
        decided.truncate(LATELY);
        inbox.decided = decided;
        inbox.stopped = self.freezes().await?.items;
        Ok(inbox)
    }

    /// What approvals of these actions promised and still holds.
    async fn granting(&self, rows: &[IndexRow]) -> Result<Vec<Granting>, No> {
        let (mut live, now) = (Vec::new(), self.parts.clock.now());
        for row in rows.iter().filter(|row| row.grants) {
            let item = self.parts.state.item(&row.action).await?;
            let Some(run) = item.as_ref().and_then(|item| item.state().run()) else { continue };
            let grants = run.review.grants.iter().filter(|grant| grant.live(now));
            live.extend(grants.map(|grant| Granting { row: row.clone(), grant: grant.clone() }));
        }
        Ok(live)
    }

    /// None when it no longer waits; else whether it waits for this person.
    async fn waiting(&self, row: IndexRow, known: &Known) -> Result<Option<(Waiting, bool)>, No> {
        let Some(item) = self.parts.state.item(&row.action).await? else { return Ok(None) };
        let (Some(matter), domain::State::Pending(_)) = (Matter::of(&item), item.state()) else {
            return Ok(None);
        };
        let now = self.parts.clock.now();
        if now >= matter.review.proposal.expires_at {
            return Ok(None);
        }
        let document = self.parts.documents.document(matter.review.decision.review).await?;
        let review = document.and_then(|document| document.open::<Review>().ok());
        let Some(review) = review else { return Ok(None) };
        let may = may(&item, &matter, &known.person, &known.groups, (review.what.is_whole(), now));
        let yours = may.is_ok_and(|kinds| kinds.contains(&VerdictKind::Approve));
        let answered = matter.verdicts.iter().find(|(verdict, _)| verdict.person == known.person);
        let answered = answered.map(|(_, at)| *at);
        Ok(Some((Waiting { row, review, matter, answered }, yours)))
    }
}

impl Inbox {
    fn show(&self, now: Timestamp) -> Markup {
        html! {
            @if !self.stopped.is_empty() { (stopped(&self.stopped, now)) }
            h1 class="section" { "Waiting for you" }
            @if self.yours.is_empty() { p class="soft section" { "Nothing waits for you." } }
            @else { ul class="list sheet" { @for one in &self.yours { (one.show(now)) } } }
            @if !self.others.is_empty() {
                h2 class="section" { "Waiting for others" }
                ul class="list sheet" { @for one in &self.others { (one.show(now)) } }
            }
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

/// What is stopped, by whom, since when, and how it runs again.
fn stopped(stops: &[FreezeView], now: Timestamp) -> Markup {
    let what = |scope: &str| scope.parse().map_or_else(|_| scope.to_owned(), |scope| review::stopped(&scope));
    html! {
        div class="sheet" {
            @for stop in stops {
                div class="notice" {
                    strong { (stop.by.display) " stopped " (what(&stop.scope)) ", " (words::minute(now, stop.since)) }
                    @if let Some(reason) = &stop.reason { blockquote { (reason) } }
                    p { "It runs again once people approve a " code { "countersign-thaw" } " of "
                        code { (stop.scope) } "." }
                }
            }
        }
    }
}

impl Waiting {
    fn until(&self) -> Timestamp {
        self.matter.review.proposal.expires_at
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
                span class="when" { (count(&self.matter.review)) }
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

/// `needs 2`, or `1 of 2`, as the votes stand.
fn count(review: &domain::Review) -> String {
    let all = progress(&review.decision.requirements, &review.votes);
    let (needed, given): (u32, u32) =
        (all.iter().map(|one| one.needed).sum(), all.iter().map(|one| one.given).sum());
    if given == 0 { format!("needs {needed}") } else { format!("{given} of {needed}") }
}

/// A line of what is decided.
pub(super) fn decided(row: &IndexRow, now: Timestamp) -> Markup {
    let names: Vec<&str> = row.deciders.iter().map(|person| person.subject.as_str()).collect();
    let by = if names.is_empty() { String::new() } else { format!(" · answered by {}", names.join(", ")) };
    html! {
        li {
            a href=(format!("/review/{}", row.action)) { (row.sentence) }
            span class="when" { (words::minute(now, row.updated_at)) }
            span class="soft" { (row.principal.subject) (by) }
            span class="when" { (row.status) }
        }
    }
}
