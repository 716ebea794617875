//! The arguments of `countersign redact`.

use std::path::PathBuf;

use clap::Args;

use crate::exit;

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
    pub(super) files: Vec<PathBuf>,
    /// Read every line by itself: JSON where it is, text otherwise. For files of any length; a line has at most 16 MiB.
    #[arg(long)]
    pub(super) lines: bool,
    /// Leave the text out, and end with exit code 1 if anything would be masked.
    #[arg(long)]
    pub(super) check: bool,
    /// Leave the table out.
    #[arg(long)]
    pub(super) quiet: bool,
    /// Answer with JSON: an object with `file`, `masks` and `redacted`; one on each line for several files and for --lines.
    #[arg(long)]
    pub(super) json: bool,
    /// Read the file as a proposal of this action type, or its parameters, and show what people would be shown.
    #[arg(long, value_name = "TYPE", conflicts_with = "lines")]
    pub(super) action: Option<String>,
    /// The bundle that has the type: its folder, or what `bundle build` made of one.
    #[arg(long, value_name = "BUNDLE", default_value = "infra/policies")]
    pub(super) bundle: PathBuf,
    /// Measure instead: precision and recall on texts that are made for it.
    #[arg(long, conflicts_with_all = ["files", "lines", "check", "quiet", "action"])]
    pub(super) corpus: bool,
    /// Another seed makes other texts.
    #[arg(long, default_value_t = 1, requires = "corpus")]
    pub(super) seed: u64,
    /// Print so many texts of each way of writing in which something was missed, and of ordinary ones that were touched.
    #[arg(long, default_value_t = 0, value_name = "N", requires = "corpus")]
    pub(super) misses: usize,
}

impl Redact {
    /// How it ends, where something would be masked or nothing.
    pub(super) fn code(&self, found: bool) -> u8 {
        if self.check && found { exit::FOUND } else { exit::DONE }
    }
}
