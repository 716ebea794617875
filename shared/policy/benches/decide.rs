//! Decisions, request building included, beside `cedar-policy` used directly: once as one would first write it (parse the
//! rules and the schema, ask the whole set), once with everything parsed beforehand. All answer the same questions in one
//! run, and must answer alike.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures, prints, and fails loudly"
)]

#[path = "../tests/support/generated.rs"]
mod generated;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use cedar_policy::{PolicySet, Schema};
use generated::{Dice, GeneratedRules, cedar, facts};
use policy::{Decision, Engine, Facts};

/// What one way of asking took.
struct Taken(Vec<Duration>);

impl Taken {
    fn at(&mut self, percent: usize) -> Duration {
        self.0.sort();
        let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(place).copied().unwrap_or_default()
    }
}

fn main() {
    println!("{:>6} {:<26} {:>10} {:>10}", "rules", "", "p50", "p99");
    for rules in [10, 100, 1_000] {
        let mut dice = Dice(2_026);
        // Ten rules for each action type; a third of them about a group of types.
        let generated = GeneratedRules::new(&mut dice, (rules / 10).max(2), rules, 0);
        let questions: Vec<Facts> = (0..600).map(|_| facts(&mut dice, &generated)).collect();
        measure(&generated, rules, &questions);
    }
}

fn measure(generated: &GeneratedRules, rules: usize, questions: &[Facts]) {
    let built = Engine::build(&generated.sources(), &generated.vocabulary).unwrap();
    let engine =
        Engine::load(&generated.sources(), built.headers().cloned().collect(), &generated.vocabulary)
            .unwrap();
    let (text, words) = (generated.deciding(), generated.vocabulary.schema_json());
    let parse = || -> (PolicySet, Schema) {
        (text.parse().unwrap(), Schema::from_json_value(words.clone()).unwrap())
    };
    let (set, schema) = parse();
    let none = BTreeSet::new();
    let direct = |set: &PolicySet, schema: &Schema, facts: &Facts| {
        let (allowed, erred) = cedar(set, Some(schema), facts, &none, &generated.vocabulary);
        allowed && !erred
    };
    let mut first = Taken(Vec::new());
    let mut ours = Taken(Vec::new());
    let mut once = Taken(Vec::new());
    let mut naive = Taken(Vec::new());
    for (number, asked) in questions.iter().enumerate() {
        // A rule that needs the history denies without one, which Cedar alone does not know.
        let history = Some(asked.context.history.clone().unwrap_or_default());
        let facts = Facts {
            context: policy::EvaluationContext { history, ..asked.context.clone() },
            ..asked.clone()
        };
        let cold = timed(&mut first, || engine.decide(&facts, &none));
        let decision = timed(&mut ours, || engine.decide(&facts, &none));
        assert_eq!(decision, cold);
        let allowed = timed(&mut once, || direct(&set, &schema, &facts));
        assert_eq!(matches!(decision, Decision::Permit { .. }), allowed, "{facts:?}");
        // A tenth of the questions: the dear way takes its time.
        if number % 10 == 0 {
            let plain = timed(&mut naive, || {
                let (set, schema) = parse();
                direct(&set, &schema, &facts)
            });
            assert_eq!(plain, allowed);
        }
    }
    for (name, taken) in [
        ("Engine::decide, first time", &mut first),
        ("Engine::decide", &mut ours),
        ("Cedar, parsed once", &mut once),
        ("Cedar, parsed each time", &mut naive),
    ] {
        println!("{rules:>6} {name:<26} {:>10.1?} {:>10.1?}", taken.at(50), taken.at(99));
    }
    let ratio =
        |other: &mut Taken, ours: &mut Taken, at| other.at(at).as_secs_f64() / ours.at(at).as_secs_f64();
    println!(
        "{rules:>6} times faster than parsed once {:.1} (p50) {:.1} (p99), than parsed each time {:.0} {:.0}",
        ratio(&mut once, &mut ours, 50),
        ratio(&mut once, &mut ours, 99),
        ratio(&mut naive, &mut ours, 50),
        ratio(&mut naive, &mut ours, 99),
    );
    if rules == 1_000 {
        assert!(ratio(&mut naive, &mut ours, 50) >= 10.0, "less than ten times faster than the naive use");
    }
}

fn timed<T>(taken: &mut Taken, run: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let answer = run();
    taken.0.push(begun.elapsed());
    answer
}
