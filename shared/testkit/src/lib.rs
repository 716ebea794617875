//! In-memory doubles of every capability. Development only.
//!
//! Each keeps to the contract that `tests/contract` holds it and the real thing to, and passes a [`Gate`] before and
//! after every effect.

mod accounts;
mod bundles;
mod channels;
mod documents;
mod gate;
mod index;
mod issuer;
mod keys;
mod limits;
mod log;
mod probe;
mod provider;
mod queues;
pub mod scenario;
mod seal;
mod signer;
mod simulated;
mod state;
mod sts;
pub mod targets;
pub mod written;

pub use accounts::Accounts;
pub use bundles::{Bundles, Publisher, changed_bundle, edited_bundle, sample_bundle};
pub use channels::Channels;
pub use documents::Documents;
pub use gate::{Gate, Moment, Passage};
pub use index::Index;
pub use issuer::{Algorithm, IdToken, Issuer};
pub use keys::Keys;
pub use limits::Limits;
pub use log::Log;
pub use probe::{Probe, Strike, killed};
pub use provider::SignInDesk;
pub use queues::Queues;
pub use scenario::{SampleRequirement, Scenario};
pub use seal::Seal;
pub use signer::LocalSigner;
pub use simulated::{SeededRandom, SimulatedClock};
pub use state::{States, WrittenImage};
pub use sts::Sts;
pub use targets::Targets;
