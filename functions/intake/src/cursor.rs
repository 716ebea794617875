//! The position in a list: opaque to callers, and checked when it comes back.

use data_encoding::BASE64URL_NOPAD;
use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use wire::json;

/// The last item that was given, and for each list the page of its next row. A cursor grants nothing: the caller's
/// lists are determined again on each request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// The query for which it was given.
    scope: String,
    /// Milliseconds of the last item's creation.
    at: i64,
    /// The last item's id.
    id: String,
    /// The page of each list, in the lists' order; none for the first page.
    pub pages: Vec<Option<String>>,
}

impl Cursor {
    pub fn new(scope: &str, at: Timestamp, id: &str, pages: Vec<Option<String>>) -> Self {
        Self { scope: digest(scope), at: at.millis(), id: id.to_owned(), pages }
    }

    /// Nothing was given yet, although pages were read.
    pub fn before_all(scope: &str, pages: Vec<Option<String>>) -> Self {
        Self::new(scope, Timestamp::from_millis(i64::MAX), "", pages)
    }

    /// The same place, further on in the pages.
    pub fn on(&self, pages: Vec<Option<String>>) -> Self {
        Self { pages, ..self.clone() }
    }

    pub fn encode(&self) -> Option<String> {
        json::canonical(self).ok().map(|canonical| BASE64URL_NOPAD.encode(canonical.as_bytes()))
    }

    /// The cursor in this text, if it was given for this scope.
    pub fn decode(text: &str, scope: &str, lists: usize) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let cursor: Self = json::parse(&bytes).ok()?;
        (cursor.scope == digest(scope) && cursor.pages.len() == lists).then_some(cursor)
    }

    /// Whether an item comes after the last one given: older, or as old with a smaller id.
    pub fn precedes(&self, at: Timestamp, id: &str) -> bool {
        (at.millis(), id) < (self.at, self.id.as_str())
    }
}

fn digest(scope: &str) -> String {
    let hex = Digest::of(scope.as_bytes()).hex();
    hex.get(..16).unwrap_or(&hex).to_owned()
}
