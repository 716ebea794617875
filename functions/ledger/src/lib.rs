//! The ledger: checks every new event, appends it to the log, indexes it, then sends what follows from it. Nothing else
//! in the system sends.
//!
//! Nothing here can decide: it has no key, it writes no state, and what it omits every verifier can see.

mod dispatch;
pub mod effects;
mod examiner;
mod follower;
mod granted;
mod handler;
mod memory;
mod planner;
mod resume;
pub mod rows;
pub mod stream;
mod unit;

pub use handler::{Capabilities, Config, Ledger};
pub use stream::StreamRecord;
