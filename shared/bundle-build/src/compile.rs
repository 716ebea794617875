//! From source files to one canonical document.

use std::collections::BTreeMap;
use std::path::Path;

use bundle::content::{Content, FORMAT, PolicyFile};
use bundle::{Bundle, CatalogueEntry, Directory, RequirementRule};
use domain::Digest;
use policy::{Diagnostic, Engine, Source, Vocabulary};

use crate::check;
use crate::sources::{Sources, general};

/// A compiled bundle.
#[derive(Debug)]
pub struct Compiled {
    /// Canonical JSON.
    pub bytes: Vec<u8>,
    /// SHA-256 of it.
    pub digest: Digest,
    /// Ready to be asked.
    pub bundle: Bundle,
}

/// Compiles a source folder.
///
/// # Errors
/// Everything that is wrong, each with file, line, column and cause.
pub fn compile(folder: &Path) -> Result<Compiled, Vec<Diagnostic>> {
    Compiled::from_sources(&Sources::read(folder)?, None)
}

impl Compiled {
    /// Compiles source files; `people` replaces the directory's issuer of people, for a deployment that differs in
    /// nothing else.
    ///
    /// # Errors
    /// Everything that is wrong, each with file, line, column and cause.
    pub fn from_sources(sources: &Sources, people: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let mut content = read(sources)?;
        if let Some(issuer) = people {
            content.directory.people = issuer.to_owned();
        }
        let mut wrong = check::parts(&content, sources);
        let engine = match Engine::build(&content.policy_sources(), &content.vocabulary()) {
            Ok(engine) => Some(engine),
            Err(found) => {
                wrong.extend(found);
                None
            }
        };
        let Some(engine) = engine.filter(|_| wrong.is_empty()) else { return Err(sorted(wrong)) };
        content.header(&engine);
        let canonical =
            wire::json::canonical(&content).map_err(|error| vec![general(".", error.to_string())])?;
        // What the functions will read is what is checked from here on: every rule must be what its rule header says.
        let bundle = Bundle::load(canonical.as_bytes())
            .map_err(|error| vec![general("actions", error.to_string())])?;
        bundle.engine().parse_all().map_err(|error| vec![general("policies", error)])?;
        let digest = bundle.digest();
        let wrong = check::whole(&bundle, sources);
        if !wrong.is_empty() {
            return Err(sorted(wrong));
        }
        Ok(Self { bytes: canonical.as_bytes().to_vec(), digest, bundle })
    }
}

fn read(sources: &Sources) -> Result<Content, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let mut actions: Vec<CatalogueEntry> = Vec::new();
    for (file, _) in sources.below("actions") {
        match sources.yaml::<CatalogueEntry>(file) {
            Ok(entry) if file == format!("actions/{}.yaml", entry.action_type) => actions.push(entry),
            Ok(entry) => {
                let message = format!("the type `{}` belongs into `actions/{0}.yaml`", entry.action_type);
                wrong.push(sources.at(file, &["type"], message));
            }
            Err(found) => wrong.push(found),
        }
    }
    if sources.below("actions").next().is_none() {
        wrong.push(general("actions", "there is no action type".to_owned()));
    }
    let named = sources.yaml::<BTreeMap<String, RequirementRule>>("approvals.yaml");
    let requirements = named.map_err(|found| wrong.push(found)).unwrap_or_default();
    let directory = sources.yaml::<Directory>("directory.yaml").map_err(|found| wrong.push(found));
    for (name, _) in requirements.iter().filter(|(_, rule)| !rule.name.is_empty()) {
        let message = "a requirement's name is its key alone".to_owned();
        wrong.push(sources.at("approvals.yaml", &[name, "name"], message));
    }
    let policy = |(file, text): (&str, &str)| PolicyFile {
        file: file.to_owned(),
        text: text.to_owned(),
        rules: Vec::new(),
    };
    let policies: Vec<PolicyFile> = sources.below("policies").map(policy).collect();
    let Some(directory) = directory.ok().filter(|_| wrong.is_empty()) else {
        let rules: Vec<Source> =
            policies.into_iter().map(|PolicyFile { file, text, .. }| Source { file, text }).collect();
        // Without a catalogue only their syntax can be told, but that much in the same run.
        wrong.extend(Engine::read(&rules, &Vocabulary::default()).err().into_iter().flatten());
        return Err(sorted(wrong));
    };
    let named = |(name, rule): (String, RequirementRule)| RequirementRule { name, ..rule };
    Ok(Content {
        format: FORMAT.to_owned(),
        actions,
        policies,
        requirements: requirements.into_iter().map(named).collect(),
        directory,
    })
}

fn sorted(mut wrong: Vec<Diagnostic>) -> Vec<Diagnostic> {
    wrong.sort();
    wrong.dedup();
    wrong
}
