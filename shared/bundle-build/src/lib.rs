//! Building bundles: reads the source folder, checks it, runs its cases, compiles it, signs and publishes it. The CLI and
//! tests depend on this crate; no function does, so no function links a YAML parser or the publisher's private key.
//!
//! [`compile()`] checks everything and names every mistake with its place; [`publish()`] puts the result in force and
//! [`stage()`] prepares it for an approval.

mod answer;
mod case;
mod case_facts;
mod check;
mod compile;
mod held;
mod publish;
mod signer;
mod sources;
mod stage;
mod text;

pub use answer::{Answer, Answered, Question};
pub use case::{Case, CaseRequest, Expectation, case_file, cases};
pub use case_facts::CaseFacts;
pub use check::Unreachable;
pub use compile::{Compiled, compile};
pub use held::{connectors, held};
pub use policy::Diagnostic;
pub use publish::{Published, publish};
pub use signer::{Signer, SignerError};
pub use sources::Sources;
pub use stage::{StageError, Staged, stage};
