//! Policy, from the message to the decision: on in-memory doubles of everything it reaches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helper functions fail loudly"
)]

mod asked;
mod changed;
mod denied;
mod faults;
mod granted;
mod history;
mod once;
mod publishing;
mod sample_request;
mod support;
mod suspended;
mod target;
