//! What the stream delivers, read; and what the tables' keys look like.

#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

use std::collections::BTreeMap;

use domain::{ActionId, Digest, Event, KeyRef, Principal, Timestamp};
use store::index::{cursor_after, cursor_start, place};
use store::{
    AttributeValue, Attributes, IndexRow, Listing, RefusedVerdict, SHARDS, StreamImage, image, schedule,
};
use wire::Item;
use wire::text::Identity;

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_204)
}

fn item() -> Item {
    let principal =
        Principal { issuer: "http://127.0.0.1:8081".to_owned(), subject: "demo-agent".to_owned() };
    let proposed = Event::Proposed {
        action_type: "s3-export".to_owned(),
        principal,
        payload: Digest::of(b"payload"),
        request: Digest::of(b"request"),
        token_key: KeyRef { issuer: "http://127.0.0.1:8081".to_owned(), kid: "k1".to_owned() },
        expires_at: now().plus_seconds(3600),
    };
    Item::new(ActionId::of(b"image")).extend(proposed, now()).unwrap().0
}

fn attempt() -> RefusedVerdict {
    RefusedVerdict {
        action: ActionId::of(b"image"),
        person: Identity { issuer: "http://127.0.0.1:8081".to_owned(), subject: "mallory".to_owned() },
        code: "not-an-approver".to_owned(),
        at: now(),
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: &str) -> AttributeValue {
    AttributeValue::N(number.to_owned())
}

fn keys(image: &Attributes) -> Attributes {
    image
        .iter()
        .filter(|(name, _)| *name == "id")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[test]
fn items_as_stored() {
    let sorted = |attributes: Attributes| attributes.into_iter().collect::<BTreeMap<_, _>>();
    insta::assert_debug_snapshot!("item", sorted(image::created(&item())));
    insta::assert_debug_snapshot!("attempt", sorted(image::refused_verdict(&attempt(), 3)));
    insta::assert_debug_snapshot!("heartbeat", sorted(image::heartbeat_item(7, 3, now())));
    insta::assert_debug_snapshot!("asked", sorted(image::polled(item().id(), now())));
}

#[test]
fn what_we_write_we_read() {
    let (item, attempt) = (item(), attempt());
    let cases = [
        (image::created(&item), StreamImage::Item(Box::new(item.into()))),
        (image::refused_verdict(&attempt, 20), StreamImage::RefusedVerdict(attempt, 20)),
        (image::heartbeat_item(31, 9, now()), StreamImage::Heartbeat(31)),
        (image::polled(self::item().id(), now()), StreamImage::Asked),
    ];
    for (written, read) in cases {
        assert_eq!(image::read(&keys(&written), &written), read);
    }
}

/// D1, D16, P10: whatever else stands in the table is named as malformed, a newer version is left alone, a deletion is
/// seen; nothing is ever taken for an item by accident.
#[test]
fn whatever_else_is_malformed() {
    let changed = |name: &str, value: Option<AttributeValue>| {
        let mut image = image::created(&item());
        image.remove(name);
        image.extend(value.map(|value| (name.to_owned(), value)));
        image
    };
    let other_attempt = || {
        let mut image = image::refused_verdict(&attempt(), 1);
        image.insert("subject".to_owned(), text("dana"));
        image
    };
    let entry = item().entries().first().map(|entry| entry.line.clone()).unwrap();
    let twice = AttributeValue::L(vec![text(&entry), text(&entry.replace("\"seq\":1", "\"seq\":2"))]);
    let cases = [
        ("no chain", changed("chain", None), "malformed-item", 0),
        ("another chain", changed("chain", Some(text(&Digest::of(b"x").to_string()))), "malformed-item", 0),
        ("another sequence", changed("seq", Some(number("2"))), "malformed-item", 0),
        ("a sequence out of range", changed("seq", Some(number("-1"))), "malformed-item", 0),
        ("no events", changed("events", Some(AttributeValue::L(Vec::new()))), "malformed-item", 0),
        (
            "an event that is no text",
            changed("events", Some(AttributeValue::L(vec![number("1")]))),
            "malformed-item",
            0,
        ),
        (
            "an event that is no JSON",
            changed("events", Some(AttributeValue::L(vec![text("{")]))),
            "malformed-item",
            1,
        ),
        ("the first event twice", changed("events", Some(twice)), "impossible-event", 2),
        (
            "no event at all, and none claimed",
            image::created(&Item::new(item().id().clone())),
            "malformed-item",
            0,
        ),
        ("version 0", changed("v", Some(number("0"))), "malformed-item", 0),
        ("another key", changed("id", Some(text("act_short"))), "malformed-item", 0),
        ("an attempt under another's key", other_attempt(), "malformed-item", 0),
        ("gone", Attributes::new(), "deleted", 0),
    ];
    for (name, image, code, sequence) in cases {
        let keys = if image.is_empty() { keys(&image::created(&item())) } else { keys(&image) };
        match image::read(&keys, &image) {
            StreamImage::Malformed { code: found, sequence: at, key, .. } => {
                assert_eq!((found, at), (code, sequence), "{name}");
                assert!(!key.is_empty(), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    let newer = changed("v", Some(number("2")));
    let read = image::read(&keys(&newer), &newer);
    assert_eq!(read, StreamImage::Newer { key: item().id().to_string(), version: 2 });
    let long = changed("id", Some(text(&"x".repeat(500))));
    let StreamImage::Malformed { key, .. } = image::read(&keys(&long), &long) else {
        panic!("taken for an item")
    };
    assert_eq!(key.len(), 80, "foreign text is cut");
}

#[test]
fn every_shard_gets_its_share() {
    let mut shares = BTreeMap::new();
    for n in 0..400_u32 {
        *shares.entry(schedule::shard(&ActionId::of(&n.to_be_bytes()))).or_insert(0) += 1;
    }
    assert_eq!(shares.keys().copied().collect::<Vec<_>>(), (0..SHARDS).collect::<Vec<_>>());
    assert!(shares.values().all(|share| *share > 60), "{shares:?}");
}

/// O8: a cursor says nothing and fits one list.
#[test]
fn cursors_belong_to_their_list() {
    let group = || "data-owners".to_owned();
    let (lists, action) =
        ([Listing::All, Listing::Group(group()), Listing::Inbox(group())], ActionId::of(b"image"));
    let place = place(now(), &action);
    for (one, listing) in lists.iter().enumerate() {
        let cursor = cursor_after(listing, &place);
        assert!(!cursor.contains("act_") && !cursor.contains("data-owners"));
        for (other, listing) in lists.iter().enumerate() {
            assert_eq!(cursor_start(listing, &cursor).ok().as_ref(), Some(&place).filter(|_| one == other));
        }
    }
    let forged = cursor_after(&Listing::All, "999999999999999#row");
    assert!(cursor_start(&Listing::All, &forged).is_err());
}

/// D16: merging never revives, never forgets who was asked and never moves back, in whatever order records come.
#[test]
fn merging_goes_one_way() {
    let row = |sequence: u32, group: &str, quarantined: bool| IndexRow {
        action: ActionId::of(b"image"),
        sequence,
        chain: Digest::of(&sequence.to_be_bytes()),
        status: "pending".to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "s3-export".to_owned(),
        principal: attempt().person,
        groups: vec![group.to_owned()],
        deciders: Vec::new(),
        needed: 1,
        given: 0,
        correlation: None,
        created_at: now(),
        expires_at: now(),
        updated_at: now(),
        proposed_object: 1,
        object: u64::from(sequence),
        quarantined,
        history_key: None,
        profile: None,
        grants: false,
    };
    let killed = store::index::merge(Some(&row(2, "sre", false)), &row(2, "other", true));
    assert_eq!(killed, row(2, "sre", true));
    let moved = store::index::merge(Some(&killed), &row(3, "owners", false));
    assert_eq!(
        (moved.sequence, moved.quarantined, moved.groups),
        (3, true, vec!["sre".to_owned(), "owners".to_owned()])
    );
    assert_eq!(
        store::index::merge(Some(&row(3, "sre", false)), &row(2, "other", false)),
        row(3, "sre", false)
    );
}
