//! Lists: rows come from the index, and each action is shown as it is in the state table.

use std::collections::VecDeque;

use axum::response::Response;
use domain::{ActionId, Fault};
use futures::StreamExt as _;
use http::StatusCode;
use runtime::{Code, Problem};
use store::{IndexRow, Listing, ReadIndex};
use wire::http::{ActionList, ActionView, GrantList};

use crate::Intake;
use crate::call::{Call, json_answer};
use crate::caller::Sight;
use crate::cursor::Cursor;
use crate::filter::Filter;

/// Rows of one page of the index.
const PAGE: u32 = 100;
/// Pages of each list that one call reads; a longer search continues with the cursor.
const MAX_PAGES: u32 = 10;
/// Actions loaded at once.
const AT_ONCE: usize = 8;

impl Intake {
    /// `GET /v1/actions`.
    pub(crate) async fn list(&self, call: &Call, query: Option<&str>) -> Result<Response, Problem> {
        let sight = self.sight(call).await?;
        self.look_up(call, &sight.identity()).await?;
        let filter = Filter::read(call, query)?;
        let (rows, next) = self.rows(call, &sight, &filter).await?;
        let items = self.load(call, &sight, &filter, rows).await?;
        Ok(json_answer(StatusCode::OK, &ActionList { items, next }))
    }

    /// `GET /v1/grants`: the grants that approvals of these actions made.
    pub(crate) async fn grants(&self, call: &Call, query: Option<&str>) -> Result<Response, Problem> {
        let sight = self.sight(call).await?;
        self.look_up(call, &sight.identity()).await?;
        let filter = Filter { granting: true, ..Filter::read(call, query)? };
        let (rows, next) = self.rows(call, &sight, &filter).await?;
        let mut items = Vec::new();
        for row in rows {
            let item = self.item(call, &row.action).await?;
            let Some(item) = item else { continue };
            if !self.sees(call, &sight, &item).await? {
                continue;
            }
            let action_documents = store::action_documents(self.capabilities.documents.as_ref(), &item).await;
            let action_documents = action_documents.map_err(|error| call.document(&error))?;
            let (base, now) = (&self.config.public_url, self.capabilities.clock.now());
            items.extend(review::grants(&item, &action_documents, base, sight.viewer(), now));
        }
        Ok(json_answer(StatusCode::OK, &GrantList { items, next }))
    }

    /// One page of rows, and where the next begins.
    async fn rows(
        &self,
        call: &Call,
        sight: &Sight,
        filter: &Filter,
    ) -> Result<(Vec<IndexRow>, Option<String>), Problem> {
        let listings = sight.listings();
        let scope = format!("{listings:?} {}", filter.scope());
        let bad =
            || call.problem(Code::BadCursor, "The cursor was not given for this list; begin without one.");
        let cursor =
            filter.cursor.as_deref().map(|text| Cursor::decode(text, &scope, listings.len()).ok_or_else(bad));
        let mut merged = Merged::new(self.capabilities.index.as_ref(), &listings, cursor.transpose()?);
        let (rows, more) = merged.take(filter).await.map_err(|fault| match filter.cursor {
            Some(_) if !fault.is_passing() => bad(),
            _ => call.fault(&fault),
        })?;
        let next = if more { merged.cursor(&scope) } else { None };
        Ok((rows, next))
    }

    /// The actions of these rows, in order. A row proves nothing: the action is read, and shown only to callers who
    /// may see it.
    async fn load(
        &self,
        call: &Call,
        sight: &Sight,
        filter: &Filter,
        rows: Vec<IndexRow>,
    ) -> Result<Vec<ActionView>, Problem> {
        let load = |row: IndexRow| self.load_one(call, sight, row.action);
        let loaded: Vec<_> = futures::stream::iter(rows).map(load).buffered(AT_ONCE).collect().await;
        let views: Vec<Option<ActionView>> = loaded.into_iter().collect::<Result<_, _>>()?;
        let stands = |view: &ActionView| filter.status.as_ref().is_none_or(|status| view.status == *status);
        Ok(views.into_iter().flatten().filter(stands).collect())
    }

