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
<<<<<<< ours
mod quiet;
=======
mod platforms;
mod queues;
mod references;
>>>>>>> theirs
mod support;
mod suspensions;
mod webhook;
mod words;
