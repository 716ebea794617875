//! The history: every action that this person was asked about or has answered, newest first, in pages.

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

use super::inbox;
use crate::app::{Callbacks, ResolvedPerson};
use crate::form::query_parameter;
use crate::layout::{Link, NavTab, html_response, missing_groups, page, refused};
use crate::refusal::RequestRejection;

/// The rows of one list on a page.
const ROWS: u32 = 25;

/// `GET /history`.
pub(crate) async fn get_history(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let session = match callbacks.session_or_sign_in(&headers, "/history").await {
        Ok(session) => session,
        Err(elsewhere) => return *elsewhere,
    };
    let cursor = query_parameter(raw.as_deref(), "cursor");
    let loaded = async {
        let resolved = callbacks.resolve_person(&session.person, &session.groups.names).await?;
        callbacks.history(&resolved, cursor.as_deref()).await
    };
    let now = callbacks.capabilities.clock.now();
    match loaded.await {
        Ok(RowPage { rows, next }) => {
            let body = html! {
                (missing_groups(&session))
                h1 class="section" { "History" }
                @if rows.is_empty() { p class="soft section" { "Nothing here." } }
                @else { ul class="list sheet" { @for row in &rows { (inbox::decided_row(row, now)) } } }
                @if let Some(next) = next {
                    p class="section" { a href=(format!("/history?cursor={next}")) rel="next" { "Older" } }
                }
            };
            html_response(StatusCode::OK, &page(Some(&session), NavTab::History, "History", &body))
        }
        Err(no) => {
            refused(Some(&session), &no, Some(Link { address: "/history", label: "To the first page" }))
        }
    }
}

/// Where a page begins: after this row in every list. Each list has a cursor of its own, which moves on only when all of the
/// list's rows were shown.
struct HistoryCursor {
    after: Option<RowKey>,
    lists: Vec<ListCursor>,
}

/// The order of rows: by creation, then by action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct RowKey {
    created_at: Timestamp,
    action: String,
}

/// Rows, newest first, and the cursor of what follows; `None` after the last.
#[derive(Debug, Default)]
struct RowPage {
    rows: Vec<IndexRow>,
    next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ListCursor {
    Start,
    From(String),
    End,
}

impl Callbacks {
    async fn history(
        &self,
        resolved: &ResolvedPerson,
        cursor: Option<&str>,
    ) -> Result<RowPage, RequestRejection> {
        let decider = Listing::Decider((&resolved.person).into());
        let listings: Vec<Listing> =
            resolved.groups.iter().cloned().map(Listing::Group).chain([decider]).collect();
        let cursor = match cursor {
            None => HistoryCursor { after: None, lists: vec![ListCursor::Start; listings.len()] },
            Some(text) => HistoryCursor::parse(text, listings.len()).ok_or(runtime::Code::BadCursor)?,
        };
        let mut pages = Vec::new();
        for (listing, step) in listings.iter().zip(&cursor.lists) {
            pages.push(match step {
                ListCursor::End => RowPage::default(),
                ListCursor::Start => self.listed(listing, None).await?,
                ListCursor::From(from) => self.listed(listing, Some(from)).await?,
            });
        }
        Ok(merge(&cursor, pages))
    }

    async fn listed(&self, listing: &Listing, from: Option<&str>) -> Result<RowPage, RequestRejection> {
        let page = self.capabilities.index.list(listing, from, ROWS).await.map_err(|fault| {
            match fault.is_passing() {
                true => RequestRejection::from(fault),
                false => RequestRejection::because(runtime::Code::BadCursor),
            }
        })?;
        Ok(RowPage { rows: page.rows, next: page.next })
    }
}

impl RowKey {
    fn of(row: &IndexRow) -> Self {
        Self { created_at: row.created_at, action: row.action.to_string() }
    }
}

/// The newest rows of all lists whose order is certain: none older than the oldest row of a list that continues.
fn merge(cursor: &HistoryCursor, pages: Vec<RowPage>) -> RowPage {
    let goes_on = pages.iter().filter(|page| page.next.is_some());
    let horizon = goes_on.filter_map(|page| page.rows.last().map(RowKey::of)).max();
    let shown = |row: &&IndexRow| {
        let key = RowKey::of(row);
        cursor.after.as_ref().is_none_or(|after| key < *after)
            && horizon.as_ref().is_none_or(|horizon| key >= *horizon)
    };
    let mut rows: BTreeMap<ActionId, IndexRow> = BTreeMap::new();
    for page in &pages {
        rows.extend(page.rows.iter().filter(shown).map(|row| (row.action.clone(), row.clone())));
    }
    let mut rows: Vec<IndexRow> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(RowKey::of(row)));
    let Some(horizon) = horizon else { return RowPage { rows, next: None } };
    let lists = pages.into_iter().zip(&cursor.lists).map(|(page, cursor)| {
        let all_shown = page.rows.last().is_none_or(|last| RowKey::of(last) >= horizon);
        match (all_shown, page.next) {
            (true, Some(next)) => ListCursor::From(next),
            (true, None) => ListCursor::End,
            (false, _) => cursor.clone(),
        }
    });
    let next = HistoryCursor { lists: lists.collect(), after: Some(horizon) };
    RowPage { rows, next: Some(next.text()) }
}

impl HistoryCursor {
    fn text(&self) -> String {
        let lists = self.lists.iter().map(|step| match step {
            ListCursor::Start => json!(""),
            ListCursor::From(from) => json!(from),
            ListCursor::End => Value::Null,
        });
        let after = self.after.as_ref().map(|key| json!([key.created_at.millis(), key.action]));
        BASE64URL_NOPAD.encode(json!([after, lists.collect::<Vec<_>>()]).to_string().as_bytes())
    }

    fn parse(text: &str, lists: usize) -> Option<Self> {
        let value = wire::json::parse_value(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        let [after, cursors] = value.as_array()?.as_slice() else { return None };
        let [at, action] = after.as_array()?.as_slice() else { return None };
        let created_at = Timestamp::from_millis(at.as_i64()?);
        let after = Some(RowKey { created_at, action: action.as_str()?.to_owned() });
        let cursors = cursors.as_array()?.iter().map(|step| match step {
            Value::Null => Some(ListCursor::End),
            Value::String(from) if from.is_empty() => Some(ListCursor::Start),
            Value::String(from) => Some(ListCursor::From(from.clone())),
            _ => None,
        });
        let cursors: Vec<ListCursor> = cursors.collect::<Option<_>>()?;
        (cursors.len() == lists).then_some(Self { after, lists: cursors })
    }
}
