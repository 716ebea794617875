//! The command line: one module per group of subcommands. Everything is printed by `console`, everything that is sent is
//! sent by `api`.

pub mod api;
mod aws;
mod back;
pub mod bundle;
mod cases;
mod command;
pub mod console;
pub mod exit;
mod file;
pub mod identity;
mod key;
mod keys;
pub mod ledger;
pub mod login;
pub mod policy;
pub mod propose;
pub mod redact;
pub mod resolve;
mod saved_login;
pub mod suspend;

pub use command::{Arguments, run};
