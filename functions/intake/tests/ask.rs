//! Preflight and catalogue, through the front door.

mod door;

use door::told::{ran, write_heartbeats};
use door::{Door, export, post, with};
use serde_json::{Value, json};

async fn preflight(door: &Door, token: &str, body: &Value) -> door::Answer {
    door.send(post("/v1/preflight", token, &[], &body.to_string())).await
}

fn proposal(kind: &str, parameters: Value) -> Value {
    json!({ "type": kind, "parameters": parameters, "reason": "A reason" })
}

/// O11: what policy would say, before anybody is asked; the same rules as at the decision.
#[tokio::test]
async fn a_preflight_says_what_policy_would() {
    let door = Door::new().await;
    let copy = |from: &str, to: &str| proposal("s3-export", json!({ "source": from, "destination": to }));
    let attach = |policy: &str| {
        let role = "arn:aws:iam::000000000000:role/etl-nightly";
        proposal("iam-attach-role-policy", json!({ "role": role, "policy": policy }))
    };
    let table = [
        ("internal data inside", copy("s3://reports/a.csv", "s3://analytics/a.csv")),
        ("customer data to a partner", export()),
        ("customer data to nobody knows where", copy("s3://customers/a.csv", "s3://elsewhere/a.csv")),
        ("a policy", attach("arn:aws:iam::000000000000:policy/reports-read")),
        ("administrator", attach("arn:aws:iam::aws:policy/AdministratorAccess")),
        ("a job", proposal("lambda-invoke", json!({ "function": "demo-retrain", "version": "1" }))),
    ];
    let mut seen = String::new();
    for (name, body) in table {
        let answer = preflight(&door, &door.agent(), &body).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        let mut shown = answer.body.clone();
        shown["decision"]["bundle"] = json!("…");
        seen += &format!("{name}: {shown}\n");
    }
    insta::assert_snapshot!(seen);
    assert!(door.states.contents().is_empty() && door.documents.contents().is_empty(), "nothing is stored");
}

/// C10: a human whom nobody knows behind the token, and an agent that nobody answers for, are told apart beforehand.
#[tokio::test]
async fn a_preflight_says_whom_nobody_knows() {
    let door = Door::new().await;
    let said = |answer: door::Answer| answer.body["decision"]["reasons"][0]["policy"].clone();
    let token = |claims: Value| door.issuer.access(&claims, door.clock_now());
    let known = token(json!({ "sub": "demo-agent", "client_id": "demo-agent", "actor": "carol" }));
    let unnamed = token(json!({ "sub": "demo-agent", "client_id": "demo-agent", "actor": ["carol"] }));
    let nobodys = token(json!({ "sub": "stranger", "client_id": "stranger" }));
    let answer = preflight(&door, &known, &export()).await;
    assert_eq!(answer.body["decision"]["outcome"], "require_approval", "{}", answer.text);
    let answer = preflight(&door, &unnamed, &export()).await;
    assert!(answer.text.contains("`identities` in the directory"), "{}", answer.text);
    assert_eq!(said(answer), "unmapped-human");
    let answer = preflight(&door, &nobodys, &export()).await;
    assert_ne!(said(answer), "unmapped-human");
}

/// C18: a token that holds and is not fit for this service is told why; one that somebody made up is told nothing.
#[tokio::test]
async fn why_a_token_is_refused() {
    let door = Door::new().await;
    let of = |claims: Value| door.issuer.access(&claims, door.clock_now());
    let ours = json!({ "sub": "demo-agent", "client_id": "demo-agent", "ref": "x".repeat(600) });
    let answer = preflight(&door, &of(ours.clone()), &export()).await;
    assert_eq!((answer.status.as_u16(), answer.body["code"].as_str()), (401, Some("invalid-token")));
    assert!(answer.text.contains("more than 512 bytes"), "{}", answer.text);
    let forged = of(ours);
    let forged =
        format!("{}A", forged.rsplit_once('.').map_or("", |(signed, _)| signed).to_owned() + ".AAAA");
    let answer = preflight(&door, &forged, &export()).await;
    assert_eq!(answer.status.as_u16(), 401);
    assert!(!answer.text.contains("512"), "{}", answer.text);
}

