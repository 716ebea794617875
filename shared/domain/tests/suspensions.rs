//! What a suspension covers, and what ends it.

mod support;

use domain::*;
use support::*;

/// A suspension covers what it names; a resume is covered only by a suspension of its agent.
#[test]
fn what_a_suspension_covers() {
    let other = Principal { subject: "ci-agent".into(), ..agent() };
    let exports = Scope::Type("s3-export".into());
    for (scope, principal, action_type, covered) in [
        (Scope::All, agent(), "s3-export", true),
        (Scope::All, agent(), RESUME, false),
        (exports.clone(), other.clone(), "s3-export", true),
        (exports, agent(), "lambda-invoke", false),
        (Scope::Type(RESUME.into()), agent(), RESUME, false),
        (Scope::Agent(agent()), agent(), "lambda-invoke", true),
        (Scope::Agent(agent()), agent(), RESUME, true),
        (Scope::Agent(agent()), other, "lambda-invoke", false),
    ] {
        assert_eq!(scope.covers(&principal, action_type), covered, "{scope} {principal:?} {action_type}");
        assert_eq!(scope.to_string().parse::<Scope>().unwrap(), scope);
    }
}

/// W4: what lets run again what somebody suspended never runs without people, whatever the rules say.
#[test]
fn a_resume_is_never_unasked() {
    let Event::Proposed { principal, payload, request, token_key, expires_at, .. } = proposed() else {
        unreachable!()
    };
    let action_type = RESUME.to_owned();
    let resume = Event::Proposed { action_type, principal, payload, request, token_key, expires_at };
    let state = fold([(&resume, at(1))]).unwrap();
    let unasked = advance(&state, &decided(DecisionKind::Permit, vec![]), at(2));
    assert_eq!(unasked, Err(EventRejection::Malformed));
    assert!(advance(&state, &decided(DecisionKind::RequireApproval, two_of_sre()), at(2)).is_ok());
    assert!(advance(&state, &decided(DecisionKind::Forbid, vec![]), at(2)).is_ok());
}
