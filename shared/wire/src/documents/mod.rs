//! Documents: what is stored under the digest of its own canonical bytes. Each names its `format`, so a document of
//! one kind can never pass for another. `docs/formats.md` shows an example of each.

mod action;
mod difference;
mod link;
mod outcome;
mod payload;
mod review;
mod verdict;

pub use crate::parts::GrantedJson;
pub use action::{
    Action, Call, Cause, CountsJson, DecisionDocument, HistoryJson, Mask, Plan, Provenance, ReasonJson,
    Request,
};
pub use difference::{ChangeName, Difference, Differences};
pub use link::LinkStatement;
pub use outcome::{Outcome, OutcomeError, OutcomeStatus, Probe, RefusalNote};
pub use payload::{Payload, SealedPayload};
pub use review::{Change, Context, Field, ReviewDocument, Segment, What};
pub use verdict::{
    Envelope, GrantTermsJson, IdTokenProof, OutcomeKind, StatedAccount, Statement, UnsignedEnvelope,
    VerdictName,
};

use domain::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bounds::{self, OutOfBounds};
use crate::json::{self, Canonical, JsonError};

/// A kind of document.
pub trait DocumentKind: Serialize + DeserializeOwned {
    /// The value of its `format` field, e.g. `countersign-statement/1`.
    const FORMAT: &'static str;
    /// The `format` field as read.
    fn format(&self) -> &str;

    /// Whether the parts that are indexed are as short as the index needs them.
    ///
    /// # Errors
    /// [`OutOfBounds`].
    fn bounded(&self) -> Result<(), OutOfBounds> {
        Ok(())
    }

    /// Its canonical bytes, whose digest is its name. A document that could not be read again is not written.
    ///
    /// # Errors
    /// When it has no canonical form, is too deep, or exceeds [`bounds`].
    fn document(&self) -> Result<Document, JsonError> {
        self.bounded().map_err(JsonError::new)?;
        let document = json::canonical(self).map(Document::of)?;
        document.read::<Self>().map(|_| document)
    }
}

/// Canonical bytes and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    digest: Digest,
    body: String,
}

/// Why bytes are not the document they are named as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The bytes have another digest than their name.
    #[error("the document stored as {0} has other bytes")]
    Mismatch(Digest),
    /// It is no JSON of the expected shape.
    #[error("document {0}: {1}")]
    Malformed(Digest, JsonError),
    /// It is of another kind.
    #[error("document {0} is not a `{1}`")]
    OtherKind(Digest, &'static str),
}

impl Document {
    /// The document of these canonical bytes.
    #[must_use]
    pub fn of(body: Canonical) -> Self {
        Self { digest: body.digest(), body: body.into_string() }
    }

    /// The document stored under this name, if the bytes are those it names.
    ///
    /// # Errors
    /// [`DocumentError::Mismatch`].
    pub fn verify(digest: Digest, body: String) -> Result<Self, DocumentError> {
        if Digest::of(body.as_bytes()) == digest {
            Ok(Self { digest, body })
        } else {
            Err(DocumentError::Mismatch(digest))
        }
    }

    /// Its name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its canonical JSON.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The typed content.
    ///
    /// # Errors
    /// [`DocumentError`] when it is of another kind or shape.
    pub fn open<T: DocumentKind>(&self) -> Result<T, DocumentError> {
        let value: T = self.read().map_err(|e| DocumentError::Malformed(self.digest, e))?;
        if value.format() == T::FORMAT {
            Ok(value)
        } else {
            Err(DocumentError::OtherKind(self.digest, T::FORMAT))
        }
    }

    fn read<T: DocumentKind>(&self) -> Result<T, JsonError> {
        bounds::text("a document", &self.body, bounds::DOCUMENT).map_err(JsonError::new)?;
        let value: T = json::parse_stored(self.body.as_bytes())?;
        value.bounded().map_err(JsonError::new)?;
        Ok(value)
    }
}

macro_rules! kinds {
    ($($kind:ty => $format:literal $($bounded:path)?),* $(,)?) => {$(
        impl DocumentKind for $kind {
            const FORMAT: &'static str = $format;
            fn format(&self) -> &str {
                &self.format
            }
            $(fn bounded(&self) -> Result<(), OutOfBounds> {
                $bounded(self)
            })?
        }
    )*};
}

kinds! {
    SealedPayload => "countersign-sealed-payload/1",
    Request => "countersign-request/1" request,
    Action => "countersign-action/1",
    DecisionDocument => "countersign-decision/1",
    ReviewDocument => "countersign-review/1",
    Statement => "countersign-statement/1",
    LinkStatement => "countersign-link/1",
    Envelope => "countersign-envelope/1",
    IdTokenProof => "countersign-id-token/1",
    Outcome => "countersign-outcome/1",
    Probe => "countersign-probe/1",
    RefusalNote => "countersign-refusal/1",
}

/// What the index stores of a request.
fn request(request: &Request) -> Result<(), OutOfBounds> {
    bounds::text("the action type", &request.action_type, bounds::ACTION_TYPE)?;
    bounds::text("the correlation", request.correlation.as_deref().unwrap_or_default(), bounds::CORRELATION)?;
    bounds::identity(&request.principal)
}
