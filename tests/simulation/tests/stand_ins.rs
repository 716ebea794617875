//! Somebody votes for people who are away: through the real doors, and as a power of a function under foreign control.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helper functions fail loudly")]

use domain::{ActionId, Event, VerdictKind};
use simulation::action_kind::ActionKind;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::Fates;
use simulation::forgery::Token;
use simulation::people::{PEOPLE, PersonStep};
use simulation::processes::Function;
use simulation::rules::RuleSet;
use simulation::run::{come_to_rest, deliver_all};
use simulation::scheduler::{Scheduler, Work};

const KEY: &str = "key-0";

/// Mallory stands in for Bob and for the agents' owner, and the agent has asked.
fn asked(kind: ActionKind) -> (Scheduler, ActionId) {
    let mut run = Scheduler::new(1, SimulatedDeployment::new(1, Fates::kind()));
    run.deployment.publish(RuleSet::StandIn);
    run.start(Work::Step(PersonStep::Propose { kind, key: KEY.to_owned(), other: false }));
    deliver_all(&mut run).unwrap();
    let id = run.deployment.action(KEY);
    (run, id)
}

fn approves(run: &mut Scheduler, name: &str) {
    let person = PEOPLE.iter().position(|(person, _)| *person == name).unwrap();
    run.start(Work::Step(PersonStep::Page { person, key: KEY.to_owned(), approve: true }));
    deliver_all(run).unwrap();
}

fn effects(run: &mut Scheduler, id: &ActionId) -> usize {
    come_to_rest(run).unwrap_or_else(|broken| panic!("{broken}\n{}", run.trace.join("\n")));
    run.oracle.effects_of(id)
}

fn violations(run: &Scheduler) -> Vec<String> {
    let objects = run.deployment.log.objects();
    let lines = objects.iter().flat_map(|(_, bytes)| bytes.split(|byte| *byte == b'\n'));
    let records = lines.filter_map(|line| wire::json::parse::<wire::record::Record>(line).ok());
    let codes = records.filter_map(|record| match record {
        wire::record::Record::Violation { code, .. } => Some(code),
        _ => None,
    });
    codes.collect()
}

/// C20: two of sre must agree. Bob and whoever stands in for him are one, in both orders; with Carol they are two, and then
/// the log shows whose seat it was. The seat of the agents' owner is never taken.
#[test]
fn a_seat_counts_once() {
    for (voters, expected) in [
        (&["bob", "mallory"][..], 0),
        (&["mallory", "bob"], 0),
        (&["mallory", "dana"], 0),
        (&["mallory", "carol"], 1),
        (&["carol", "mallory"], 1),
        (&["bob", "carol"], 1),
    ] {
        let (mut run, id) = asked(ActionKind::Rights);
        voters.iter().for_each(|name| approves(&mut run, name));
        let seats: Vec<String> = run
            .deployment
            .item(&id)
            .entries()
            .iter()
            .filter_map(|entry| entry.event.verdict().cloned())
            .flat_map(|verdict| verdict.seats.into_iter().map(|seat| seat.person.subject))
            .collect();
        assert!(seats.iter().all(|seat| seat == "bob"), "{voters:?} on the seats of {seats:?}");
        assert_eq!(effects(&mut run, &id), expected, "{voters:?}");
        assert_eq!(violations(&run), [""; 0], "{voters:?}");
    }
}

/// C20, F17: the delegation is taken back before the claim: the vote on the lent seat counts no more.
#[test]
fn a_delegation_that_was_taken_back() {
    let (mut run, id) = asked(ActionKind::Job);
    run.throttle(Function::Execution, 3_600);
    approves(&mut run, "mallory");
    run.deployment.publish(RuleSet::Sample);
    run.release();
    assert_eq!(effects(&mut run, &id), 0);
    let code = run.deployment.item(&id).entries().iter().find_map(|entry| match &entry.event {
        Event::Refused { code, .. } => Some(code.clone()),
        _ => None,
    });
    assert_eq!(code.as_deref(), Some("verdict-invalid"));
}

/// C20, D1: callbacks under foreign control lets Mallory vote on a seat that nobody lent to her, or on that of the agents'
/// owner, who asks: a violation, and nothing runs.
#[test]
fn a_seat_that_nobody_lent() {
    for (holder, code) in [("carol", "group-unproven"), ("dana", "impossible-event")] {
        for kind in [VerdictKind::Approve, VerdictKind::Deny] {
            let (mut run, id) = asked(ActionKind::Job);
            run.oracle.distrust(Function::Callbacks);
            let vote = run.deployment.forge_vote(&id, ("mallory", "sre"), kind, Token::None, true);
            let vote = run.deployment.on_seat_of("carol", vote);
            let to = format!("\"subject\":\"{holder}\"");
            run.deployment
                .append(&id, Event::VerdictGiven(vote), |line| line.replace("\"subject\":\"carol\"", &to));
            assert_eq!(effects(&mut run, &id), 0, "{holder} {kind:?}");
            assert_eq!(violations(&run), [code], "{holder} {kind:?}");
        }
    }
}
