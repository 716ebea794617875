//! Pages of pending actions from several lists at once, newest first. Every action is on one of them.

use std::collections::BTreeMap;

use domain::{ActionId, Fault, Timestamp};
use maud::{Markup, html};
use store::index::{cursor_after, cursor_start, place};
use store::{IndexRow, Listing, ReadIndex};

/// The rows of a page.
const PAGE: usize = 25;
/// The most queries of one list for one page, when most of its rows are no longer pending. The rest follows on the next page.
const CALLS: usize = 8;
/// How many pages back the links lead; beyond that, back to the first page.
const STEPS: usize = 50;

/// A position in every list: after the row of this action, created then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListPosition {
    created: Timestamp,
    action: ActionId,
}

impl ListPosition {
    fn of(row: &IndexRow) -> Self {
        Self { created: row.created_at, action: row.action.clone() }
    }

    /// The position in a link; `None` for a text that no page has written.
    fn read(text: &str) -> Option<Self> {
        let (created, action) = text.split_once('.')?;
        let created =
            created.parse().ok().filter(|millis: &i64| (0..1_000_000_000_000_000).contains(millis))?;
        Some(Self { created: Timestamp::from_millis(created), action: action.parse().ok()? })
    }

    /// The position of a sort key of the index.
    fn of_key(key: &str) -> Option<Self> {
        Self::read(&key.replacen('#', ".", 1))
    }

    fn text(&self) -> String {
        format!("{}.{}", self.created.millis(), self.action)
    }
}

/// One page of pending actions.
pub(super) struct WaitingPage {
    /// Newest first.
    pub(super) rows: Vec<IndexRow>,
    /// Where the next page begins; `None` after the last.
    pub(super) next: Option<ListPosition>,
}

/// The rows of these lists after this position, each action once.
///
/// # Errors
/// [`Fault`] when the index cannot be read.
pub(super) async fn waiting_page(
    index: &dyn ReadIndex,
    listings: &[Listing],
    from: Option<&ListPosition>,
) -> Result<WaitingPage, Fault> {
    let mut rows: BTreeMap<ListPosition, IndexRow> = BTreeMap::new();
    let mut known_to: Option<ListPosition> = None;
    for listing in listings {
        let part = read(index, listing, from).await?;
        rows.extend(part.rows.into_iter().map(|row| (ListPosition::of(&row), row)));
        // Beyond the newest position at which a list was left, that list may have rows between those of others.
        known_to = known_to.max(part.left_at);
    }
    let mut rows: Vec<(ListPosition, IndexRow)> =
        rows.into_iter().rev().filter(|(place, _)| known_to.as_ref().is_none_or(|to| place >= to)).collect();
    let next = if rows.len() > PAGE { rows.get(PAGE - 1).map(|(place, _)| place.clone()) } else { known_to };
    rows.truncate(PAGE);
    Ok(WaitingPage { rows: rows.into_iter().map(|(_, row)| row).collect(), next })
}

/// A part of one list.
struct ListPart {
    rows: Vec<IndexRow>,
    /// Where reading stopped; `None` at the end of the list.
    left_at: Option<ListPosition>,
}

/// Rows of one list: at least a page, if the list has that many.
async fn read(
    index: &dyn ReadIndex,
    listing: &Listing,
    from: Option<&ListPosition>,
) -> Result<ListPart, Fault> {
    let mut cursor = from.map(|from| cursor_after(listing, &place(from.created, &from.action)));
    let mut rows = Vec::new();
    for _ in 0..CALLS {
        let page = index.list(listing, cursor.as_deref(), u32::try_from(PAGE).unwrap_or(u32::MAX)).await?;
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() || rows.len() >= PAGE {
            break;
        }
    }
    let left = cursor.map(|cursor| cursor_start(listing, &cursor)).transpose()?;
    Ok(ListPart { rows, left_at: left.and_then(|key| ListPosition::of_key(&key)) })
}

/// The beginnings of the pages that led here. The links carry them, so that nothing has to be stored.
#[derive(Debug, Clone, Default)]
pub(super) struct PageTrail(Vec<ListPosition>);

impl PageTrail {
    /// The trail in a query; without a valid one, the first page.
    pub(super) fn read(query: Option<&str>) -> Self {
        let text = query.and_then(|query| query.strip_prefix("after=")).unwrap_or_default();
        let places: Option<Vec<ListPosition>> = text.split(',').map(ListPosition::read).collect();
        Self(places.filter(|places| places.len() <= STEPS).unwrap_or_default())
    }

    /// Where this page begins; `None` on the first.
    pub(super) fn last(&self) -> Option<&ListPosition> {
        self.0.last()
    }

    /// Links to the pages before and after this one.
    pub(super) fn links(&self, next: Option<&ListPosition>) -> Markup {
        let (before, further) = (self.before(), next.map(|next| self.further(next)));
        html! {
            @if before.is_some() || further.is_some() {
                p class="section" {
                    @if let Some(before) = &before { a rel="prev" href=(before) { "Newer" } " " }
                    @if self.0.len() > 1 { a href="/" { "Newest" } " " }
                    @if let Some(further) = &further { a rel="next" href=(further) { "Older" } }
                    br;
                    span class="soft" {
                        "The newest requests come first, page after page; on each page, what ends soonest stands first."
                    }
                }
            }
        }
    }

    fn before(&self) -> Option<String> {
        let (_, before) = self.0.split_last()?;
        Some(address(before))
    }

    fn further(&self, next: &ListPosition) -> String {
        let skip = (self.0.len() + 1).saturating_sub(STEPS);
        let places: Vec<ListPosition> = self.0.iter().skip(skip).chain([next]).cloned().collect();
        address(&places)
    }
}

fn address(places: &[ListPosition]) -> String {
    match places {
        [] => "/".to_owned(),
        places => {
            let places: Vec<String> = places.iter().map(ListPosition::text).collect();
            format!("/?after={}", places.join(","))
        }
    }
}
