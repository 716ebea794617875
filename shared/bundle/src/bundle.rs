//! A bundle ready to be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use domain::{Digest, Granted, Membership, Person, Principal, Requirement, Terms, Timestamp};
use jsonschema::Validator;
use policy::Engine;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::approvals::RequirementRule;
use crate::catalogue::CatalogueEntry;
use crate::content::{self, Content};
use crate::directory::Directory;
use crate::schema;

/// Rules, catalogue, requirements and directory of one content digest.
#[derive(Debug)]
pub struct Bundle {
    digest: Digest,
    content: Content,
    engine: Engine,
    entries: BTreeMap<String, Prepared>,
}

#[derive(Debug)]
struct Prepared {
    place: usize,
    /// Taken when it is first asked for; none when the entry has no canonical form.
    digest: OnceLock<Option<Digest>>,
    /// Compiled when it is first asked.
    validator: OnceLock<Result<Validator, String>>,
}

/// Why bytes are no bundle. Always a denial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Not the JSON of a bundle.
    #[error("the bundle does not read: {0}")]
    Malformed(String),
    /// Of a format this version does not know.
    #[error("the bundle has the unknown format `{0}`")]
    Format(String),
    /// Its rules are not where it says, or two entries speak of the same thing.
    #[error("the bundle's {0}")]
    Broken(String),
}

