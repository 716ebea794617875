//! Ledger: checks every new event, appends it to the log, indexes it, then sends what follows from it. No other
//! function sends messages.
//!
//! It cannot decide anything: it has no signing key and writes no state, and every verifier can see what it omits.

mod account;
mod batch;
mod dispatch;
pub mod effects;
mod error;
mod examiner;
mod follower;
mod granted;
mod handler;
mod memory;
mod plan;
mod planner;
mod resume;
pub mod rows;
pub mod stream;
mod unit;

pub use handler::{Capabilities, Config, Ledger};
pub use stream::StreamRecord;
