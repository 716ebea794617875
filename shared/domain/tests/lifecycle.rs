//! The lifecycle as a table: every event in every state.

mod support;

use std::fmt::Write as _;

use domain::*;
use support::*;

/// Every event there is, by a name.
fn events() -> Vec<(&'static str, Event)> {
    let sre = |subject, kind| verdict(subject, &["sre"], kind, Proof::Service);
    let modified = Event::Modified { verdict: sre("bob", VerdictKind::Modify), request: digest("request 2") };
    let outcome = digest("outcome");
    let attempt = || String::from("a1");
    vec![
        ("proposed", proposed()),
        ("decided: permit", decided(DecisionKind::Permit, vec![])),
        ("decided: forbid", decided(DecisionKind::Forbid, vec![])),
        ("decided: require approval", decided(DecisionKind::RequireApproval, two_of_sre())),
        ("approve by third of sre", approve("third")),
        ("deny by third of sre", deny("third")),
        ("approve by bob of sre", approve("bob")),
        ("deny by bob of sre", deny("bob")),
        ("modify by bob of sre", modified),
        ("cancelled by the agent", Event::Cancelled { by: agent() }),
        (
            "cancelled by another",
            Event::Cancelled { by: Principal { subject: "ci-agent".into(), ..agent() } },
        ),
        ("expired", Event::Expired),
        ("refused", Event::Refused { code: "changed-since-review".into(), document: digest("note") }),
        ("claimed", claimed()),
        ("succeeded", Event::Succeeded { attempt: attempt(), outcome }),
        ("failed", Event::Failed { attempt: attempt(), outcome }),
        ("succeeded, other attempt", Event::Succeeded { attempt: "a2".into(), outcome }),
        ("result held", Event::ResultHeld { attempt: attempt(), outcome, release_by: at(600) }),
        ("released by bob", Event::Released(sre("bob", VerdictKind::Approve))),
        ("withheld by bob", Event::Withheld(Some(sre("bob", VerdictKind::Deny)))),
        ("withheld by time", Event::Withheld(None)),
        ("lease lost", lost(LossReason::LeaseLost)),
        ("claimed elsewhere", lost(LossReason::ClaimedElsewhere)),
        ("no answer", lost(LossReason::NoAnswer)),
        ("bob: it happened", resolved("bob", true)),
        ("bob: it did not happen", resolved("bob", false)),
        ("the target: it happened", probed(true)),
        ("the target cannot say", inconclusive(ProbeGap::CannotTell)),
        ("nobody asked the target", inconclusive(ProbeGap::TimedOut)),
    ]
}

fn table(now: Timestamp) -> String {
    let mut table = String::new();
    for (state_name, history) in histories() {
        let state = build(&history);
        let _ = writeln!(table, "{state_name}");
        for (event_name, event) in events() {
            let result = match advance(&state, &event, now) {
                Ok((next, effects)) => format!("{} {effects:?}", next.status().name()),
                Err(refusal) => format!("– {refusal:?}"),
            };
            let _ = writeln!(table, "  {event_name:<28} {result}");
        }
    }
    table
}

/// The whole lifecycle, before any deadline. W13, W14, W20 and P6 are lines of it.
#[test]
fn every_event_in_every_state() {
    insta::assert_snapshot!(table(at(60)));
}

/// W13, W14: the same table once every deadline has passed; time never approves, and refuses at vote and claim.
#[test]
fn every_event_in_every_state_after_the_deadline() {
    insta::assert_snapshot!(table(at(4000)));
}

