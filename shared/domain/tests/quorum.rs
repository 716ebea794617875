//! The quorum compared with a small independent model, and sequences of votes with a small independent lifecycle.

mod support;

use std::collections::BTreeSet;

use domain::*;
use proptest::prelude::*;
use support::*;

const GROUPS: [&str; 3] = ["sre", "data-owners", "legal"];

fn vote(subject: usize, groups: &[&str]) -> Vote {
    Vote {
        person: person(&format!("p{subject}")),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        seats: vec![],
        approves: true,
        changers: vec![],
        proof: Proof::Service,
        statement: digest("s"),
        envelope: digest("e"),
        proof_document: None,
        at: at(0),
    }
}

/// W1: one person in two groups fills one place; W12: the count is counted; W2: one vote too many stays satisfied.
#[test]
fn distinct_people_fill_places() {
    let both = vec![requirement("both", &[("sre", 1), ("data-owners", 1)], Proof::Service)];
    let two = vec![requirement("two", &[("sre", 2)], Proof::Service)];
    let apart = vec![
        requirement("one", &[("sre", 1)], Proof::Service),
        requirement("other", &[("data-owners", 1)], Proof::Service),
    ];
    let cases: Vec<(&str, &Vec<Requirement>, Vec<Vote>, bool)> = vec![
        ("nobody", &both, vec![], false),
        ("one person in both groups", &both, vec![vote(1, &["sre", "data-owners"])], false),
        ("one in both, one in sre", &both, vec![vote(1, &["sre", "data-owners"]), vote(2, &["sre"])], true),
        ("one in sre, one in both", &both, vec![vote(2, &["sre"]), vote(1, &["sre", "data-owners"])], true),
        ("both in sre only", &both, vec![vote(1, &["sre"]), vote(2, &["sre"])], false),
        ("one of two", &two, vec![vote(1, &["sre"])], false),
        ("two of two", &two, vec![vote(1, &["sre"]), vote(2, &["sre"])], true),
        ("three of two", &two, vec![vote(1, &["sre"]), vote(2, &["sre"]), vote(3, &["sre"])], true),
        ("one person for two requirements", &apart, vec![vote(1, &["sre", "data-owners"])], false),
    ];
    for (name, requirements, votes, expected) in cases {
        assert_eq!(satisfied(requirements, &votes), expected, "{name}");
    }
}

/// W25: no requirement, no group and a count of zero are never a met quorum.
#[test]
fn nothing_is_never_enough() {
    let crowd: Vec<Vote> = (0..5).map(|subject| vote(subject, &GROUPS)).collect();
    assert!(!satisfied(&[], &crowd));
    assert!(!satisfied(&[requirement("empty", &[], Proof::Service)], &crowd));
    assert!(!satisfied(&[requirement("zero", &[("sre", 0)], Proof::Service)], &crowd));
}

/// C1: two spellings of one subject are one person: they fill one place.
#[test]
fn one_person_whatever_the_letter_case() {
    let two = vec![requirement("two", &[("sre", 2)], Proof::Service)];
    let spelled = |subject: &str| Vote { person: person(subject), ..vote(1, &["sre"]) };
    assert!(!satisfied(&two, &[spelled("Bob"), spelled("bob")]));
    assert!(satisfied(&two, &[spelled("Bob"), spelled("bo")]));
}

/// On the seat of another person, in this group.
fn for_another(vote: Vote, group: &str, holder: usize) -> Vote {
    let seat = Seat { group: group.to_owned(), person: person(&format!("p{holder}")) };
    Vote { seats: [vote.seats, vec![seat]].concat(), ..vote }
}

/// C20: a seat counts once, whoever votes on it and however often, and nobody's seats count for more than one person.
#[test]
fn a_lent_seat_counts_once() {
    let two = vec![requirement("two", &[("sre", 2)], Proof::Service)];
    let both = vec![requirement("both", &[("sre", 1), ("data-owners", 1)], Proof::Service)];
    let (bob, carol) = (vote(1, &["sre"]), vote(2, &["sre"]));
    let for_bob = |voter| for_another(vote(voter, &["sre"]), "sre", 1);
    let everywhere = vote(1, &["sre", "data-owners"]);
    let free = for_another(vote(3, &["sre", "data-owners"]), "sre", 1);
    let cases: Vec<(&str, &Vec<Requirement>, Vec<Vote>, bool)> = vec![
        ("the owner, then who stands in", &two, vec![bob.clone(), for_bob(3)], false),
        ("who stands in, then the owner", &two, vec![for_bob(3), bob.clone()], false),
        ("two on one seat", &two, vec![for_bob(3), for_bob(4)], false),
        ("on a seat, and another of their own", &two, vec![for_bob(3), carol.clone()], true),
        ("in two groups at once", &both, vec![everywhere, for_bob(3)], false),
        ("own or lent, whichever is needed", &both, vec![free.clone(), vote(4, &["data-owners"])], true),
        ("own or lent, the other way", &both, vec![free.clone(), bob], true),
        ("own or lent, but not both", &both, vec![free], false),
    ];
    for (name, requirements, votes, expected) in cases {
        assert_eq!(satisfied(requirements, &votes), expected, "{name}");
    }
}

