//! One form for everything: what says the same in other bytes, or under another format, is not taken.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

use domain::Timestamp;
use ledger::tree::{Tree, leaf};
use ledger::{FollowedObject, Object, ObjectError, Tail, record, record_line};
use testkit::Scenario;
use testkit::written::write;
use wire::json::canonical;
use wire::record::Head;

fn proposed() -> Vec<String> {
    let mut scenario = Scenario::new("forms");
    scenario.propose();
    let bytes = write(&Tail::default(), &[(&scenario, 1)]);
    std::str::from_utf8(&bytes).unwrap().lines().map(str::to_owned).collect()
}

fn read(lines: &[String]) -> Result<Object, ObjectError> {
    Object::read(0, format!("{}\n", lines.join("\n")).as_bytes())
}

/// P9: a head in another form or of another family is none.
#[test]
fn a_head_has_one_form() {
    let lines = proposed();
    assert!(read(&lines).is_ok());
    let spaced = lines[0].replacen('{', "{ ", 1);
    let other = lines[0].replace(Head::FORMAT, "countersign-other/1");
    for head in [spaced, other] {
        let mut lines = lines.clone();
        lines[0] = head;
        assert!(
            matches!(read(&lines), Err(ObjectError::Invalid { code: "head-malformed", .. })),
            "{}",
            lines[0]
        );
    }
}

/// P9: a document in another form, or twice, is said to be wrong.
#[test]
fn a_document_has_one_form_and_stands_once() {
    let mut lines = proposed();
    let last = lines.last().unwrap().clone();
    assert!(last.contains("\"document\""), "{last}");
    lines.push(last.clone());
    assert_eq!(read(&lines).unwrap().bad_documents().len(), 1);
    lines.pop();
    *lines.last_mut().unwrap() = last.replacen('{', "{ ", 1);
    assert_eq!(read(&lines).unwrap().bad_documents().len(), 1);
}

/// P9: a record in another form or of another family is malformed, though the tree is the one it makes.
#[test]
fn a_record_has_one_form() {
    let violation = record::violation("a key", 0, "a-code", "a detail".to_owned(), Timestamp::from_millis(0));
    let line = String::from_utf8(record_line(&violation).unwrap()).unwrap();
    let spaced = line.replacen('{', "{ ", 1);
    let other = line.replace("countersign-record/1", "countersign-other/1");
    assert_ne!(line, other);
    for (line, holds) in [(line, true), (spaced, false), (other, false)] {
        let bytes = Tail::default().compose(&[line.clone().into_bytes()], &[]).unwrap();
        let object = Object::read(0, &bytes).unwrap();
        assert_eq!(object.records()[0].record.is_ok(), holds, "{line}");
    }
}

/// P9: a head that claims another number of records before it, or others, continues another log, whatever its root.
#[test]
fn a_head_begins_where_the_log_ends() {
    let line = "a record".to_owned();
    let first = Tail::default().compose(&[line.clone().into_bytes()], &[]).unwrap();
    let (tail, _) = Tail::default().follow(&first).unwrap();
    let (ours, others) = (tail.tree.range().to_vec(), vec![leaf(b"another record")]);
    for (claimed, range, holds) in [(1, &ours, true), (2, &ours, false), (1, &others, false)] {
        let mut tree = Tree::from_range(claimed, range.clone()).unwrap();
        tree.push(leaf(line.as_bytes()));
        let head = Head {
            format: Head::FORMAT.to_owned(),
            object: 1,
            previous: tail.previous,
            first: claimed,
            count: 1,
            range: range.clone(),
            root: tree.root(),
        };
        let text = format!("{}\n{line}\n", canonical(&head).unwrap().into_string());
        let (_, found) = tail.follow(text.as_bytes()).unwrap();
        assert_eq!(matches!(found, FollowedObject::Valid(_)), holds, "{claimed} {range:?}");
    }
}
