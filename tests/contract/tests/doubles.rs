//! The suite against the doubles.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's steps fail loudly"
)]

mod suite;

use contract::Kit;

/// Empty doubles.
async fn kit() -> Kit {
    Kit::doubles()
}
