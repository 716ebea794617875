//! `infra/slack/manifest.yaml`, by Slack's rules for manifests.

use std::path::Path;

use serde_json::Value;

fn manifest() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/slack/manifest.yaml");
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn fits(value: &Value, longest: usize) {
    let text = value.as_str().unwrap();
    assert!((1..=longest).contains(&text.chars().count()), "{text}");
}

/// The members, lengths and forms that Slack's schema of manifests (version 1) allows, as far as this manifest uses them.
#[test]
fn the_manifest_is_in_slack_s_form() {
    let manifest = manifest();
    let all = ["_metadata", "display_information", "features", "oauth_config", "settings"];
    assert_eq!(names(&manifest), all);
    let shown = &manifest["display_information"];
    assert_eq!(names(shown), ["background_color", "description", "name"]);
    fits(&shown["name"], 35);
    fits(&shown["description"], 140);
    let colour = shown["background_color"].as_str().unwrap().strip_prefix('#').unwrap();
    assert!(colour.len() == 6 && colour.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let bot = &manifest["features"]["bot_user"];
    assert_eq!(names(bot), ["always_online", "display_name"]);
    fits(&bot["display_name"], 80);
    let interactivity = &manifest["settings"]["interactivity"];
    assert_eq!(names(interactivity), ["is_enabled", "request_url"]);
    fits(&interactivity["request_url"], 3500);
}

/// The app can do what the product needs and no more: no other event, no other scope, no token of a user, no other way in.
#[test]
fn the_app_has_no_more_than_it_needs() {
    let manifest = manifest();
    let scopes = &manifest["oauth_config"]["scopes"];
    assert_eq!(names(scopes), ["bot"]);
    let expected = ["chat:write", "im:write", "users:read", "channels:read", "groups:read"];
    assert_eq!(scopes["bot"], serde_json::json!(expected));
    let settings = &manifest["settings"];
    let members = ["interactivity", "org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"];
    assert_eq!(names(settings), members);
    for off in ["org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"] {
        assert_eq!(settings[off], false, "{off}");
    }
    assert_eq!(names(&manifest["features"]), ["bot_user"]);
    let address = settings["interactivity"]["request_url"].as_str().unwrap();
    assert!(address.starts_with("https://") && address.ends_with("/callbacks/slack"));
}

/// The official schema (github.com/slackapi/manifest-schema, MIT), where a copy of it is at hand. It is on no package
/// registry and no part of this repository: `SLACK_MANIFEST_SCHEMA=/path/to/manifest.schema.json` names the copy.
#[test]
fn the_official_schema_accepts_it() {
    let Ok(path) = std::env::var("SLACK_MANIFEST_SCHEMA") else {
        println!("the official schema was NOT TRIED: SLACK_MANIFEST_SCHEMA names no copy of it");
        return;
    };
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&manifest()).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
