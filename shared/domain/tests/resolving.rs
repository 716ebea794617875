//! Clearing up what an attempt did whose outcome was lost.

mod support;

use domain::*;
use support::*;

/// An attempt whose outcome is lost, of an action that asked for this.
fn lost_after(requirements: Vec<Requirement>, votes: &[Event]) -> State {
    let decision = match requirements.is_empty() {
        true => decided(DecisionKind::Permit, vec![]),
        false => decided(DecisionKind::RequireApproval, requirements),
    };
    let start = vec![proposed(), decision];
    build(&[start, votes.to_vec(), vec![claimed(), lost(LossReason::NoAnswer)]].concat())
}

fn approved() -> State {
    lost_after(two_of_sre(), &[approve("bob"), approve("carol")])
}

fn after(state: &State, event: &Event) -> Result<Status, EventRejection> {
    advance(state, event, at(600)).map(|(next, _)| next.status())
}

fn say(subject: &str, groups: &[&str], happened: bool, proof: Proof) -> Event {
    let said = verdict(subject, groups, VerdictKind::resolution(happened), proof);
    Event::Resolved { attempt: "a1".into(), happened, by: ResolvedBy::Person(said) }
}

/// P5: one of those who may approve is enough, whether or not they voted; nobody of the requester set, and nobody else.
#[test]
fn those_who_may_approve_may_resolve() {
    let state = approved();
    for (subject, groups, expected) in [
        ("bob", ["sre"], Ok(Status::Succeeded)),
        ("third", ["sre"], Ok(Status::Succeeded)),
        ("mallory", ["nobody"], Err(EventRejection::NotAnApprover)),
        ("dana", ["sre"], Err(EventRejection::OwnRequest)),
        ("human-behind-the-token", ["sre"], Err(EventRejection::OwnRequest)),
    ] {
        assert_eq!(after(&state, &say(subject, &groups, true, Proof::Service)), expected, "{subject}");
    }
    assert_eq!(after(&state, &say("bob", &["sre"], false, Proof::Service)), Ok(Status::Failed));
}

/// E5: nobody says of their own change whether it took effect, not even where the requirement lets them approve it.
#[test]
fn whoever_changed_it_does_not_resolve_it() {
    let lenient = |asked: Requirement| {
        let terms = Terms { who_changed_may_approve: true, ..asked.terms.clone() };
        Requirement { terms, ..asked }
    };
    let asked: Vec<Requirement> = two_of_sre().into_iter().map(lenient).collect();
    let change = Event::Modified {
        verdict: verdict("bob", &["sre"], VerdictKind::Modify, Proof::Service),
        request: digest("request 2"),
    };
    let again = decided(DecisionKind::RequireApproval, asked.clone());
    let state = lost_after(asked, &[change, again, approve("bob"), approve("carol")]);
    assert_eq!(after(&state, &say("bob", &["sre"], true, Proof::Service)), Err(EventRejection::OwnChange));
    let resolution = verdict("carol", &["sre"], VerdictKind::Happened, Proof::Service);
    let said = |seats| {
        let by = ResolvedBy::Person(Verdict { seats, ..resolution.clone() });
        after(&state, &Event::Resolved { attempt: "a1".into(), happened: true, by })
    };
    let on_a_seat = vec![Seat { group: "sre".into(), person: person("bob") }];
    assert_eq!(said(on_a_seat), Err(EventRejection::OwnChange), "nor on the seat of whoever changed it");
    assert_eq!(said(vec![]), Ok(Status::Succeeded));
}

/// Where nobody was asked, those resolve whom the decision names for that; where it names nobody, nobody does.
#[test]
fn where_nobody_was_asked() {
    let named = lost_after(vec![], &[]);
    assert_eq!(after(&named, &say("bob", &["sre"], true, Proof::Service)), Ok(Status::Succeeded));
    let mut proven = decided(DecisionKind::Permit, vec![]);
    if let Event::Decided { resolvers, .. } = &mut proven {
        *resolvers = vec![requirement("resolvers", &[("sre", 1)], Proof::Idp)];
    }
    let proven = build(&[proposed(), proven, claimed(), lost(LossReason::NoAnswer)]);
    let said = |proof| after(&proven, &say("bob", &["sre"], true, proof));
    assert_eq!(said(Proof::Service), Err(EventRejection::StepUpRequired));
    assert_eq!(said(Proof::Idp), Ok(Status::Succeeded));
    let mut unnamed = decided(DecisionKind::Permit, vec![]);
    if let Event::Decided { resolvers, .. } = &mut unnamed {
        resolvers.clear();
    }
    let unnamed = build(&[proposed(), unnamed, claimed(), lost(LossReason::NoAnswer)]);
    assert_eq!(
        after(&unnamed, &say("bob", &["sre"], true, Proof::Service)),
        Err(EventRejection::NotAnApprover)
    );
    let mut both = decided(DecisionKind::RequireApproval, two_of_sre());
    if let Event::Decided { resolvers, .. } = &mut both {
        *resolvers = two_of_sre();
    }
    assert_eq!(
        after(&build(&[proposed()]), &both),
        Err(EventRejection::Malformed),
        "those who approve are those"
    );
}

