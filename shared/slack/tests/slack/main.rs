//! Slack: messages, calls, signatures, presses, accounts, and the app's manifest.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests fail loudly, say what they did not try, and read the environment and the clock"
)]

mod accounts;
mod cards;
mod client;
mod credentials;
mod double;
mod limits;
mod manifest;
mod reading;
mod renderer;
mod rendering;
mod server;
mod signing;
