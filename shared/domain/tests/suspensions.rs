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

/// P5: a suspension is a person's own verdict, proven as it says, that it is one; no other verdict of theirs suspends anything.
#[test]
fn only_a_verdict_to_suspend_suspends() {
    let suspend = |edit: &dyn Fn(&mut Verdict)| {
        let mut said = verdict("bob", &["sre"], VerdictKind::Suspend, Proof::Service);
        edit(&mut said);
        let list = Suspensions::default();
        let (list, effects) =
            list.advance(&SuspensionEvent::Suspended { scope: Scope::All, verdict: said }, at(60))?;
        assert!(matches!(&effects[..], [Effect::SendReceipt(_), Effect::AnnounceSuspensions]), "{effects:?}");
        Ok(list.active().len())
    };
    assert_eq!(suspend(&|_| ()), Ok(1));
    assert_eq!(suspend(&|said| said.kind = VerdictKind::Approve), Err(EventRejection::Malformed));
    assert_eq!(
        suspend(&|said| said.proof_document = Some(digest("id token"))),
        Err(EventRejection::Malformed)
    );
    assert_eq!(suspend(&|said| said.proof = Proof::Idp), Err(EventRejection::Malformed));
}

/// Every event on every list: a scope is suspended once, and only what is suspended is resumed, by an attempt that has a name.
#[test]
fn every_event_on_every_list() {
    let export = || Scope::Type("s3-export".into());
    let nameless =
        SuspensionEvent::Resumed { scope: Scope::All, by: ActionId::of(b"a resume"), attempt: String::new() };
    let lists = [
        vec![],
        vec![suspended(Scope::All)],
        vec![suspended(Scope::All), suspended(export())],
        vec![suspended(Scope::All), resumed(Scope::All)],
    ];
    let taken = Err(EventRejection::AlreadyVoted);
    let not = Err(EventRejection::NotPossible);
    let expected = [
        [Ok(1), Ok(1), not, not, not],
        [taken, Ok(2), Ok(0), not, not],
        [taken, taken, Ok(1), Ok(1), not],
        [Ok(1), Ok(1), not, not, not],
    ];
    for (before, expected) in lists.iter().zip(expected) {
        let list = Suspensions::fold(before.iter().map(|event| (event, at(1)))).unwrap();
        let events = [
            suspended(Scope::All),
            suspended(export()),
            resumed(Scope::All),
            resumed(export()),
            nameless.clone(),
        ];
        for (event, expected) in events.iter().zip(expected) {
            let next = list.advance(event, at(2)).map(|(next, _)| next.active().len());
            assert_eq!(next, expected, "{} {} after {before:?}", event.kind(), event.scope());
        }
    }
}

/// P5: the check of a verdict reads what it needs from the scope itself; a verdict of another kind, or in the name of no group,
/// is not admitted.
#[test]
fn what_a_verdict_to_suspend_is_checked_against() {
    let digest = Digest::of(b"all");
    let said = verdict("bob", &["sre"], VerdictKind::Suspend, Proof::Service);
    let subject = Scope::All.subject(&said);
    assert_eq!((subject.revision, subject.action, subject.review), (0, digest, digest));
    assert_eq!((subject.admitted, subject.demanded_proof), (Ok(()), Proof::Service));
    let other = Verdict { kind: VerdictKind::Approve, ..said.clone() };
    assert_eq!(Scope::All.subject(&other).admitted, Err(EventRejection::NotAnApprover));
    let nobody = Verdict { groups: Vec::new(), ..said };
    assert_eq!(Scope::All.subject(&nobody).admitted, Err(EventRejection::NotAnApprover));
}

/// What a scope covers, and that it reads back as it is written.
#[test]
fn a_scope_covers_what_it_names() {
    let other = Principal { subject: "ci-agent".into(), ..agent() };
    let export = Scope::Type("s3-export".into());
    let table = [
        (Scope::All, [true, true, true]),
        (export, [true, true, false]),
        (Scope::Agent(agent()), [true, false, true]),
    ];
    for (scope, expected) in table {
        let covered = [
            scope.covers(&agent(), "s3-export"),
            scope.covers(&other, "s3-export"),
            scope.covers(&agent(), "bucket-delete"),
        ];
        assert_eq!(covered, expected, "{scope}");
        assert_eq!(scope.to_string().parse(), Ok(scope));
    }
    for wrong in ["", "ALL", "type:", "agent:", "agent:demo-agent", "agent:|x", "agent:https://agents|"] {
        assert!(wrong.parse::<Scope>().is_err(), "{wrong}");
    }
}
