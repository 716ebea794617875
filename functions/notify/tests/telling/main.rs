//! Notify, message by message: on in-memory doubles of everything it reaches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helper functions fail loudly"
)]

mod channels;
mod console;
mod on_call;
mod once;
mod platforms;
mod queues;
mod quiet;
mod references;
mod support;
mod suspensions;
mod webhook;
mod words;
