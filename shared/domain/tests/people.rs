//! Who is who: one person under every spelling, and whose seat a vote is on.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::*;
use support::*;

fn on_seat_of(holder: &str, event: Event) -> Event {
    let Event::VerdictGiven(verdict) = event else { return event };
    let seats = vec![Seat { group: "sre".into(), person: person(holder) }];
    Event::VerdictGiven(Verdict { seats, ..verdict })
}

fn pending(requirements: Vec<Requirement>) -> State {
    build(&[proposed(), decided(DecisionKind::RequireApproval, requirements)])
}

fn vote(state: &State, event: &Event) -> Result<State, EventRejection> {
    advance(state, event, at(5)).map(|(next, _)| next)
}

/// C1: `==`, order and hash take every letter case of a subject for one person, and nothing else.
#[test]
fn a_person_under_every_spelling() {
    let (one, other) = (person("Bob@Example.com"), person("bob@example.COM"));
    assert_eq!(one, other);
    assert_eq!(BTreeSet::from([one.clone(), other.clone()]).len(), 1);
    assert_eq!(HashSet::from([one.clone(), other]).len(), 1);
    assert_eq!(one.folded_subject(), "bob@example.com");
    let elsewhere = Person { issuer: person("x").issuer.to_uppercase(), subject: one.subject.clone() };
    assert_ne!(one, elsewhere, "an issuer is compared exactly");
    assert_ne!(person("bob"), person("bobby"));
    assert!(person("Bob") < person("carol") && person("bob") < person("Carol"));
}

/// C1: under another spelling nobody votes twice, decides on their own request or approves their own change.
#[test]
fn another_spelling_is_no_other_person() {
    let once = vote(&pending(two_of_sre()), &approve("bob")).unwrap();
    assert_eq!(vote(&once, &approve("BOB")), Err(EventRejection::AlreadyVoted));
    let owner = requester().owner.map(|owner| owner.subject.to_uppercase()).unwrap();
    assert_eq!(vote(&pending(two_of_sre()), &approve(&owner)), Err(EventRejection::OwnRequest));
    let service = Principal { issuer: person("x").issuer, subject: "service-account".into() };
    let requester = RequesterSet { agent: service, ..requester() };
    assert!(requester.contains(&person("Service-Account")), "the agent itself, by a person's token");
}

/// C1: suspending an agent suspends it under every spelling, at its own issuer.
#[test]
fn a_suspension_covers_every_letter_case() {
    let named = |subject: &str| Principal { subject: subject.to_owned(), ..agent() };
    let suspension = Scope::Agent(named("Export-Agent"));
    assert!(suspension.covers(&named("export-agent"), "s3-export"));
    assert!(suspension.covers(&named("EXPORT-AGENT"), "s3-export"));
    assert!(!suspension.covers(&named("export-agents"), "s3-export"));
    let elsewhere = Principal { issuer: "https://elsewhere.example".into(), ..named("export-agent") };
    assert!(!suspension.covers(&elsewhere, "s3-export"));
}

/// C20, first input: of the away person and who stands in for them the first counts, in both orders; the other is told that
/// the seat has voted, and may still deny.
#[test]
fn a_seat_votes_once() {
    let (own, lent) = (approve("bob"), on_seat_of("bob", approve("erin")));
    for (first, second) in [(&own, &lent), (&lent, &own)] {
        let once = vote(&pending(two_of_sre()), first).unwrap();
        assert_eq!(vote(&once, second), Err(EventRejection::SeatHasVoted), "{second:?}");
        let met = vote(&once, &approve("carol")).unwrap();
        assert_eq!(met.status(), Status::Approved);
    }
    let once = vote(&pending(two_of_sre()), &own).unwrap();
    let denial = vote(&once, &on_seat_of("bob", deny("erin"))).unwrap();
    assert_eq!(denial.status(), Status::Denied);
}

/// C20: where votes are hidden nobody learns whether the seat has voted; the second vote is taken and counts for nothing.
#[test]
fn a_hidden_vote_is_not_told_by_a_refusal() {
    let blind =
        |asked: Requirement| Requirement { terms: Terms { blind: true, ..Terms::default() }, ..asked };
    let once = vote(&pending(two_of_sre().into_iter().map(blind).collect()), &approve("bob")).unwrap();
    let twice = vote(&once, &on_seat_of("bob", approve("erin"))).unwrap();
    assert_eq!(twice.status(), Status::Pending);
    assert_eq!(vote(&twice, &approve("carol")).unwrap().status(), Status::Approved);
}

