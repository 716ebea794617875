//! Units of the log: a record, the keys it needs and the documents it names. A unit is never split between two objects.

use std::collections::BTreeSet;

use bytes::Bytes;
use domain::Digest;
use ledger::{ComposeError, LineBytes, MAX_OBJECT_BYTES, MAX_RECORDS, Tail, document_line, record_line};
use wire::documents::Document;
use wire::record::Record;

/// Room for the head, whose range grows with the logarithm of the log.
const HEAD_ROOM: usize = 16 * 1024;

/// Records that are written into one object together, and their documents.
#[derive(Debug, Clone)]
pub struct Unit {
    records: Vec<LineBytes>,
    documents: Vec<(Digest, LineBytes)>,
}

impl Unit {
    /// A unit of these records and documents.
    ///
    /// # Errors
    /// [`ComposeError::Json`] when one has no canonical form.
    pub fn new(records: &[Record], documents: &[Document]) -> Result<Self, ComposeError> {
        let line = |document: &Document| Ok((document.digest(), document_line(document)?));
        Ok(Self {
            records: records.iter().map(record_line).collect::<Result<_, _>>()?,
            documents: documents.iter().map(line).collect::<Result<_, ComposeError>>()?,
        })
    }

    /// Whether an object can hold it at all.
    #[must_use]
    pub fn fits(&self) -> bool {
        HEAD_ROOM.saturating_add(self.size()) <= MAX_OBJECT_BYTES
    }

    fn size(&self) -> usize {
        let documents = self.documents.iter().map(|(_, line)| line);
        self.records.iter().chain(documents).map(|line| line.len().saturating_add(1)).sum()
    }
}

/// How many of the units from the first on fit into one object; one always counts.
#[must_use]
pub fn fitting(units: &[Unit]) -> usize {
    let (mut bytes, mut records) = (HEAD_ROOM, 0_u64);
    let fits = |unit: &&Unit| {
        bytes = bytes.saturating_add(unit.size());
        records = records.saturating_add(u64::try_from(unit.records.len()).unwrap_or(u64::MAX));
        bytes <= MAX_OBJECT_BYTES && records <= MAX_RECORDS
    };
    units.iter().take_while(fits).count().max(1)
}

/// The object that continues the log with these units; a document named twice stands in it once, and so does a record
/// (two actions of one agent need the same key).
///
/// # Errors
/// [`ComposeError`].
pub fn compose(tail: &Tail, units: &[Unit]) -> Result<Bytes, ComposeError> {
    let (mut named, mut said) = (BTreeSet::new(), BTreeSet::new());
    let records = units.iter().flat_map(|unit| &unit.records).filter(|line| said.insert(*line));
    let documents = units.iter().flat_map(|unit| &unit.documents);
    let documents = documents.filter(|(digest, _)| named.insert(*digest)).map(|(_, line)| line.clone());
    tail.compose(&records.cloned().collect::<Vec<_>>(), &documents.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use domain::{ActionId, KeyRef, Timestamp};
    use ledger::{Object, record};
    use serde_json::json;
    use wire::documents::{DocumentKind, RefusalNote};

    use super::*;

    fn unit(code: &str, bytes: usize) -> Unit {
        let key = KeyRef { issuer: "https://issuer.example".to_owned(), kid: "k1".to_owned() };
        let record = record::key(&key, json!({ "kty": "OKP" }), Timestamp::from_millis(0));
        let note = RefusalNote {
            format: RefusalNote::FORMAT.to_owned(),
            action: ActionId::of(b"an action"),
            code: code.to_owned(),
            detail: "x".repeat(bytes),
            cause: None,
        };
        Unit::new(&[record], &[note.document().unwrap()]).unwrap()
    }

    /// What fits by number and not by size goes into several objects: one too large could never be written.
    #[test]
    fn no_object_grows_too_large() {
        let units: Vec<Unit> = (0..12).map(|place| unit(&format!("code-{place}"), 389 * 1024)).collect();
        let mut rest = units.as_slice();
        let (mut tail, mut objects) = (Tail::default(), 0);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(fitting(rest));
            let bytes = compose(&tail, now).unwrap();
            (tail, objects, rest) = (tail.follow(&bytes).unwrap().0, objects + 1, later);
        }
        assert_eq!(objects, 2);
    }

    /// Two actions of one agent need the same key, and may name the same document: each stands there once.
    #[test]
    fn what_is_needed_twice_is_said_once() {
        let bytes = compose(&Tail::default(), &[unit("one", 1), unit("one", 1), unit("two", 1)]).unwrap();
        let object = Object::read(0, &bytes).unwrap();
        assert_eq!((object.records().len(), object.documents().len()), (1, 2));
        assert!(object.bad_documents().is_empty());
    }
}
