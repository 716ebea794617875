//! What takes hours and days: functions that stand still, people who leave, messages that come when nobody waits any more.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helper functions fail loudly")]

use domain::Event;
use simulation::action_kind::ActionKind;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::Fates;
use simulation::people::{PEOPLE, PersonStep};
use simulation::processes::{FUNCTIONS, Function};
use simulation::rules::RuleSet;
use simulation::run::{come_to_rest, deliver_all, straight};
use simulation::scheduler::{Scheduler, Work};

const KEY: &str = "key-0";
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn begun() -> Scheduler {
    Scheduler::new(1, SimulatedDeployment::new(1, Fates::kind()))
}

fn status(run: &Scheduler) -> &'static str {
    run.state(KEY).map_or("never accepted", |state| state.status().name())
}

/// Somebody approves by API.
fn approves(run: &mut Scheduler, name: &str) {
    let person = PEOPLE.iter().position(|(person, _)| *person == name).unwrap();
    run.start(Work::Step(PersonStep::Api { person, key: KEY.to_owned(), approve: true }));
    deliver_all(run).unwrap();
}

/// F25, P1, P2: each function in turn is throttled to zero for an hour and then released. What waited is done, once.
#[test]
fn throttled_for_an_hour() {
    for function in FUNCTIONS {
        let mut run = begun();
        run.throttle(function, HOUR);
        for _ in 0..3 {
            straight(&mut run, ActionKind::Rights, KEY).unwrap();
            run.pass(HOUR / 2).unwrap();
        }
        come_to_rest(&mut run).unwrap();
        let id = run.deployment.action(KEY);
        assert_eq!((status(&run), run.oracle.effects_of(&id)), ("succeeded", 1), "{function:?}");
        run.oracle.at_rest(&run.deployment).unwrap();
    }
}

/// F17, P5: Bob approves by his word alone and leaves sre before the claim: his vote no longer counts, and nothing runs. Carol
/// stays, and hers does.
#[test]
fn an_approver_who_left() {
    for (name, expected) in [("bob", 0), ("carol", 1)] {
        let mut run = begun();
        run.start(Work::Step(PersonStep::Propose {
            kind: ActionKind::Job,
            key: KEY.to_owned(),
            other: false,
        }));
        deliver_all(&mut run).unwrap();
        run.throttle(Function::Execution, HOUR);
        approves(&mut run, name);
        assert_eq!(status(&run), "approved", "{name}");
        run.deployment.publish(RuleSet::WithoutBob);
        run.release();
        come_to_rest(&mut run).unwrap();
        let id = run.deployment.action(KEY);
        assert_eq!(run.oracle.effects_of(&id), expected, "{name}");
        let code = run.deployment.item(&id).entries().iter().find_map(|entry| match &entry.event {
            Event::Refused { code, .. } => Some(code.clone()),
            _ => None,
        });
        assert_eq!(code.as_deref(), (expected == 0).then_some("verdict-invalid"), "{name}");
    }
}

/// F4, P6: the message that would run it comes up to fourteen days late: after its deadline nothing runs.
#[test]
fn a_command_that_comes_too_late() {
    for late in [3 * HOUR, DAY, 14 * DAY] {
        let mut run = begun();
        run.throttle(Function::Execution, late);
        // Sweep stands still too: the deadline alone must be enough.
        run.start(Work::Step(PersonStep::Propose {
            kind: ActionKind::Job,
            key: KEY.to_owned(),
            other: false,
        }));
        deliver_all(&mut run).unwrap();
        approves(&mut run, "carol");
        assert_eq!(status(&run), "approved");
        run.pass(late).unwrap();
        deliver_all(&mut run).unwrap();
        assert_eq!(run.oracle.effects_of(&run.deployment.action(KEY)), 0, "{late} s late");
        come_to_rest(&mut run).unwrap();
        assert_eq!(status(&run), "expired");
    }
}

/// F4, F5, F20: everything that was ever sent comes again a week and two weeks later: nothing follows from it.
#[test]
fn messages_of_last_week() {
    for kind in [ActionKind::Inside, ActionKind::Rights] {
        let mut run = begun();
        straight(&mut run, kind, KEY).unwrap();
        let writes = run.deployment.states.writes();
        for _ in 0..2 {
            run.pass(7 * DAY).unwrap();
            run.deployment.queues.sent().into_iter().for_each(|(queue, message)| {
                run.deployment.queues.put_back(queue, message);
            });
            deliver_all(&mut run).unwrap();
        }
        assert_eq!(run.oracle.effects_of(&run.deployment.action(KEY)), 1, "{kind:?}");
        assert_eq!(run.deployment.states.writes(), writes, "{kind:?}: nothing was written");
    }
}