/// O11, W25, P10: a rule that reads history is told the same here as at the decision, and denies where that is not known.
#[tokio::test]
async fn a_preflight_knows_the_past() {
    let first = "@id(\"internal-data-stays-inside\")";
    let rule = "@id(\"two-an-hour\") @reason(\"Two an hour are enough\")\n\
        forbid (principal, action == Action::\"s3-export\", resource) when { context.history.executed_hour >= 2 };\n\
        @id(\"the-usual-place\") @reason(\"Elsewhere than last time\")\n\
        forbid (principal, action == Action::\"s3-export\", resource) when { context.changed_since_last.contains(\"destination\") };\n\n";
    let door = Door::edited("policies/exports.cedar", first, &format!("{rule}{first}")).await;
    let said = async |body: &Value| {
        let answer = preflight(&door, &door.agent(), body).await;
        let decision = &answer.body["decision"];
        let rules = decision["reasons"].as_array().unwrap().iter().map(|one| one["policy"].as_str().unwrap());
        format!("{} {}", decision["outcome"].as_str().unwrap(), rules.collect::<Vec<_>>().join(" "))
    };
    let asked = "require_approval customer-exports-need-their-owners";
    door.index.set_watermark(None);
    assert_eq!(said(&export()).await, "forbid two-an-hour", "nobody knows");
    write_heartbeats(&door, 300);
    assert_eq!(said(&export()).await, "forbid two-an-hour", "long ago");
    write_heartbeats(&door, 299);
    assert_eq!(said(&export()).await, asked, "never before");
    let elsewhere = with("/parameters/destination", json!("s3://partner-drop/other.csv"));
    for (key, here, there) in [
        ("one", asked, "forbid the-usual-place"),
        ("two", "forbid two-an-hour", "forbid the-usual-place two-an-hour"),
    ] {
        let answer = door.propose(key, &export()).await;
        door.clock.set(door.clock_now().plus_seconds(60));
        ran(&door, &answer).await;
        assert_eq!((said(&export()).await.as_str(), said(&elsewhere).await.as_str()), (here, there), "{key}");
    }
}

/// What is suspended is foreseen too.
#[tokio::test]
async fn a_preflight_of_what_is_suspended() {
    let door = Door::new().await;
    let mut suspensions = testkit::Scenario::suspensions();
    suspensions.suspend("bob", &["sre"], domain::Scope::Type("s3-export".into())).await;
    store::SuspendState::suspend(&door.states, None, &suspensions.list).await.unwrap();
    let answer = preflight(&door, &door.agent(), &export()).await;
    let decision = &answer.body["decision"];
    assert_eq!(
        (&decision["outcome"], &decision["reasons"][0]["policy"]),
        (&json!("forbid"), &json!("suspended"))
    );
    let job = proposal("lambda-invoke", json!({ "function": "demo-retrain", "version": "1" }));
    let answer = preflight(&door, &door.agent(), &job).await;
    assert_eq!(answer.body["decision"]["outcome"], "require_approval");
}

/// An agent nobody answers for, a person, and a body that would be refused: the same answers as at the proposal.
#[tokio::test]
async fn a_preflight_refuses_what_a_proposal_would() {
    let door = Door::new().await;
    let stranger = door.issuer.agent("unknown-agent", door.clock_now());
    let answer = preflight(&door, &stranger, &export()).await;
    assert_eq!(answer.body["decision"]["outcome"], "forbid", "{}", answer.text);
    assert_eq!(preflight(&door, &door.person("alice", &[]), &export()).await.gist(), "403 not-an-agent");
    let mut hidden = export();
    hidden["parameters"]["source"] = json!("s3://customers/\u{200b}a");
    assert_eq!(preflight(&door, &door.agent(), &hidden).await.gist(), "422 hidden-characters");
    assert_eq!(
        preflight(&door, &door.agent(), &proposal("rm-rf", json!({}))).await.gist(),
        "422 unknown-type"
    );
}

/// The catalogue shows an agent what it may propose at all, and nothing to whoever may propose nothing.
#[tokio::test]
async fn the_catalogue_is_the_callers() {
    let door = Door::new().await;
    let names = async |token: String| {
        let answer = door.get("/v1/catalog", &token).await;
        let types = answer.body["types"].as_array().unwrap().clone();
        types.iter().map(|entry| entry["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all =
        ["countersign-resume", "iam-attach-role-policy", "lambda-invoke", "s3-export", "secret-put-value"];
    assert_eq!(names(door.agent()).await, all);
    assert!(names(door.issuer.agent("unknown-agent", door.clock_now())).await.is_empty());
    assert!(names(door.person("alice", &["data-owners"])).await.is_empty());
}
