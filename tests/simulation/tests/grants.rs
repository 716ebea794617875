//! Live grants under faults: a grant covers what it says, no more often, and not after its end.

#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test's helper functions fail loudly")]

use domain::Event;
use simulation::action_kind::ActionKind;
use simulation::chance::Chance;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::{Fate, Fates};
use simulation::oracle::Broken;
use simulation::people::PersonStep;
use simulation::run::{come_to_rest, straight, told};
use simulation::scheduler::{Scheduler, Work};
use simulation::seeds::each;

/// How often one of these calls fails, or a process dies in it.
const SELDOM: usize = 120;
/// Carol's place among the people: she takes back what bob granted.
const CAROL: usize = 2;

/// The key of a job of another version, which nobody granted.
const OTHER: &str = "another version";

/// P2 to P6, P9: at most so many claims as were granted, each counted with the claim, none after the end or once it was
/// taken back, none of another version; whatever fails in between.
#[test]
fn grants_are_kept_and_no_more() {
    let used = each("grants_are_kept_and_no_more", 30, one_grant);
    let many = used.len() > 10;
    assert!(!many || used.contains(&2), "no grant was used up: {used:?}");
    assert!(!many || used.contains(&0), "every grant was used: {used:?}");
}

/// One approval that grants two more, and several proposals at once; how often it was used.
fn one_grant(seed: u64) -> Result<usize, Broken> {
    let chance = Chance::new(seed ^ 0x5eed);
    let fates = Fates::new(move |_, _| match chance.below(SELDOM) {
        0 => Fate::Kill,
        1 => Fate::Fail,
        _ => Fate::Pass,
    });
    let mut run = Scheduler::new(seed, SimulatedDeployment::new(seed, fates));
    let seeded =
        |key: &String| run.deployment.action(key).as_str().bytes().last().is_some_and(|last| last % 2 == 0);
    let first = (0..).map(|n| format!("first-{n}")).find(seeded).unwrap_or_default();
    let done = lived(&mut run, &first);
    done.map_err(|broken| told(seed, &run, &broken))?;
    let state = run.state(&first);
    let grants = state.as_ref().and_then(domain::State::review).map_or(&[][..], |review| &review.grants);
    let used: u32 = grants.iter().map(|grant| grant.used).sum();
    let id = run.deployment.action(&first);
    let stored = run.deployment.states.contents().get(id.as_str()).cloned().unwrap_or_default();
    let item = store::image::item(&stored).map_err(|error| error.to_string())?;
    let uses = item.entries().iter().filter(|entry| matches!(entry.event, Event::GrantUsed { .. })).count();
    if usize::try_from(used) == Ok(uses) {
        Ok(uses)
    } else {
        Err(format!("SEED={seed}: {uses} uses, {used} counted"))
    }
}

fn lived(run: &mut Scheduler, first: &str) -> Result<(), Broken> {
    straight(run, ActionKind::Job, first)?;
    let keys = ["a", "b", "c", OTHER];
    for _ in 0..150 {
        match run.chance.below(12) {
            0 | 1 => {
                let key = (*run.chance.pick(&keys).unwrap_or(&OTHER)).to_owned();
                let other = key == OTHER;
                run.start(Work::Step(PersonStep::Propose { kind: ActionKind::Job, key, other }));
            }
            2 if run.chance.once_in(12) => {
                let key = first.to_owned();
                run.start(Work::Step(PersonStep::Api { person: CAROL, key, approve: false }));
            }
            3 if run.chance.once_in(8) => run.pass(600)?,
            4 => run.start(Work::Sweep),
            5 | 6 => run.pass(7)?,
            7 | 8 => drop(run.deliver_message(false)),
            _ => drop(run.deliver_stream()),
        }
        for _ in 0..12 {
            run.poll()?;
        }
    }
    come_to_rest(run)?;
    run.oracle.at_rest(&run.deployment).map(drop)
}
