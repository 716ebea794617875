//! Stream records as Lambda hands them over.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

use domain::Timestamp;
use fn_ledger::stream::read;
use serde_json::{Value, json};
use store::{StreamImage, image};
use testkit::{Ask, Story};

fn story() -> Story {
    let mut story = Story::new("streamed");
    story.propose();
    story.decide(Ask::Nobody);
    story
}

/// The item's attributes after so many events, as the stream writes them.
fn attributes(story: &Story, events: usize) -> Value {
    let lines = story.lines(events);
    let item = wire::Item::parse(story.item.id().clone(), lines.iter().map(String::as_str)).unwrap();
    serde_json::to_value(image::created(&item)).unwrap()
}

fn event(name: &str, old: Option<Value>, new: Option<Value>) -> Value {
    let id = story().item.id().to_string();
    let mut change = json!({
        "Keys": {"id": {"S": id}}, "ApproximateCreationDateTime": 1_795_000_001.5,
        "StreamViewType": "NEW_AND_OLD_IMAGES", "SequenceNumber": "1",
    });
    for (name, image) in [("OldImage", old), ("NewImage", new)] {
        change.as_object_mut().unwrap().extend(image.map(|image| (name.to_owned(), image)));
    }
    json!({"Records": [{"eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change}]})
}

/// An insert has no events from before, a change has those of its old image; the time is the stream's own.
#[test]
fn what_was_there_before_is_told_apart() {
    let story = story();
    let read_one = |event: &Value| read(event).unwrap().remove(0);
    let inserted = read_one(&event("INSERT", None, Some(attributes(&story, 1))));
    assert_eq!((inserted.kept, inserted.at), (0, Timestamp::from_millis(1_795_000_001_500)));
    assert!(matches!(inserted.image, StreamImage::Item(item) if item.sequence() == 1));
    let changed = read_one(&event("MODIFY", Some(attributes(&story, 1)), Some(attributes(&story, 2))));
    assert_eq!(changed.kept, 1);
    assert!(matches!(changed.image, StreamImage::Item(item) if item == story.item.into()));
    let nudged =
        read_one(&event("MODIFY", Some(attributes(&self::story(), 2)), Some(attributes(&self::story(), 2))));
    assert_eq!(nudged.kept, 2);
}

/// D11: an item that is gone is reported under its key.
#[test]
fn a_deleted_item_is_seen() {
    let gone = read(&event("REMOVE", Some(attributes(&story(), 2)), None)).unwrap().remove(0);
    let StreamImage::Malformed { key, code, .. } = gone.image else { unreachable!("{:?}", gone.image) };
    assert_eq!((key.as_str(), code), (story().item.id().as_str(), "deleted"));
}

/// Without old images nobody could tell a lost event from a backdated one: nothing is acknowledged.
#[test]
fn a_stream_without_old_images_is_refused() {
    for wrong in [
        event("MODIFY", None, Some(attributes(&story(), 2))),
        event("REMOVE", None, None),
        json!({"Records": [{"eventName": "INSERT"}]}),
        json!({"Records": "none"}),
        json!({}),
    ] {
        assert!(read(&wrong).is_err(), "{wrong}");
    }
    assert!(read(&json!({"Records": []})).unwrap().is_empty());
}
