//! The history: everything this person was asked or has answered, newest first, page by page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use domain::{ActionId, Timestamp};
use maud::html;
use serde_json::{Value, json};
use store::{IndexRow, Listing};

use super::{NavTab, answer, inbox, missing_groups, page, refused};
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;
use crate::router::query;

/// Rows of one list per page.
const ROWS: u32 = 25;

pub(crate) async fn get_history(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let session = match callbacks.session_or_sign_in(&headers, "/history").await {
        Ok(session) => session,
        Err(elsewhere) => return *elsewhere,
    };
    let cursor = query(raw.as_deref(), "cursor");
    let loaded = async {
        let resolved = callbacks.resolve_person(&session.person, &session.groups.names).await?;
        callbacks.history(&resolved, cursor.as_deref()).await
    };
    let now = callbacks.capabilities.clock.now();
    match loaded.await {
        Ok((rows, next)) => {
            let body = html! {
                (missing_groups(&session))
                h1 class="section" { "History" }
                @if rows.is_empty() { p class="soft section" { "Nothing here." } }
                @else { ul class="list sheet" { @for row in &rows { (inbox::decided(row, now)) } } }
                @if let Some(next) = next {
                    p class="section" { a href=(format!("/history?cursor={next}")) rel="next" { "Older" } }
                }
            };
            answer(StatusCode::OK, &page(Some(&session), NavTab::History, "History", &body))
        }
        Err(no) => refused(Some(&session), &no, Some(("/history", "To the beginning"))),
    }
}

/// Where a page begins: below this row in every list, each list from its own cursor. A list is only moved on once all
/// it gave was shown.
struct Cursor {
    below: Option<(i64, String)>,
    lists: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Start,
    From(String),
    End,
}

impl Callbacks {
    async fn history(
        &self,
        resolved: &ResolvedPerson,
        cursor: Option<&str>,
    ) -> Result<(Vec<IndexRow>, Option<String>), RequestRejection> {
        let decider = Listing::Decider((&resolved.person).into());
        let listings: Vec<Listing> =
            resolved.groups.iter().cloned().map(Listing::Group).chain([decider]).collect();
        let cursor = match cursor {
            None => Cursor { below: None, lists: vec![Step::Start; listings.len()] },
            Some(text) => Cursor::parse(text, listings.len()).ok_or(runtime::Code::BadCursor)?,
        };
        let mut pages = Vec::new();
        for (listing, step) in listings.iter().zip(&cursor.lists) {
            pages.push(match step {
                Step::End => (Vec::new(), None),
                Step::Start => self.listed(listing, None).await?,
                Step::From(from) => self.listed(listing, Some(from)).await?,
            });
        }
        Ok(merge(&cursor, pages))
    }

    async fn listed(
        &self,
        listing: &Listing,
        from: Option<&str>,
    ) -> Result<(Vec<IndexRow>, Option<String>), RequestRejection> {
        let page = self.capabilities.index.list(listing, from, ROWS).await.map_err(|fault| {
            match fault.is_passing() {
                true => RequestRejection::from(fault),
                false => RequestRejection::because(runtime::Code::BadCursor),
            }
        })?;
        Ok((page.rows, page.next))
    }
}

fn place(row: &IndexRow) -> (i64, String) {
    (row.created_at.millis(), row.action.to_string())
}

/// The newest rows of all lists that are surely in order: nothing older than the oldest row of a list that goes on.
fn merge(cursor: &Cursor, pages: Vec<(Vec<IndexRow>, Option<String>)>) -> (Vec<IndexRow>, Option<String>) {
    let goes_on = pages.iter().filter(|(_, next)| next.is_some());
    let horizon = goes_on.filter_map(|(rows, _)| rows.last().map(place)).max();
    let shown = |row: &&IndexRow| {
        let place = place(row);
        cursor.below.as_ref().is_none_or(|below| place < *below)
            && horizon.as_ref().is_none_or(|horizon| place >= *horizon)
    };
    let mut rows: BTreeMap<ActionId, IndexRow> = BTreeMap::new();
    for (list, _) in &pages {
        rows.extend(list.iter().filter(shown).map(|row| (row.action.clone(), row.clone())));
    }
    let mut rows: Vec<IndexRow> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(place(row)));
    let Some(horizon) = horizon else { return (rows, None) };
    let lists = pages.into_iter().zip(&cursor.lists).map(|((list, next), step)| {
        let all_shown = list.last().is_none_or(|last| place(last) >= horizon);
        match (all_shown, next) {
            (true, Some(next)) => Step::From(next),
            (true, None) => Step::End,
            (false, _) => step.clone(),
        }
    });
    let next = Cursor { lists: lists.collect(), below: Some(horizon) };
    (rows, Some(next.text()))
}

impl Cursor {
    fn text(&self) -> String {
        let lists = self.lists.iter().map(|step| match step {
            Step::Start => json!(""),
            Step::From(from) => json!(from),
            Step::End => Value::Null,
        });
        let below = self.below.as_ref().map(|(at, action)| json!([at, action]));
        BASE64URL_NOPAD.encode(json!([below, lists.collect::<Vec<_>>()]).to_string().as_bytes())
    }

    fn parse(text: &str, lists: usize) -> Option<Self> {
        let value = wire::json::parse_value(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        let [below, steps] = value.as_array()?.as_slice() else { return None };
        let [at, action] = below.as_array()?.as_slice() else { return None };
        let below = Some((Timestamp::from_millis(at.as_i64()?).millis(), action.as_str()?.to_owned()));
        let steps = steps.as_array()?.iter().map(|step| match step {
            Value::Null => Some(Step::End),
            Value::String(from) if from.is_empty() => Some(Step::Start),
            Value::String(from) => Some(Step::From(from.clone())),
            _ => None,
        });
        let steps: Vec<Step> = steps.collect::<Option<_>>()?;
        (steps.len() == lists).then_some(Self { below, lists: steps })
    }
}
