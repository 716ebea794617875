//! Execution, step by step: on in-memory doubles of everything it reaches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helper functions fail loudly"
)]

mod abandoned;
mod changing;
mod faults;
mod granted;
mod history;
mod locked;
mod members;
mod moments;
mod outcomes;
mod probing;
mod publishing;
mod refused;
mod resumed;
mod support;
mod suspended;
mod whole_path;
