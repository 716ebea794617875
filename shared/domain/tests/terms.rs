//! What a requirement says beyond its count: who stands in, who confirms, what an approval grants.

mod support;

use domain::*;
use support::*;

fn asked(terms: Terms) -> Vec<Event> {
    let one = Requirement { terms, ..requirement("change", &[("sre", 1)], Proof::Service) };
    vec![proposed(), decided(DecisionKind::RequireApproval, vec![one])]
}

fn two(terms: Terms) -> State {
    let two = Requirement { terms, ..requirement("change", &[("sre", 2)], Proof::Service) };
    build(&[proposed(), decided(DecisionKind::RequireApproval, vec![two])])
}

fn say(state: &State, verdict: Verdict, now: i64) -> Result<State, EventRejection> {
    advance(state, &Event::VerdictGiven(verdict), at(now)).map(|(state, _)| state)
}

fn status(step: Result<State, EventRejection>) -> Result<Status, EventRejection> {
    step.map(|state| state.status())
}

fn lead(kind: VerdictKind) -> Verdict {
    verdict("lena", &["leads"], kind, Proof::Service)
}

/// W14: others stand in from their time on and not before, for the same places; the count stays.
#[test]
fn others_stand_in_when_it_is_time() {
    let escalation = Some(Escalation { after: 600, groups: vec!["leads".into()] });
    let state = two(Terms { escalation, ..Terms::default() });
    assert_eq!(state.deadline(), Some(at(602)));
    assert_eq!(status(say(&state, lead(VerdictKind::Approve), 601)), Err(EventRejection::NotAnApprover));
    assert_eq!(due(&state, at(601)), None);
    assert_eq!(advance(&state, &Event::Escalated, at(601)).unwrap_err(), EventRejection::NotYetDue);
    assert_eq!(due(&state, at(602)), Some(Event::Escalated));
    let (state, effects) = advance(&state, &Event::Escalated, at(602)).unwrap();
    assert_eq!(effects, [Effect::AskApprovers]);
    assert_eq!(advance(&state, &Event::Escalated, at(603)).unwrap_err(), EventRejection::NotPossible);
    assert_eq!(state.deadline(), Some(at(1800)));
    let state = say(&state, lead(VerdictKind::Approve), 610).unwrap();
    assert_eq!(state.status(), Status::Pending, "two people are still two people");
    let bob = verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service);
    assert_eq!(status(say(&state, bob, 620)), Ok(Status::Approved));
}

/// W13: time reminds once and asks others; it never approves, and at the deadline it only expires.
#[test]
fn time_reminds_and_never_approves() {
    let state = two(Terms { reminder: Some(300), ..Terms::default() });
    assert_eq!(advance(&state, &Event::Reminded, at(301)).unwrap_err(), EventRejection::NotYetDue);
    let (state, effects) = advance(&state, &Event::Reminded, at(302)).unwrap();
    assert_eq!((state.status(), effects), (Status::Pending, vec![Effect::AskApprovers]));
    assert_eq!(advance(&state, &Event::Reminded, at(303)).unwrap_err(), EventRejection::NotPossible);
    assert_eq!(due(&state, at(1800)), Some(Event::Expired));
    assert_eq!(advance(&state, &Event::Escalated, at(1800)).unwrap_err(), EventRejection::Expired);
}

/// A decision that already has somebody standing in contradicts itself.
#[test]
fn nobody_stands_in_from_the_start() {
    let terms = Terms { standing_in: vec!["leads".into()], ..Terms::default() };
    let events = asked(terms);
    let state = build(&events[..1]);
    assert_eq!(advance(&state, &events[1], at(2)).unwrap_err(), EventRejection::Malformed);
}

