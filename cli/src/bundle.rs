//! `countersign bundle`: check, build and publish what says what may happen.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bundle::{BundleFault, Compiled, Diagnostic, KeyError, S3Bundles, Signer, Sources, publish};
use clap::{Args, Subcommand};
use runtime::{Clock, SystemClock};

/// The exit code for a bundle with mistakes in it.
const MISTAKES: u8 = 1;

/// Checks, builds or publishes a bundle.
#[derive(Debug, Subcommand)]
pub enum Bundle {
    /// Check a folder; every mistake is named with file, line and column. Exit code 1 when there are any.
    Check(Check),
    /// Compile a folder into one canonical JSON document.
    Build(Build),
    /// Compile a folder, store it, and put it in force under the next number.
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
pub struct Check {
    #[command(flatten)]
    folder: Folder,
}

/// `bundle build`.
#[derive(Debug, Args)]
pub struct Build {
    #[command(flatten)]
    folder: Folder,
    /// Where to write the document.
    #[arg(long)]
    out: PathBuf,
}

/// `bundle publish`.
#[derive(Debug, Args)]
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
}

/// `bundle keygen`.
#[derive(Debug, Args)]
pub struct Keygen {
    /// The file to write; one that is there already is left alone.
    file: PathBuf,
}

/// Why a command ended without doing its work.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The sources have mistakes; they were printed.
    #[error("{0} mistakes")]
    Mistakes(usize),
    /// A file could not be read or written.
    #[error("`{0}`: {1}")]
    File(PathBuf, std::io::Error),
    /// A key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The bucket.
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    /// No client for it.
    #[error(transparent)]
    Fault(#[from] domain::Fault),
}

impl Bundle {
    /// Runs it.
    ///
    /// # Errors
    /// [`BundleError`]; mistakes in the sources are an exit code, not an error.
    pub async fn run(self) -> Result<ExitCode, BundleError> {
        let done = match self {
            Self::Check(check) => check.run(),
            Self::Build(build) => build.run(),
            Self::Publish(publish) => publish.run().await,
            Self::Keygen(keygen) => keygen.run(),
        };
        match done {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(BundleError::Mistakes(number)) => {
                eprintln!("{number} {}", if number == 1 { "mistake" } else { "mistakes" });
                Ok(ExitCode::from(MISTAKES))
            }
            Err(error) => Err(error),
        }
    }
}

impl Folder {
    fn path(&self) -> &Path {
        self.dir.as_ref().unwrap_or(&self.folder)
    }

    fn compile(&self) -> Result<Compiled, BundleError> {
        let folder = self.path();
        let told = |wrong: Vec<Diagnostic>| {
            wrong.iter().for_each(|found| eprintln!("{}/{found}", folder.display()));
            BundleError::Mistakes(wrong.len())
        };
        let sources = Sources::read(folder).map_err(told)?;
        Compiled::from_sources(&sources, self.issuer.as_deref()).map_err(told)
    }
}

impl Check {
    fn run(self) -> Result<(), BundleError> {
        let compiled = self.folder.compile()?;
        println!("sound: {} action types, {}", compiled.bundle.entries().count(), compiled.digest);
        Ok(())
    }
}

impl Build {
    fn run(self) -> Result<(), BundleError> {
        let compiled = self.folder.compile()?;
        std::fs::write(&self.out, &compiled.bytes)
            .map_err(|error| BundleError::File(self.out.clone(), error))?;
        println!("{}", compiled.digest);
        Ok(())
    }
}

impl Publish {
    async fn run(self) -> Result<(), BundleError> {
        let compiled = self.folder.compile()?;
        let key = std::fs::read(&self.key).map_err(|error| BundleError::File(self.key.clone(), error))?;
        let signer = Signer::from_pkcs8(&key)?;
        let store =
            S3Bundles::new(aws_sdk_s3::Client::new(&runtime::aws::configuration().await?), self.bucket);
        let done = publish(&store, &signer, &compiled, &self.publisher, SystemClock.now()).await?;
        println!("bundle {} in force as number {}, manifest {}", compiled.digest, done.number, done.manifest);
        Ok(())
    }
}

impl Keygen {
    fn run(self) -> Result<(), BundleError> {
        let failed = |error| BundleError::File(self.file.clone(), error);
        let key = Signer::generate()?;
        let public = Signer::from_pkcs8(&key)?.public()?;
        // Only the owner reads it, and a key that is there is never replaced.
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.file).map_err(failed)?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(failed)?;
        println!("{}", public.to_base64());
        Ok(())
    }
}
