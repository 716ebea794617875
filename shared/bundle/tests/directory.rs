//! What a directory says of one thing, it says once, and of what it does not know it says nothing.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test's own functions fail loudly"
)]

#[path = "../../bundle-build/tests/sample/mod.rs"]
mod sample;

use bundle::{Bundle, RequestContext};
use bundle_build::Compiled;
use domain::{Principal, Timestamp};
use sample::{DIRECTORY, Sample, folder};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The mistakes of the sample with lines added to the text of its directory, before the line that begins so.
fn with_lines(before: &str, added: &str) -> Vec<String> {
    let mut sample = Sample::new();
    let text = sample.sources.0.get_mut(DIRECTORY).unwrap();
    assert!(text.contains(before), "`{before}`");
    *text = text.replacen(before, &format!("{added}{before}"), 1);
    sample.mistakes()
}

/// The sample with something else in its directory.
fn directory(pointer: &str, value: Value) -> Sample {
    Sample::new().set(DIRECTORY, pointer, value)
}

fn sample() -> Compiled {
    Sample::new().compile().unwrap()
}

fn agent(subject: &str) -> Principal {
    Principal { issuer: "http://127.0.0.1:8081".to_owned(), subject: subject.to_owned() }
}

/// P10, O12: two entries about one thing: which of them holds would depend on who looks. Each is named at the line of the
/// second.
#[test]
fn directories_that_say_two_things() {
    let agent = "  - { subject: demo-agent, display: other, owner: mallory }\n";
    let people =
        "  - { issuer: \"http://127.0.0.1:8081\", subject: demo-agent, display: other, owner: mallory }\n";
    let elsewhere = agent.replace("subject", "issuer: \"https://elsewhere.example\", subject");
    let resource =
        "  - { type: Object, pattern: \"s3://reports/*\", classification: internal, owner: mallory }\n";
    let account = "  - { id: \"000000000000\", name: other, environment: staging, owner: mallory, inside: true, \
                   region: us-east-1 }\n";
    let group = "  sre: { members: [mallory] }\n";
    let twice = "`demo-agent` is listed twice in `agents`";
    for (before, added, expected) in [
        ("\n# The mildest first", agent, Some(twice)),
        ("\n# The mildest first", people, Some(twice)),
        ("\n# The mildest first", elsewhere.as_str(), None),
        ("  # A partner's bucket", resource, Some("`s3://reports/*` is listed twice in `resources`")),
        ("home_account:", account, Some("`000000000000` is listed twice in `accounts`")),
        ("auditors: auditors", group, Some("duplicate mapping key")),
    ] {
        let text = std::fs::read_to_string(folder().join(DIRECTORY)).unwrap();
        let line = text[..text.find(before).unwrap()].matches('\n').count() + 1;
        let found = with_lines(before, added);
        match expected {
            None => assert!(found.is_empty(), "{added}: {found:#?}"),
            Some(words) => {
                let place = format!("{DIRECTORY}:{line}:");
                assert!(
                    found.iter().any(|said| said.starts_with(&place) && said.contains(words)),
                    "{added} should say `{words}` at line {line}: {found:#?}"
                );
            }
        }
    }
}

/// C10, C11: humans behind pipelines are people whom the directory names by the ids of other issuers; anybody else is nobody.
#[test]
fn humans_of_other_issuers() {
    let hub = "https://pipelines.example";
    let one = |person: &str, issuer: &str, id: &str| json!({ "person": person, "issuer": issuer, "id": id });
    let linked = |entries: Vec<Value>| directory("/identities", json!(entries));
    let known = linked(vec![one("bob", hub, "1"), one("bob", hub, "7")]).compile().unwrap().bundle;
    let at = |issuer: &str, id: &str| domain::Person { issuer: issuer.to_owned(), subject: id.to_owned() };
    let people = "http://127.0.0.1:8081";
    let behind = |humans: &[domain::Person], unnamed: bool| known.behind(humans, unnamed);
    let bob = behind(&[at(hub, "1"), at(hub, "7"), at(people, "bob")], false);
    assert_eq!((bob.people.as_slice(), bob.unknown), ([at(people, "bob")].as_slice(), false));
    for (human, why) in [(at(hub, "2"), "another id"), (at("https://other.example", "1"), "another issuer")] {
        let found = behind(std::slice::from_ref(&human), false);
        assert_eq!((found.people, found.unknown), (vec![human], true), "{why}");
    }
    assert!(behind(&[], true).unknown && !behind(&[], false).unknown);
    for (entries, expected) in [
        (vec![one("bob", hub, "1"), one("carol", hub, "1")], "`1` is listed twice in `identities`"),
        (vec![one("bob", people, "1")], "needs no identity"),
        (vec![one("bob", "pipelines", "1")], "is no issuer"),
        (vec![one("", hub, "1")], "an identity needs"),
    ] {
        let found = linked(entries).mistakes();
        assert!(found.iter().any(|said| said.contains(expected)), "{expected}: {found:#?}");
    }
}