impl Bundle {
    /// Reads a compiled bundle. What was checked when it was built is not checked again, and what its digest covers needs no
    /// stricter reading; what does not parse is refused.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let content: Content = read(bytes).map_err(|error| unread(bytes, &error))?;
        if content.format != content::FORMAT {
            return Err(unknown(&content.format));
        }
        let vocabulary = content.vocabulary();
        let engine = Engine::load(&content.policy_sources(), content.headers(), &vocabulary)
            .map_err(|error| LoadError::Broken(format!("rules: {error}")))?;
        Self::prepare(Digest::of(bytes), content, engine)
    }

    fn prepare(digest: Digest, content: Content, engine: Engine) -> Result<Self, LoadError> {
        if let Some(again) = content.directory.repeated().first() {
            let what = format!("directory has `{}` twice in `{}`", again.name, again.list);
            return Err(LoadError::Broken(what));
        }
        let mut entries = BTreeMap::new();
        for (place, entry) in content.actions.iter().enumerate() {
            let prepared = Prepared { place, digest: OnceLock::new(), validator: OnceLock::new() };
            if entries.insert(entry.action_type.clone(), prepared).is_some() {
                return Err(LoadError::Broken(format!("action type `{}` is there twice", entry.action_type)));
            }
        }
        Ok(Self { digest, content, engine, entries })
    }

    /// SHA-256 of the compiled content.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// All that was compiled.
    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    /// The decision engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// People, agents, accounts and resources.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.content.directory
    }

    /// All action types, by name.
    pub fn entries(&self) -> impl Iterator<Item = &CatalogueEntry> {
        self.content.actions.iter()
    }

    /// One action type.
    #[must_use]
    pub fn entry(&self, action_type: &str) -> Option<&CatalogueEntry> {
        self.content.actions.get(self.entries.get(action_type)?.place)
    }

    /// SHA-256 of the entry's canonical JSON: changes with anything the entry says.
    #[must_use]
    pub fn entry_digest(&self, action_type: &str) -> Option<Digest> {
        let (prepared, entry) = self.entries.get(action_type).zip(self.entry(action_type))?;
        let digest = || wire::json::canonical(entry).ok().map(|entry| entry.digest());
        *prepared.digest.get_or_init(digest)
    }

    /// Whether any rule could ever permit this principal that type: what its catalogue shows.
    #[must_use]
    pub fn may_propose(&self, principal: &Principal, action_type: &str) -> bool {
        self.engine.might_permit(&self.agent(principal), action_type)
    }

    /// A requirement by name.
    #[must_use]
    pub fn requirement(&self, name: &str) -> Option<&RequirementRule> {
        self.content.requirements.iter().find(|rule| rule.name == name)
    }

    /// Whose people may say what became of a lost attempt of this type, where nobody is asked to approve: those of the
    /// requirements that live grants stand for, else those of the requirement that the catalogue entry names. One of them is
    /// enough, so no counts and no other terms are kept.
    #[must_use]
    pub fn resolvers(&self, entry: &CatalogueEntry, granted: &[Granted]) -> Vec<Requirement> {
        let mut names: Vec<&str> = granted.iter().map(|one| one.requirement.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            names.extend(entry.resolve.as_deref());
        }
        let rules = names.into_iter().filter_map(|name| self.requirement(name));
        rules.map(|rule| Requirement { terms: Terms::default(), ..rule.requirement() }).collect()
    }

    /// All requirements, by name.
    pub fn requirements(&self) -> impl Iterator<Item = &RequirementRule> {
        self.content.requirements.iter()
    }

    /// The one issuer people come from.
    #[must_use]
    pub fn people_issuer(&self) -> &str {
        &self.directory().people
    }

    /// The person who answers for an agent.
    #[must_use]
    pub fn owner_of(&self, principal: &Principal) -> Option<Person> {
        let owner = self.directory().agent(principal)?.owner.clone()?;
        Some(Person { issuer: self.people_issuer().to_owned(), subject: owner })
    }

    /// Whether the directory lists this agent.
    #[must_use]
    pub fn lists(&self, principal: &Principal) -> bool {
        self.directory().agent(principal).is_some()
    }

    /// What people call an agent.
    #[must_use]
    pub fn display_of(&self, principal: &Principal) -> Option<&str> {
        self.directory().agent(principal).map(|agent| agent.display.as_str())
    }

    /// What the directory says about a person's groups at this time. Nothing else decides who speaks for a group.
    #[must_use]
    pub fn membership(&self, person: &Person, at: Timestamp) -> Membership {
        self.directory().membership(person, at)
    }

    /// The group whose members may read every action.
    #[must_use]
    pub fn auditors(&self) -> Option<&str> {
        self.directory().auditors.as_deref()
    }

    /// Parameters of this type that rules could read and of which a rule of this type speaks.
    #[must_use]
    pub fn reads(&self, action_type: &str) -> BTreeSet<String> {
        let words = self.entry(action_type).map(content::parameter_words).unwrap_or_default();
        words.into_keys().filter(|name| self.speaks_of(action_type, name)).collect()
    }

    /// Whether the word stands anywhere in a rule of this type, its comments included: rather once too often.
    #[must_use]
    pub fn speaks_of(&self, action_type: &str, word: &str) -> bool {
        let between = |c: char| !c.is_alphanumeric() && c != '_';
        let mut rules = self.engine.rules().filter(|rule| rule.applies_to(action_type));
        rules.any(|rule| rule.text().split(between).any(|found| found == word))
    }

    /// The groups whose people may suspend things at once.
    #[must_use]
    pub fn may_suspend(&self) -> &[String] {
        &self.directory().may_suspend
    }

    /// One action type with the validator of its parameters, which is compiled when it is first asked for.
    pub(crate) fn entry_and_validator(
        &self,
        action_type: &str,
    ) -> Option<(&CatalogueEntry, Result<&Validator, &str>)> {
        let (prepared, entry) = self.entries.get(action_type).zip(self.entry(action_type))?;
        let validator = prepared.validator.get_or_init(|| schema::validator(&entry.parameters));
        Some((entry, validator.as_ref().map_err(String::as_str)))
    }
}

/// Not as strictly as what strangers send: our own build wrote these bytes, and a signed manifest names their digest.
#[expect(clippy::disallowed_methods, reason = "a function reads them whenever it starts")]
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes)
}

/// Why these bytes do not read: of another format, rather than malformed, if they say so.
fn unread(bytes: &[u8], error: &serde_json::Error) -> LoadError {
    #[derive(Deserialize)]
    struct Head {
        format: String,
    }
    match read(bytes) {
        Ok(Head { format }) if format != content::FORMAT => unknown(&format),
        _ => LoadError::Malformed(error.to_string()),
    }
}

fn unknown(format: &str) -> LoadError {
    LoadError::Format(format.chars().take(80).collect())
}
