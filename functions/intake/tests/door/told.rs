//! What else happens to an action, told past the door: decisions with their documents, rows of the index.

use domain::{
    ActionId, Commitment, DecisionKind, Event, GrantTerms, HistoryKind, Key, Person, Principal, Proof,
    RequesterSet, Verdict, VerdictKind,
};
use store::{ExtendState, IndexRow, Position, Watermark, WriteIndex};
use testkit::{SampleRequirement, Scenario};
use wire::documents::{Cause, DecisionDocument, DocumentKind, OutcomeKind, ReasonJson, Request};
use wire::text::Identity;

use super::{Answer, Door, digest};

pub fn person(name: &str) -> Person {
    Person { issuer: "http://127.0.0.1:8081".into(), subject: name.into() }
}

/// Policy forbids it, with its document.
pub fn forbidden(door: &Door, id: &ActionId) -> Event {
    let decision = DecisionDocument {
        format: DecisionDocument::FORMAT.into(),
        action: id.clone(),
        revision: 1,
        outcome: OutcomeKind::Forbid,
        code: Some("forbidden-by-policy".into()),
        bundle: Some(digest("bundle")),
        reasons: vec![ReasonJson { policy: "a-rule".into(), message: "A rule".into(), instead: None }],
        cause: Some(Cause {
            detail: "There is no object at the source.".into(),
            salt: Commitment::of(&Key::from_bytes([1; 32]), b"{}"),
        }),
        observed: vec![],
        resource: None,
        requirements: vec![],
        granted: vec![],
        resolvers: Vec::new(),
        history: None,
    };
    let document = decision.document().unwrap();
    door.documents.forge(document.digest(), document.body());
    Event::Decided {
        kind: DecisionKind::Forbid,
        document: document.digest(),
        review: None,
        action: None,
        requirements: vec![],
        granted: vec![],
        resolvers: vec![],
        requester: RequesterSet { agent: agent(), owner: Some(person("dana")), humans: vec![] },
        expires_at: door.clock_now().plus_seconds(3000),
    }
}

/// Policy's word as a scenario tells it, with all its documents.
pub fn decided(door: &Door, ask: SampleRequirement) -> Event {
    let mut scenario = Scenario::new("told");
    scenario.propose();
    scenario.decide(ask);
    for (digest, document) in &scenario.documents {
        door.documents.forge(*digest, document.body());
    }
    match scenario.item.entries().last().unwrap().event.clone() {
        Event::Decided {
            kind,
            document,
            review,
            action,
            requirements,
            granted,
            resolvers,
            requester,
            ..
        } => Event::Decided {
            kind,
            document,
            review,
            action,
            requirements,
            granted,
            resolvers,
            requester,
            expires_at: door.clock_now().plus_seconds(3000),
        },
        event => event,
    }
}

/// Bob of sre approves it, and grants this.
pub async fn earlier_grant(door: &Door, terms: GrantTerms) -> Verdict {
    let mut scenario = Scenario::new("told");
    scenario.grant = Some(terms);
    let verdict = scenario.verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    for (digest, document) in &scenario.documents {
        door.documents.forge(*digest, document.body());
    }
    verdict
}

pub fn agent() -> Principal {
    Principal { issuer: "http://127.0.0.1:8081".into(), subject: "demo-agent".into() }
}

pub async fn add(door: &Door, id: &ActionId, event: Event) {
    let item = door.item(id).await.unwrap();
    let (next, _) = item.extend(event, door.clock_now()).unwrap();
    door.states.extend(item.chain(), &next).await.unwrap();
}

/// The action's row as the ledger would write it.
pub async fn indexed(door: &Door, answer: &Answer, groups: &[&str], deciders: &[&str]) {
    let (position, row) = recorded(door, answer, groups, deciders).await;
    door.index.apply(&position, &row).await.unwrap();
}

/// It ran when it was proposed, as the ledger counts it, and the ledger showed itself a second ago.
pub async fn ran(door: &Door, answer: &Answer) {
    let (position, row) = recorded(door, answer, &[], &[]).await;
    let request =
        door.kept(Request::FORMAT).into_iter().find(|request| request["action"] == answer.body["id"]);
    let request: Request = serde_json::from_value(request.unwrap()).unwrap();
    let resource = format!("Object::{}", request.parameters["source"]);
    let history_key = wire::history_key(&request.principal, "s3-export", &resource).unwrap();
    let row = IndexRow { history_key: Some(history_key), profile: Some(request.profile()), ..row };
    door.index
        .apply(&Position { history_entry: Some(HistoryKind::Executed), ..position }, &row)
        .await
        .unwrap();
    write_heartbeats(door, 1);
}

/// The ledger showed itself so many seconds ago.
pub fn write_heartbeats(door: &Door, ago: i64) {
    let heartbeat = door.clock_now().plus_seconds(-ago);
    let mark = Watermark { next_object: 1, size: 1, range: vec![], last: None, heartbeat };
    door.index.set_watermark(Some(mark));
}

async fn recorded(door: &Door, answer: &Answer, groups: &[&str], deciders: &[&str]) -> (Position, IndexRow) {
    let item = door.item(&answer.id()).await.unwrap();
    let at = item.touched_at().unwrap();
    let row = IndexRow {
        action: answer.id(),
        sequence: item.sequence(),
        chain: item.chain(),
        status: item.state().status().name().into(),
        action_type: "s3-export".into(),
        sentence: "Copy".into(),
        principal: Identity::from(&item.state().proposal().unwrap().principal),
        groups: groups.iter().map(ToString::to_string).collect(),
        deciders: deciders.iter().map(|name| Identity::from(&person(name))).collect(),
        needed: 1,
        given: 0,
        correlation: answer.body["correlation"].as_str().map(Into::into),
        created_at: at,
        expires_at: at.plus_seconds(3600),
        updated_at: at,
        proposed_object: 0,
        object: 0,
        quarantined: false,
        history_key: None,
        profile: None,
        grants: item.state().review().is_some_and(|review| !review.grants.is_empty()),
    };
    let position = Position {
        position: at.millis().unsigned_abs() % 1_000_000,
        object: 0,
        kind: "proposed".into(),
        sequence: 1,
        at,
        digest: digest("record"),
        tried: None,
        history_entry: None,
    };
    (position, row)
}
