//! Lost attempts under foreign control.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helper functions fail loudly")]

use domain::{Event, ResolvedBy, Status, VerdictKind};
use simulation::action_kind::ActionKind;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::{Fate, Fates};
use simulation::forgery::Token;
use simulation::people::{PEOPLE, PersonStep};
use simulation::processes::Function;
use simulation::run::{come_to_rest, deliver_all};
use simulation::scheduler::{Scheduler, Work};
use testkit::Moment;

const KEY: &str = "key-0";

/// The codes of the violations that are recorded.
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

/// D1, P5: a resolution of a lost attempt is as signed as an approval: whoever may write the item (intake, policy, execution,
/// sweep, and callbacks without its key) cannot make one up, and callbacks with its key cannot without the person's sign-in.
#[test]
fn a_resolution_written_by_who_cannot_sign() {
    let lost = |hostile: Function| {
        let fates = Fates::new(|point, moment| match (point, moment) {
            ("target.run", Moment::After) | ("target.probe", Moment::Before) => Fate::Fail,
            _ => Fate::Pass,
        });
        let mut run = Scheduler::new(1, SimulatedDeployment::new(1, fates));
        run.fates().begin();
        run.oracle.distrust(hostile);
        run.start(Work::Step(PersonStep::Propose {
            kind: ActionKind::Export,
            key: KEY.to_owned(),
            other: false,
        }));
        deliver_all(&mut run).unwrap();
        let alice = PEOPLE.iter().position(|(person, _)| *person == "alice").unwrap();
        run.start(Work::Step(PersonStep::Page { person: alice, key: KEY.to_owned(), approve: true }));
        deliver_all(&mut run).unwrap();
        assert_eq!(run.state(KEY).map(|state| state.status()), Some(Status::Unknown));
        let id = run.deployment.action(KEY);
        (run, id)
    };
    for (hostile, token, key, code) in [
        (Function::Policy, Token::Invented, false, "envelope-invalid"),
        (Function::Sweep, Token::Elsewhere, false, "envelope-invalid"),
        (Function::Execution, Token::Elsewhere, false, "envelope-invalid"),
        (Function::Callbacks, Token::Invented, true, "token-signature"),
        (Function::Callbacks, Token::Elsewhere, true, "nonce-differs"),
        (Function::Callbacks, Token::Silent, true, "sign-in-not-fresh"),
    ] {
        let (mut run, id) = lost(hostile);
        let attempt = run.deployment.item(&id).state().run().unwrap().attempt.clone();
        let said =
            run.deployment.forge_vote(&id, ("alice", "data-owners"), VerdictKind::Happened, token, key);
        let by = ResolvedBy::Person(said);
        run.deployment.append(&id, Event::Resolved { attempt, happened: true, by }, |line| line);
        run.oracle.forged(&id);
        come_to_rest(&mut run).unwrap_or_else(|broken| panic!("{broken}\n{}", run.trace.join("\n")));
        assert_eq!(violations(&run), [code], "{hostile:?} {token:?}");
    }
}
