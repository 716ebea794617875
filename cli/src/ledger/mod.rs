//! `countersign ledger`: verifies the log without trusting the deployment or AWS.

mod auditor;
mod bundles;
mod error;
mod held;
mod show;
mod source;
mod trust;
mod verified;

pub use error::LedgerError;
pub use held::CheckpointError;
pub use trust::{Trust, TrustError};

use std::path::PathBuf;

use bundle::Timeline;
use clap::Subcommand;
use domain::ActionId;
use ledger::verify::{CheckVerdict, Held, Verification, VerificationReport};

pub(crate) use source::Source;

use crate::console::Console;
use crate::exit;
use auditor::Auditor;
use bundles::BundleSource;
use verified::{Outcome, Verified};

const CODES: &str = "Exit codes: 0 clean, or all is fetched; 1 findings; 2 incomplete: something could not be read or checked \
(with --strict, who belonged to a group too); \
3 (2 for an unknown option) wrong usage; 74 the output could not be written; 141 its reader is gone.";

/// The log of everything that happened.
#[derive(Debug, Subcommand)]
#[command(after_help = CODES)]
pub enum LedgerCommand {
    /// Check a whole log; the exit code says what was found.
    Verify(Verify),
    /// Download a log, its checkpoints and the bundles that were in force, to check it later.
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
    /// The bundles: a folder with `bundles/` as `ledger fetch` makes it, or `s3://bucket[/prefix]`. Default: `bundles/` in the
    /// log's folder. Without them nobody can say who belonged to which group: that is left unchecked.
    #[arg(long, value_name = "SOURCE")]
    bundles: Option<String>,
    /// What is unchecked is an error too (exit code 2): a verdict's groups, bundles that are missing.
    #[arg(long)]
    strict: bool,
    /// Show every finding. Without it, findings that follow from others are only counted: after one changed byte no later
    /// object continues what was counted.
    #[arg(long)]
    all: bool,
    /// Show this action's records, and only its findings and those of the log itself.
    #[arg(long)]
    action: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Arguments of `ledger fetch`.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign ledger fetch s3://my-log ./log --bundles s3://my-bundles"))]
pub struct Fetch {
    /// `s3://bucket[/prefix]`.
    source: String,
    /// A folder; fetching into it again adds what is new.
    folder: PathBuf,
    /// The bundles' bucket, `s3://bucket[/prefix]`: what was in force when, to check who belonged to which group.
    #[arg(long, value_name = "SOURCE")]
    bundles: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

const INCOMPLETE: u8 = 2;
const USAGE: u8 = 3;

impl LedgerCommand {
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
        let trust = match self.trust.clone().or_else(|| source.trust_beside()) {
            Some(file) => Some(Trust::read(&file)?),
            None => None,
        };
        let held = self.checkpoint.iter().map(|file| held::read(file, trust.as_ref()));
        let held = held.collect::<Result<Vec<_>, _>>()?;
        let numbers = source.numbers().await?;
        let auditor = match &trust {
            Some(trust) => Some(Auditor { trust, bundles: self.timeline(trust, &source).await? }),
            None => None,
        };
        let check = auditor.as_ref().map(|auditor| auditor as &dyn CheckVerdict);
        let report = verify(console, (&source, numbers), check, held).await?;
        let timeline = auditor.as_ref().and_then(|auditor| auditor.bundles.as_ref().ok());
        let result = Verified { report: &report, timeline };
        let shown = show::Shown { action: action.as_ref(), all: self.all, as_json: self.json };
        show::report(console, &result, &shown);
        Ok(match result.outcome() {
            Outcome::Findings => exit::FOUND,
            Outcome::Incomplete => INCOMPLETE,
            Outcome::Unchecked if self.strict => INCOMPLETE,
            Outcome::Unchecked | Outcome::Clean => exit::DONE,
        })
    }

    /// Which rules were in force when, or why that is unknown.
    async fn timeline(
        &self,
        trust: &Trust,
        source: &Source,
    ) -> Result<Result<Timeline, String>, LedgerError> {
        let bundles = match (&self.bundles, source.folder_named()) {
            (Some(place), _) => Some(BundleSource::open(place).await?),
            (None, Some(folder)) => BundleSource::next_to(folder)?,
            (None, None) => None,
        };
        let Some(bundles) = bundles else {
            return Ok(Err("there are no bundles; `ledger fetch --bundles` copies them".to_owned()));
        };
        let Some(key) = trust.publisher_key() else {
            return Ok(Err("the trust file has no `publisher_key`, so no bundle is believed".to_owned()));
        };
        bundles.timeline(key).await.map(Ok)
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
        let bundles = match self.save_bundles().await {
            Some(Ok(saved)) => Ok(saved),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("`--bundles` does not name their bucket".to_owned()),
        };
        let complete = bundles.is_ok() || self.bundles.is_none();
        let fetched = show::Fetched { objects: numbers.len(), checkpoints: checkpoints.len(), bundles };
        show::fetched(console, &fetched, &self.folder, self.json);
        Ok(if complete { exit::DONE } else { INCOMPLETE })
    }

    /// After the log, so that what was in force at each of its events is among them; none when they are not wanted.
    async fn save_bundles(&self) -> Option<Result<usize, LedgerError>> {
        let place = self.bundles.as_ref()?;
        Some(match BundleSource::open(place).await {
            Ok(bundles) => bundles.save(&self.folder).await,
            Err(error) => Err(error),
        })
    }
}

async fn verify(
    console: &Console,
    (source, numbers): (&Source, Vec<u64>),
    check: Option<&dyn CheckVerdict>,
    held: Vec<Held>,
) -> Result<VerificationReport, LedgerError> {
    let mut verification = Verification::new(check);
    held.into_iter().for_each(|checkpoint| verification.hold(checkpoint));
    let progress = console.progress(false).of(numbers.len());
    for number in numbers {
        let bytes = source.read(number).await?;
        verification.object(number, &bytes);
        progress.step();
    }
    Ok(verification.finish())
}