/// The model: try every assignment of votes, each on one seat, to places; nobody votes or is voted for twice.
fn model(places: &[&str], votes: &[Vote], used: &BTreeSet<Person>) -> bool {
    let Some((place, rest)) = places.split_first() else { return true };
    votes.iter().enumerate().any(|(index, vote)| {
        let holder = Speaker::from(vote).holder(place).clone();
        let voter = person(&format!("vote {index}"));
        !used.contains(&holder)
            && !used.contains(&voter)
            && vote.groups.iter().any(|group| group == place)
            && {
                let mut used = used.clone();
                used.extend([holder, voter]);
                model(rest, votes, &used)
            }
    })
}

fn groups() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(GROUPS.to_vec(), 0..=3)
}

/// In each group their own seat, or that of one of three others.
fn seats() -> impl Strategy<Value = Vec<(&'static str, Option<usize>)>> {
    let seat = (proptest::sample::select(GROUPS.to_vec()), proptest::option::of(0..4usize));
    proptest::collection::vec(seat, 0..3).prop_map(|seats| {
        let by_group: std::collections::BTreeMap<&str, Option<usize>> = seats.into_iter().collect();
        by_group.into_iter().collect()
    })
}

proptest! {
    /// C20: with lent seats too the count agrees with trying everything, and the order of votes is nothing to it.
    #[test]
    fn lent_seats_agree_with_the_model(
        counts in proptest::collection::vec((0..3usize, 1..3u32), 1..4),
        people in proptest::collection::vec(seats(), 0..6),
    ) {
        let wanted: Vec<(&str, u32)> = counts.iter().map(|(group, count)| (GROUPS[*group], *count)).collect();
        let requirements = vec![requirement("r", &wanted, Proof::Service)];
        let cast = |(index, seats): (usize, &Vec<(&str, Option<usize>)>)| {
            let groups: Vec<&str> = seats.iter().map(|(group, _)| *group).collect();
            let lent = seats.iter().filter_map(|(group, holder)| Some((group, (*holder)?)));
            let lent = lent.filter(|(_, holder)| *holder != index);
            lent.fold(vote(index, &groups), |vote, (group, holder)| for_another(vote, group, holder))
        };
        let mut votes: Vec<Vote> = people.iter().enumerate().map(cast).collect();
        let places: Vec<&str> = wanted.iter().flat_map(|(group, count)| (0..*count).map(|_| *group)).collect();
        let given = |votes: &[Vote]| progress(&requirements, votes).iter().map(|one| one.given).sum::<u32>();
        let (met, number) = (satisfied(&requirements, &votes), given(&votes));
        prop_assert_eq!(met, model(&places, &votes, &BTreeSet::new()));
        votes.reverse();
        prop_assert_eq!((satisfied(&requirements, &votes), given(&votes)), (met, number));
    }

    /// W1, W2, W12: the assignment agrees with trying everything.
    #[test]
    fn agrees_with_the_model(
        counts in proptest::collection::vec((0..3usize, 1..3u32), 1..4),
        people in proptest::collection::vec(groups(), 0..6),
    ) {
        let wanted: Vec<(&str, u32)> = counts.iter().map(|(group, count)| (GROUPS[*group], *count)).collect();
        let requirements = vec![requirement("r", &wanted, Proof::Service)];
        let votes: Vec<Vote> = people.iter().enumerate().map(|(index, groups)| vote(index, groups)).collect();
        let places: Vec<&str> = wanted.iter().flat_map(|(group, count)| (0..*count).map(|_| *group)).collect();
        prop_assert_eq!(satisfied(&requirements, &votes), model(&places, &votes, &BTreeSet::new()));
    }

    /// One more approval never takes a met quorum away.
    #[test]
    fn more_votes_never_hurt(people in proptest::collection::vec(groups(), 1..6)) {
        let requirements = vec![requirement("r", &[("sre", 1), ("legal", 1)], Proof::Service)];
        let votes: Vec<Vote> = people.iter().enumerate().map(|(index, groups)| vote(index, groups)).collect();
        let fewer = votes.split_last().map(|(_, rest)| rest).unwrap_or_default();
        prop_assert!(!satisfied(&requirements, fewer) || satisfied(&requirements, &votes));
    }

    /// W2, W3, W14, P6: any sequence of votes, cancel, expiry and claim, against a model of five lines: a deny or cancel
    /// is final, an approval counts once per person, nothing counts after the deadline, and it runs at most once.
    #[test]
    fn any_order_agrees_with_the_model(steps in proptest::collection::vec((0..6usize, 0..4usize, 0..2400i64), 0..24)) {
        let mut state = build(&[proposed(), decided(DecisionKind::RequireApproval, two_of_sre())]);
        let (mut yes, mut open, mut claims) = (BTreeSet::new(), true, 0);
        for (what, who, second) in steps {
            let (name, now) = (format!("p{who}"), at(second));
            let in_time = now < at(1800);
            let (event, expected) = match what {
                0 | 1 => (approve(&name), open && in_time && yes.len() < 2 && !yes.contains(&name)),
                2 => (deny(&name), open && in_time),
                3 => (Event::Cancelled { by: agent() }, open),
                4 => (Event::Expired, open && !in_time),
                _ => (claimed(), open && now < at(300) && yes.len() >= 2),
            };
            let result = advance(&state, &event, now);
            prop_assert_eq!(result.is_ok(), expected, "{:?} at {} in {:?}", event, second, state.status());
            let Ok((next, _)) = result else { continue };
            state = next;
            match what {
                0 | 1 => { yes.insert(name); }
                5 => { open = false; claims += 1; }
                _ => open = false,
            }
        }
        prop_assert!(claims <= 1);
        prop_assert!(claims == 0 || yes.len() >= 2);
    }
}
