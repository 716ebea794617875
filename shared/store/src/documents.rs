//! Documents in DynamoDB: content-addressed, put if absent.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::{Digest, Fault};
use wire::bounds;
use wire::documents::{Document, DocumentKind, SealedPayload};

use crate::attributes::{Attributes, Reader, named, number, text};
use crate::dynamo::{Table, Written};
use crate::{DocumentFault, ReadDocuments, WriteDocuments};

/// Seconds that the table keeps a sealed payload after nobody opens it any more: a record of its proposal that comes late
/// still finds it. Clearing it away is housekeeping; that it is not opened is checked by who opens.
const KEPT_SECONDS: i64 = 24 * 3600;

/// The documents table: `digest`, `body`, and for sealed payloads alone `expires` (epoch seconds), from when on DynamoDB
/// clears them away.
#[derive(Clone)]
pub struct DocumentsTable {
    table: Table,
}

impl DocumentsTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { table: Table { client, name: table.into() } }
    }
}

/// The document as the table stores it. A sealed payload itself says when it expires, so nobody can forget to write
/// the expiry.
fn attributes(document: &Document) -> Attributes {
    let (digest, body) = (text(document.digest().to_string()), text(document.body()));
    let mut attributes = named([("digest", digest), ("body", body)]);
    if document.body().contains(SealedPayload::FORMAT)
        && let Ok(sealed) = document.open::<SealedPayload>()
    {
        let expires = number(sealed.expires_at.plus_seconds(KEPT_SECONDS).seconds());
        attributes.insert("expires".to_owned(), expires);
    }
    attributes
}

#[async_trait]
impl ReadDocuments for DocumentsTable {
    async fn document(&self, digest: Digest) -> Result<Option<Document>, DocumentFault> {
        let key = named([("digest", text(digest.to_string()))]);
        let Some(stored) = self.table.get("reading a document", key).await? else { return Ok(None) };
        let body = Reader(&stored).text("body").map_err(|_| DocumentFault::Mismatch(digest))?;
        let verified = Document::verify(digest, body.to_owned());
        verified.map(Some).map_err(|_| DocumentFault::Mismatch(digest))
    }
}

#[async_trait]
impl WriteDocuments for DocumentsTable {
    async fn put(&self, document: &Document) -> Result<(), Fault> {
        document_fits(document)?;
        match self.table.create("keeping a document", attributes(document), "digest").await? {
            Written::Done(_) => Ok(()),
            // What a racing putter left there must be the same bytes, or nothing may name them.
            Written::Not(Some(stored))
                if Reader(&stored).text("body").is_ok_and(|body| body == document.body()) =>
            {
                Ok(())
            }
            Written::Not(_) => Err(document_taken(document.digest())),
        }
    }
}

/// Whether the document fits into one table item.
///
/// # Errors
/// A lasting [`Fault`] that says how large the document is and may be.
pub fn document_fits(document: &Document) -> Result<(), Fault> {
    let size = document.body().len();
    if size <= bounds::DOCUMENT {
        return Ok(());
    }
    let digest = document.digest();
    Err(Fault::lasting(format!(
        "document {digest} has {size} bytes, more than the {} a table item holds",
        bounds::DOCUMENT
    )))
}

/// What [`crate::WriteDocuments::put`] answers when other bytes stand under the name: nothing may name it then.
#[must_use]
pub fn document_taken(digest: Digest) -> Fault {
    Fault::lasting(format!("other bytes stand under the name of document {digest}"))
}