    async fn load_one(
        &self,
        call: &Call,
        sight: &Sight,
        id: ActionId,
    ) -> Result<Option<ActionView>, Problem> {
        let Some(item) = self.item(call, &id).await? else { return Ok(None) };
        match self.sees(call, sight, &item).await? {
            true => self.view(call, &item, sight.viewer()).await.map(Some),
            false => Ok(None),
        }
    }
}

/// Several lists as one, newest first, each action once.
struct Merged<'a> {
    index: &'a dyn ReadIndex,
    lists: Vec<List<'a>>,
    cursor: Option<Cursor>,
    last: Option<IndexRow>,
}

/// One list: the page being read, and what of it is left.
struct List<'a> {
    listing: &'a Listing,
    page: Option<String>,
    next: Option<String>,
    rows: VecDeque<IndexRow>,
    begun: bool,
    pages: u32,
}

impl<'a> Merged<'a> {
    fn new(index: &'a dyn ReadIndex, listings: &'a [Listing], cursor: Option<Cursor>) -> Self {
        let page = |at: usize| cursor.as_ref().and_then(|cursor| cursor.pages.get(at).cloned().flatten());
        let list = |(at, listing)| {
            let rows = VecDeque::new();
            List { listing, page: page(at), next: None, rows, begun: false, pages: 0 }
        };
        let lists = listings.iter().enumerate().map(list).collect();
        Self { index, lists, cursor, last: None }
    }

    /// Up to `limit` rows that fit, and whether there may be more.
    async fn take(&mut self, filter: &Filter) -> Result<(Vec<IndexRow>, bool), Fault> {
        let mut rows = Vec::new();
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        loop {
            for list in &mut self.lists {
                list.fill(self.index, self.cursor.as_ref()).await?;
            }
            if self.lists.iter().any(List::exhausted) {
                return Ok((rows, true));
            }
            let Some(row) = self.newest() else { return Ok((rows, false)) };
            if rows.len() == limit {
                return Ok((rows, true));
            }
            self.lists.iter_mut().for_each(|list| list.drop_row(&row.action));
            self.last = Some(row.clone());
            if filter.admits(&row) {
                rows.push(row);
            }
        }
    }

    fn newest(&self) -> Option<IndexRow> {
        let fronts = self.lists.iter().filter_map(|list| list.rows.front());
        fronts.max_by_key(|row| (row.created_at, row.action.clone())).cloned()
    }

    /// Where to go on.
    fn cursor(&self, scope: &str) -> Option<String> {
        let pages = || self.lists.iter().map(|list| list.page.clone()).collect();
        match (&self.last, &self.cursor) {
            (Some(row), _) => Cursor::new(scope, row.created_at, row.action.as_str(), pages()).encode(),
            (None, Some(cursor)) => cursor.on(pages()).encode(),
            (None, None) => Cursor::before_all(scope, pages()).encode(),
        }
    }
}

impl List<'_> {
    /// Reads on until there is a row after the cursor, the list ends, or enough was read.
    async fn fill(&mut self, index: &dyn ReadIndex, cursor: Option<&Cursor>) -> Result<(), Fault> {
        while self.rows.is_empty() && !self.ended() && self.pages < MAX_PAGES {
            if self.begun {
                self.page = self.next.take();
            }
            let page = index.list(self.listing, self.page.as_deref(), PAGE).await?;
            let after = |row: &IndexRow| {
                cursor.is_none_or(|cursor| cursor.precedes(row.created_at, row.action.as_str()))
            };
            self.rows = page.rows.into_iter().filter(after).collect();
            (self.next, self.begun, self.pages) = (page.next, true, self.pages + 1);
        }
        Ok(())
    }

    fn ended(&self) -> bool {
        self.begun && self.next.is_none()
    }

    /// One call may read no more, although the list goes on.
    fn exhausted(&self) -> bool {
        self.rows.is_empty() && !self.ended()
    }

    fn drop_row(&mut self, action: &ActionId) {
        self.rows.retain(|row| row.action != *action);
    }
}
