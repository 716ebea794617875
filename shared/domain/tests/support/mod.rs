//! Sample people, events and one way into every state.
#![expect(clippy::expect_used, reason = "a sample that cannot be built must fail loudly")]
#![allow(dead_code, reason = "each test file uses its part")]

use domain::*;

/// What a reviewer may change in every sample.
pub const CHANGEABLE: &str = "/destination";
pub const T0: i64 = 1_795_000_000_000;

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(T0).plus_seconds(seconds)
}

pub fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

pub fn person(subject: &str) -> Person {
    Person { issuer: "https://people".into(), subject: subject.into() }
}

pub fn agent() -> Principal {
    Principal { issuer: "https://agents".into(), subject: "demo-agent".into() }
}

pub fn requirement(name: &str, groups: &[(&str, u32)], proof: Proof) -> Requirement {
    let groups =
        groups.iter().map(|(group, count)| GroupCount { group: (*group).into(), count: *count }).collect();
    Requirement { name: name.into(), groups, proof, ..Requirement::default() }
}

pub fn requester() -> RequesterSet {
    RequesterSet {
        agent: agent(),
        owner: Some(person("dana")),
        humans: vec![person("human-behind-the-token")],
    }
}

pub fn proposed() -> Event {
    Event::Proposed {
        action_type: "s3-export".into(),
        principal: agent(),
        payload: digest("payload"),
        request: digest("request"),
        token_key: KeyRef { issuer: "https://agents".into(), kid: "k1".into() },
        expires_at: at(3600),
    }
}

pub fn decided(kind: DecisionKind, requirements: Vec<Requirement>) -> Event {
    let shown = |name: &str| (kind != DecisionKind::Forbid).then(|| digest(name));
    Event::Decided {
        kind,
        document: digest("decision"),
        review: shown("review"),
        action: shown("action"),
        requirements,
        granted: vec![],
        resolvers: if kind == DecisionKind::Permit {
            vec![requirement("resolvers", &[("sre", 1)], Proof::Service)]
        } else {
            vec![]
        },
        requester: requester(),
        expires_at: at(1800),
    }
}

pub fn two_of_sre() -> Vec<Requirement> {
    let asked = requirement("change", &[("sre", 2)], Proof::Service);
    vec![Requirement { terms: Terms { may_change: vec![CHANGEABLE.into()], ..Terms::default() }, ..asked }]
}

pub fn verdict(subject: &str, groups: &[&str], kind: VerdictKind, proof: Proof) -> Verdict {
    Verdict {
        person: person(subject),
        kind,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        seats: vec![],
        proof,
        statement: digest(&format!("statement of {subject}")),
        envelope: digest(&format!("envelope of {subject}")),
        proof_document: (proof == Proof::Idp).then(|| digest("id token")),
        grant: None,
        changed: if kind == VerdictKind::Modify { vec![CHANGEABLE.into()] } else { vec![] },
    }
}

pub fn approve(subject: &str) -> Event {
    Event::VerdictGiven(verdict(subject, &["sre"], VerdictKind::Approve, Proof::Service))
}

pub fn deny(subject: &str) -> Event {
    Event::VerdictGiven(verdict(subject, &["sre"], VerdictKind::Deny, Proof::Service))
}

pub fn claimed() -> Event {
    Event::Claimed { attempt: "a1".into(), lease_until: at(300), bundle: digest("bundle") }
}

pub fn lost(reason: LossReason) -> Event {
    Event::OutcomeLost { attempt: "a1".into(), reason }
}

pub fn resolved(subject: &str, happened: bool) -> Event {
    let said = verdict(subject, &["sre"], VerdictKind::resolution(happened), Proof::Service);
    Event::Resolved { attempt: "a1".into(), happened, by: ResolvedBy::Person(said) }
}

pub fn probed(happened: bool) -> Event {
    Event::Resolved { attempt: "a1".into(), happened, by: ResolvedBy::Probe(digest("probe")) }
}

pub fn inconclusive(reason: ProbeGap) -> Event {
    Event::ProbeInconclusive { attempt: "a1".into(), reason }
}

pub fn suspended(scope: Scope) -> SuspensionEvent {
    SuspensionEvent::Suspended {
        scope,
        verdict: verdict("bob", &["sre"], VerdictKind::Suspend, Proof::Service),
    }
}

pub fn resumed(scope: Scope) -> SuspensionEvent {
    SuspensionEvent::Resumed { scope, by: ActionId::of(b"a resume"), attempt: "a1".into() }
}

/// One history into every state, folded at one second per event.
pub fn histories() -> Vec<(&'static str, Vec<Event>)> {
    use DecisionKind::{Forbid, Permit, RequireApproval};
    let permit = || decided(Permit, vec![]);
    let run = |last: Vec<Event>| [vec![proposed(), permit(), claimed()], last].concat();
    let done = |outcome: &str| (String::from("a1"), digest(outcome));
    let (attempt, outcome) = done("outcome");
    let succeeded = Event::Succeeded { attempt: attempt.clone(), outcome };
    let failed = Event::Failed { attempt: attempt.clone(), outcome };
    let held = Event::ResultHeld { attempt, outcome, release_by: at(600) };
    vec![
        ("absent", vec![]),
        ("proposed", vec![proposed()]),
        ("denied", vec![proposed(), decided(Forbid, vec![])]),
        ("pending", vec![proposed(), decided(RequireApproval, two_of_sre())]),
        (
            "approved",
            vec![proposed(), decided(RequireApproval, two_of_sre()), approve("bob"), approve("carol")],
        ),
        ("permitted", vec![proposed(), permit()]),
        ("executing", run(vec![])),
        ("held", run(vec![held.clone()])),
        ("unknown", run(vec![lost(LossReason::NoAnswer)])),
        ("unknown, people asked", run(vec![lost(LossReason::NoAnswer), inconclusive(ProbeGap::CannotTell)])),
        ("resolved: it happened", run(vec![lost(LossReason::NoAnswer), probed(true)])),
        ("succeeded", run(vec![succeeded])),
        ("failed", run(vec![failed])),
        ("withheld", run(vec![held, Event::Withheld(Some(deny_verdict()))])),
        ("cancelled", vec![proposed(), Event::Cancelled { by: agent() }]),
    ]
}

fn deny_verdict() -> Verdict {
    verdict("bob", &["sre"], VerdictKind::Deny, Proof::Service)
}

pub fn build(events: &[Event]) -> State {
    let stamped: Vec<_> = events.iter().zip(1..).map(|(event, second)| (event.clone(), at(second))).collect();
    // A permitted run has nobody who could be asked; the held result of the sample is released by sre.
    let mut state = State::Absent;
    for (event, now) in &stamped {
        if let (State::Held { run, .. }, Event::Withheld(Some(_))) = (&mut state, event) {
            run.review.decision.requirements = two_of_sre();
        }
        state = advance(&state, event, *now).expect("the sample is a possible history").0;
    }
    state
}
