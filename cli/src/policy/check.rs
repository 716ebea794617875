//! `policy check`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::output::{Output, counted, document, line, mistakes};
use super::{FOUND, Found, PolicyError, compile};

/// Arguments of `policy check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The bundle's folder.
    #[arg(default_value = "infra/policies")]
    folder: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl Check {
    pub(super) fn run(self) -> Found {
        let checked = compile(&self.folder).and_then(|(_, compiled)| {
            let cases = bundle::cases(&self.folder).map_err(|wrong| PolicyError::Mistakes(wrong, None))?;
            Ok((compiled, cases))
        });
        let (compiled, cases) = match checked {
            Ok(found) => found,
            Err(PolicyError::Mistakes(wrong, sources)) => {
                if self.output.json {
                    let mistake = |found: &bundle::Diagnostic| json!({ "file": found.file, "line": found.line, "column": found.column, "message": found.message, "help": found.help });
                    let mistakes: Vec<_> = wrong.iter().map(mistake).collect();
                    document(&json!({ "result": "mistakes", "mistakes": mistakes }));
                } else {
                    mistakes(&wrong, sources.as_ref());
                    line(&counted(wrong.len(), "mistake"));
                }
                return Ok(FOUND);
            }
            Err(error) => return Err(error),
        };
        let (types, cases) = (compiled.bundle.entries().count(), cases.len());
        if self.output.json {
            let digest = compiled.digest.to_string();
            document(&json!({ "result": "sound", "digest": digest, "types": types, "cases": cases }));
        } else {
            let (types, cases) = (counted(types, "action type"), counted(cases, "case"));
            line(&format!("sound: {types}, {cases}, {}", compiled.digest));
        }
        Ok(0)
    }
}
