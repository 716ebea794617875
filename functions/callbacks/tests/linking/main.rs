//! A chat account becomes a person's: both sides agree, in time, once.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod intruders;
mod invitations;
mod links;
#[path = "../stack/mod.rs"]
mod stack;
mod support;
