//! Where the running stack is, as `make up` wrote it down.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::{FlowResult, FlowStep};

/// The running stack's addresses and names.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// The API and the pages.
    pub api: String,
    /// The identity provider.
    pub issuer: String,
    /// What the issuer calls its clients, by their names here.
    pub clients: BTreeMap<String, String>,
    /// People's subjects, by their user names.
    pub subjects: BTreeMap<String, String>,
    /// The claim of its tokens that names groups.
    pub groups_claim: String,
    /// What `countersign login` asks for at this issuer.
    pub login_scopes: String,
    /// The console channel.
    pub console: String,
    /// The double of Slack; none on a stack that runs without.
    pub slack: Option<String>,
    /// The double of Teams; none on a stack that runs without.
    pub teams: Option<String>,
    /// The folder of the rules that were published: the sample with this stack's addresses.
    pub policies: PathBuf,
    /// The emulator.
    pub endpoint: String,
    /// Twelve digits.
    pub account: String,
    /// E.g. `us-east-1`.
    pub region: String,
    /// The deployment's name.
    pub deployment: String,
    /// Table names by role in the design.
    pub tables: BTreeMap<String, String>,
    /// The locked log.
    pub log_bucket: String,
    /// The locked bundles.
    pub bundles_bucket: String,
    /// Queue addresses.
    pub queues: BTreeMap<String, String>,
    /// Dead-letter queue addresses.
    pub dead_letters: BTreeMap<String, String>,
    /// Function names.
    pub functions: BTreeMap<String, String>,
    /// Function roles.
    pub roles: BTreeMap<String, String>,
    /// Secrets Manager ARNs.
    pub secrets: BTreeMap<String, String>,
    /// KMS keys.
    pub keys: BTreeMap<String, String>,
    /// Base64 of the verdict key's public half.
    pub verdict_public_key: String,
    /// Base64 of the publisher's public key.
    pub publisher_key: String,
    /// The file with its private half.
    pub publisher_key_file: String,
}

impl Stack {
    /// What the issuer calls this client.
    #[must_use]
    pub fn client<'a>(&'a self, name: &'a str) -> &'a str {
        self.clients.get(name).map_or(name, String::as_str)
    }

    /// The issuer's discovery document.
    #[must_use]
    pub fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'))
    }

    /// Reads `stack.json` below `LOCAL_DIR` (default: `.local` at the project's root).
    ///
    /// # Errors
    /// When no stack is up.
    pub fn running() -> FlowResult<Self> {
        let path = local_dir().join("stack.json");
        let name = format!("{} (is the stack up? run `make up`)", path.display());
        let bytes = std::fs::read(&path).step(&name)?;
        wire::json::parse(&bytes).step(&name)
    }
}

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    root.canonicalize().unwrap_or(root)
}

/// Where the stack keeps its files.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is a process of its own, not a function")]
pub fn local_dir() -> PathBuf {
    let set = std::env::var("LOCAL_DIR").ok().filter(|dir| !dir.is_empty());
    set.map_or_else(|| root().join(".local"), PathBuf::from)
}
