//! `policy check`.

use std::path::PathBuf;

use bundle_build::{Diagnostic, Sources, Unreachable};
use clap::Args;
use serde_json::{Value, json};

use super::output::{Output, counted, mistakes, warnings as warnings_to};
use super::{FOUND, Found, PolicyError, compile};
use crate::console::Console;

/// Arguments of `policy check`.
#[derive(Debug, Args)]
#[command(after_help = super::help("check infra/policies"))]
pub struct Check {
    /// The bundle's folder.
    #[arg(default_value = "infra/policies")]
    folder: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl Check {
    pub(super) fn run(self, console: &Console) -> Found {
        let cases = bundle_build::cases(&self.folder);
        let (sources, compiled, cases) = match (compile(&self.folder), cases) {
            (Ok((sources, compiled)), Ok(cases)) => (sources, compiled, cases),
            (Ok((sources, compiled)), Err(mut wrong)) => {
                wrong.extend(Unreachable::of(&compiled.bundle, &sources).errors);
                return Ok(self.tell(console, &wrong, Some(&sources)));
            }
            (Err(PolicyError::Mistakes(mut wrong, sources)), cases) => {
                wrong.extend(cases.err().into_iter().flatten());
                return Ok(self.tell(console, &wrong, sources.as_ref()));
            }
            (Err(error), _) => return Err(error),
        };
        let Unreachable { errors, warnings } = Unreachable::of(&compiled.bundle, &sources);
        if !errors.is_empty() {
            return Ok(self.tell(console, &errors, Some(&sources)));
        }
        let (types, cases) = (compiled.bundle.entries().count(), cases.len());
        if self.output.json {
            let digest = compiled.digest.to_string();
            let warnings: Vec<_> = warnings.iter().map(as_json).collect();
            console.document(&json!({
                "result": "sound", "digest": digest, "types": types, "cases": cases, "warnings": warnings,
            }));
        } else {
            warnings_to(console, &warnings);
            let (types, cases) = (counted(types, "action type"), counted(cases, "case"));
            console.line(format!("sound: {types}, {cases}, {}", compiled.digest));
        }
        Ok(0)
    }

    fn tell(&self, console: &Console, wrong: &[Diagnostic], sources: Option<&Sources>) -> u8 {
        if self.output.json {
            let mistakes: Vec<_> = wrong.iter().map(as_json).collect();
            console.document(&json!({ "result": "mistakes", "mistakes": mistakes }));
        } else {
            mistakes(console, wrong, sources);
            console.line(counted(wrong.len(), "mistake"));
        }
        FOUND
    }
}

fn as_json(found: &Diagnostic) -> Value {
    let Diagnostic { file, line, column, message, help, .. } = found;
    json!({ "file": file, "line": line, "column": column, "message": message, "help": help })
}
