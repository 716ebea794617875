//! Whole runs: a random one from its seed, a straightforward one, and how both come to rest.

use domain::State;
use testkit::Moment;
use wire::AnyItem;

use crate::action_kind::{ActionKind, KINDS};
use crate::chance::Chance;
use crate::deployment::SimulatedDeployment;
use crate::executor::{Fate, Fates};
use crate::oracle::{Broken, Ends};
use crate::people::{PEOPLE, PersonStep};
use crate::processes::{FUNCTIONS, Function};
use crate::rules::RULES;
use crate::scheduler::{Scheduler, Work};

/// How long a random run goes on before it is let come to rest, in steps.
const STEPS: usize = 500;

/// What may happen in a random run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Duplicates, reorders, delays, failures, kills, clocks that are off, functions that are paused or throttled, other
    /// rules, targets that change.
    Rough,
    /// The same, and the state table is put back to an earlier point once (F23); later it is rebuilt from the log.
    Restored,
    /// The same as rough, and one function is under foreign control: now and then it writes what it may.
    Hostile,
}

/// How long the last messages are held up, in seconds: fourteen days (F4).
const HELD_UP: i64 = 14 * 86_400;

/// A random run from its seed.
///
/// # Errors
/// The promise that does not hold, the seed and the last lines of what happened.
pub fn random(seed: u64, weather: Weather) -> Result<Ends, Broken> {
    let chance = Chance::new(seed);
    let mut deployment = SimulatedDeployment::new(seed, fates(seed));
    if chance.once_in(2) {
        // F15: no function's clock is right, each by up to a minute.
        deployment
            .skews
            .iter_mut()
            .for_each(|skew| *skew = i64::try_from(chance.below(120_000)).unwrap_or(0) - 60_000);
    }
    let mut run = Scheduler::new(seed, deployment);
    // Different kinds, so that one's effect is not in another's way.
    let first = chance.below(KINDS.len());
    let mut cases: Vec<(ActionKind, String)> =
        (0..=chance.below(2)).map(|n| (KINDS[(first + n) % KINDS.len()], format!("key-{n}"))).collect();
    // Often somebody suspends everything, and somebody asks for the end of that.
    if chance.once_in(2) {
        cases.push((ActionKind::Resume, "key-resume".to_owned()));
    }
    let hostile = FUNCTIONS[usize::try_from(seed).unwrap_or(0) % FUNCTIONS.len()];
    if weather == Weather::Hostile {
        run.note(format!("{hostile:?} is under foreign control"));
        run.oracle.distrust(hostile);
    }
    let done = live(&mut run, &cases, weather, hostile).and_then(|()| end(&mut run, weather));
    done.map_err(|broken| told(seed, &run, &broken))
}

/// Everything comes to rest; then, days later, what was held up arrives, and nothing follows from it.
fn end(run: &mut Scheduler, weather: Weather) -> Result<Ends, Broken> {
    run.release();
    if weather == Weather::Restored {
        run.fates().end();
        deliver_all(run)?;
        rebuild(run);
    }
    come_to_rest(run)?;
    let ends = run.oracle.at_rest(&run.deployment)?;
    run.pass(HELD_UP)?;
    run.note("what was held up arrives".to_owned());
    run.bring_back();
    deliver_all(run)?;
    match run.oracle.at_rest(&run.deployment)? == ends {
        true => Ok(ends),
        false => Err("P2: a message that came days late changed how an action ended".to_owned()),
    }
}

/// Whoever put the table back writes every item anew as the log has it.
fn rebuild(run: &mut Scheduler) {
    run.note("the state table is rebuilt from the log".to_owned());
    let items: Vec<_> = run.oracle.rebuilt().collect();
    items.iter().for_each(|item| match item {
        AnyItem::Action(item) => run.deployment.states.rebuild(item),
        AnyItem::Suspensions(list) => run.deployment.states.rebuild(list),
        AnyItem::Account(account) => run.deployment.states.rebuild(account),
    });
    let deployment = run.deployment.clone();
    run.oracle.restored(&deployment);
}

/// What the failure of a run says.
#[must_use]
pub fn told(seed: u64, run: &Scheduler, broken: &str) -> Broken {
    let last = run.trace.len().saturating_sub(60);
    format!("SEED={seed}: {broken}\n{}", run.trace[last..].join("\n"))
}