/// O5: the issuer of people is https, or plain http to this very machine and to nothing that only looks like it.
#[test]
fn the_issuer_of_people() {
    let refused = [
        "somebody",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1.evil.example:8081",
        "http://127.0.0.1:8081@evil.example",
        "http://127.0.0.1@evil.example",
        "http://localhost.evil.example",
        "http://[::1].evil.example",
        "http://[::2]",
        "http://127.0.0.2",
        "http://2130706433",
        "http://issuer.example",
        "ftp://127.0.0.1",
        "https://",
        "https:issuer.example",
        "https:///issuer.example",
        "https:\\\\issuer.example",
        " https://issuer.example",
        "https://user@issuer.example",
        "https://user:word@issuer.example",
        "https://issuer.example?tenant=a",
        "https://issuer.example/#a",
    ];
    let accepted = [
        "https://issuer.example",
        "https://issuer.example/",
        "https://issuer.example/realms/people",
        "https://issuer.example:8443",
        "http://127.0.0.1:8081",
        "http://[::1]:8081",
        "http://localhost:8081/",
    ];
    let said = |issuer: &str| {
        let same = issuer == Sample::new().at(DIRECTORY, "/people");
        if same { Vec::new() } else { directory("/people", json!(issuer)).mistakes() }
    };
    for issuer in refused {
        assert!(
            said(issuer).iter().any(|line| line.contains("is no issuer")),
            "{issuer}: {:#?}",
            said(issuer)
        );
    }
    for issuer in accepted {
        assert!(said(issuer).is_empty(), "{issuer}: {:#?}", said(issuer));
    }
}

/// D13: an account nobody knows is never said to be our own, neither to people nor to rules; where the action takes
/// effect is another question.
#[test]
fn an_account_nobody_knows_is_unknown() {
    const HOME: &str = "000000000000";
    let (partner, reports) = (resource("s3://partner-drop/*"), resource("s3://reports/*"));
    let without =
        |entry: &str| Sample::new().without(DIRECTORY, &format!("{entry}/account")).compile().unwrap();
    let table = [
        // The directory says: ours.
        (sample(), "s3://reports/a", "s3://analytics/a", HOME, HOME),
        // It says that the partner's bucket lies in our account.
        (sample(), "s3://reports/a", "s3://partner-drop/a", HOME, HOME),
        // It says: outside, and not where.
        (without(&partner), "s3://reports/a", "s3://partner-drop/a", HOME, "unknown"),
        // It says: ours, and home is where ours lie.
        (without(&reports), "s3://reports/a", "s3://reports/b", HOME, HOME),
        // It says nothing.
        (sample(), "s3://reports/a", "s3://unheard-of/a", HOME, "unknown"),
        (sample(), "s3://unheard-of/a", "s3://reports/a", "unknown", HOME),
    ];
    for (compiled, source, destination, shown_source, shown_destination) in table {
        let bundle = compiled.bundle;
        let entry = bundle.entry("s3-export").unwrap();
        let parameters = json!({ "source": source, "destination": destination });
        let described = bundle.described(entry, &parameters).unwrap();
        let name = format!("{source} → {destination}");
        assert_eq!(described["resource_account"], shown_source, "{name}");
        assert_eq!(described["destination_account"], shown_destination, "{name}");
        let now = Timestamp::from_millis(0);
        let facts = bundle
            .facts(&agent("demo-agent"), entry, &parameters, &RequestContext::new(&BTreeMap::new(), now))
            .unwrap();
        assert_eq!(facts.related["destination"].account, shown_destination.replace("unknown", ""), "{name}");
        // It runs there, whoever the object belongs to.
        assert_eq!(facts.resource.account, HOME, "{name}");
        assert_eq!(bundle.place(entry, &parameters, "local").unwrap().account, HOME, "{name}");
    }
}

/// Where the entry with this pattern stands in the sample's directory.
fn resource(pattern: &str) -> String {
    let resources = Sample::new().at(DIRECTORY, "/resources");
    let mut entries = resources.as_array().unwrap().iter();
    let place = entries.position(|entry| entry["pattern"] == pattern).unwrap();
    format!("/resources/{place}")
}

/// Two entries of one resource that name two owners name none.
#[test]
fn two_owners_are_none() {
    let reports = resource("s3://reports/*");
    let year = json!({ "type": "Object", "pattern": "s3://reports/2026/*", "classification": "internal", "owner": "finance" });
    let owner = |compiled: &Compiled, source: &str| {
        let entry = compiled.bundle.entry("s3-export").unwrap();
        let parameters = json!({ "source": source, "destination": "s3://analytics/a" });
        let now = Timestamp::from_millis(0);
        let who = agent("demo-agent");
        compiled
            .bundle
            .facts(&who, entry, &parameters, &RequestContext::new(&BTreeMap::new(), now))
            .unwrap()
            .resource
            .owner
    };
    let sample = directory("/resources/-", year);
    let one = sample.compile().unwrap();
    assert_eq!(owner(&one, "s3://reports/2026/a"), "finance");
    assert_eq!(owner(&one, "s3://reports/2025/a"), "platform");
    let two = sample.set(DIRECTORY, &format!("{reports}/owner"), json!("sales")).compile().unwrap();
    assert_eq!(owner(&two, "s3://reports/2026/a"), "");
    assert_eq!(owner(&two, "s3://reports/2025/a"), "sales");
}

/// P10: a bundle that lists one thing twice does not load, whoever built it.
#[test]
fn a_directory_that_says_two_things_does_not_load() {
    for (list, key) in [("agents", "subject"), ("accounts", "id"), ("resources", "pattern")] {
        let mut content: Value = serde_json::from_slice(&sample().bytes).unwrap();
        let entries = content["directory"][list].as_array_mut().unwrap();
        let mut other = entries[0].clone();
        other["owner"] = json!("mallory");
        let name = other[key].clone();
        entries.push(other);
        let bytes = wire::json::canonical(&content).unwrap().as_bytes().to_vec();
        let said = Bundle::load(&bytes).unwrap_err().to_string();
        assert_eq!(
            said,
            format!("the bundle's directory has `{}` twice in `{list}`", name.as_str().unwrap())
        );
    }
}
