//! `policy new`: commented files that build.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use bundle::{Bundle, Sensitivity};
use bundle_build::{Compiled, Sources};
use clap::{Args, Subcommand};
use serde_json::json;

use super::output::Output;
use super::{Found, PolicyError, compile};
use crate::console::Console;

const ACTION: &str = include_str!("skeleton/action.yaml");
const POLICY: &str = include_str!("skeleton/policy.cedar");

/// Writes a commented file into a bundle's folder. One that is there already is left alone, and so is the folder when the
/// bundle would not build with it.
#[derive(Debug, Subcommand)]
pub enum New {
    /// Write `actions/NAME.yaml`.
    Action(NewAction),
    /// Write `policies/NAME.cedar` for an action type.
    Policy(NewPolicy),
}

/// Arguments of `policy new action`.
#[derive(Debug, Args)]
#[command(after_help = super::help("new action queue-purge --dir infra/policies"))]
pub struct NewAction {
    /// The action type: lower-case letters, digits and `-`.
    name: String,
    /// The bundle's folder.
    #[arg(long, default_value = "infra/policies")]
    dir: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `policy new policy`.
#[derive(Debug, Args)]
#[command(after_help = super::help("new policy queues --action queue-purge --dir infra/policies"))]
pub struct NewPolicy {
    /// The file's name, and how the ids of its rules begin: lower-case letters, digits and `-`.
    name: String,
    /// The action type; the catalogue's first when absent.
    #[arg(long)]
    action: Option<String>,
    /// The requirement that is asked; the first that will do when absent.
    #[arg(long)]
    requirement: Option<String>,
    /// The bundle's folder.
    #[arg(long, default_value = "infra/policies")]
    dir: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl Output {
    fn wrote(self, console: &Console, path: &Path) -> u8 {
        match self.json {
            true => console.document(&json!({ "file": path })),
            false => console.line(path.display().to_string()),
        }
        0
    }
}

impl New {
    pub(super) fn run(self, console: &Console) -> Found {
        match self {
            Self::Action(action) => action.run(console),
            Self::Policy(rules) => rules.run(console),
        }
    }
}

impl NewAction {
    fn run(self, console: &Console) -> Found {
        let (sources, compiled) = compile(&self.dir)?;
        let name = checked(&self.name)?;
        let directory = compiled.bundle.directory();
        let home = directory.home_account.as_deref();
        let account = directory.accounts.iter().find(|account| home.is_none_or(|id| account.id == id));
        let account =
            account.ok_or_else(|| PolicyError::Usage("directory.yaml has no account".to_owned()))?;
        let words = name.replace('-', " ");
        let text = ACTION
            .replace("NAME", name)
            .replace("TITLE", &capital(&words))
            .replace("RESOURCE", &name.split('-').map(capital).collect::<String>())
            .replace("REGION", &account.region)
            .replace("ACCOUNT", &account.id);
        place(&self.dir, &format!("actions/{name}.yaml"), text, sources)
            .map(|path| self.output.wrote(console, &path))
    }
}

impl NewPolicy {
    fn run(self, console: &Console) -> Found {
        let (sources, compiled) = compile(&self.dir)?;
        let name = checked(&self.name)?;
        let bundle = &compiled.bundle;
        let action = match &self.action {
            Some(action) => bundle.entry(action),
            None => bundle.entries().next(),
        };
        let action = action.ok_or_else(|| PolicyError::Usage("there is no such action type".to_owned()))?;
        let requirement = self.requirement(bundle, action.sensitivity == Sensitivity::High)?;
        let team = bundle.directory().teams.first();
        let principal =
            team.map_or_else(|| "principal".to_owned(), |team| format!("principal in Team::\"{team}\""));
        let text = POLICY
            .replace("NAME", name)
            .replace("PRINCIPAL", &principal)
            .replace("ACTION", &action.action_type)
            .replace("REQUIREMENT", &requirement);
        place(&self.dir, &format!("policies/{name}.cedar"), text, sources)
            .map(|path| self.output.wrote(console, &path))
    }

    fn requirement(&self, bundle: &Bundle, fresh: bool) -> Result<String, PolicyError> {
        if let Some(name) = &self.requirement {
            return Ok(name.clone());
        }
        let fit = bundle.requirements().find(|rule| !fresh || rule.fresh_proof());
        fit.map(|rule| rule.name.clone())
            .ok_or_else(|| PolicyError::Usage("approvals.yaml has no requirement that will do".to_owned()))
    }
}

/// Writes the file, if the bundle builds with it and nothing is there.
fn place(folder: &Path, file: &str, text: String, mut sources: Sources) -> Result<PathBuf, PolicyError> {
    let path = folder.join(file);
    let failed = |error| PolicyError::File(path.clone(), error);
    sources.0.insert(file.to_owned(), text.clone());
    Compiled::from_sources(&sources, None).map_err(|wrong| PolicyError::Mistakes(wrong, Some(sources)))?;
    let mut created = OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
    created.write_all(text.as_bytes()).map_err(failed)?;
    Ok(path)
}

fn checked(name: &str) -> Result<&str, PolicyError> {
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    let fits = letters && begins && name.len() <= 48;
    fits.then_some(name)
        .ok_or_else(|| PolicyError::Usage(format!("`{name}` is no name: lower-case letters, digits and `-`")))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
