//! Changed parameters under faults: what was changed runs as it was changed, once, and only when that was agreed to.

#![allow(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use domain::Event;
use simulation::action_kind::ActionKind;
use simulation::chance::Chance;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::{Fate, Fates};
use simulation::oracle::Broken;
use simulation::people::PersonStep;
use simulation::run::{come_to_rest, deliver_all, told};
use simulation::scheduler::{Scheduler, Work};
use simulation::seeds::each;

const KEY: &str = "key-0";
/// Alice's place among the people: the owner of the data.
const ALICE: usize = 0;
/// Bob's: of sre, which may stand in after half an hour.
const BOB: usize = 1;
/// How often one of these calls fails, or a process dies in it.
const SELDOM: usize = 150;

fn propose(run: &mut Scheduler) {
    run.start(Work::Step(PersonStep::Propose {
        kind: ActionKind::Export,
        key: KEY.to_owned(),
        other: false,
    }));
}

fn change(run: &mut Scheduler, person: usize) {
    run.start(Work::Step(PersonStep::Change { person, key: KEY.to_owned() }));
}

fn approve(run: &mut Scheduler, person: usize) {
    run.start(Work::Step(PersonStep::Page { person, key: KEY.to_owned(), approve: true }));
}

/// Half an hour passes, and sre may stand in.
fn half_an_hour(run: &mut Scheduler) -> Result<(), Broken> {
    for _ in 0..31 {
        run.pass(60)?;
        run.start(Work::Sweep);
        deliver_all(run)?;
    }
    Ok(())
}

/// How often it was changed, and how often it had its effect; neither where it was never accepted.
fn came_of(run: &Scheduler) -> (usize, usize) {
    let id = run.deployment.action(KEY);
    let stored = run.deployment.states.contents().get(id.as_str()).cloned().unwrap_or_default();
    let Ok(item) = store::image::item(&stored) else { return (0, 0) };
    let changed = item.entries().iter().filter(|entry| matches!(entry.event, Event::Modified { .. }));
    (changed.count(), run.oracle.effects_of(&id))
}

/// P12, D6, E5: an approval of what it was is no approval of what became of it; what runs is what was changed, once somebody
/// else has approved it. Who has no say changes nothing.
#[test]
fn nothing_runs_until_the_change_is_agreed_to() {
    let mut run = Scheduler::new(1, SimulatedDeployment::new(1, Fates::kind()));
    propose(&mut run);
    deliver_all(&mut run).unwrap();
    for nobody in 1..5 {
        change(&mut run, nobody);
        deliver_all(&mut run).unwrap();
    }
    assert_eq!(came_of(&run), (0, 0));
    change(&mut run, ALICE);
    deliver_all(&mut run).unwrap();
    assert_eq!(came_of(&run), (1, 0));
    for nobody_yet in [ALICE, BOB] {
        approve(&mut run, nobody_yet);
        deliver_all(&mut run).unwrap();
    }
    assert_eq!(came_of(&run), (1, 0));
    half_an_hour(&mut run).unwrap();
    approve(&mut run, ALICE);
    deliver_all(&mut run).unwrap();
    assert_eq!(came_of(&run), (1, 0));
    approve(&mut run, BOB);
    deliver_all(&mut run).unwrap();
    assert_eq!(came_of(&run), (1, 1));
    come_to_rest(&mut run).unwrap();
    run.oracle.at_rest(&run.deployment).unwrap();
}

/// P2 to P6, P9, P12: whatever fails in between; the oracle holds what ran against the statement in the log.
#[test]
fn what_was_changed_runs_as_it_was_changed() {
    let came = each("what_was_changed_runs_as_it_was_changed", 30, changed);
    let many = came.len() > 10;
    assert!(!many || came.contains(&(1, 1)), "nothing that was changed ran: {came:?}");
    assert!(!many || came.contains(&(0, 1)), "nothing ran as it was: {came:?}");
}

fn changed(seed: u64) -> Result<(usize, usize), Broken> {
    let chance = Chance::new(seed ^ 0x5eed);
    let fates = Fates::new(move |_, _| match chance.below(SELDOM) {
        0 => Fate::Kill,
        1 => Fate::Fail,
        _ => Fate::Pass,
    });
    let mut run = Scheduler::new(seed, SimulatedDeployment::new(seed, fates));
    let done = lived(&mut run);
    done.map_err(|broken| told(seed, &run, &broken))?;
    Ok(came_of(&run))
}

fn lived(run: &mut Scheduler) -> Result<(), Broken> {
    propose(run);
    deliver_all(run)?;
    // Every other time she changes it at once, half an hour passes, and Bob stands in.
    let bold = run.chance.once_in(2);
    if bold {
        change(run, ALICE);
        deliver_all(run)?;
    }
    for round in 0..80 {
        if bold && round == 10 {
            run.pass(1900)?;
        }
        if bold && round > 10 && round % 8 == 3 {
            run.start(Work::Sweep);
        }
        match run.chance.below(16) {
            0 if !bold && run.chance.once_in(2) => change(run, ALICE),
            0 | 1 if bold => approve(run, BOB),
            1 => approve(run, ALICE),
            2 => propose(run),
            3 => run.start(Work::Sweep),
            4 | 5 => run.pass(7)?,
            6..=9 => drop(run.deliver_message(false)),
            _ => drop(run.deliver_stream()),
        }
        for _ in 0..12 {
            run.poll()?;
        }
    }
    come_to_rest(run)?;
    run.oracle.at_rest(&run.deployment).map(drop)
}
