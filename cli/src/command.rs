//! All commands.
#![expect(clippy::print_stderr, reason = "a command prints")]

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::bundle::Bundle;
use crate::freeze::Freeze;
use crate::ledger::Ledger;
use crate::login::{Login, Logout};
use crate::policy::Policy;
use crate::propose::{Propose, Wait};

/// Action-level approvals for AI agents.
#[derive(Debug, Parser)]
#[command(name = "countersign", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, build and publish what says what may happen.
    #[command(subcommand)]
    Bundle(Bundle),
    /// Check, try, compare and explain rules.
    #[command(subcommand)]
    Policy(Policy),
    /// Check the log, offline.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Propose an action, and wait for it if asked.
    Propose(Propose),
    /// Stop everything, a type of action or an agent at once; or list what is stopped.
    Freeze(Freeze),
    /// Sign in as a person, in the browser.
    Login(Login),
    /// Forget that sign-in.
    Logout(Logout),
    /// Wait for an action; the exit code says how it ended.
    Wait(Wait),
}

/// Something a person at a terminal must hear about.
const USAGE: u8 = 2;

impl Arguments {
    /// Runs the command and says how it ended.
    pub async fn run(self) -> ExitCode {
        let outcome: Result<ExitCode, Box<dyn Error>> = match self.command {
            Command::Bundle(bundle) => bundle.run().await.map_err(Into::into),
            Command::Policy(policy) => Ok(policy.run().await),
            Command::Ledger(ledger) => Ok(ledger.run().await),
            Command::Propose(propose) => propose.run().await.map_err(Into::into),
            Command::Freeze(freeze) => freeze.run().await.map_err(Into::into),
            Command::Login(login) => login.run().await.map_err(Into::into),
            Command::Logout(logout) => logout.run().map_err(Into::into),
            Command::Wait(wait) => wait.run().await.map_err(Into::into),
        };
        outcome.unwrap_or_else(|error| {
            eprintln!("countersign: {error}");
            ExitCode::from(USAGE)
        })
    }
}