/// W4, W15, W20: nobody of the requester set counts, whatever their groups.
#[test]
fn the_requester_set_never_votes() {
    let state = build(&[proposed(), decided(DecisionKind::RequireApproval, two_of_sre())]);
    for subject in ["dana", "human-behind-the-token"] {
        for kind in [VerdictKind::Approve, VerdictKind::Deny] {
            let event = Event::VerdictGiven(verdict(subject, &["sre"], kind, Proof::Service));
            assert_eq!(advance(&state, &event, at(60)), Err(EventRejection::OwnRequest), "{subject}");
        }
    }
    let mut own = verdict("demo-agent", &["sre"], VerdictKind::Approve, Proof::Service);
    own.person.issuer = agent().issuer;
    assert_eq!(advance(&state, &Event::VerdictGiven(own), at(60)), Err(EventRejection::OwnRequest));
}

/// P5, D7: where `idp` is demanded a `service` approval does not count, and a denial still does.
#[test]
fn a_weaker_proof_denies_but_does_not_approve() {
    let requirements = vec![requirement("owners", &[("data-owners", 1)], Proof::Idp)];
    let state = build(&[proposed(), decided(DecisionKind::RequireApproval, requirements)]);
    let say = |kind, proof| {
        advance(&state, &Event::VerdictGiven(verdict("alice", &["data-owners"], kind, proof)), at(60))
            .map(|(state, _)| state.status())
    };
    assert_eq!(say(VerdictKind::Approve, Proof::Service), Err(EventRejection::StepUpRequired));
    assert_eq!(say(VerdictKind::Approve, Proof::Idp), Ok(Status::Approved));
    assert_eq!(say(VerdictKind::Deny, Proof::Service), Ok(Status::Denied));
}

/// An `idp` verdict names its token, a `service` verdict none.
#[test]
fn a_proof_and_its_document_go_together() {
    let state = build(&[proposed(), decided(DecisionKind::RequireApproval, two_of_sre())]);
    let mut claimed_idp = verdict("bob", &["sre"], VerdictKind::Approve, Proof::Idp);
    claimed_idp.proof_document = None;
    let mut with_token = verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service);
    with_token.proof_document = Some(digest("id token"));
    for contradicts in [claimed_idp, with_token] {
        let event = Event::VerdictGiven(contradicts);
        assert_eq!(advance(&state, &event, at(60)), Err(EventRejection::Malformed), "{event:?}");
    }
}

/// D8: an agent nobody answers for never waits for approval, and a decision for another agent is no decision.
#[test]
fn a_decision_that_contradicts_itself_is_refused() {
    let state = build(&[proposed()]);
    let change = |edit: &dyn Fn(&mut RequesterSet)| {
        let mut event = decided(DecisionKind::RequireApproval, two_of_sre());
        if let Event::Decided { requester, .. } = &mut event {
            edit(requester);
        }
        advance(&state, &event, at(60)).map(|(state, _)| state.status())
    };
    assert_eq!(change(&|_| ()), Ok(Status::Pending));
    assert_eq!(change(&|set| set.owner = None), Err(EventRejection::Malformed));
    assert_eq!(change(&|set| set.agent.subject = "other".into()), Err(EventRejection::Malformed));
    let empty = decided(DecisionKind::RequireApproval, vec![]);
    assert_eq!(advance(&state, &empty, at(60)), Err(EventRejection::Malformed));
}

/// D6: a modification is a new revision without votes; the old revision's votes do not come back.
#[test]
fn a_modification_starts_again_without_votes() {
    let modified = Event::Modified {
        verdict: verdict("carol", &["sre"], VerdictKind::Modify, Proof::Service),
        request: digest("request 2"),
    };
    let require = || decided(DecisionKind::RequireApproval, two_of_sre());
    let state = build(&[proposed(), require(), approve("bob"), modified, require()]);
    let review = state.review().unwrap();
    assert_eq!(review.proposal.revision, 2);
    assert!(review.votes.is_empty());
}

/// The level of a state: what is sent again when it has waited too long.
#[test]
fn standing_effects_are_those_of_waiting_states() {
    let lines: Vec<String> = histories()
        .iter()
        .map(|(name, events)| format!("{name}: {:?}", standing_effects(&build(events))))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
