//! C27: names that merely look like personal data, once the author of the action type says so.

mod door;

use door::{Door, export, get, with};
use serde_json::json;

const EXPORT: &str = "actions/s3-export.yaml";
const TARGETS: &str = "targets: [/source, /destination]";
const KEYS: [(&str, &str); 4] = [
    ("s3://customers/exports/4539578763621486.json", "card"),
    ("s3://customers/phone=2125550123/x.csv", "phone"),
    ("s3://customers/orders/order-4111111111111111.csv", "card"),
    ("s3://customers/2026/tel=2125550123.csv", "phone"),
];

/// C27: a key of an object that looks like a card or a telephone number is refused with the way out, and accepted and shown
/// as it is where the catalogue exempts that target from that detector.
#[tokio::test]
async fn a_key_that_looks_like_a_number_can_be_exported() {
    let strict = Door::new().await;
    let because = "keys hold order numbers";
    let exempt = |detector: &str| format!("{{ target: /source, detector: {detector}, because: {because} }}");
    let both = format!("{TARGETS}\n  exempt: [{}, {}]", exempt("card"), exempt("phone"));
    let door = Door::edited(EXPORT, TARGETS, &both).await;
    for (place, (key, detector)) in KEYS.iter().enumerate() {
        let body = with("/parameters/source", json!(key));
        let refused = strict.propose(&format!("key-{place}"), &body).await;
        assert_eq!(refused.gist(), "422 secret-in-target", "{key}");
        let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("exempt this target from `{detector}`")), "{detail}");
        let accepted = door.propose(&format!("key-{place}"), &body).await;
        assert_eq!(accepted.gist(), "202 proposed", "{key}: {}", accepted.text);
        assert_eq!(accepted.body["parameters"]["source"], json!(key), "{}", accepted.text);
    }
    for (pointer, value) in [
        ("/parameters/destination", "s3://partner-drop/4539578763621486.csv"),
        ("/parameters/source", "s3://customers/alice@example.com.csv"),
        ("/parameters/source", "s3://customers/AKIAIOSFODNN7EXAMPLE.csv"),
    ] {
        let refused = door.propose(value, &with(pointer, json!(value))).await;
        assert_eq!(refused.gist(), "422 secret-in-target", "{value}");
        assert!(!refused.text.contains(value), "{}", refused.text);
    }
    assert_eq!(strict.documents.contents().len(), 0, "{}", export());
}

/// C27: agents read in the catalogue what will be shown.
#[tokio::test]
async fn the_catalog_tells_exemptions() {
    let exempt = format!(
        "{TARGETS}\n  exempt: [{{ target: /source, detector: card, because: keys hold order numbers }}]"
    );
    for (door, expected) in [
        (Door::new().await, json!(null)),
        (
            Door::edited(EXPORT, TARGETS, &exempt).await,
            json!([{ "target": "/source", "detector": "card", "because": "keys hold order numbers" }]),
        ),
    ] {
        let token = door.issuer.agent("demo-agent", door.clock_now());
        let catalog = door.send(get("/v1/catalog", &token, &[])).await;
        let types = catalog.body["types"].as_array().unwrap();
        let entry = types.iter().find(|entry| entry["type"] == "s3-export").unwrap();
        assert_eq!(entry["exempt"], expected, "{entry}");
    }
}
