//! The end of the log: what the next object continues, and what one that is there makes of it. Pure.

use bytes::Bytes;
use domain::Digest;
use serde::Serialize;
use wire::documents::Document;
use wire::json::{self, JsonError};
use wire::record::{DocumentLine, Head, Record};

use crate::object::{MAX_OBJECT_BYTES, MAX_RECORDS, Object, ObjectError, invalid, link};
use crate::tree::{self, Tree};

/// Where the log ends, as far as somebody has read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    /// The number of the next object.
    pub next: u64,
    /// The link to the object before it; none at the beginning.
    pub previous: Option<Digest>,
    /// The tree of all valid records so far.
    pub tree: Tree,
}

/// What stands at a number.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowedObject {
    /// An object that continues the log.
    Valid(Box<Object>),
    /// Something that does not. It cannot be replaced and has no records; the next object links its bytes.
    Invalid {
        /// E.g. `root-differs`.
        code: &'static str,
        /// One sentence.
        detail: String,
    },
}

/// Why records make no object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// None, or more than fit.
    #[error("an object holds 1 to {MAX_RECORDS} records, not {0}")]
    Count(usize),
    /// Too many bytes.
    #[error("an object holds at most {MAX_OBJECT_BYTES} bytes, not {0}")]
    TooLarge(usize),
    /// Something in it has no canonical form.
    #[error(transparent)]
    Json(#[from] JsonError),
}

/// A line of the log with its line feed still to come.
pub type LineBytes = Vec<u8>;

/// The line of a record.
///
/// # Errors
/// [`ComposeError::Json`].
pub fn record_line(record: &Record) -> Result<LineBytes, ComposeError> {
    line(record)
}

/// The line of a document.
///
/// # Errors
/// [`ComposeError::Json`] when its body is no JSON.
pub fn document_line(document: &Document) -> Result<LineBytes, ComposeError> {
    let body = json::parse_stored_value(document.body().as_bytes())?;
    line(&DocumentLine { document: document.digest(), body })
}

fn line<T: Serialize>(value: &T) -> Result<LineBytes, ComposeError> {
    Ok(json::canonical(value)?.as_bytes().to_vec())
}

impl Tail {
    /// The bytes of the object that continues the log with these record lines and document lines.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose(&self, records: &[LineBytes], documents: &[LineBytes]) -> Result<Bytes, ComposeError> {
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        if !(1..=MAX_RECORDS).contains(&count) {
            return Err(ComposeError::Count(records.len()));
        }
        let mut after = self.tree.clone();
        records.iter().for_each(|line| after.push(tree::leaf(line)));
        let head = Head {
            format: Head::FORMAT.to_owned(),
            object: self.next,
            previous: self.previous,
            first: self.tree.size(),
            count,
            range: self.tree.range().to_vec(),
            root: after.root(),
        };
        let mut bytes = line(&head)?;
        bytes.push(b'\n');
        for line in records.iter().chain(documents) {
            bytes.extend_from_slice(line);
            bytes.push(b'\n');
        }
        if bytes.len() > MAX_OBJECT_BYTES {
            return Err(ComposeError::TooLarge(bytes.len()));
        }
        Ok(bytes.into())
    }

    /// What the bytes found at [`Tail::next`] are, and where the log ends after them.
    ///
    /// # Errors
    /// [`ObjectError::UnknownVersion`] alone: whoever expects that version does not go on, everybody else passes over it
    /// ([`Tail::pass`]).
    pub fn follow(&self, bytes: &[u8]) -> Result<(Tail, FollowedObject), ObjectError> {
        let found = match Object::read(self.next, bytes).and_then(|object| self.fits(object)) {
            Ok(object) => FollowedObject::Valid(Box::new(object)),
            Err(ObjectError::Invalid { code, detail }) => FollowedObject::Invalid { code, detail },
            Err(unknown) => return Err(unknown),
        };
        let after = match &found {
            FollowedObject::Valid(object) => {
                let (previous, tree) = (Some(object.link()), object.after().clone());
                Tail { next: self.next.saturating_add(1), previous, tree }
            }
            FollowedObject::Invalid { .. } => self.pass(bytes),
        };
        Ok((after, found))
    }

    /// Where the log ends after bytes that count as nothing: linked, and without records.
    #[must_use]
    pub fn pass(&self, bytes: &[u8]) -> Tail {
        let next = self.next.saturating_add(1);
        Tail { next, previous: Some(link(bytes)), tree: self.tree.clone() }
    }

    fn fits(&self, object: Object) -> Result<Object, ObjectError> {
        let head = object.head();
        if head.previous != self.previous {
            return Err(invalid("previous-differs", "the head links other bytes than the object before has"));
        }
        if head.first != self.tree.size() || head.range != self.tree.range() {
            return Err(invalid("range-differs", "the head continues another tree than the log has"));
        }
        Ok(object)
    }
}
