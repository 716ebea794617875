//! The one document that a message to people is made from.

use domain::{Digest, Event, Fault, State};
use wire::Item;
use wire::documents::{DocumentKind, Request, ReviewDocument};

use crate::action_documents::open;
use crate::{DocumentFault, ReadDocuments};

/// What an action shows to people now.
#[derive(Debug, Clone, PartialEq)]
pub enum ShownDocument {
    /// The review document of its current revision.
    Review(Box<ReviewDocument>),
    /// What was asked for, while there is no review document.
    Request(Box<Request>),
}

/// Loads the review document of the item's current revision, or its request where there is none. It is one reading.
///
/// # Errors
/// As [`action_documents`](crate::action_documents).
pub async fn shown_document(
    documents: &dyn ReadDocuments,
    item: &Item,
) -> Result<ShownDocument, DocumentFault> {
    match review(item) {
        Some(digest) => read(documents, digest).await.map(ShownDocument::Review),
        None => {
            let proposal = item.state().proposal().filter(|_| !matches!(item.state(), State::Absent));
            let none = || Fault::lasting("an item without events has no documents");
            read(documents, proposal.ok_or_else(none)?.request).await.map(ShownDocument::Request)
        }
    }
}

async fn read<T: DocumentKind>(
    documents: &dyn ReadDocuments,
    digest: Digest,
) -> Result<Box<T>, DocumentFault> {
    open(documents, digest).await.map(Box::new)
}

/// The review document that the last decision names; a modification starts again.
fn review(item: &Item) -> Option<Digest> {
    let mut shown = None;
    for entry in item.entries() {
        match &entry.event {
            Event::Modified { .. } => shown = None,
            Event::Decided { review, .. } => shown = *review,
            _ => {}
        }
    }
    shown
}
