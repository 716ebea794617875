//! The rules that may be in force in a run: the sample bundle, and the same with something changed.

use std::path::Path;
use std::sync::OnceLock;

use bundle_build::{Compiled, Sources};
use domain::Verdict;

use crate::action_kind::ActionKind;

/// Which rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSet {
    /// The sample bundle.
    Sample,
    /// Bob has left sre, and the directory lists others there, the agents' owner among them (F17).
    WithoutBob,
    /// The agents' owner is in sre too, and Mallory stands in there for her and for Bob (C20).
    StandIn,
    /// Nobody runs jobs any more (F16).
    NoJobs,
    /// The same agent exports the same object three times a day at most (E4).
    ThreeADay,
}

/// Those that may come into force in a random run.
pub const RULES: [RuleSet; 4] = [RuleSet::Sample, RuleSet::WithoutBob, RuleSet::StandIn, RuleSet::NoJobs];

const SRE: &str = "sre: { members: [bob, carol],";
const NO_JOBS: &str = r#"
@id("no-jobs") @reason("Nobody runs jobs now") @instead("Propose it again later")
forbid (principal, action in Action::"job-run", resource);
"#;

const AWAY: &str = r#"
delegations:
  - { from: bob, to: mallory, group: sre, since: "2026-11-10T00:00:00.000Z", until: "2026-12-11T00:00:00.000Z" }
  - { from: dana, to: mallory, group: sre, since: "2026-11-10T00:00:00.000Z", until: "2026-12-11T00:00:00.000Z" }
"#;

const THREE_A_DAY: &str = r#"
@id("three-a-day") @reason("Three a day are enough")
forbid (principal, action == Action::"s3-export", resource) when { context.history.executed_day >= 3 };
"#;

impl RuleSet {
    /// Compiled once per process.
    ///
    /// # Panics
    /// When the sample bundle no longer has what is changed here.
    #[must_use]
    pub fn compiled(self) -> &'static Compiled {
        static COMPILED: [OnceLock<Compiled>; 5] = [const { OnceLock::new() }; 5];
        COMPILED[self as usize].get_or_init(|| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
            let mut sources = Sources::read(&folder).expect("the sample bundle reads");
            let file = |name: &str| sources.0.get(name).expect("the sample bundle has this file").clone();
            let (directory, jobs) = (file("directory.yaml"), file("policies/jobs.cedar"));
            assert!(directory.contains(SRE), "the sample's sre are listed otherwise");
            match self {
                Self::Sample => None,
                Self::WithoutBob => {
                    let others = directory.replace(SRE, "sre: { members: [alice, carol, dana],");
                    sources.0.insert("directory.yaml".to_owned(), others)
                }
                Self::StandIn => {
                    let with_owner = directory.replace(SRE, "sre: { members: [bob, carol, dana],");
                    sources.0.insert("directory.yaml".to_owned(), with_owner + AWAY)
                }
                Self::ThreeADay => {
                    let exports = file("policies/exports.cedar");
                    sources.0.insert("policies/exports.cedar".to_owned(), exports + THREE_A_DAY)
                }
                Self::NoJobs => sources.0.insert("policies/jobs.cedar".to_owned(), jobs + NO_JOBS),
            };
            Compiled::from_sources(&sources, None).expect("the rules compile")
        })
    }

    /// Whether the directory lists this person in the group that decides on this kind, told here once more; once an export
    /// has waited for half an hour, sre may stand in.
    #[must_use]
    pub fn lists(self, kind: ActionKind, person: &str, standing_in: bool) -> bool {
        match (kind, self) {
            (ActionKind::Inside, _) => false,
            (ActionKind::Export, _) if person == "alice" => true,
            (ActionKind::Export, _) if !standing_in => false,
            (_, Self::WithoutBob) => ["alice", "carol"].contains(&person),
            // Dana answers for the agent, so her seat says nothing either.
            (_, Self::Sample | Self::StandIn | Self::NoJobs | Self::ThreeADay) => {
                ["bob", "carol"].contains(&person)
            }
        }
    }

    /// Whose seat a vote is on, if this person may vote on it: their own, or that of somebody who is away.
    #[must_use]
    pub fn seat(self, verdict: &Verdict) -> Option<&str> {
        let who = verdict.person.subject.as_str();
        match verdict.seats.as_slice() {
            [] => Some(who),
            [seat] if self == Self::StandIn && who == "mallory" && seat.group == "sre" => {
                Some(seat.person.subject.as_str())
            }
            _ => None,
        }
    }

    /// Whether the rules forbid this kind, whoever agrees.
    #[must_use]
    pub fn forbid(self, kind: ActionKind) -> bool {
        self == Self::NoJobs && kind == ActionKind::Job
    }
}
