//! All commands.

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use crate::api::ApiError;
use crate::aws;
use crate::bundle::BundleCommand;
use crate::console::{Console, chain};
use crate::exit;
use crate::identity::IdentityCommand;
use crate::keys::Keys;
use crate::ledger::LedgerCommand;
use crate::login::{Login, Logout};
use crate::policy::PolicyCommand;
use crate::propose::{Propose, Wait};
use crate::redact::Redact;
use crate::resolve::Resolve;
use crate::suspend::Suspend;

/// Action-level approvals for AI agents.
#[derive(Debug, Parser)]
#[command(name = "countersign", bin_name = "countersign", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, build and publish what says what may happen.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Check, try, compare and explain rules.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Check the log, offline.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Check the configuration of issuers, and try a token with it.
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// Print the public halves of a deployment's signing keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Propose an action, and wait for it if asked.
    Propose(Propose),
    /// Show what would be masked in a text, and by which rule.
    Redact(Redact),
    /// Suspend everything, a type of action or an agent at once; or list what is suspended.
    Suspend(Suspend),
    /// Record what an attempt of unknown outcome did.
    Resolve(Resolve),
    /// Sign in as a person, in the browser.
    Login(Login),
    /// Forget that sign-in.
    Logout(Logout),
    /// Wait for an action; the exit code says how it ended.
    Wait(Wait),
}

/// Runs the command of these arguments, the program's name first.
pub async fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let console = Console::of_process();
    let code = match Arguments::read(arguments.collect()) {
        Ok(arguments) => arguments.run(&console).await,
        Err(error) => unread(&console, &spelled_out(error)),
    };
    console.finish(code)
}

impl Arguments {
    /// An error repeats what was typed; hidden characters in it are spelled out.
    fn read(arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(&arguments).map_err(|error| {
            let shown = |argument: &OsString| redaction::escape_value(&argument.to_string_lossy()).text;
            Self::try_parse_from(arguments.iter().map(shown)).err().unwrap_or(error)
        })
    }

    async fn run(self, console: &Console) -> u8 {
        let done = match self.command {
            Command::Policy(policy) => return policy.run(console).await,
            Command::Ledger(ledger) => return ledger.run(console).await,
            Command::Identity(identity) => {
                identity.run(console).await.map_err(|error| failed(console, &error, exit::USAGE))
            }
            Command::Keys(keys) => {
                keys.run(console).await.map_err(|error| failed(console, &error, exit::USAGE))
            }
            Command::Bundle(bundle) => {
                bundle.run(console).await.map_err(|error| failed_at_aws(console, &error))
            }
            Command::Redact(redact) => {
                redact.run(console).map_err(|error| failed(console, &error, exit::USAGE))
            }
            Command::Propose(propose) => {
                let json = propose.wants_json();
                propose.run(console).await.map_err(|error| refused(console, &error, json))
            }
            Command::Wait(wait) => {
                let json = wait.wants_json();
                wait.run(console).await.map_err(|error| refused(console, &error, json))
            }
            Command::Suspend(suspend) => {
                let json = suspend.wants_json();
                suspend.run(console).await.map_err(|error| refused(console, &error, json))
            }
            Command::Resolve(resolve) => {
                let json = resolve.wants_json();
                resolve.run(console).await.map_err(|error| refused(console, &error, json))
            }
            Command::Login(login) => {
                login.run(console).await.map_err(|error| refused(console, &error, false))
            }
            Command::Logout(logout) => logout.run(console).map_err(|error| refused(console, &error, false)),
        };
        done.unwrap_or_else(|code| code)
    }
}

/// Where the API refused: its words, each part of the input that is meant on a line of its own, and as a result in JSON
/// the problem document.
fn refused(console: &Console, error: &ApiError, json: bool) -> u8 {
    let code = failed(console, error, error.code());
    if let ApiError::Refused(refusal) = error {
        refusal.lines().into_iter().for_each(|line| console.note(format!("  {line}")));
        if json {
            console.json_line(refusal.document());
        }
    }
    code
}

/// Where AWS may be what failed: with what its error means.
fn failed_at_aws(console: &Console, error: &dyn Error) -> u8 {
    console.note(format!("countersign: {}", aws::explained(&chain(error))));
    exit::USAGE
}

fn failed(console: &Console, error: &dyn Error, code: u8) -> u8 {
    console.problem(error);
    code
}

/// Help and version are results; everything else is a mistake.
fn unread(console: &Console, error: &clap::Error) -> u8 {
    let text = error.render().to_string();
    let result = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    for line in text.lines() {
        if result { console.line(line) } else { console.note(line) }
    }
    if result { exit::DONE } else { exit::USAGE }
}

/// Values of the environment are repeated too: everything quoted has its hidden characters spelled out.
fn spelled_out(mut error: clap::Error) -> clap::Error {
    let shown = |text: &String| redaction::escape_value(text).text;
    let quoted = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(one) => Some((kind, ContextValue::String(shown(one)))),
        ContextValue::Strings(many) => Some((kind, ContextValue::Strings(many.iter().map(shown).collect()))),
        _ => None,
    });
    for (kind, value) in quoted.collect::<Vec<_>>() {
        error.insert(kind, value);
    }
    error
}
