//! The command line: one module per group of subcommands.

pub mod api;
mod back;
pub mod bundle;
mod command;
pub mod freeze;
mod kept;
pub mod ledger;
pub mod login;
pub mod policy;
pub mod propose;

pub use command::Arguments;
