//! A reviewer changes parameters: who may change what, and what stands afterwards.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod support;

use domain::*;
use support::*;

fn asked(name: &str, group: &str, may_change: &[&str]) -> Requirement {
    let terms =
        Terms { may_change: may_change.iter().map(|one| (*one).to_owned()).collect(), ..Terms::default() };
    Requirement { terms, ..requirement(name, &[(group, 1)], Proof::Service) }
}

fn pending(requirements: Vec<Requirement>) -> State {
    build(&[proposed(), decided(DecisionKind::RequireApproval, requirements)])
}

fn change(subject: &str, groups: &[&str], pointers: &[&str]) -> Event {
    let said = verdict(subject, groups, VerdictKind::Modify, Proof::Service);
    let changed = pointers.iter().map(|one| (*one).to_owned()).collect();
    Event::Modified { verdict: Verdict { changed, ..said }, request: digest("request 2") }
}

fn said(state: &State, event: &Event) -> Result<Status, EventRejection> {
    advance(state, event, at(60)).map(|(next, _)| next.status())
}

/// P5: a word that counts for several requirements changes only what every one of them allows.
#[test]
fn what_every_requirement_allows() {
    let both = vec![
        asked("owners", "data-owners", &["/destination", "/format"]),
        asked("change", "sre", &["/format", "/x"]),
    ];
    let state = pending(both);
    let review = state.review().unwrap();
    let may =
        |groups: &[&str]| review.may_change(&groups.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
    assert_eq!(may(&["data-owners"]), ["/destination", "/format"]);
    assert_eq!(may(&["sre", "data-owners"]), ["/format"]);
    assert!(may(&["auditors"]).is_empty());
    assert!(may(&[]).is_empty());
    assert_eq!(said(&state, &change("alice", &["data-owners"], &["/destination"])), Ok(Status::Proposed));
    assert_eq!(
        said(&state, &change("alice", &["sre", "data-owners"], &["/destination"])),
        Err(EventRejection::Malformed)
    );
    let nothing = pending(vec![asked("owners", "data-owners", &[])]);
    assert_eq!(
        said(&nothing, &change("alice", &["data-owners"], &["/x"])),
        Err(EventRejection::NotAnApprover)
    );
}

/// D1, P5: an event that changes nothing, more than it may, or in another order than there is one of, is no event.
#[test]
fn only_what_is_allowed_and_said_plainly() {
    let state = pending(vec![asked("owners", "data-owners", &["/a", "/b"])]);
    let owners = &["data-owners"][..];
    assert_eq!(said(&state, &change("alice", owners, &["/a", "/b"])), Ok(Status::Proposed));
    for pointers in [&[][..], &["/c"], &["/a", "/c"], &["/b", "/a"], &["/a", "/a"]] {
        assert_eq!(
            said(&state, &change("alice", owners, pointers)),
            Err(EventRejection::Malformed),
            "{pointers:?}"
        );
    }
    let mut approving = verdict("alice", owners, VerdictKind::Approve, Proof::Service);
    approving.changed = vec!["/a".to_owned()];
    assert_eq!(said(&state, &Event::VerdictGiven(approving)), Err(EventRejection::Malformed));
    let plain = verdict("alice", owners, VerdictKind::Modify, Proof::Service);
    assert_eq!(
        said(&state, &Event::VerdictGiven(plain)),
        Err(EventRejection::Malformed),
        "a change is an event of its own"
    );
}

/// P5, P6, W4: nobody of the requester set, not by a weaker proof, not too late, and only while people are asked.
#[test]
fn a_change_is_held_to_what_an_approval_is() {
    let state = pending(vec![asked("owners", "data-owners", &["/a"])]);
    let owners = &["data-owners"][..];
    for subject in ["dana", "human-behind-the-token"] {
        assert_eq!(
            said(&state, &change(subject, owners, &["/a"])),
            Err(EventRejection::OwnRequest),
            "{subject}"
        );
    }
    assert_eq!(said(&state, &change("mallory", &["auditors"], &["/a"])), Err(EventRejection::NotAnApprover));
    let late = advance(&state, &change("alice", owners, &["/a"]), at(1800)).map(|(next, _)| next.status());
    assert_eq!(late, Err(EventRejection::Expired));
    let strict = pending(vec![Requirement { proof: Proof::Idp, ..asked("owners", "data-owners", &["/a"]) }]);
    assert_eq!(said(&strict, &change("alice", owners, &["/a"])), Err(EventRejection::StepUpRequired));
    let approved = build(&[
        proposed(),
        decided(DecisionKind::RequireApproval, vec![asked("o", "sre", &["/a"])]),
        approve("bob"),
    ]);
    assert_eq!(said(&approved, &change("carol", &["sre"], &["/a"])), Err(EventRejection::NotPossible));
}

/// D6, W14: the next revision begins with neither votes nor a later deadline, and what was sealed stays what it was.
#[test]
fn the_next_revision_begins_anew() {
    let one = || asked("change", "sre", &["/a"]);
    let mut two = one();
    two.groups[0].count = 2;
    let state = build(&[proposed(), decided(DecisionKind::RequireApproval, vec![two]), approve("bob")]);
    let before = state.review().unwrap().proposal.clone();
    let (next, effects) = advance(&state, &change("carol", &["sre"], &["/a"]), at(60)).unwrap();
    let State::Proposed(proposal) = &next else { panic!("policy is asked again") };
    assert_eq!(proposal.revision, 2);
    assert_eq!((proposal.request, proposal.payload), (digest("request 2"), before.payload));
    assert_eq!((proposal.expires_at, proposal.decision), (before.expires_at, None));
    assert_eq!(effects, [Effect::SendReceipt(person("carol")), Effect::Decide]);
    let again = decided(DecisionKind::RequireApproval, vec![one()]);
    let (asked, _) = advance(&next, &again, at(70)).unwrap();
    assert!(asked.review().unwrap().votes.is_empty());
    assert_eq!(said(&asked, &approve("bob")), Ok(Status::Approved));
}

/// The action after these changes, asked about anew each time, under this requirement.
fn changed(requirement: &Requirement, changers: &[&str]) -> State {
    let asked = || decided(DecisionKind::RequireApproval, vec![requirement.clone()]);
    let mut state = build(&[proposed(), asked()]);
    for (changer, second) in changers.iter().zip(20..) {
        let pointer = requirement.terms.may_change[0].as_str();
        state = advance(&state, &change(changer, &["sre"], &[pointer]), at(second)).unwrap().0;
        state = advance(&state, &asked(), at(second)).unwrap().0;
    }
    state
}

/// E5: whoever changed a parameter, in whatever revision, does not count for what stands now: neither by approving it, nor by
/// running it in an emergency, nor by closing the review of one. They may deny it and change it again.
#[test]
fn whoever_changed_it_does_not_count() {
    let rule = EmergencyRule { groups: vec!["sre".into()], review_within: 600 };
    let mut one = asked("change", "sre", &["/a"]);
    one.terms.emergency = Some(rule);
    let emergency =
        |subject: &str| Event::VerdictGiven(verdict(subject, &["sre"], VerdictKind::Emergency, Proof::Idp));
    for (changers, none) in [(&["bob"][..], &["bob"][..]), (&["bob", "carol"], &["bob", "carol"])] {
        let state = changed(&one, changers);
        for name in none {
            assert_eq!(
                said(&state, &approve(name)),
                Err(EventRejection::OwnChange),
                "{name} after {changers:?}"
            );
            assert_eq!(
                said(&state, &emergency(name)),
                Err(EventRejection::OwnChange),
                "{name} after {changers:?}"
            );
            assert_eq!(said(&state, &deny(name)), Ok(Status::Denied));
            assert_eq!(said(&state, &change(name, &["sre"], &["/a"])), Ok(Status::Proposed));
        }
        assert_eq!(said(&state, &approve("alice")), Ok(Status::Approved));
        let (run, _) = advance(&state, &emergency("alice"), at(60)).unwrap();
        let close = |subject: &str| {
            Event::VerdictGiven(verdict(subject, &["sre"], VerdictKind::Close, Proof::Service))
        };
        assert_eq!(said(&run, &close("bob")), Err(EventRejection::OwnChange));
        assert_eq!(said(&run, &close("mallory")), Ok(Status::Approved));
    }
    let mut two = one.clone();
    two.groups[0].count = 2;
    let state = changed(&two, &["bob"]);
    let (state, _) = advance(&state, &approve("carol"), at(60)).unwrap();
    assert_eq!(said(&state, &approve("bob")), Err(EventRejection::OwnChange), "nor as the second of two");
    one.terms.who_changed_may_approve = true;
    let state = changed(&one, &["bob"]);
    assert_eq!(said(&state, &approve("bob")), Ok(Status::Approved), "unless the requirement says so");
    assert_eq!(said(&state, &emergency("bob")), Ok(Status::Approved));
}

/// E5: a vote of somebody who changed it fills no place of a requirement that does not say so, though it counts for another.
#[test]
fn a_changers_vote_counts_only_where_it_may() {
    let strict = asked("strict", "sre", &["/a"]);
    let mut open = asked("open", "sre", &["/a"]);
    open.terms.who_changed_may_approve = true;
    let both = || decided(DecisionKind::RequireApproval, vec![strict.clone(), open.clone()]);
    let state = build(&[proposed(), both()]);
    let (state, _) = advance(&state, &change("bob", &["sre"], &["/a"]), at(20)).unwrap();
    let (state, _) = advance(&state, &both(), at(21)).unwrap();
    let (state, _) = advance(&state, &approve("bob"), at(22)).unwrap();
    let given = |state: &State| {
        let review = state.review().unwrap();
        progress(&review.decision.requirements, &review.votes).iter().map(|one| one.given).collect::<Vec<_>>()
    };
    assert_eq!(given(&state), [0, 1]);
    let (state, _) = advance(&state, &approve("carol"), at(23)).unwrap();
    assert_eq!((state.status(), given(&state)), (Status::Approved, vec![1, 1]));
}

/// E5: nor does what they granted before stand for what they changed.
#[test]
fn an_earlier_grant_of_whoever_changed_it() {
    let mut one = asked("change", "sre", &["/a"]);
    one.terms.grant = Some(GrantLimit { seconds: 600, uses: 3, fixed: vec!["/a".into()] });
    let terms = GrantTerms { until: at(300), uses: 2, fixed: vec!["/a".into()] };
    let mut granting = verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service);
    (granting.grant, granting.statement) = (Some(terms), digest("promise"));
    let asked = decided(DecisionKind::RequireApproval, vec![one]);
    let state = build(&[proposed(), asked, Event::VerdictGiven(granting)]);
    let review = state.review().unwrap();
    let granted = Granted {
        requirement: "change".into(),
        action: ActionId::of(b"promised"),
        statement: digest("promise"),
    };
    assert!(review.grant_stands(&granted, &[person("carol")]));
    assert!(!review.grant_stands(&granted, &[person("carol"), person("bob")]));
    assert!(!review.grant_stands(&Granted { requirement: "other".into(), ..granted }, &[]));
}

/// E21: an action is changed so many times and no more; it can still be answered.
#[test]
fn changes_are_counted() {
    let asks =
        || decided(DecisionKind::RequireApproval, vec![asked("owners", "data-owners", &["/destination"])]);
    let mut state = build(&[proposed(), asks()]);
    let modify = change("alice", &["data-owners"], &["/destination"]);
    for left in (0..Proposal::MOST_REVISIONS).rev().take(20) {
        assert_eq!(state.proposal().unwrap().changes_left(), left);
        (state, _) = advance(&state, &modify, at(60)).unwrap();
        (state, _) = advance(&state, &asks(), at(60)).unwrap();
    }
    assert_eq!(state.proposal().unwrap().changes_left(), 0);
    assert_eq!(said(&state, &modify), Err(EventRejection::TooManyChanges));
    let approve = verdict("carol", &["data-owners"], VerdictKind::Approve, Proof::Service);
    assert_eq!(said(&state, &Event::VerdictGiven(approve)), Ok(Status::Approved));
}
