//! The sample bundle of this repository.
#![expect(clippy::panic, reason = "a test's own functions fail loudly")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bundle::{Bundle, RequestContext};
use bundle_build::{Compiled, cases, compile};
use domain::{Person, Principal, Timestamp};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies")
}

fn sample() -> Compiled {
    compile(&folder()).unwrap_or_else(|wrong| {
        panic!("{}", wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn agent(subject: &str) -> Principal {
    Principal { issuer: "http://127.0.0.1:8081".to_owned(), subject: subject.to_owned() }
}

/// D13: what the directory does not know is treated as the strictest there is; every case of the sample holds.
#[test]
fn decides_as_its_cases_say() {
    let bundle = sample().bundle;
    let cases = cases(&folder()).unwrap();
    assert!(cases.len() >= 15, "{}", cases.len());
    for case in cases {
        let answer = case.question(&bundle).answer(&bundle);
        assert_eq!(case.differences(&answer), Vec::<String>::new(), "{}: {}", case.place, case.name);
    }
}

#[test]
fn examples_have_targets_roles_and_session_policies() {
    let bundle = sample().bundle;
    let mut shown = String::new();
    for entry in bundle.entries() {
        let parameters = &entry.example["parameters"];
        let place = bundle.place(entry, parameters, "local").unwrap();
        let pins = entry.pins.iter().map(|pin| (pin.name.clone(), format!("<{}>", pin.name))).collect();
        let session = bundle.session_policy(entry, parameters, &place, &pins).unwrap();
        let described = bundle.described(entry, parameters).unwrap();
        let values = entry.values(parameters).unwrap();
        shown += &format!(
            "{}\n  {}\n  {} {}\n  {}\n  {session}\n  {described:?}\n  {values:?}\n",
            entry.action_type, place.inspection_role, place.account, place.region, place.run_role
        );
    }
    insta::assert_snapshot!(shown);
}

/// D14, P8: a masked value is no value for templates, rules or session policies.
#[test]
fn a_masked_value_goes_nowhere() {
    let bundle = sample().bundle;
    let entry = bundle.entry("secret-put-value").unwrap();
    let parameters = json!({ "secret": "prod/payments/db", "value": "hunter2" });
    let (claims, now) = (BTreeMap::new(), Timestamp::from_millis(0));
    let facts = bundle.facts(&agent("demo-agent"), entry, &parameters, &RequestContext::new(&claims, now));
    assert!(!format!("{:?}", facts.unwrap()).contains("hunter2"));
    assert!(!format!("{:?}", entry.values(&parameters).unwrap()).contains("hunter2"));
}

/// O7, O8: parameters outside the schema, or with characters that could mean more than themselves, are refused with
/// their place, and no value is repeated.
#[test]
fn parameters_are_validated() {
    let bundle = sample().bundle;
    let good = json!({ "source": "s3://customers/a", "destination": "s3://partner-drop/a" });
    let with = |name: &str, value: Value| {
        let mut parameters = good.clone();
        parameters[name] = value;
        parameters
    };
    let table = [
        (with("source", json!("s3://customers/*")), "/parameters/source"),
        (with("source", json!("s3://customers/${aws:username}")), "/parameters/source"),
        (with("source", json!("s3://customers/a?versionId=x")), "/parameters/source"),
        (with("source", json!("s3://customers/a\n")), "/parameters/source"),
        (with("source", json!("s3://customers/2026//a")), "/parameters/source"),
        (with("source", json!("s3://customers/2026/../a")), "/parameters/source"),
        (with("source", json!(7)), "/parameters/source"),
        (with("sauce", json!("hunter2")), "/parameters"),
        (json!({ "source": "s3://customers/a" }), "/parameters"),
        (json!([]), "/parameters"),
    ];
    for (parameters, pointer) in table {
        let errors = bundle.validate_parameters("s3-export", &parameters).unwrap_err();
        assert!(errors.iter().any(|error| error.pointer == pointer), "{parameters}: {errors:?}");
        assert!(errors.iter().all(|error| !error.detail.contains("hunter2")), "{errors:?}");
    }
    assert_eq!(bundle.validate_parameters("s3-delete", &good).unwrap_err()[0].pointer, "/type");
}

/// O8: a pin that would be syntax in the session policy refuses.
#[test]
fn a_pin_never_becomes_syntax() {
    let bundle = sample().bundle;
    let entry = bundle.entry("secret-put-value").unwrap();
    let parameters = &entry.example["parameters"];
    let place = bundle.place(entry, parameters, "local").unwrap();
    for arn in ["*", "arn:aws:secretsmanager:::secret:a-??????", "${aws:userid}", "a\u{7}"] {
        let pins = BTreeMap::from([("secret_arn".to_owned(), arn.to_owned())]);
        assert!(bundle.session_policy(entry, parameters, &place, &pins).is_err(), "{arn}");
    }
    assert!(bundle.session_policy(entry, parameters, &place, &BTreeMap::new()).is_err());
}

#[test]
fn knows_people_and_agents() {
    let bundle = sample().bundle;
    let person =
        |subject: &str| Person { issuer: "http://127.0.0.1:8081".to_owned(), subject: subject.to_owned() };
    assert_eq!(bundle.owner_of(&agent("demo-agent")), Some(person("dana")));
    assert_eq!(bundle.owner_of(&agent("mallory")), None);
    assert_eq!(
        bundle.membership(&person("alice"), Timestamp::from_millis(0)).speaks_for(&[]),
        ["data-owners"]
    );
    // O5: another tenant's alice is somebody else.
    let other = Person { issuer: "https://elsewhere.example".to_owned(), subject: "alice".to_owned() };
    assert!(bundle.membership(&other, Timestamp::from_millis(0)).groups.is_empty());
    let same_name =
        Principal { issuer: "https://elsewhere.example".to_owned(), subject: "demo-agent".to_owned() };
    assert_eq!(bundle.owner_of(&same_name), None);
    assert!(bundle.may_propose(&agent("demo-agent"), "s3-export"));
    assert!(!bundle.may_propose(&same_name, "s3-export"));
    let rule = bundle.requirement("data-owners").unwrap();
    assert_eq!((rule.deadline, rule.reminder, rule.requirement().max_age), (3600, Some(1800), Some(300)));
}

/// The compiled document reads back to the same bundle; one byte more is another one.
#[test]
fn what_was_compiled_loads() {
    let compiled = sample();
    let loaded = Bundle::load(&compiled.bytes).unwrap();
    assert_eq!(loaded.digest(), compiled.digest);
    for entry in compiled.bundle.entries() {
        assert_eq!(loaded.entry(&entry.action_type), Some(entry));
        assert_eq!(loaded.entry_digest(&entry.action_type), compiled.bundle.entry_digest(&entry.action_type));
    }
    let mut spaced = compiled.bytes.clone();
    spaced.push(b' ');
    assert_ne!(Bundle::load(&spaced).unwrap().digest(), compiled.digest);
    let newer =
        String::from_utf8(compiled.bytes).unwrap().replace("countersign-bundle/1", "countersign-bundle/2");
    assert!(Bundle::load(newer.as_bytes()).unwrap_err().to_string().contains("unknown format"));
    assert!(Bundle::load(b"{}").is_err());
}
