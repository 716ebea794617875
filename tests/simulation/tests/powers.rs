//! What each of the seven functions may write under foreign control, compared with the template, and tried one by one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helper functions fail loudly")]

use std::collections::BTreeSet;
use std::path::Path;

use simulation::action_kind::ActionKind;
use simulation::chance::Chance;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::Fates;
use simulation::hostile::{Power, powers};
use simulation::people::PersonStep;
use simulation::processes::{FUNCTIONS, Function};
use simulation::run::{come_to_rest, deliver_all};
use simulation::scheduler::{Scheduler, Work};

/// The permission of the template that gives each power, as the matrix writes it.
const PERMISSIONS: [(Power, &str, &str); 14] = [
    (Power::Create, "dynamodb StateTable", "PutItem"),
    (Power::State, "dynamodb StateTable", "UpdateItem"),
    (Power::Documents, "dynamodb DocumentsTable", "PutItem"),
    (Power::Seal, "kms PayloadKey", "GenerateDataKey"),
    (Power::Channels, "dynamodb ChannelsTable", "PutItem"),
    (Power::Verdicts, "kms VerdictKey", "Sign"),
    (Power::Index, "dynamodb IndexTable", "PutItem"),
    (Power::Log, "s3 s3:::log/log/*", "PutObject"),
    (Power::Queues, "sqs ExecutionQueue", "SendMessage"),
    (Power::Claims, "s3 s3:::log/claims/*", "PutObject"),
    (Power::Bodies, "dynamodb LimitsTable", "PutItem"),
    (Power::Limits, "dynamodb LimitsTable", "UpdateItem"),
    (Power::Activity, "dynamodb ActivityTable", "UpdateItem"),
    (Power::Checkpoints, "s3 s3:::log/checkpoints/*", "PutObject"),
];
/// What writes or makes somebody else believe something.
const WRITES: [&str; 7] =
    ["PutItem", "UpdateItem", "DeleteItem", "PutObject", "SendMessage", "Sign", "GenerateDataKey"];
/// Beginnings of what is written by the function that already has a power of the same kind here, or read by the same function
/// alone.
const OTHER_POWERS: [(&str, &str); 4] = [
    ("dynamodb IndexTable", "UpdateItem"),
    ("sqs PolicyQueue", "SendMessage"),
    // The ledger's, and those from notify to itself: what it receives there, it could deliver at once.
    ("sqs Notify", "SendMessage"),
    ("kms CheckpointKey", "Sign"),
];

/// D1: what the simulation lets each function write is what its role may write, no less and no more.
#[test]
fn powers_are_those_of_the_roles() {
    let path = "../infra/tests/snapshots/permissions__functions_may_touch_exactly_what_the_matrix_says.snap";
    let matrix = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (mut resource, mut granted) = ("", BTreeSet::new());
    for line in matrix.lines().take_while(|line| *line != "only if") {
        let Some(row) = line.strip_prefix("    ") else {
            resource = line;
            continue;
        };
        let (function, actions) = row.split_once(' ').unwrap();
        for action in actions.trim().split(", ").filter(|action| WRITES.contains(action)) {
            if !OTHER_POWERS.iter().any(|(of, what)| resource.starts_with(of) && action == *what) {
                granted.insert((function.to_owned(), resource.to_owned(), action.to_owned()));
            }
        }
    }
    let mut tried = BTreeSet::new();
    for function in FUNCTIONS {
        for power in powers(function) {
            let (_, resource, action) = PERMISSIONS.iter().find(|(of, _, _)| of == power).unwrap();
            let name = format!("{function:?}").to_lowercase();
            tried.insert((name, (*resource).to_owned(), (*action).to_owned()));
        }
    }
    assert_eq!(granted, tried);
}

/// D1, D16 to D18, P2 to P6: every function writes each thing its role may about an action that waits for people, in
/// several ways; nobody agrees, and nothing ever runs.
#[test]
fn each_thing_a_role_may_write() {
    for function in FUNCTIONS {
        for power in powers(function) {
            // What the item's bending does does not depend on who bends it, but for callbacks' key.
            let again =
                *power == Power::State && ![Function::Intake, Function::Callbacks].contains(&function);
            for seed in 0..if again { 1 } else { 4 } {
                let told = format!("{function:?} {power:?} {seed}");
                let (effects, what) = tried(function, *power, seed);
                assert_eq!(effects, 0, "{told}: {what}");
            }
        }
    }
}

fn tried(function: Function, power: Power, seed: u64) -> (usize, &'static str) {
    let key = "key-0".to_owned();
    let mut run = Scheduler::new(seed, SimulatedDeployment::new(seed, Fates::kind()));
    run.oracle.distrust(function);
    run.start(Work::Step(PersonStep::Propose { kind: ActionKind::Export, key, other: false }));
    deliver_all(&mut run).unwrap();
    let id = run.deployment.action("key-0");
    let (chance, signs) = (Chance::new(seed), powers(function).contains(&Power::Verdicts));
    let what = (0..20).find_map(|_| run.deployment.forge_with(power, &id, &chance, signs));
    let what = what.unwrap_or_else(|| panic!("{function:?} writes nothing with {power:?}"));
    [id.clone(), run.deployment.made_up_id()].iter().for_each(|id| run.oracle.forged(id));
    let rest = come_to_rest(&mut run).and_then(|()| run.oracle.at_rest(&run.deployment));
    rest.unwrap_or_else(|broken| panic!("{function:?}, {what}: {broken}\n{}", run.trace.join("\n")));
    (run.oracle.effects_of(&id) + run.oracle.effects_of(&run.deployment.made_up_id()), what)
}
