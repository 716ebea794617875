//! What one action costs: calls by service, counted on warm functions.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's helper functions fail loudly")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use simulation::action_kind::ActionKind;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::Fates;
use simulation::run::straight;
use simulation::scheduler::Scheduler;
use testkit::Moment;

/// Every call of one action from its proposal to its recorded end, agents' and people's own looks included. Functions
/// are warm: another action went before.
fn counted(kind: ActionKind) -> BTreeMap<&'static str, usize> {
    let mut run = Scheduler::new(1, SimulatedDeployment::new(1, Fates::kind()));
    straight(&mut run, ActionKind::Rights, "before").unwrap();
    run.fates().forget();
    straight(&mut run, kind, "key-0").unwrap();
    let id = run.deployment.action("key-0");
    assert_eq!(run.oracle.at_rest(&run.deployment).unwrap()[&id], "succeeded");
    let mut counts = BTreeMap::new();
    for (point, moment) in run.fates().passed() {
        if moment == Moment::Before {
            *counts.entry(point).or_default() += 1;
        }
    }
    counts
}

/// Calls per lifecycle, by service: 4 state writes when nobody is asked, 5 with one approver. `docs/internals.md`
/// gives the reason for each.
#[test]
fn calls_per_lifecycle() {
    let columns = [
        ("nobody asked", counted(ActionKind::Inside)),
        ("one by API", counted(ActionKind::Job)),
        ("one on the page", counted(ActionKind::Export)),
    ];
    let writes = |counts: &BTreeMap<&str, usize>| {
        counts["state.create"] + counts["state.extend"] + counts["state.claim"]
    };
    assert_eq!(columns.each_ref().map(|(_, counts)| writes(counts)), [4, 5, 5]);
    let mut points: Vec<&str> = columns.iter().flat_map(|(_, counts)| counts.keys().copied()).collect();
    points.sort_unstable();
    points.dedup();
    let mut table = format!("{:<24}", "call");
    columns.iter().for_each(|(name, _)| write!(table, "{name:>17}").unwrap());
    for point in points {
        write!(table, "\n{point:<24}").unwrap();
        for (_, counts) in &columns {
            write!(table, "{:>17}", counts.get(point).copied().unwrap_or(0)).unwrap();
        }
    }
    println!("{table}");
    insta::assert_snapshot!(table);
}
