//! `countersign policy`: rules checked, tried, compared, explained.

mod bypass;
mod check;
mod diff;
mod explain;
mod history;
mod new;
mod output;
mod recorded;
mod replay;
mod test;

pub(crate) use output::warnings;

use std::path::{Path, PathBuf};

use bundle::{Bundle, LoadError};
use bundle_build::{Case, Compiled, Diagnostic, Sources};
use clap::Subcommand;

use crate::console::Console;
use crate::exit;
use crate::ledger::LedgerError;

/// Something was found: a mistake, a failed case, a difference.
const FOUND: u8 = exit::FOUND;
/// The question could not be answered.
const COULD_NOT: u8 = exit::USAGE;

const CODES: &str = "Exit codes: 0 nothing was found; 1 mistakes, failed cases or differences; 2 the question could not be \
answered; 74 the output could not be written; 141 its reader is gone.";

/// Rules: checked, tried, compared.
///
/// Results go to stdout, problems to stderr; colours only to a terminal, and not when NO_COLOR is set.
#[derive(Debug, Subcommand)]
#[command(after_help = CODES)]
pub enum Policy {
    /// Check a bundle's folder whole: catalogue, rules, requirements, directory, cases.
    Check(check::Check),
    /// Try the cases: requests and facts with the decision they must come to.
    Test(test::Test),
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

/// Why a command ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The sources have mistakes.
    #[error("the sources have mistakes")]
    Mistakes(Vec<Diagnostic>, Option<Sources>),
    /// A file could not be read or written.
    #[error("`{0}`: {1}")]
    File(PathBuf, std::io::Error),
    /// A compiled bundle does not load.
    #[error("`{0}`: {1}")]
    Load(PathBuf, LoadError),
    /// The log cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Not what the command takes.
    #[error("{0}")]
    Usage(String),
}

impl Policy {
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

/// What stands below the help of each of these commands.
fn help(example: &str) -> String {
    format!("{CODES}\n\nExample:\n  countersign policy {example}")
}

/// What a command found, as its exit code.
type Found = Result<u8, PolicyError>;

/// A bundle: its folder, or what `bundle build` made of one.
pub(crate) fn open(place: &Path) -> Result<Bundle, PolicyError> {
    if place.is_dir() {
        return Ok(compile(place)?.1.bundle);
    }
    let bytes = std::fs::read(place).map_err(|error| PolicyError::File(place.to_owned(), error))?;
    Bundle::load(&bytes).map_err(|error| PolicyError::Load(place.to_owned(), error))
}

fn compile(folder: &Path) -> Result<(Sources, Compiled), PolicyError> {
    let sources = Sources::read(folder).map_err(|wrong| PolicyError::Mistakes(wrong, None))?;
    match Compiled::from_sources(&sources, None) {
        Ok(compiled) => Ok((sources, compiled)),
        Err(wrong) => Err(PolicyError::Mistakes(wrong, Some(sources))),
    }
}

/// The cases of these files; without any, those of the bundle's folder.
fn cases(files: &[PathBuf], folder: &Path) -> Result<Vec<Case>, PolicyError> {
    let mistakes = |wrong| PolicyError::Mistakes(wrong, None);
    if files.is_empty() {
        return bundle_build::cases(folder).map_err(mistakes);
    }
    let mut found = Vec::new();
    for file in files {
        found.extend(bundle_build::case_file(file, &file.display().to_string()).map_err(mistakes)?);
    }
    Ok(found)
}
