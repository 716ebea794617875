//! `docs/formats.md` shows an example of each kind, and each example is of the kind it claims.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check fails loudly")]

use std::collections::BTreeSet;

use serde_json::Value;
use wire::documents::*;
use wire::message::Message;
use wire::record::{DocumentLine, Head, Record};
use wire::{AccountItem, Item, json};

const PAGE: &str = include_str!("../../../docs/formats.md");

fn examples() -> Vec<Value> {
    let blocks = PAGE.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks
        .map(|block| json::parse_value(block.as_bytes()).unwrap_or_else(|e| panic!("{e} in {block}")))
        .collect()
}

fn read<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) {
    let typed: T = json::from_value(value.clone()).unwrap_or_else(|e| panic!("{e} in {value}"));
    assert_eq!(json::canonical(&typed).unwrap(), json::canonical(value).unwrap(), "{value}");
}

/// Reads the example as what it says it is, and answers that name.
fn check(value: &Value) -> String {
    let named = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    if let Some(record) = named("record") {
        read::<Record>(value);
        return format!("record {record}");
    }
    let Some(format) = named("format") else {
        if value.get("document").is_some() {
            read::<DocumentLine>(value);
            return "document line".into();
        }
        // Held by a test of sweep, which writes it; so is the claim by one of execution, the copy of bundles by the command line's.
        if value.get("checkpoint").is_some() {
            return "checkpoint".into();
        }
        if let Some(fields) = value.as_object().filter(|fields| fields.contains_key("audience")) {
            assert!(fields.keys().eq(["audience", "link", "text"]), "{value}");
            return "notice".into();
        }
        let line = json::canonical(value).unwrap().into_string();
        if value.pointer("/event/account").is_some() {
            let account =
                domain::ChatAccount { channel: "slack".to_owned(), id: "T0HOME/U0ALICE".to_owned() };
            AccountItem::parse(domain::ActionId::account(&account), [line.as_str()]).unwrap();
            return "entry of an account".into();
        }
        Item::parse(domain::ActionId::of(b"any"), [line.as_str()]).unwrap();
        return "entry".into();
    };
    match format.as_str() {
        SealedPayload::FORMAT => read::<SealedPayload>(value),
        Request::FORMAT => read::<Request>(value),
        Action::FORMAT => read::<Action>(value),
        DecisionDocument::FORMAT => read::<DecisionDocument>(value),
        ReviewDocument::FORMAT => read::<ReviewDocument>(value),
        Statement::FORMAT => read::<Statement>(value),
        LinkStatement::FORMAT => read::<LinkStatement>(value),
        IdTokenProof::FORMAT => read::<IdTokenProof>(value),
        Envelope::FORMAT => read::<Envelope>(value),
        Outcome::FORMAT => read::<Outcome>(value),
        Probe::FORMAT => read::<Probe>(value),
        RefusalNote::FORMAT => read::<RefusalNote>(value),
        Message::FORMAT => read::<Message>(value),
        Head::FORMAT => read::<Head>(value),
        "countersign-claim/1" | "countersign-bundle-copy/1" => {}
        other => panic!("an example of an unknown format {other}"),
    }
    format
}

/// Every kind has an example that reads as that kind.
#[test]
fn every_kind_has_its_example() {
    let shown: BTreeSet<String> = examples().iter().map(check).collect();
    insta::assert_snapshot!(shown.into_iter().collect::<Vec<_>>().join("\n"));
}

/// P12: the digests the page names are those of its examples: action, review and statement.
#[test]
fn digests_on_the_page_are_those_of_the_examples() {
    let of = |format: &str| {
        let example =
            examples().into_iter().find(|value| value.get("format") == Some(&Value::String(format.into())));
        json::canonical(&example.unwrap()).unwrap().digest().to_string()
    };
    for format in [Action::FORMAT, ReviewDocument::FORMAT, Statement::FORMAT] {
        assert!(PAGE.contains(&of(format)), "{format}");
    }
}