/// Calls fail and processes die with a frequency that is itself random, often never.
fn fates(seed: u64) -> Fates {
    let chance = Chance::new(seed ^ 0x0f0f_0f0f);
    let often = |from: &[usize], chance: &Chance| from[chance.below(from.len())];
    let fail = often(&[25, 80, 300, 0], &chance);
    let kill = often(&[60, 200, 0], &chance);
    Fates::new(move |point, moment| {
        // What a target did is lost more often than anything else: there is one such call in an action's life.
        if fail > 0 && (point, moment) == ("target.run", Moment::After) && chance.once_in(6) {
            Fate::Fail
        } else if kill > 0 && chance.once_in(kill) {
            Fate::Kill
        } else if fail > 0 && chance.once_in(fail) {
            Fate::Fail
        } else {
            Fate::Pass
        }
    })
}

fn live(
    run: &mut Scheduler,
    cases: &[(ActionKind, String)],
    weather: Weather,
    hostile: Function,
) -> Result<(), Broken> {
    let mut kept = None;
    for step in 0..STEPS {
        match run.chance.below(100) {
            0..=13 => {
                run.deliver_stream();
            }
            14..=31 => {
                let again = run.chance.once_in(6);
                run.deliver_message(again);
            }
            32..=41 => somebody(run, cases),
            42..=45 => run.start(Work::Sweep),
            46..=52 => {
                let seconds = 1 + i64::try_from(run.chance.below(40)).unwrap_or(0);
                run.pass(seconds)?;
            }
            53 => seldom(run, weather)?,
            _ => {}
        }
        for _ in 0..10 {
            run.poll()?;
        }
        // An unknown outcome is seldom met, and soon resolved.
        let lost = weather == Weather::Hostile
            && step % 5 == 0
            && cases.iter().any(|(_, key)| matches!(run.state(key), Some(State::Unknown(_))));
        if weather == Weather::Hostile
            && (lost || run.chance.once_in(40))
            // The lifecycle itself refuses what could be made up about a resume.
            && let Some((_, key)) = run.chance.pick(cases).filter(|(kind, _)| *kind != ActionKind::Resume)
        {
            let id = run.deployment.action(key);
            if let Some((what, of)) = run.deployment.forge_something(&id, &run.chance, hostile) {
                run.note(format!("{what}: {of}"));
                run.oracle.forged(&of);
                run.oracle.look(&run.deployment)?;
            }
        }
        if weather == Weather::Restored {
            if step == STEPS / 3 {
                kept = Some(run.deployment.states.contents());
            } else if step == STEPS * 2 / 3
                && let Some(kept) = kept.take()
            {
                run.note("the state table is restored".to_owned());
                run.deployment.states.restore(kept);
                let deployment = run.deployment.clone();
                run.oracle.restored(&deployment);
            }
        }
    }
    Ok(())
}

/// Something one of those concerned does, whether or not it makes sense.
fn somebody(run: &mut Scheduler, cases: &[(ActionKind, String)]) {
    let Some((kind, key)) = run.chance.pick(cases).cloned() else { return };
    if kind == ActionKind::Resume && run.chance.once_in(6) {
        let person = run.chance.below(PEOPLE.len());
        run.start(Work::Step(PersonStep::Suspend { person, jobs: run.chance.once_in(4) }));
        return;
    }
    let (choice, approve) = (run.chance.below(40), !run.chance.once_in(30));
    let (who, _) = kind.must_agree();
    let may = run.chance.pick(who).and_then(|name| PEOPLE.iter().position(|(person, _)| person == name));
    // Mostly those who may; sometimes anybody, and the agent itself, who has no place in the list.
    let stand_in = PEOPLE.iter().position(|(person, _)| *person == "mallory");
    let person = match may {
        Some(person) if !run.chance.once_in(4) => person,
        Some(person) if run.chance.once_in(2) => stand_in.unwrap_or(person),
        _ => run.chance.below(PEOPLE.len() + 1),
    };
    let step = match choice {
        0..=10 => PersonStep::Propose { kind, key, other: run.chance.once_in(8) },
        11 if run.chance.once_in(4) => PersonStep::Cancel { key },
        12 if kind == ActionKind::Export => PersonStep::Change { person, key },
        11..=24 => PersonStep::Api { person, key, approve },
        _ => PersonStep::Page { person, key, approve },
    };
    run.start(Work::Step(step));
}

