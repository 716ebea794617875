//! A deterministic simulation: the real handlers of all seven functions in one process, on in-memory doubles, with
//! simulated time and one seed. It duplicates, reorders, delays, fails and kills at every await, and looks at the
//! promises after every step.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "development only: a deployment that cannot be built fails loudly"
)]

pub mod action_kind;
pub mod chance;
pub mod deployment;
pub mod executor;
pub mod forgery;
pub mod functions;
pub mod hostile;
pub mod notices;
pub mod oracle;
pub mod people;
pub mod processes;
pub mod rules;
pub mod run;
pub mod scheduler;
pub mod seeds;
pub mod target;
