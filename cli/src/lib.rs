//! The command line: one module per group of subcommands.

pub mod api;
pub mod bundle;
mod command;
pub mod freeze;
pub mod ledger;
pub mod policy;
pub mod propose;

pub use command::Arguments;
