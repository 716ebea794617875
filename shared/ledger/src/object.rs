//! One object of the log: a head, its records, the documents they name. Lines of canonical JSON.

use std::collections::BTreeMap;

use domain::{ActionId, Digest};
use serde_json::Value;
use wire::documents::{Document, DocumentKind};
use wire::json;
use wire::record::{DocumentLine, Head, Record};

use crate::tree::{self, Tree};

/// The most bytes an object may have; a longer one is invalid unread.
pub const MAX_OBJECT_BYTES: usize = 4 * 1024 * 1024;
/// The most records an object may have.
pub const MAX_RECORDS: u64 = 200;

/// The digest by which the next object links this one: SHA-256 of its bytes, or, when there are more than allowed, of
/// the first [`MAX_OBJECT_BYTES`] + 1, so that no object is too long to be linked.
#[must_use]
pub fn link(bytes: &[u8]) -> Digest {
    Digest::of(bytes.get(..=MAX_OBJECT_BYTES).unwrap_or(bytes))
}

/// Why bytes are no valid object. `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Written by a program that knows more than this one. Never skipped.
    #[error("the object has the format `{0}`, which this program does not know")]
    UnknownVersion(String),
    /// It can never become valid: it counts as nothing.
    #[error("{detail}")]
    Invalid {
        /// E.g. `root-differs`.
        code: &'static str,
        /// One sentence.
        detail: String,
    },
}

/// An object whose head, records and root belong together. What the records say is another matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    head: Head,
    records: Vec<RecordLine>,
    documents: BTreeMap<Digest, Document>,
    bad_documents: Vec<String>,
    after: Tree,
    link: Digest,
}

/// One record as it stands in an object.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordLine {
    /// Its place among all records of the log, from 0.
    pub position: u64,
    /// SHA-256 of the line.
    pub digest: Digest,
    /// What it says.
    pub record: Result<Record, RecordError>,
}

/// Why a line is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Of a version this program does not know.
    #[error("the record has the format `{0}`, which this program does not know")]
    UnknownVersion(String),
    /// Not what a record looks like.
    #[error("the record is malformed: {0}")]
    Malformed(String),
}

impl Object {
    /// Reads the object with this number from its bytes, and checks everything that can be checked without the objects
    /// before it.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub fn read(number: u64, bytes: &[u8]) -> Result<Self, ObjectError> {
        let lines = lines(bytes)?;
        let (first, rest) = lines.split_first().ok_or_else(|| invalid("no-head", "there is no head"))?;
        let head = read_head(first)?;
        if head.object != number {
            return Err(invalid("other-number", "the head names another number"));
        }
        let count = usize::try_from(head.count).ok().filter(|_| (1..=MAX_RECORDS).contains(&head.count));
        let (records, documents) = count
            .and_then(|count| rest.split_at_checked(count))
            .ok_or_else(|| invalid("count-differs", "the head counts other records than there are"))?;
        let mut after = Tree::from_range(head.first, head.range.clone())
            .ok_or_else(|| invalid("range-malformed", "the range does not fit the first position"))?;
        records.iter().for_each(|line| after.push(tree::leaf(line.as_bytes())));
        if after.root() != head.root {
            return Err(invalid("root-differs", "the records do not make the root the head names"));
        }
        let records = (head.first..).zip(records).map(|(position, line)| read_line(position, line)).collect();
        let (documents, bad_documents) = read_documents(documents);
        Ok(Self { head, records, documents, bad_documents, after, link: link(bytes) })
    }

    /// The head.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The records in order.
    #[must_use]
    pub fn records(&self) -> &[RecordLine] {
        &self.records
    }

    /// The documents by digest.
    #[must_use]
    pub fn documents(&self) -> &BTreeMap<Digest, Document> {
        &self.documents
    }

    /// The document with this digest, if it stands here.
    #[must_use]
    pub fn document(&self, digest: &Digest) -> Option<&Document> {
        self.documents.get(digest)
    }

    /// A sentence for every line that should be a document and is none.
    #[must_use]
    pub fn bad_documents(&self) -> &[String] {
        &self.bad_documents
    }

    /// The event of this action with this place, if its record stands here: record, chain after it and entry.
    #[must_use]
    pub fn event(&self, of: &ActionId, place: u32) -> Option<EventRecord<'_>> {
        self.records.iter().find_map(|line| match &line.record {
            Ok(Record::Event { action, sequence, previous, chain, entry, .. })
                if action == of && *sequence == place =>
            {
                Some(EventRecord { position: line.position, previous, chain, entry })
            }
            _ => None,
        })
    }

    /// The public key with this id, if it was recorded here.
    #[must_use]
    pub fn key(&self, of: &domain::KeyRef) -> Option<&Value> {
        self.records.iter().find_map(|line| match &line.record {
            Ok(Record::Key { issuer, kid, jwk, .. }) if *issuer == of.issuer && *kid == of.kid => Some(jwk),
            _ => None,
        })
    }

    /// The document with this digest as what it must be; none if it is not here or is something else.
    #[must_use]
    pub fn open<T: DocumentKind>(&self, digest: &Digest) -> Option<T> {
        self.document(digest)?.open().ok()
    }

    pub(crate) fn after(&self) -> &Tree {
        &self.after
    }

    pub(crate) fn link(&self) -> Digest {
        self.link
    }
}