/// What happens now and then.
fn seldom(run: &mut Scheduler, weather: Weather) -> Result<(), Broken> {
    match run.chance.below(12) {
        0 | 1 => run.repeat_stream(),
        // A stream and a table that both lost the same have lost it.
        2 if weather != Weather::Restored => run.lose_stream(),
        3 => run.pass(-20)?,
        4 => run.pass(1_200)?,
        5 | 6 => publish(run),
        7 => {
            run.note("the targets change".to_owned());
            run.deployment.target.change();
        }
        8 => {
            let function = *run.chance.pick(&FUNCTIONS).expect("there are functions");
            run.throttle(function, 3_600);
        }
        9 => run.hold_up(),
        10 => long_pause(run)?,
        _ => {
            let function = *run.chance.pick(&FUNCTIONS).expect("there are functions");
            run.kill(function);
        }
    }
    Ok(())
}

fn publish(run: &mut Scheduler) {
    let rules = *run.chance.pick(&RULES).expect("there are rules");
    run.note(format!("{rules:?} are put in force"));
    run.deployment.publish(rules);
}

/// F24: nobody calls for a while, keys and rules change meanwhile, and warm processes wake with what they remember and with
/// connections that are gone.
fn long_pause(run: &mut Scheduler) -> Result<(), Broken> {
    run.deployment.issuer.rotate();
    publish(run);
    run.note("the issuer has a new key".to_owned());
    let minutes = 5 + i64::try_from(run.chance.below(40)).unwrap_or(0);
    run.pass(minutes * 60)?;
    let calls = run.chance.below(8);
    run.fates().lose_connections(calls);
    Ok(())
}

/// Nothing fails any more: everything at work ends, everything is delivered, and time passes until nothing is left to
/// happen.
///
/// # Errors
/// A promise that does not hold, or work without end.
pub fn come_to_rest(run: &mut Scheduler) -> Result<(), Broken> {
    run.fates().end();
    for round in 0..90 {
        deliver_all(run)?;
        run.start(Work::Sweep);
        deliver_all(run)?;
        if run.is_over() {
            return Ok(());
        }
        run.pass(if round < 12 { 61 } else { 600 })?;
    }
    Ok(())
}

/// Delivers until nothing is on its way and nothing at work.
///
/// # Errors
/// A promise that does not hold, or work without end.
pub fn deliver_all(run: &mut Scheduler) -> Result<(), Broken> {
    for _ in 0..200_000 {
        // Whatever is tried again is tried a little later.
        if run.is_idle() && run.take_failed() {
            run.pass(5)?;
        }
        if run.is_idle() && !run.deliver_stream() && !run.deliver_message(false) {
            return Ok(());
        }
        run.poll()?;
    }
    Err("P1: work without end".to_owned())
}

/// One action from its proposal to its end, as everybody would have it: each does what they have to as soon as it is
/// their turn and tries again when it failed. Leaves when the action is over, or when trying does not help.
///
/// # Errors
/// A promise that does not hold.
pub fn straight(run: &mut Scheduler, kind: ActionKind, key: &str) -> Result<(), Broken> {
    let id = run.deployment.action(key);
    for round in 0..12 {
        if !run.oracle.is_acknowledged(&id) {
            run.start(Work::Step(PersonStep::Propose { kind, key: key.to_owned(), other: false }));
        }
        deliver_all(run)?;
        for name in kind.must_agree().0 {
            vote(run, key, name, kind.needs_idp())?;
        }
        if run.state(key).is_some_and(|state| state.status().is_final()) && run.oracle.is_acknowledged(&id) {
            return Ok(());
        }
        if round > 0 {
            run.pass(61)?;
            run.start(Work::Sweep);
            deliver_all(run)?;
        }
    }
    Ok(())
}

/// This person approves if they are still asked.
fn vote(run: &mut Scheduler, key: &str, name: &str, page: bool) -> Result<(), Broken> {
    let Some(State::Pending(review)) = run.state(key) else { return Ok(()) };
    let Some(person) = PEOPLE.iter().position(|(person, _)| *person == name) else { return Ok(()) };
    if review.vote_of(&run.deployment.person(name)).is_some() {
        return Ok(());
    }
    let key = key.to_owned();
    run.start(Work::Step(match page {
        true => PersonStep::Page { person, key, approve: true },
        false => PersonStep::Api { person, key, approve: true },
    }));
    deliver_all(run)
}
