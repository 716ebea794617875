//! In-memory doubles of every capability. Development only.
//!
//! Each keeps to the contract that `tests/contract` holds it and the real thing to, and passes a [`Gate`] before and
//! after every effect.

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
mod seal;
mod signer;
mod state;
pub mod story;
mod sts;
pub mod targets;
mod world;
pub mod written;

pub use bundles::{Bundles, Publisher, changed_bundle, sample_bundle};
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
pub use seal::Seal;
pub use signer::LocalSigner;
pub use state::{States, WrittenImage};
pub use story::{Ask, Story};
pub use sts::Sts;
pub use targets::Targets;
pub use world::{SeededRandom, SimulatedClock};
