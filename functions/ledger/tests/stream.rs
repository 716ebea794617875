//! Stream records as Lambda hands them over.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

use domain::Timestamp;
use fn_ledger::stream::read;
use serde_json::{Value, json};
use store::{StreamImage, image};
use testkit::{SampleRequirement, Scenario};

fn scenario() -> Scenario {
    let mut scenario = Scenario::new("streamed");
    scenario.propose();
    scenario.decide(SampleRequirement::Nobody);
    scenario
}

/// The item's attributes after so many events, as the stream writes them.
fn attributes(scenario: &Scenario, events: usize) -> Value {
    let lines = scenario.lines(events);
    let item = wire::Item::parse(scenario.item.id().clone(), lines.iter().map(String::as_str)).unwrap();
    serde_json::to_value(image::created(&item)).unwrap()
}

fn event(name: &str, old: Option<Value>, new: Option<Value>) -> Value {
    let id = scenario().item.id().to_string();
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
    let scenario = scenario();
    let read_one = |event: &Value| read(event).unwrap().remove(0);
    let inserted = read_one(&event("INSERT", None, Some(attributes(&scenario, 1))));
    assert_eq!((inserted.kept, inserted.at), (0, Timestamp::from_millis(1_795_000_001_500)));
    assert!(matches!(inserted.image, StreamImage::Item(item) if item.sequence() == 1));
    let changed = read_one(&event("MODIFY", Some(attributes(&scenario, 1)), Some(attributes(&scenario, 2))));
    assert_eq!(changed.kept, 1);
    assert!(matches!(changed.image, StreamImage::Item(item) if *item == scenario.item.into()));
    let requeued = read_one(&event(
        "MODIFY",
        Some(attributes(&self::scenario(), 2)),
        Some(attributes(&self::scenario(), 2)),
    ));
    assert_eq!(requeued.kept, 2);
}

/// D11: an item that is gone is reported under its key.
#[test]
fn a_deleted_item_is_seen() {
    let gone = read(&event("REMOVE", Some(attributes(&scenario(), 2)), None)).unwrap().remove(0);
    let StreamImage::Malformed { key, code, .. } = gone.image else { unreachable!("{:?}", gone.image) };
    assert_eq!((key.as_str(), code), (scenario().item.id().as_str(), "deleted"));
}

/// Without old images nobody could tell a lost event from a backdated one: nothing is acknowledged.
#[test]
fn a_stream_without_old_images_is_refused() {
    for wrong in [
        event("MODIFY", None, Some(attributes(&scenario(), 2))),
        event("REMOVE", None, None),
        json!({"Records": "none"}),
        json!({}),
    ] {
        assert!(read(&wrong).is_err(), "{wrong}");
    }
    assert!(read(&json!({"Records": []})).unwrap().is_empty());
}

/// E6: a record of another shape, and one whose attributes cannot be read, is a violation that stops no other: it is told
/// about when the others were written.
#[test]
fn another_shape_stops_no_other() {
    let honest = event("INSERT", None, Some(attributes(&scenario(), 1)));
    let whole = honest.pointer("/Records/0").unwrap().clone();
    let mut odd = attributes(&scenario(), 1);
    odd["note"] = json!({"Q": "what is this"});
    let mut bytes = attributes(&scenario(), 1);
    bytes["note"] = json!({"B": "//8="});
    let of = |image: Value| event("INSERT", None, Some(image)).pointer("/Records/0").unwrap().clone();
    let shapes = [
        json!({"eventName": "INSERT"}),
        json!({"dynamodb": {"Keys": {}}}),
        json!("a text"),
        json!({"eventName": "INSERT", "dynamodb": {"Keys": {"id": 7}, "NewImage": 3}}),
        of(odd),
        of(bytes),
    ];
    for shape in shapes {
        let read = read(&json!({"Records": [shape, whole]})).unwrap();
        let [strange, honest] = read.as_slice() else { unreachable!("{read:?}") };
        assert!(matches!(honest.image, StreamImage::Item(_)), "{honest:?}");
        assert_eq!(strange.at, honest.at, "{shape}");
        assert_eq!(strange.kept, 0);
        let fine = matches!(&strange.image, StreamImage::Item(_) if shape.to_string().contains("\"B\""));
        assert!(fine || matches!(strange.image, StreamImage::Malformed { .. }), "{shape}: {strange:?}");
    }
}

/// E3: an old image excuses an event's age only where it is an item of this version that the new one continues; after any
/// other the item is what must not be, whatever it says.
#[test]
fn an_old_image_excuses_only_its_own_item() {
    let scenario = scenario();
    let now = attributes(&scenario, 2);
    let with = |name: &str, value: Value| {
        let mut image = attributes(&scenario, 2);
        image[name] = value;
        image
    };
    let mut other = Scenario::new("another");
    other.propose();
    let other_events = attributes(&other, 1)["events"].clone();
    let cases = [
        ("the item itself", attributes(&scenario, 2), Ok(2)),
        ("its beginning", attributes(&scenario, 1), Ok(1)),
        ("another version", with("v", json!({"N": "2"})), Err("foreign-image")),
        ("no version", with("v", json!({"NULL": true})), Err("foreign-image")),
        ("another chain", with("chain", attributes(&scenario, 1)["chain"].clone()), Err("foreign-image")),
        ("another sequence", with("seq", json!({"N": "1"})), Err("foreign-image")),
        ("other events", with("events", other_events), Err("foreign-image")),
        ("no item at all", json!({"id": {"S": scenario.item.id().to_string()}}), Err("foreign-image")),
        ("a longer one", attributes(&longer(&scenario), 3), Ok(0)),
    ];
    for (what, old, expected) in cases {
        let read = read(&event("MODIFY", Some(old), Some(now.clone()))).unwrap().remove(0);
        match (read.image, expected) {
            (StreamImage::Item(_), Ok(kept)) => assert_eq!(read.kept, kept, "{what}"),
            (StreamImage::Malformed { code, .. }, Err(expected)) => {
                assert_eq!((code, read.kept), (expected, 0), "{what}")
            }
            (image, _) => unreachable!("{what}: {image:?}"),
        }
    }
}

fn longer(scenario: &Scenario) -> Scenario {
    let mut longer = scenario.clone();
    longer.claim();
    longer
}
