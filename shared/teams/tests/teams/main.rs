//! The Teams channel: cards, presses and deliveries, with hostile text, forged requests and a Connector that refuses.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails loudly"
)]

mod cards;
mod credentials;
mod deliveries;
mod double;
mod hostile;
mod keys;
mod linking;
mod presses;
mod requests;
mod server;
mod signer;
mod tokens;
mod world;
