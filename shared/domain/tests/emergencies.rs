//! An emergency: whoever may run an action without the quorum, and who looks at it afterwards.

mod support;

use domain::*;
use support::*;

fn asked(terms: Terms) -> Vec<Event> {
    let one = Requirement { terms, ..requirement("change", &[("sre", 1)], Proof::Service) };
    vec![proposed(), decided(DecisionKind::RequireApproval, vec![one])]
}

fn say(state: &State, verdict: Verdict, now: i64) -> Result<State, EventRejection> {
    advance(state, &Event::VerdictGiven(verdict), at(now)).map(|(state, _)| state)
}

fn status(step: Result<State, EventRejection>) -> Result<Status, EventRejection> {
    step.map(|state| state.status())
}

fn emergency() -> Terms {
    let rule = EmergencyRule { groups: vec!["oncall".into()], review_within: 3600 };
    Terms { emergency: Some(rule), ..Terms::default() }
}

fn hurry(subject: &str, group: &str, proof: Proof) -> Verdict {
    verdict(subject, &[group], VerdictKind::Emergency, proof)
}

/// W4, W5, P5: only who may, with the provider's proof, never the requester set; marked, and open until another looks.
#[test]
fn an_emergency_is_marked_and_looked_at() {
    let state = build(&asked(emergency()));
    assert_eq!(
        status(say(&state, hurry("olga", "oncall", Proof::Service), 60)),
        Err(EventRejection::StepUpRequired)
    );
    assert_eq!(status(say(&state, hurry("bob", "sre", Proof::Idp), 60)), Err(EventRejection::NotAnApprover));
    for subject in ["dana", "human-behind-the-token"] {
        assert_eq!(
            status(say(&state, hurry(subject, "oncall", Proof::Idp), 60)),
            Err(EventRejection::OwnRequest)
        );
    }
    let plain = build(&asked(Terms::default()));
    assert_eq!(
        status(say(&plain, hurry("olga", "oncall", Proof::Idp), 60)),
        Err(EventRejection::NotAnApprover)
    );
    assert_eq!(status(say(&state, hurry("olga", "oncall", Proof::Idp), 1800)), Err(EventRejection::Expired));
    let event = Event::VerdictGiven(hurry("olga", "oncall", Proof::Idp));
    let (state, effects) = advance(&state, &event, at(60)).unwrap();
    assert_eq!(state.status(), Status::Approved);
    assert!(effects.contains(&Effect::Execute) && effects.contains(&Effect::AskReviewers));
    assert!(!state.review().unwrap().met(), "an emergency is no quorum");
    let (state, _) = advance(&state, &claimed(), at(70)).unwrap();
    let done = Event::Succeeded { attempt: "a1".into(), outcome: digest("outcome") };
    let (state, _) = advance(&state, &done, at(80)).unwrap();
    let close = |subject: &str, group: &str| verdict(subject, &[group], VerdictKind::Close, Proof::Idp);
    assert_eq!(status(say(&state, close("olga", "oncall"), 90)), Err(EventRejection::OwnRequest));
    assert_eq!(status(say(&state, close("dana", "sre"), 90)), Err(EventRejection::OwnRequest));
    assert_eq!(status(say(&state, close("mallory", "nobody"), 90)), Err(EventRejection::NotAnApprover));
    let closed = say(&state, close("bob", "sre"), 90).unwrap();
    assert_eq!(closed.status(), Status::Succeeded);
    assert_eq!((closed.deadline(), due(&closed, at(9999))), (None, None));
    assert_eq!(status(say(&closed, close("carol", "sre"), 91)), Err(EventRejection::AlreadyVoted));
    // Nobody looked: said once, and still to be closed.
    assert_eq!(state.deadline(), Some(at(3660)));
    assert_eq!(advance(&state, &Event::ReviewOverdue, at(3659)).unwrap_err(), EventRejection::NotYetDue);
    assert_eq!(due(&state, at(3660)), Some(Event::ReviewOverdue));
    let (late, effects) = advance(&state, &Event::ReviewOverdue, at(3660)).unwrap();
    assert_eq!((effects, due(&late, at(9999))), (vec![Effect::RaiseAlarm], None));
    assert_eq!(status(say(&late, close("bob", "sre"), 4000)), Ok(Status::Succeeded));
}

/// W4: what two requirements ask for is run in an emergency only by whoever both of them name for it.
#[test]
fn every_requirement_allows_the_emergency() {
    let one = |name: &str, terms| Requirement { terms, ..requirement(name, &[("sre", 1)], Proof::Service) };
    let asked = |second: Terms| {
        let both = vec![one("change", emergency()), one("data", second)];
        build(&[proposed(), decided(DecisionKind::RequireApproval, both)])
    };
    let hurried = |state: &State| status(say(state, hurry("olga", "oncall", Proof::Idp), 60));
    assert_eq!(hurried(&asked(emergency())), Ok(Status::Approved));
    assert_eq!(hurried(&asked(Terms::default())), Err(EventRejection::NotAnApprover));
}

/// W5, C20: whose seat the emergency was said on looks at it no more than whoever said it.
#[test]
fn the_owner_of_its_seat_does_not_close_it() {
    let seats = vec![Seat { group: "oncall".into(), person: person("pia") }];
    let on_a_seat = Verdict { seats, ..hurry("olga", "oncall", Proof::Idp) };
    let state = say(&build(&asked(emergency())), on_a_seat, 60).unwrap();
    let close =
        |subject: &str| status(say(&state, verdict(subject, &["sre"], VerdictKind::Close, Proof::Idp), 90));
    assert_eq!(close("pia"), Err(EventRejection::OwnRequest));
    assert_eq!(close("olga"), Err(EventRejection::OwnRequest));
    assert_eq!(close("bob"), Ok(Status::Approved));
}

/// Where nobody hurried nothing is closed, and where nobody is asked nobody hurries; an action is never suspended by a verdict.
#[test]
fn verdicts_without_an_object() {
    let admitted = |state: &State, kind| {
        let said = verdict("bob", &["sre", "oncall"], kind, Proof::Idp);
        state.review().unwrap().admits_as(kind, &(&said).into())
    };
    let asked = build(&asked(emergency()));
    assert_eq!(admitted(&asked, VerdictKind::Emergency), Ok(()));
    assert_eq!(admitted(&asked, VerdictKind::Close), Err(EventRejection::NotAnApprover));
    assert_eq!(admitted(&asked, VerdictKind::Suspend), Err(EventRejection::NotAnApprover));
    let permitted = build(&[proposed(), decided(DecisionKind::Permit, vec![])]);
    assert_eq!(admitted(&permitted, VerdictKind::Emergency), Err(EventRejection::NotAnApprover));
}
