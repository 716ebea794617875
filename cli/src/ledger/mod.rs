//! `countersign ledger`: the log, checked by somebody who trusts neither us nor AWS.

mod held;
mod show;
mod source;
mod trust;

pub use held::CheckpointError;
pub use trust::{Trust, TrustError};

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use domain::ActionId;
use indicatif::{ProgressBar, ProgressStyle};
use ledger::verify::{CheckVerdict, Held, Report, Verification};

pub(crate) use source::Source;

/// The log of everything that happened.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Check a whole log. Exit code 0: clean; 1: findings; 2: incomplete; 3: wrong usage.
    Verify(Verify),
    /// Download a log and its checkpoints to check it later.
    Fetch(Fetch),
}

/// Arguments of `ledger verify`.
#[derive(Debug, clap::Args)]
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
pub struct Fetch {
    /// `s3://bucket[/prefix]`.
    source: String,
    /// An empty or new folder.
    folder: PathBuf,
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

const FINDINGS: u8 = 1;
const INCOMPLETE: u8 = 2;
const USAGE: u8 = 3;

impl Ledger {
    /// Runs the command and says how it ended.
    pub async fn run(self) -> ExitCode {
        let outcome = match self {
            Self::Verify(verify) => verify.run().await,
            Self::Fetch(fetch) => fetch.run().await,
        };
        outcome.unwrap_or_else(|error| {
            show::error(&error);
            ExitCode::from(if matches!(error, LedgerError::Usage(_)) { USAGE } else { INCOMPLETE })
        })
    }
}

impl Verify {
    async fn run(self) -> Result<ExitCode, LedgerError> {
        let unknown = |error: domain::ParseError| LedgerError::Usage(error.to_string());
        let action: Option<ActionId> = self.action.as_deref().map(str::parse).transpose().map_err(unknown)?;
        let source = Source::open(&self.source).await?;
        let trust = match self.trust.or_else(|| source.trust_beside()) {
            Some(file) => Some(Trust::read(&file)?),
            None => None,
        };
        let held = self.checkpoint.iter().map(|file| held::read(file, trust.as_ref()));
        let held = held.collect::<Result<Vec<_>, _>>()?;
        let report = verify(&source, trust.as_ref(), held).await?;
        show::report(&report, action.as_ref(), self.json);
        Ok(ExitCode::from(match (report.findings.is_empty(), report.unchecked.is_empty()) {
            (false, _) => FINDINGS,
            (true, false) => INCOMPLETE,
            (true, true) => 0,
        }))
    }
}

impl Fetch {
    async fn run(self) -> Result<ExitCode, LedgerError> {
        let source = Source::open(&self.source).await?;
        let numbers = source.numbers().await?;
        let progress = progress(numbers.len());
        for number in &numbers {
            source.save(*number, &self.folder).await?;
            progress.inc(1);
        }
        progress.finish_and_clear();
        let checkpoints = source.checkpoints().await?;
        for name in &checkpoints {
            source.save_checkpoint(name, &self.folder).await?;
        }
        show::fetched(numbers.len(), checkpoints.len(), &self.folder);
        Ok(ExitCode::SUCCESS)
    }
}

async fn verify(source: &Source, trust: Option<&Trust>, held: Vec<Held>) -> Result<Report, LedgerError> {
    let mut verification = Verification::new(trust.map(|trust| trust as &dyn CheckVerdict));
    held.into_iter().for_each(|checkpoint| verification.hold(checkpoint));
    let numbers = source.numbers().await?;
    let progress = progress(numbers.len());
    for number in numbers {
        let bytes = source.read(number).await?;
        verification.object(number, &bytes);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(verification.finish())
}

/// A line on a terminal; nothing elsewhere.
fn progress(objects: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{pos} of {len} objects, {elapsed} {wide_bar}");
    let bar = ProgressBar::new(u64::try_from(objects).unwrap_or(u64::MAX));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
