//! `countersign policy`: rules checked, tried, compared, explained.

mod bypass;
mod check;
mod diff;
mod error;
mod exits;
mod explain;
mod history;
mod inputs;
mod new;
mod output;
mod recorded;
mod replay;
mod test;

pub use error::PolicyError;
pub(crate) use inputs::open;
pub(crate) use output::warnings;

use clap::Subcommand;

use crate::console::Console;
use exits::{CODES, COULD_NOT, FOUND, Found, help};
use inputs::{cases, compile};

/// Rules: checked, tried, compared.
///
/// Results go to stdout, problems to stderr; colours only to a terminal, and not when NO_COLOR is set.
#[derive(Debug, Subcommand)]
#[command(after_help = CODES)]
pub enum PolicyCommand {
    /// Check a bundle's folder whole: catalogue, rules, requirements, directory, cases.
    Check(check::Check),
    /// Try the cases: requests and facts with the decision they must come to.
    Test(test::TestCases),
    /// Tell which rules decide a case or a proposal, and what would change that.
    Explain(explain::Explain),
    /// List every way in which an action can run with nobody asked, or with others asked than its requirement names.
    Bypass(bypass::Bypass),
    /// Compare two bundles: decisions that differ over cases and over recorded actions.
    Diff(diff::Diff),
    /// Decide recorded actions again under a new bundle.
    Replay(replay::Replay),
    /// Write a commented file that builds: an action type or a policy.
    #[command(subcommand)]
    New(new::New),
}

impl PolicyCommand {
    /// Runs it and says how it ended.
    pub async fn run(self, console: &Console) -> u8 {
        let done = match self {
            Self::Check(check) => check.run(console),
            Self::Test(test) => test.run(console),
            Self::Explain(explain) => explain.run(console),
            Self::Bypass(bypass) => bypass.run(console),
            Self::Diff(diff) => diff.run(console).await,
            Self::Replay(replay) => replay.run(console).await,
            Self::New(new) => new.run(console),
        };
        done.unwrap_or_else(|error| {
            output::problem(console, &error);
            COULD_NOT
        })
    }
}