/// C20, second input: the seat of somebody who asks, or who has changed what stands there, gives no approval, and the seat of
/// somebody who asks no other word either.
#[test]
fn a_seat_says_no_more_than_its_owner_may() {
    let owner = requester().owner.unwrap().subject;
    for event in [approve("mallory"), deny("mallory")] {
        let event = on_seat_of(&owner, event);
        assert_eq!(vote(&pending(two_of_sre()), &event), Err(EventRejection::OwnRequest), "{event:?}");
    }
    let change = verdict("bob", &["sre"], VerdictKind::Modify, Proof::Service);
    let change = Event::Modified { verdict: change, request: digest("request 2") };
    let mut history = vec![proposed(), decided(DecisionKind::RequireApproval, two_of_sre()), change];
    history.push(decided(DecisionKind::RequireApproval, two_of_sre()));
    let changed = build(&history);
    assert_eq!(vote(&changed, &on_seat_of("bob", approve("erin"))), Err(EventRejection::OwnChange));
    assert!(vote(&changed, &on_seat_of("bob", deny("erin"))).is_ok());
    assert!(vote(&changed, &on_seat_of("carol", approve("erin"))).is_ok());
    // And the other way: what somebody changed on a seat its owner does not approve.
    let seats = vec![Seat { group: "sre".into(), person: person("bob") }];
    let change = Verdict { seats, ..verdict("erin", &["sre"], VerdictKind::Modify, Proof::Service) };
    history[2] = Event::Modified { verdict: change, request: digest("request 2") };
    let changed = build(&history);
    for refused in [approve("bob"), approve("erin"), on_seat_of("bob", approve("frank"))] {
        assert_eq!(vote(&changed, &refused), Err(EventRejection::OwnChange), "{refused:?}");
    }
}

/// Seats that contradict themselves are no vote: one's own, outside the groups, two in one group.
#[test]
fn seats_fit_their_groups() {
    let seat = |group: &str, name: &str| Seat { group: group.into(), person: person(name) };
    for seats in [
        vec![seat("sre", "ERIN")],
        vec![seat("legal", "bob")],
        vec![seat("sre", "bob"), seat("sre", "carol")],
    ] {
        let said = verdict("erin", &["sre"], VerdictKind::Approve, Proof::Service);
        let event = Event::VerdictGiven(Verdict { seats: seats.clone(), ..said });
        assert_eq!(vote(&pending(two_of_sre()), &event), Err(EventRejection::Malformed), "{seats:?}");
    }
}

/// C20: whoever may take several seats takes one that may speak and has not: never that of somebody who asks.
#[test]
fn the_seat_that_can_count_is_taken() {
    let owner = requester().owner.unwrap();
    let lent = |people: &[&Person]| Membership {
        lent: BTreeMap::from([("sre".to_owned(), people.iter().map(|one| (*one).clone()).collect())]),
        ..Membership::default()
    };
    let (bob, carol) = (person("bob"), person("carol"));
    let asked = ["sre".to_owned()];
    let seats = |state: &State, membership: &Membership| {
        let seating = state.review().unwrap().seating(VerdictKind::Approve, membership, &asked);
        seating.map(|seating| seating.seats.into_iter().map(|seat| seat.person.subject).collect::<Vec<_>>())
    };
    let state = pending(two_of_sre());
    assert_eq!(seats(&state, &lent(&[&owner])), Err(EventRejection::OwnRequest));
    assert_eq!(seats(&state, &lent(&[&owner, &carol])).unwrap(), ["carol"]);
    let state = vote(&state, &approve("bob")).unwrap();
    assert_eq!(seats(&state, &lent(&[&bob, &carol])).unwrap(), ["carol"]);
    let own = Membership { groups: BTreeSet::from(["sre".to_owned()]), ..lent(&[&carol]) };
    assert_eq!(seats(&state, &own).unwrap(), Vec::<String>::new());
    assert_eq!(seats(&state, &Membership::default()).unwrap(), Vec::<String>::new());
}

/// C2, E17: a token's groups count only where the directory does not list them, and a lent seat only where it was lent.
#[test]
fn a_membership_holds() {
    let membership = Membership {
        listed: BTreeSet::from(["sre".to_owned(), "leads".to_owned()]),
        groups: BTreeSet::from(["leads".to_owned()]),
        lent: BTreeMap::from([("sre".to_owned(), BTreeSet::from([person("bob")]))]),
    };
    let erin = person("erin");
    let claimed = ["sre".to_owned(), "legal".to_owned()];
    let holds = |groups: &[&str], lent_by: Option<&str>, claimed: &[String]| {
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        let seats: Vec<Seat> =
            lent_by.into_iter().map(|name| Seat { group: "sre".into(), person: person(name) }).collect();
        membership.holds(&Speaker { person: &erin, groups: &groups, seats: &seats }, claimed)
    };
    assert!(holds(&["leads"], None, &[]));
    assert!(holds(&["legal"], None, &claimed) && !holds(&["legal"], None, &[]));
    assert!(!holds(&["sre"], None, &claimed), "listed, and not as a member");
    assert!(holds(&["sre"], Some("Bob"), &[]) && !holds(&["sre"], Some("carol"), &claimed));
    assert_eq!(membership.speaks_for(&claimed), ["leads", "legal", "sre"]);
}
