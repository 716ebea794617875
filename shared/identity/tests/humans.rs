//! Who stands behind a token, and which marks make it a human's: what is unclear is nobody's.

#![expect(clippy::indexing_slicing, reason = "a sample that cannot be built fails loudly")]

use domain::Timestamp;
use identity::{
    AgentCaller, ClaimPath, Invalid, IssuerSettings, Issuers, NameTemplate, SubjectClaims, VerifiedCaller,
    caller_with_key,
};
use serde_json::{Value, json};
use testkit::{Algorithm, Issuer};

const PEOPLE: &str = "http://127.0.0.1:8081";

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

fn people() -> Issuer {
    Issuer::new(PEOPLE, Algorithm::Es256)
}

fn issuers(settings: IssuerSettings) -> Issuers {
    Issuers::of(vec![settings]).unwrap_or_else(|e| unreachable!("{e}"))
}

/// Alice's access token through the command line, with these claims over it; null takes one away.
fn token(issuer: &Issuer, over: &Value) -> String {
    let mut claims = json!({"sub": "alice", "client_id": "countersign-cli", "auth_time": now().seconds()});
    for (name, value) in over.as_object().cloned().unwrap_or_default() {
        claims[name] = value;
    }
    issuer.access(&claims, now())
}

fn agent_of(settings: IssuerSettings, over: Value) -> AgentCaller {
    let issuer = people();
    let token = token(&issuer, &over);
    match caller_with_key(&token, &issuer.jwk(), &issuers(settings), now()) {
        Ok(VerifiedCaller::Agent(agent)) => agent,
        other => unreachable!("this is an agent: {other:?}"),
    }
}

/// C1, C11: a human whom a token names by something that is no person's subject here is nobody whom anybody knows, and so is
/// whoever holds a token that neither says it is a human's nor a machine's.
#[test]
fn humans_under_other_names() {
    let plain = || people().settings();
    let by_employee = || IssuerSettings {
        subject: SubjectClaims { access: ClaimPath::top("employee_id"), id: ClaimPath::top("employee_id") },
        ..plain()
    };
    let machine = json!({"sub": "demo-agent", "client_id": "demo-agent"});
    let with = |more: Value| {
        let mut all = machine.clone();
        more.as_object().cloned().unwrap_or_default().into_iter().for_each(|(name, value)| all[name] = value);
        all
    };
    for (name, settings, over, unnamed) in [
        ("a machine", plain(), machine.clone(), false),
        ("a machine for bob", plain(), with(json!({"actor": "bob"})), false),
        ("bob by a name that is no subject", by_employee(), with(json!({"actor": "bob@acme.example"})), true),
        (
            "handed on, without the claim",
            by_employee(),
            json!({"client_id": "demo-agent", "act": {"sub": "demo-agent"}}),
            true,
        ),
        (
            "handed on, with it",
            by_employee(),
            json!({"client_id": "demo-agent", "employee_id": "E1", "act": {"sub": "demo-agent"}}),
            false,
        ),
        (
            "handed on twice",
            by_employee(),
            json!({"client_id": "demo-agent", "employee_id": "E1", "act": {"sub": "demo-agent", "act": {"sub": "bob"}}}),
            true,
        ),
        ("through an agent's client", plain(), json!({"client_id": "demo-agent"}), false),
        (
            "neither a human's nor a machine's",
            plain(),
            json!({"client_id": "demo-agent", "auth_time": null}),
            true,
        ),
    ] {
        assert_eq!(agent_of(settings, over).unnamed_human, unnamed, "{name}");
    }
    // Who speaks of somebody of another issuer means that issuer's.
    let elsewhere = with(json!({"actor": {"iss": "https://pipelines.example", "sub": "583231"}}));
    let humans: Vec<String> = agent_of(plain(), elsewhere).humans.iter().map(ToString::to_string).collect();
    assert_eq!(humans, ["https://pipelines.example|583231"]);
}

/// C2: a mark that says no marks nothing, and what must not look like something must not anywhere in a list.
#[test]
fn marks_that_say_no() {
    let issuer = people();
    let is_person = |settings: IssuerSettings, over: Value| {
        let token = token(&issuer, &over);
        matches!(
            caller_with_key(&token, &issuer.jwk(), &issuers(settings), now()),
            Ok(VerifiedCaller::Person(_))
        )
    };
    let marked = |tests: Value| {
        let tests = serde_json::from_value(tests).unwrap_or_else(|e| unreachable!("{e}"));
        IssuerSettings { human: tests, ..issuer.settings() }
    };
    assert!(is_person(issuer.settings(), json!({})));
    for value in
        [json!(0), json!("0"), json!(false), json!("false"), json!(""), json!(null), json!([]), json!({})]
    {
        assert!(!is_person(issuer.settings(), json!({"auth_time": value})), "{value}");
    }
    let staff = || marked(json!([{"claim": "roles", "like": "staff*", "not_like": "service*"}]));
    assert!(is_person(staff(), json!({"roles": ["staff-eu", "reader"]})));
    assert!(!is_person(staff(), json!({"roles": ["staff-eu", "service-eu"]})));
    assert!(!is_person(staff(), json!({"roles": ["reader"]})));
}

/// C3: two agents never get one subject: a value ends where a reader sees it end.
#[test]
fn subjects_that_could_be_two() {
    let subject = |template: &str, a: &str, b: &str| {
        let principal: NameTemplate = template.parse().unwrap_or_else(|e| unreachable!("{e}"));
        let issuer = people();
        let settings = IssuerSettings { principal, ..issuer.settings() };
        let over = json!({"sub": "demo-agent", "client_id": "demo-agent", "a": a, "b": b});
        let token = token(&issuer, &over);
        caller_with_key(&token, &issuer.jwk(), &issuers(settings), now())
            .map(|caller| caller.identity().subject)
    };
    assert_eq!(subject("{a}/repo/{b}", "x", "y"), Ok("x/repo/y".to_owned()));
    for (template, a, b) in
        [("{a}/repo/{b}", "x/repo", "y"), ("{a}::{b}", "b:", "c"), ("{a}:{b}", "x:y", "z")]
    {
        assert_eq!(subject(template, a, b), Err(Invalid::Principal), "{template} {a} {b}");
    }
    assert_eq!(subject("{a}:{c}", "x", "y"), Err(Invalid::Principal), "a claim that is not there");
}
