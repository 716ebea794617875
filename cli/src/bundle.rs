//! `countersign bundle`: check, build and publish what says what may happen.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bundle::{Bundle as Rules, BundleFault, OtherKey, check_publisher_key};
use bundle_build::{
    Compiled, Diagnostic, Signer, SignerError, Sources, StageError, Staged, Unreachable, publish, stage,
};
use bundle_s3::S3Bundles;
use clap::{Args, Subcommand};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::aws;
use crate::cases::tried;
use crate::console::Console;
use crate::exit;
use crate::policy::warnings;

const CODES: &str = "Exit codes: 0 done; 1 the sources have mistakes or cases fail, and each is named; 2 it could not be done, and why is said; \
74 the output could not be written; 141 its reader is gone.";

/// Checks, builds or publishes a bundle.
#[derive(Debug, Subcommand)]
#[command(after_help = CODES)]
pub enum BundleCommand {
    /// Check a folder; every mistake is named with file, line and column.
    Check(Check),
    /// Compile a folder into one canonical JSON document.
    Build(Build),
    /// Compile a folder, store it, and put it in force under the next number; or only stage it, for people to agree to.
    Publish(Publish),
    /// Make a publisher's key; prints the public half for the deployment's configuration.
    Keygen(Keygen),
}

/// Where the sources are.
#[derive(Debug, Args)]
pub struct Folder {
    /// The folder with `actions/`, `policies/`, `approvals.yaml` and `directory.yaml`.
    #[arg(long, conflicts_with = "folder")]
    dir: Option<PathBuf>,
    /// The same, without `--dir`.
    #[arg(default_value = "infra/policies")]
    folder: PathBuf,
    /// Use this issuer of people instead of the directory's.
    #[arg(long)]
    issuer: Option<String>,
}

/// `bundle check`.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign bundle check infra/policies"))]
pub struct Check {
    #[command(flatten)]
    folder: Folder,
    /// Answer with one JSON document.
    #[arg(long)]
    json: bool,
}

/// `bundle build`.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign bundle build infra/policies --out bundle.json"))]
pub struct Build {
    #[command(flatten)]
    folder: Folder,
    /// Where to write the document.
    #[arg(long)]
    out: PathBuf,
    /// Answer with one JSON document.
    #[arg(long)]
    json: bool,
}

/// `bundle publish`.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign bundle publish infra/policies --bucket my-bundles --key publisher.key --stage --json > publish.json"))]
pub struct Publish {
    #[command(flatten)]
    folder: Folder,
    /// The bundles' bucket; endpoint, region and credentials as AWS's own tools find them.
    #[arg(long)]
    bucket: String,
    /// The publisher's private key, from `bundle keygen`.
    #[arg(long)]
    key: PathBuf,
    /// Who publishes, for the record.
    #[arg(long, default_value = "countersign bundle publish")]
    publisher: String,
    /// Publish with a key that replaces the one of the manifests that are there. Functions that are deployed with the old
    /// key do not see what is published so.
    #[arg(long, conflicts_with = "stage")]
    new_key: bool,
    /// Put nothing in force: sign the manifest for the next number, lay it aside under this name (the number and the
    /// content's digest when absent), and print the proposal that puts it in force.
    #[arg(long, num_args = 0..=1, value_name = "NAME")]
    stage: Option<Option<String>>,
    /// Answer with one JSON document; with `--stage` it is the proposal, for `countersign propose`.
    #[arg(long)]
    json: bool,
    /// Why, in the proposal.
    #[arg(long, requires = "stage")]
    reason: Option<String>,
}

/// `bundle keygen`.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign bundle keygen publisher.key"))]
pub struct Keygen {
    /// The file to write; one that is there already is left alone.
    file: PathBuf,
    /// Answer with one JSON document.
    #[arg(long)]
    json: bool,
}

