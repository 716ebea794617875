//! The suite against the emulator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's steps fail loudly"
)]

mod suite;

use contract::Kit;

/// Empty tables and a new key on the emulator.
async fn kit() -> Kit {
    contract::emulator::kit().await
}