/// P5, D7: a resolution is proven as the requirement demands of an approval.
#[test]
fn a_resolution_is_proven_as_an_approval_is() {
    let asked = vec![requirement("owners", &[("data-owners", 1)], Proof::Idp)];
    let alice = verdict("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp);
    let state = lost_after(asked, &[Event::VerdictGiven(alice)]);
    let said = |proof| after(&state, &say("alice", &["data-owners"], false, proof));
    assert_eq!(said(Proof::Service), Err(EventRejection::StepUpRequired));
    assert_eq!(said(Proof::Idp), Ok(Status::Failed));
}

/// What was signed is what is recorded: of this attempt, and this answer.
#[test]
fn what_was_signed_is_what_counts() {
    let state = approved();
    let said = |attempt: &str, kind, happened| {
        let by = ResolvedBy::Person(verdict("bob", &["sre"], kind, Proof::Service));
        after(&state, &Event::Resolved { attempt: attempt.into(), happened, by })
    };
    assert_eq!(said("a2", VerdictKind::Happened, true), Err(EventRejection::OtherAttempt));
    assert_eq!(said("a1", VerdictKind::Happened, false), Err(EventRejection::Malformed));
    assert_eq!(said("a1", VerdictKind::DidNotHappen, true), Err(EventRejection::Malformed));
    assert_eq!(said("a1", VerdictKind::Approve, true), Err(EventRejection::Malformed));
    let vote = verdict("bob", &["sre"], VerdictKind::Happened, Proof::Service);
    assert_eq!(after(&state, &Event::VerdictGiven(vote)), Err(EventRejection::NotPossible));
}

/// P2: the first resolution counts, whoever gives it; a target is asked once, and people from then on.
#[test]
fn an_attempt_is_resolved_once() {
    let state = approved();
    let first = advance(&state, &resolved("bob", true), at(60)).expect("possible").0;
    for second in [resolved("carol", false), resolved("carol", true), probed(false)] {
        assert_eq!(after(&first, &second), Err(EventRejection::NotPossible), "{second:?}");
    }
    let elsewhere = Event::ProbeInconclusive { attempt: "a2".into(), reason: ProbeGap::CannotTell };
    assert_eq!(after(&state, &elsewhere), Err(EventRejection::OtherAttempt));
    let (asked, effects) = advance(&state, &inconclusive(ProbeGap::CannotTell), at(60)).expect("possible");
    assert_eq!((asked.status(), effects), (Status::Unknown, vec![Effect::AskResolvers]));
    assert_eq!(after(&asked, &inconclusive(ProbeGap::CannotTell)), Err(EventRejection::NotPossible));
    assert_eq!(after(&asked, &resolved("bob", false)), Ok(Status::Failed));
}

/// The outcome of the attempt that comes after somebody found out what it did is recorded, and it counts: once, and of this
/// attempt alone.
#[test]
fn a_late_outcome_counts_after_a_resolution() {
    let outcome = digest("outcome");
    for found in [resolved("bob", false), resolved("bob", true), probed(false)] {
        let state = advance(&approved(), &found, at(600)).expect("possible").0;
        let late = |attempt: &str| Event::Succeeded { attempt: attempt.into(), outcome };
        assert_eq!(after(&state, &late("a2")), Err(EventRejection::OtherAttempt));
        let (next, effects) = advance(&state, &late("a1"), at(610)).expect("possible");
        assert_eq!((next.status(), effects), (Status::Succeeded, vec![Effect::AnnounceEnd]));
        let failed = Event::Failed { attempt: "a1".into(), outcome };
        assert_eq!(after(&next, &failed), Err(EventRejection::NotPossible), "once");
        assert_eq!(after(&state, &failed), Ok(Status::Failed));
    }
}

/// P2: nobody finds that an attempt did not happen while its command may still be under way.
#[test]
fn nobody_finds_too_early_that_it_did_not_happen() {
    let state = approved();
    let settled = state.run().expect("it ran").settled_at();
    assert_eq!(settled, at(300 + 120));
    for found in [resolved("bob", false), probed(false)] {
        assert_eq!(advance(&state, &found, at(419)), Err(EventRejection::NotYetDue), "{found:?}");
        assert!(advance(&state, &found, settled).is_ok(), "{found:?}");
    }
    assert!(advance(&state, &probed(true), at(60)).is_ok());
}

/// Nobody waits for execution for ever: half an hour after the lease people are asked all the same.
#[test]
fn people_are_asked_in_time() {
    let state = approved();
    let until = state.run().expect("it ran").probed_until();
    assert_eq!((until, state.deadline()), (at(300 + 1800), Some(at(300 + 1800))));
    let timed_out = inconclusive(ProbeGap::TimedOut);
    assert_eq!(due(&state, at(2099)), None);
    assert_eq!(advance(&state, &timed_out, at(2099)), Err(EventRejection::NotYetDue));
    assert_eq!(due(&state, until), Some(timed_out.clone()));
    let asked = advance(&state, &timed_out, until).expect("possible").0;
    assert_eq!((due(&asked, at(9000)), asked.deadline()), (None, None));
    assert_eq!((timed_out.actor(), probed(true).actor()), (Actor::Time, Actor::Execution));
}

/// What ended before it began keeps its decision and votes, and lives no further by them.
#[test]
fn what_never_ran_keeps_its_review() {
    let asked = || decided(DecisionKind::RequireApproval, two_of_sre());
    let pending = vec![proposed(), asked(), approve("bob")];
    for end in [deny("carol"), Event::Cancelled { by: agent() }] {
        let state = build(&[pending.clone(), vec![end]].concat());
        assert_eq!(state.last_review().map(|review| review.votes.len()), Some(1));
        assert_eq!(state.review(), None);
        let revoke = Event::VerdictGiven(verdict("bob", &["sre"], VerdictKind::Revoke, Proof::Service));
        assert_eq!(after(&state, &revoke), Err(EventRejection::NotPossible));
    }
    let changed = Event::Modified {
        verdict: verdict("carol", &["sre"], VerdictKind::Modify, Proof::Service),
        request: digest("request 2"),
    };
    let cancelled = Event::Cancelled { by: agent() };
    let state = build(&[pending, vec![changed, cancelled]].concat());
    assert_eq!(state.last_review(), None, "nothing was decided on this revision");
}
