//! Rules that count, and those who ask at once.

#![allow(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use simulation::action_kind::ActionKind;
use simulation::chance::Chance;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::{Fate, Fates};
use simulation::oracle::Broken;
use simulation::people::PersonStep;
use simulation::rules::RuleSet;
use simulation::run::{come_to_rest, deliver_all, told};
use simulation::scheduler::{Scheduler, Work};
use simulation::seeds::each;

/// How many ask at once, and how many the rule allows.
const AT_ONCE: usize = 16;
const ALLOWED: usize = 3;
/// How often a call fails, or a process dies in it.
const SELDOM: usize = 150;

/// E4: sixteen exports are permitted before any of them is claimed; then all of them are claimed at once, and exactly as
/// many run as the rule allows. Nothing else in the system is asked what came first.
#[test]
fn sixteen_at_once_are_counted_one_by_one() {
    each("sixteen_at_once_are_counted_one_by_one", 10, |seed| {
        let claims = at_once(seed, Fates::kind())?;
        if claims == ALLOWED { Ok(()) } else { Err(format!("SEED={seed}: E4: {claims} were claimed")) }
    });
}

/// E4: the same while calls fail, answers are lost and processes die: never more.
#[test]
fn what_fails_is_counted_too() {
    let claims = each("what_fails_is_counted_too", 20, |seed| {
        let chance = Chance::new(seed ^ 0xe4);
        let fates = Fates::new(move |_, _| match chance.below(SELDOM) {
            0 => Fate::Kill,
            1 => Fate::Fail,
            _ => Fate::Pass,
        });
        let claims = at_once(seed, fates)?;
        if claims <= ALLOWED { Ok(claims) } else { Err(format!("SEED={seed}: E4: {claims} were claimed")) }
    });
    assert!(claims.contains(&ALLOWED), "nothing ever ran: {claims:?}");
}

/// How many were claimed.
fn at_once(seed: u64, fates: Fates) -> Result<usize, Broken> {
    let mut run = Scheduler::new(seed, SimulatedDeployment::new(seed, fates));
    run.deployment.publish(RuleSet::ThreeADay);
    let done = asked_at_once(&mut run);
    done.map_err(|broken| told(seed, &run, &broken))?;
    let claimed = |n: usize| {
        let id = run.deployment.action(&key(n));
        let stored = run.deployment.states.contents().get(id.as_str()).cloned()?;
        let item = store::image::item(&stored).ok()?;
        Some(item.entries().iter().any(|entry| entry.event.kind() == "claimed"))
    };
    Ok((0..AT_ONCE).filter(|n| claimed(*n) == Some(true)).count())
}

fn key(n: usize) -> String {
    format!("at-once-{n}")
}

fn asked_at_once(run: &mut Scheduler) -> Result<(), Broken> {
    for n in 0..AT_ONCE {
        run.start(Work::Step(PersonStep::Propose { kind: ActionKind::Inside, key: key(n), other: false }));
    }
    // Permitted and recorded, while execution is throttled: nothing has run, so nothing counts yet.
    run.throttle(simulation::processes::Function::Execution, 60);
    deliver_all(run)?;
    run.release();
    while run.deliver_message(false) {}
    deliver_all(run)?;
    come_to_rest(run)?;
    run.oracle.at_rest(&run.deployment).map(drop)
}