/// An event's record as it stands in an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventRecord<'a> {
    /// Its place among all records of the log.
    pub position: u64,
    /// The action's chain before it.
    pub previous: &'a domain::Chain,
    /// The action's chain after it.
    pub chain: &'a domain::Chain,
    /// The item's entry.
    pub entry: &'a Value,
}

pub(crate) fn invalid(code: &'static str, detail: &str) -> ObjectError {
    ObjectError::Invalid { code, detail: detail.to_owned() }
}

fn lines(bytes: &[u8]) -> Result<Vec<&str>, ObjectError> {
    if bytes.len() > MAX_OBJECT_BYTES {
        return Err(invalid("too-large", "the object is larger than allowed"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("not-text", "the object is not UTF-8"))?;
    let whole = text.strip_suffix('\n').ok_or_else(|| invalid("cut-off", "the last line has no end"))?;
    Ok(whole.split('\n').collect())
}

fn read_head(line: &str) -> Result<Head, ObjectError> {
    let malformed = || invalid("head-malformed", "the first line is no head in canonical form");
    let value = json::parse_stored_value(line.as_bytes()).map_err(|_| malformed())?;
    if let Some(version) = unknown_version(&value, Head::FORMAT) {
        return Err(ObjectError::UnknownVersion(version));
    }
    let head: Head = json::from_value(value).map_err(|_| malformed())?;
    let canonical = json::canonical(&head).map_err(|_| malformed())?;
    let exact = canonical.as_bytes() == line.as_bytes() && head.format == Head::FORMAT;
    exact.then_some(head).ok_or_else(malformed)
}

/// The `format` of a value of our own family, e.g. `countersign-log/2`, when its version is another than `known`.
fn unknown_version(value: &Value, known: &str) -> Option<String> {
    let format = value.get("format")?.as_str()?;
    let (family, _) = known.rsplit_once('/')?;
    let version = format.strip_prefix(family)?.strip_prefix('/')?;
    let newer = format != known && (1..=4).contains(&version.len());
    (newer && version.bytes().all(|byte| byte.is_ascii_digit())).then(|| format.to_owned())
}

fn read_line(position: u64, line: &str) -> RecordLine {
    RecordLine { position, digest: Digest::of(line.as_bytes()), record: read_record(line) }
}

fn read_record(line: &str) -> Result<Record, RecordError> {
    let malformed = |error: json::JsonError| RecordError::Malformed(error.to_string());
    let value = json::parse_stored_value(line.as_bytes()).map_err(malformed)?;
    if let Some(version) = unknown_version(&value, Record::FORMAT) {
        return Err(RecordError::UnknownVersion(version));
    }
    let record: Record = json::from_value(value).map_err(malformed)?;
    let canonical = json::canonical(&record).map_err(malformed)?;
    if canonical.as_bytes() != line.as_bytes() || format_of(&record) != Record::FORMAT {
        return Err(RecordError::Malformed("not in canonical form".to_owned()));
    }
    Ok(record)
}

fn format_of(record: &Record) -> &str {
    match record {
        Record::Event { format, .. }
        | Record::Key { format, .. }
        | Record::Violation { format, .. }
        | Record::RefusedVerdict { format, .. } => format,
    }
}

fn read_documents(lines: &[&str]) -> (BTreeMap<Digest, Document>, Vec<String>) {
    let (mut documents, mut bad) = (BTreeMap::new(), Vec::new());
    for line in lines {
        match read_document(line) {
            Ok(document) if documents.contains_key(&document.digest()) => {
                bad.push(format!("document {} stands there twice", document.digest()));
            }
            Ok(document) => {
                documents.insert(document.digest(), document);
            }
            Err(why) => bad.push(why),
        }
    }
    (documents, bad)
}

fn read_document(line: &str) -> Result<Document, String> {
    let malformed = |error: json::JsonError| format!("a line is no document: {error}");
    let read: DocumentLine = json::parse_stored(line.as_bytes()).map_err(malformed)?;
    let canonical = json::canonical(&read).map_err(malformed)?;
    if canonical.as_bytes() != line.as_bytes() {
        return Err("a document's line is not in canonical form".to_owned());
    }
    let body = json::canonical(&read.body).map_err(malformed)?;
    Document::verify(read.document, body.into_string()).map_err(|error| error.to_string())
}
