//! `countersign redact`: what would be masked in a text, by which rule, and what a proposal could hold of it.

mod input;
mod measured;
mod proposal;
mod report;

use std::path::PathBuf;

use clap::Args;

use crate::console::Console;
use crate::exit;
use crate::policy::PolicyError;
use input::{Input, Lines};
use report::Report;

const CODES: &str = "Exit codes: 0 done, whatever was masked; 1 with --check something would be masked, or with --action the \
proposal would be refused; 2 it could not be done, and why is said; 74 the output could not be written; 141 its reader is gone.";

/// Shows a text with secrets and personal data masked, and which rule masked what.
///
/// The text goes to standard output, and below it a table: where, which kind and rule, how many characters, and whether a
/// parameter of a proposal could hold it (masked) or not (refused). A secret itself is never printed. A file that is one JSON
/// object or array is read as such, everything else as text.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign redact worker.log --check --json"))]
pub struct Redact {
    /// The files; standard input without any, and for `-`. At most 64 MiB each, but with --lines.
    files: Vec<PathBuf>,
    /// Read every line by itself: JSON where it is, text otherwise. For files of any length; a line has at most 16 MiB.
    #[arg(long)]
    lines: bool,
    /// Leave the text out, and end with exit code 1 if anything would be masked.
    #[arg(long)]
    check: bool,
    /// Leave the table out.
    #[arg(long)]
    quiet: bool,
    /// Answer with JSON: an object with `file`, `masks` and `redacted`; one on each line for several files and for --lines.
    #[arg(long)]
    json: bool,
    /// Read the file as a proposal of this action type, or its parameters, and show what people would be shown.
    #[arg(long, value_name = "TYPE", conflicts_with = "lines")]
    action: Option<String>,
    /// The bundle that has the type: its folder, or what `bundle build` made of one.
    #[arg(long, value_name = "BUNDLE", default_value = "infra/policies")]
    bundle: PathBuf,
    /// Measure instead: precision and recall on texts that are made for it.
    #[arg(long, conflicts_with_all = ["files", "lines", "check", "quiet", "action"])]
    corpus: bool,
    /// Another seed makes other texts.
    #[arg(long, default_value_t = 1, requires = "corpus")]
    seed: u64,
    /// Print so many texts of each way of writing in which something was missed, and of ordinary ones that were touched.
    #[arg(long, default_value_t = 0, value_name = "N", requires = "corpus")]
    misses: usize,
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// A file could not be read.
    #[error("`{0}`: {1}")]
    File(PathBuf, std::io::Error),
    /// It is too long to be read whole.
    #[error("`{0}` has more than {1} MiB: split it, or read it with --lines")]
    TooLong(PathBuf, usize),
    /// Not what the command takes.
    #[error("{0}")]
    Usage(String),
    /// The bundle does not open.
    #[error("the bundle does not open: {0}")]
    Bundle(#[from] PolicyError),
}

impl Redact {
    /// Runs it.
    ///
    /// # Errors
    /// [`RedactError`].
    pub fn run(self, console: &Console) -> Result<u8, RedactError> {
        if self.corpus {
            return Ok(measured::run(console, self.seed, self.misses, self.json));
        }
        let files = if self.files.is_empty() { vec![PathBuf::from("-")] } else { self.files.clone() };
        let several = files.len() > 1;
        let mut report = Report::new(console, &self, several);
        if let Some(action) = &self.action {
            let marked = proposal::Marked::of(&self.bundle, action)?;
            for file in &files {
                marked.show(&Input::read(file)?, &mut report)?;
            }
            return Ok(report.finish());
        }
        for file in &files {
            if self.lines {
                let mut lines = Lines::open(file)?;
                while let Some(line) = lines.next()? {
                    report.add(&line);
                }
            } else {
                report.add(&Input::read(file)?);
            }
        }
        Ok(report.finish())
    }

    fn code(&self, found: bool) -> u8 {
        if self.check && found { exit::FOUND } else { exit::DONE }
    }
}