/// P5: the human the agent acts for says yes too, is never counted, and nobody says it for them.
#[test]
fn the_human_behind_confirms_and_is_not_counted() {
    let state = build(&asked(Terms { confirm: true, ..Terms::default() }));
    let human = |kind| verdict("human-behind-the-token", &["sre"], kind, Proof::Service);
    assert_eq!(status(say(&state, human(VerdictKind::Approve), 60)), Err(EventRejection::OwnRequest));
    let bob = |kind| verdict("bob", &["sre"], kind, Proof::Service);
    assert_eq!(status(say(&state, bob(VerdictKind::Confirm), 60)), Err(EventRejection::NotAnApprover));
    let confirmed = say(&state, human(VerdictKind::Confirm), 60).unwrap();
    assert_eq!(confirmed.status(), Status::Pending);
    assert!(confirmed.review().unwrap().votes.is_empty());
    assert_eq!(status(say(&confirmed, human(VerdictKind::Confirm), 61)), Err(EventRejection::AlreadyVoted));
    assert_eq!(status(say(&confirmed, bob(VerdictKind::Approve), 61)), Ok(Status::Approved));
    let approved = say(&state, bob(VerdictKind::Approve), 60).unwrap();
    assert_eq!(approved.status(), Status::Pending, "the quorum alone is not enough");
    assert_eq!(status(say(&approved, human(VerdictKind::Confirm), 61)), Ok(Status::Approved));
    // Where nobody asked for it, nobody confirms.
    let plain = build(&asked(Terms::default()));
    assert_eq!(status(say(&plain, human(VerdictKind::Confirm), 60)), Err(EventRejection::NotAnApprover));
}

/// An agent that acts for nobody cannot be asked for that human's yes.
#[test]
fn nobody_to_confirm_is_no_decision() {
    let mut events = asked(Terms { confirm: true, ..Terms::default() });
    if let Event::Decided { requester, .. } = &mut events[1] {
        requester.humans.clear();
    }
    assert_eq!(advance(&build(&events[..1]), &events[1], at(2)).unwrap_err(), EventRejection::Malformed);
}

fn limit() -> Terms {
    let grant = GrantLimit { seconds: 3600, uses: 3, fixed: vec!["/function".into()] };
    Terms { grant: Some(grant), ..Terms::default() }
}

fn granting(until: i64, uses: u32, fixed: &[&str]) -> Verdict {
    let fixed = fixed.iter().map(|pointer| (*pointer).to_owned()).collect();
    let terms = GrantTerms { until: at(until), uses, fixed };
    Verdict { grant: Some(terms), ..verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service) }
}

/// A grant stays within what the requirement allows, and stands for one person's approval only.
#[test]
fn a_grant_stays_within_its_limit() {
    let state = build(&asked(limit()));
    let fixed: &[&str] = &["/function"];
    for (until, uses, fixed) in [
        (60, 1, fixed),
        (3661, 1, fixed),
        (3600, 0, fixed),
        (3600, 4, fixed),
        (3600, 1, &[]),
        (3600, 1, &["/version"]),
    ] {
        assert_eq!(status(say(&state, granting(until, uses, fixed), 60)), Err(EventRejection::Malformed));
    }
    assert_eq!(status(say(&state, granting(3660, 3, &["/function", "/version"]), 60)), Ok(Status::Approved));
    let without = build(&asked(Terms::default()));
    assert_eq!(status(say(&without, granting(3600, 1, fixed), 60)), Err(EventRejection::Malformed));
    assert_eq!(status(say(&two(limit()), granting(3600, 1, fixed), 60)), Err(EventRejection::Malformed));
    let denies = Verdict { kind: VerdictKind::Deny, ..granting(3600, 1, fixed) };
    assert_eq!(status(say(&state, denies, 60)), Err(EventRejection::Malformed));
}

