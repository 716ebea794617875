//! `countersign redact`: what would be masked in a text, by which rule, and what a proposal could hold of it.

mod arguments;
mod error;
mod input;
mod measured;
mod proposal;
mod report;

use std::path::PathBuf;

use crate::console::Console;
pub use arguments::Redact;
pub use error::RedactError;
use input::{Input, Lines};
use report::Report;

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
}
