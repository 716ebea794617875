//! Where people are told things: addresses that would lead nowhere, or elsewhere.

use bundle::Destination;
use serde_json::{Value, json};

use crate::sample::{DIRECTORY, Sample};

/// The sample with these channels.
fn with(channels: Value) -> Sample {
    Sample::new().set(DIRECTORY, "/channels", channels)
}

/// E23, W23: whoever has an entry exists, every channel is known, and every address has its channel's form.
#[test]
fn channels_that_would_tell_nobody() {
    let hook = |address: &str| json!({ "default": [{ "webhook": address }] });
    let teams = |address: &str| json!({ "default": [{ "teams": address }] });
    let (form, no_teams) = ("is no address of webhook", "is no address of teams");
    for (channels, expected) in [
        (json!({ "groups": { "nobody": ["console"] } }), "`nobody` is no group"),
        (json!({ "people": { "mallory": ["console"] } }), "`mallory` is nobody this file names"),
        (json!({ "people": { " ": ["console"] } }), "is nobody this file names"),
        (json!({ "default": [] }), "an empty list would tell nobody"),
        (json!({ "groups": { "sre": [] } }), "an empty list would tell nobody"),
        (json!({ "people": { "dana": [] } }), "an empty list would tell nobody"),
        (json!({ "default": ["console", "console"] }), "is listed twice"),
        (json!({ "default": ["pager"] }), "unknown variant `pager`"),
        (json!({ "default": [{ "pager": "1" }] }), "unknown variant `pager`"),
        (json!({ "defaults": ["console"] }), "unknown field `defaults`"),
        (json!({ "default": [{ "slack": "#data-owners" }] }), "is no address of slack"),
        (json!({ "default": [{ "slack": "c0dataowners" }] }), "is no address of slack"),
        (teams("General"), no_teams),
        (teams("19:a b"), no_teams),
        (teams("29:bob"), no_teams),
        (teams("0a1b2c3d-1111-4222-8333-44445555666"), no_teams),
        (teams("0a1b2c3d-1111-4222-8333-44445555666g"), no_teams),
        (teams("19:"), no_teams),
        (teams(&format!("19:{}", "x".repeat(400))), no_teams),
        (json!({ "default": [{ "slack": "X0DATA" }] }), "is no address of slack"),
        (json!({ "default": [{ "slack": "C0DAT" }] }), "is no address of slack"),
        (json!({ "default": [{ "slack": format!("C{}", "0".repeat(24)) }] }), "is no address of slack"),
        (json!({ "default": [{ "slack": "C0-DATA" }] }), "is no address of slack"),
        (hook("http://hooks.example/x"), form),
        (hook("http://127.0.0.2/x"), form),
        (hook("http://127.0.0.1.evil.example/x"), form),
        (hook("https://169.254.169.254/latest"), form),
        (hook("https://2852039166/latest"), form),
        (hook("https://[fd00:ec2::254]/latest"), form),
        (hook("https://127.0.0.1/x"), form),
        (hook("https://metadata.google.internal/x"), form),
        (hook("https://localhost/x"), form),
        (hook("https://localhost./x"), form),
        (hook("https://api.localhost/x"), form),
        (hook("https://user@hooks.example/x"), form),
        (hook("https://:word@hooks.example/x"), form),
        (hook("https://hooks.example/x#a"), form),
        (hook("https:hooks.example/x"), form),
        (hook(" https://hooks.example/x"), form),
        (hook("ftp://hooks.example/x"), form),
        (hook(&format!("https://hooks.example/{}", "x".repeat(400))), form),
    ] {
        let found = with(channels.clone()).mistakes();
        assert!(found.iter().any(|said| said.contains(expected)), "{channels}: {expected}: {found:#?}");
    }
}

/// Where the identity provider alone knows the members of a group, anybody may have an entry.
#[test]
fn who_may_be_told_where_the_provider_knows_the_members() {
    let sample = || with(json!({ "people": { "mallory": ["console"] } }));
    assert!(!sample().mistakes().is_empty());
    let unlisted = sample().without(DIRECTORY, "/groups/data-owners/members");
    assert_eq!(unlisted.mistakes(), Vec::<String>::new());
}

/// E23: each group and person has their own addresses; everybody else has the default's, without an entry the console's.
#[test]
fn who_is_told_where() {
    let hook = "https://hooks.example/approvals";
    let conversation = "19:abc@thread.tacv2";
    let object_id = "0a1b2c3d-1111-4222-8333-444455556666";
    let channels = json!({
        "default": [{ "teams": conversation }],
        "groups": { "data-owners": [{ "slack": "C0DATA" }, "console"] },
        "people": { "Alice": [{ "webhook": hook }], "dana": [{ "webhook": "http://127.0.0.1:8099/" }],
            "carol": [{ "teams": object_id }] },
    });
    let sample = Sample::new();
    let alice = json!(["Alice"]);
    let bundle =
        with(channels).set(DIRECTORY, "/groups/data-owners/members", alice).compile().unwrap().bundle;
    let at = |audience: &str| bundle.directory().destinations(audience);
    let webhook = |address: &str| vec![Destination::Webhook(address.to_owned())];
    assert_eq!(at("group:data-owners"), [Destination::Slack("C0DATA".to_owned()), Destination::Console]);
    assert_eq!(at("person:alice"), webhook(hook), "letter case tells nobody apart");
    assert_eq!(at("person:dana"), webhook("http://127.0.0.1:8099/"));
    assert_eq!(at("person:carol"), [Destination::Teams(object_id.to_owned())]);
    for other in ["group:sre", "person:bob", "group:alice", "person:data-owners", "nobody"] {
        assert_eq!(at(other), [Destination::Teams(conversation.to_owned())], "{other}");
    }
    let silent = sample.compile().unwrap().bundle;
    assert_eq!(silent.directory().destinations("group:sre"), [Destination::Console]);
}
