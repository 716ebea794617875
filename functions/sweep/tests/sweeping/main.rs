//! Sweep, run by run: on in-memory doubles of everything it reaches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helper functions fail loudly"
)]

mod checkpoints;
mod faults;
mod support;
mod time;
