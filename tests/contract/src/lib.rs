//! One suite against the doubles and against the emulator: both must answer alike.
//!
//! `tests/suite` holds the cases; `tests/doubles.rs` and `tests/emulator.rs` run all of them, each with its own [`Kit`].

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test's own machinery fails loudly")]

pub mod emulator;
mod kit;

pub use kit::{Kit, PastWrites, StateAccess};