/// Why a command ended without doing its work.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The sources have mistakes; they were printed.
    #[error("{0} mistakes")]
    Mistakes(usize),
    /// Cases fail; they were printed.
    #[error("{0} cases fail")]
    Cases(usize),
    /// A file could not be read or written.
    #[error("`{0}`: {1}")]
    File(PathBuf, std::io::Error),
    /// A key is none.
    #[error(transparent)]
    Key(#[from] SignerError),
    /// The bucket.
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    /// The key is not the publisher's.
    #[error(transparent)]
    OtherKey(#[from] OtherKey),
    /// Nothing was staged.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// No client for it.
    #[error(transparent)]
    Fault(#[from] domain::Fault),
}

impl BundleCommand {
    /// Runs it.
    ///
    /// # Errors
    /// [`BundleError`]; mistakes in the sources are an exit code, not an error.
    pub async fn run(self, console: &Console) -> Result<u8, BundleError> {
        let done = match self {
            Self::Check(check) => check.run(console),
            Self::Build(build) => build.run(console),
            Self::Publish(publish) => publish.run(console).await,
            Self::Keygen(keygen) => keygen.run(console),
        };
        match done {
            Ok(()) => Ok(exit::DONE),
            Err(BundleError::Mistakes(number)) => {
                console.note(format!("{number} {}", if number == 1 { "mistake" } else { "mistakes" }));
                Ok(exit::FOUND)
            }
            Err(BundleError::Cases(number)) => {
                let cases = if number == 1 { "case fails" } else { "cases fail" };
                console.note(format!("{number} {cases}, so nothing was published"));
                Ok(exit::FOUND)
            }
            Err(error) => Err(error),
        }
    }
}

impl Folder {
    fn path(&self) -> &Path {
        self.dir.as_ref().unwrap_or(&self.folder)
    }

    fn compile(&self, console: &Console) -> Result<(Sources, Compiled), BundleError> {
        let told = |wrong: Vec<Diagnostic>| self.told(console, &wrong);
        let sources = Sources::read(self.path()).map_err(told)?;
        Compiled::from_sources(&sources, self.issuer.as_deref())
            .map(|compiled| (sources, compiled))
            .map_err(told)
    }

    /// The bundle, if every action type of it has a connector. What no rule permits is a warning.
    fn runnable(&self, console: &Console) -> Result<(Compiled, Vec<Diagnostic>), BundleError> {
        let (sources, compiled) = self.compile(console)?;
        let Unreachable { errors, warnings } = Unreachable::of(&compiled.bundle, &sources);
        match errors.is_empty() {
            true => Ok((compiled, warnings)),
            false => Err(self.told(console, &errors)),
        }
    }

    /// The bundle, if its cases pass too: what its authors expect of it is what comes into force.
    fn publishable(&self, console: &Console) -> Result<Compiled, BundleError> {
        let (compiled, unpermitted) = self.runnable(console)?;
        warnings(console, &unpermitted);
        let cases = bundle_build::cases(self.path()).map_err(|wrong| self.told(console, &wrong))?;
        let failed: Vec<_> =
            tried(&compiled.bundle, cases).into_iter().filter(|tried| !tried.passes()).collect();
        for one in &failed {
            let why = one.differences.join("; ");
            console.note(format!("{}: the case `{}` fails: {why}", one.case.place, one.case.name));
        }
        match failed.len() {
            0 => Ok(compiled),
            number => Err(BundleError::Cases(number)),
        }
    }

    fn told(&self, console: &Console, wrong: &[Diagnostic]) -> BundleError {
        wrong.iter().for_each(|found| console.note(format!("{}/{found}", self.path().display())));
        BundleError::Mistakes(wrong.len())
    }
}

impl Check {
    fn run(self, console: &Console) -> Result<(), BundleError> {
        let (compiled, unpermitted) = self.folder.runnable(console)?;
        let (types, digest) = (compiled.bundle.entries().count(), compiled.digest.to_string());
        warnings(console, &unpermitted);
        match self.json {
            true => console.document(&json!({ "result": "sound", "digest": digest, "types": types })),
            false => console.line(format!("sound: {types} action types, {digest}")),
        }
        Ok(())
    }
}

impl Build {
    fn run(self, console: &Console) -> Result<(), BundleError> {
        let (_, compiled) = self.folder.compile(console)?;
        std::fs::write(&self.out, &compiled.bytes)
            .map_err(|error| BundleError::File(self.out.clone(), error))?;
        let digest = compiled.digest.to_string();
        match self.json {
            true => console.document(&json!({ "digest": digest, "file": self.out })),
            false => console.line(digest),
        }
        Ok(())
    }
}

impl Publish {
    async fn run(self, console: &Console) -> Result<(), BundleError> {
        let compiled = self.folder.publishable(console)?;
        let key = std::fs::read(&self.key).map_err(|error| BundleError::File(self.key.clone(), error))?;
        let signer = Signer::from_pkcs8(&key)?;
        let client = aws_sdk_s3::Client::new(&aws::configuration().await?);
        let store = S3Bundles::new(client, self.bucket.clone());
        if !self.new_key {
            check_publisher_key(&store, &signer.public()?).await?;
        }
        if let Some(name) = &self.stage {
            let about = (self.publisher.as_str(), name.as_deref());
            let staged = stage(&store, &signer, &compiled, about, SystemClock.now()).await?;
            self.tell(console, &compiled, &staged);
            return Ok(());
        }
        let done = publish(&store, &signer, &compiled, &self.publisher, SystemClock.now()).await?;
        let (digest, number, manifest) =
            (compiled.digest.to_string(), done.number, done.manifest.to_string());
        match self.json {
            true => console.document(&json!({ "digest": digest, "number": number, "manifest": manifest })),
            false => {
                console.line(format!("bundle {digest} in force as number {number}, manifest {manifest}"))
            }
        }
        Ok(())
    }

    fn tell(&self, console: &Console, compiled: &Compiled, staged: &Staged) {
        let proposal = proposal(&compiled.bundle, &self.bucket, staged, self.reason.as_deref());
        if self.json {
            console.json_line(&proposal);
            return;
        }
        console
            .line(format!("bundle {} staged for number {}: {}", compiled.digest, staged.number, staged.key));
        console.line("nothing is in force by that; propose what puts it in force:");
        console.document(&proposal);
    }
}

/// The proposal that puts what is staged in force.
fn proposal(rules: &Rules, bucket: &str, staged: &Staged, reason: Option<&str>) -> Value {
    let publishing = rules.entries().find(|entry| entry.connector == "bundle-publish");
    let reason = reason.map_or_else(|| format!("New rules as number {}", staged.number), str::to_owned);
    json!({
        "type": publishing.map_or("bundle-publish", |entry| entry.action_type.as_str()),
        "parameters": {
            "manifest": format!("s3://{bucket}/{}", staged.key),
            "destination": format!("s3://{bucket}/{}", staged.destination),
        },
        "reason": reason,
    })
}

impl Keygen {
    fn run(self, console: &Console) -> Result<(), BundleError> {
        let failed = |error| BundleError::File(self.file.clone(), error);
        let key = Signer::generate()?;
        let public = Signer::from_pkcs8(&key)?.public()?;
        // Only the owner reads it, and a key that is there is never replaced.
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.file).map_err(failed)?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(|error| {
            // Half a key would keep the next one from being written.
            drop(std::fs::remove_file(&self.file));
            failed(error)
        })?;
        match self.json {
            true => console.document(&json!({ "public_key": public.to_base64(), "file": self.file })),
            false => console.line(public.to_base64()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::sample_bundle;

    /// What is printed is a proposal that the sample's catalogue takes as it is.
    #[test]
    fn a_proposal_names_what_is_staged() {
        let rules = sample_bundle();
        let staged = Staged {
            number: 2,
            key: "bundles/staged/example.json".to_owned(),
            destination: "bundles/00000000000000000002".to_owned(),
            manifest: rules.digest,
        };
        let body = proposal(&rules.bundle, "countersign-local-bundles-000000000000", &staged, None);
        assert_eq!(body["reason"], "New rules as number 2");
        assert_eq!(body["type"], "bundle-publish");
        assert_eq!(rules.bundle.validate_parameters("bundle-publish", &body["parameters"]), Ok(()));
        let example = &rules.bundle.entry("bundle-publish").unwrap().example;
        assert_eq!(body["parameters"], example["parameters"]);
    }
}
