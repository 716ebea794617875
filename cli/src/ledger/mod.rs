//! `countersign ledger`: the log, checked by somebody who trusts neither us nor AWS.

mod held;
mod show;
mod source;
mod trust;

pub use held::CheckpointError;
pub use trust::{Trust, TrustError};

use std::path::PathBuf;

use clap::Subcommand;
use domain::ActionId;
use ledger::verify::{CheckVerdict, Held, Report, Verification};

pub(crate) use source::Source;

use crate::console::Console;
use crate::exit;

const CODES: &str = "Exit codes: 0 clean, or all is fetched; 1 findings; 2 incomplete: something could not be read or checked; \
3 (2 for an unknown option) wrong usage; 74 the output could not be written; 141 its reader is gone.";

/// The log of everything that happened.
#[derive(Debug, Subcommand)]
#[command(after_help = CODES)]
pub enum Ledger {
    /// Check a whole log; the exit code says what was found.
    Verify(Verify),
    /// Download a log and its checkpoints to check it later.
    Fetch(Fetch),
}

/// Arguments of `ledger verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign ledger verify ./log --trust trust.json --checkpoint kept.json"))]
pub struct Verify {
    /// A folder with the bucket's `log/` objects, or `s3://bucket[/prefix]`.
    source: String,
    /// Whom to believe: deployment, keys, issuers (JSON). Default: `trust.json` in the folder.
    #[arg(long)]
    trust: Option<PathBuf>,
    /// A checkpoint kept from before (may be repeated): what it knows and the log no longer holds is a finding.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Show this action's records, and only its findings beside those of the log itself.
    #[arg(long)]
    action: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Arguments of `ledger fetch`.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign ledger fetch s3://my-log ./log"))]
pub struct Fetch {
    /// `s3://bucket[/prefix]`.
    source: String,
    /// A folder; fetching into it again adds what is new.
    folder: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Not what the command takes.
    #[error("{0}")]
    Usage(String),
    /// The log cannot be read.
    #[error("{0}")]
    Source(String),
    /// The trust file cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

const INCOMPLETE: u8 = 2;
const USAGE: u8 = 3;

impl Ledger {
    /// Runs the command and says how it ended.
    pub async fn run(self, console: &Console) -> u8 {
        let outcome = match self {
            Self::Verify(verify) => verify.run(console).await,
            Self::Fetch(fetch) => fetch.run(console).await,
        };
        outcome.unwrap_or_else(|error| {
            console.problem(&error);
            if matches!(error, LedgerError::Usage(_)) { USAGE } else { INCOMPLETE }
        })
    }
}

impl Verify {
    async fn run(self, console: &Console) -> Result<u8, LedgerError> {
        let unknown = |error: domain::ParseError| LedgerError::Usage(error.to_string());
        let action: Option<ActionId> = self.action.as_deref().map(str::parse).transpose().map_err(unknown)?;
        let source = Source::open(&self.source).await?;
        let trust = match self.trust.or_else(|| source.trust_beside()) {
            Some(file) => Some(Trust::read(&file)?),
            None => None,
        };
        let held = self.checkpoint.iter().map(|file| held::read(file, trust.as_ref()));
        let held = held.collect::<Result<Vec<_>, _>>()?;
        let report = verify(console, &source, trust.as_ref(), held).await?;
        show::report(console, &report, action.as_ref(), self.json);
        Ok(match (report.findings.is_empty(), report.unchecked.is_empty()) {
            (false, _) => exit::FOUND,
            (true, false) => INCOMPLETE,
            (true, true) => exit::DONE,
        })
    }
}

impl Fetch {
    async fn run(self, console: &Console) -> Result<u8, LedgerError> {
        let source = Source::open(&self.source).await?;
        let numbers = source.numbers().await?;
        let progress = console.progress(self.json).of(numbers.len());
        for number in &numbers {
            source.save(*number, &self.folder).await?;
            progress.step();
        }
        drop(progress);
        let checkpoints = source.checkpoints().await?;
        for name in &checkpoints {
            source.save_checkpoint(name, &self.folder).await?;
        }
        show::fetched(console, (numbers.len(), checkpoints.len()), &self.folder, self.json);
        Ok(exit::DONE)
    }
}

async fn verify(
    console: &Console,
    source: &Source,
    trust: Option<&Trust>,
    held: Vec<Held>,
) -> Result<Report, LedgerError> {
    let mut verification = Verification::new(trust.map(|trust| trust as &dyn CheckVerdict));
    held.into_iter().for_each(|checkpoint| verification.hold(checkpoint));
    let numbers = source.numbers().await?;
    let progress = console.progress(false).of(numbers.len());
    for number in numbers {
        let bytes = source.read(number).await?;
        verification.object(number, &bytes);
        progress.step();
    }
    Ok(verification.finish())
}