/// Uses are counted; revoked, used up or over it covers nothing; one that is denied after all grants nothing.
#[test]
fn a_grant_is_counted_and_taken_back() {
    let approved = say(&build(&asked(limit())), granting(3600, 2, &["/function"]), 60).unwrap();
    let used = Event::GrantUsed {
        statement: digest("statement of bob"),
        by: ActionId::of(b"another"),
        attempt: "b1".into(),
    };
    let other = Event::GrantUsed {
        statement: digest("another statement"),
        by: ActionId::of(b"another"),
        attempt: "b1".into(),
    };
    assert_eq!(advance(&approved, &other, at(70)).unwrap_err(), EventRejection::NotPossible);
    let (once, effects) = advance(&approved, &used, at(70)).unwrap();
    assert_eq!((once.status(), effects), (Status::Approved, vec![]));
    let (twice, _) = advance(&once, &used, at(71)).unwrap();
    assert_eq!(advance(&twice, &used, at(72)).unwrap_err(), EventRejection::NotPossible, "used up");
    assert_eq!(advance(&once, &used, at(3600)).unwrap_err(), EventRejection::NotPossible, "over");
    let revoke = verdict("carol", &["sre"], VerdictKind::Revoke, Proof::Service);
    let revoked = say(&once, revoke.clone(), 73).unwrap();
    assert_eq!(revoked.status(), Status::Approved, "the action itself stays approved");
    assert_eq!(advance(&revoked, &used, at(74)).unwrap_err(), EventRejection::NotPossible, "revoked");
    assert_eq!(status(say(&revoked, revoke, 75)), Err(EventRejection::AlreadyVoted));
    let stranger = verdict("mallory", &["nobody"], VerdictKind::Revoke, Proof::Service);
    assert_eq!(status(say(&once, stranger, 76)), Err(EventRejection::NotAnApprover));
    let denied = say(&approved, verdict("carol", &["sre"], VerdictKind::Deny, Proof::Service), 77).unwrap();
    assert_eq!(advance(&denied, &used, at(78)).unwrap_err(), EventRejection::NotPossible);
    // A vote that is not enough yet grants nothing.
    let pending = two(Terms::default());
    assert_eq!(advance(&pending, &used, at(79)).unwrap_err(), EventRejection::NotPossible);
}

/// P5: what live grants meet is not asked for as well, and nothing else is asked: nobody counts twice.
#[test]
fn what_is_granted_is_not_asked_for() {
    for requirement in ["change", "another"] {
        let mut events = asked(Terms::default());
        if let Event::Decided { granted, .. } = &mut events[1] {
            let (action, statement) = (ActionId::of(b"earlier"), digest("statement"));
            granted.push(Granted { requirement: requirement.into(), action, statement });
        }
        assert_eq!(advance(&build(&events[..1]), &events[1], at(2)).unwrap_err(), EventRejection::Malformed);
    }
}

/// P5: no approval grants for the human the agent acts for.
#[test]
fn nobody_grants_for_the_human_behind() {
    let state = build(&asked(Terms { confirm: true, ..limit() }));
    assert_eq!(status(say(&state, granting(3600, 1, &["/function"]), 60)), Err(EventRejection::Malformed));
}

/// D15: asking counts from the last mark, or else from the proposal, which no mark can undercut; the shortest abandonment timeout of
/// those that have any decides.
#[test]
fn nobody_waits_for_ever() {
    let patient = |seconds: Option<u32>| {
        let terms = Terms { abandoned_after: seconds, ..Terms::default() };
        Requirement { terms, ..requirement("change", &[("sre", 1)], Proof::Service) }
    };
    let review = |requirements: Vec<Requirement>| {
        let state = build(&[proposed(), decided(DecisionKind::RequireApproval, requirements)]);
        state.review().expect("it was decided").clone()
    };
    let one = review(vec![patient(None), patient(Some(900)), patient(Some(1200))]);
    for (last_polled_at, now, since) in [
        (None, 900, None),
        (None, 901, Some(1)),
        (Some(600), 1499, None),
        (Some(600), 1500, Some(600)),
        (Some(-600), 900, None),
        (Some(5000), 3000, None),
    ] {
        assert_eq!(
            one.abandoned_since(last_polled_at.map(at), at(now)),
            since.map(at),
            "{last_polled_at:?} {now}"
        );
    }
    assert_eq!(review(vec![patient(None)]).abandoned_since(None, at(1_000_000)), None);
}
