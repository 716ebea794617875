//! The command line: one module per group of subcommands.

pub mod api;
pub mod bundle;
pub mod ledger;
pub mod propose;
