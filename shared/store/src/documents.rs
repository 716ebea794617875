//! Documents in DynamoDB: content-addressed, put if absent.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::{Digest, Fault, Timestamp};
use wire::documents::{Document, Kind, SealedPayload};

use crate::attributes::{Attributes, Reader, named, number, text};
use crate::dynamo::{Table, Written};
use crate::{DocumentFault, ReadDocuments, WriteDocuments};

/// The most bytes a body may have: a table item holds 400 KB, its key and names included.
const MAX_BODY: usize = 390 * 1024;

/// Seconds after which a sealed payload may be cleared away. Housekeeping, never a control: far beyond every deadline.
const PAYLOAD_SECONDS: i64 = 90 * 24 * 3600;

/// The documents table: `digest`, `body`, and where the time is known `kept_at` (epoch ms) and, for sealed payloads alone,
/// `expires` (epoch seconds).
#[derive(Clone)]
pub struct DocumentsTable {
    table: Table,
    now: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
}

impl DocumentsTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { table: Table { client, name: table.into() }, now: None }
    }

    /// The same, writing down when a document was kept and when a sealed payload may be cleared away.
    #[must_use]
    pub fn dated(self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { now: Some(Arc::new(now)), ..self }
    }

    fn attributes(&self, document: &Document) -> Attributes {
        let (digest, body) = (text(document.digest().to_string()), text(document.body()));
        let mut attributes = named([("digest", digest), ("body", body)]);
        if let Some(now) = self.now.as_ref().map(|now| now()) {
            attributes.insert("kept_at".to_owned(), number(now.millis()));
            if document.open::<SealedPayload>().is_ok_and(|sealed| sealed.format == SealedPayload::FORMAT) {
                attributes.insert("expires".to_owned(), number(now.plus_seconds(PAYLOAD_SECONDS).seconds()));
            }
        }
        attributes
    }
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
    async fn keep(&self, document: &Document) -> Result<(), Fault> {
        document_fits(document)?;
        match self.table.create("keeping a document", self.attributes(document), "digest").await? {
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
/// A lasting [`Fault`] that says how large it is and may be.
pub fn document_fits(document: &Document) -> Result<(), Fault> {
    let size = document.body().len();
    if size <= MAX_BODY {
        return Ok(());
    }
    let digest = document.digest();
    Err(Fault::lasting(format!(
        "document {digest} has {size} bytes, more than the {MAX_BODY} a table item holds"
    )))
}

/// What [`crate::WriteDocuments::keep`] answers when other bytes stand under the name: nothing may name it then.
#[must_use]
pub fn document_taken(digest: Digest) -> Fault {
    Fault::lasting(format!("other bytes stand under the name of document {digest}"))
}
