//! What the template sets. Anything missing or malformed keeps the function from starting (F26).

use bundle::PublisherKey;
use domain::Fault;
use identity::{Issuers, PublicKey};
use runtime::Settings;

/// Plain configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The deployment's name.
    pub deployment: String,
    /// Whose bundles count.
    pub publisher: PublisherKey,
    /// The public half of the verdict key.
    pub verdict_key: PublicKey,
    /// The issuers.
    pub issuers: Issuers,
    /// The pages' client id, the audience of ID tokens.
    pub pages_client: String,
    /// The days every log object is locked for.
    pub retention_days: u32,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// A lasting [`Fault`] that names what is missing or malformed.
    pub fn read(settings: &Settings) -> Result<Self, Fault> {
        let text = |name: &str| settings.text(name).map_err(|error| Fault::lasting(error.to_string()));
        let wrong = |name: &str, why: String| Fault::lasting(format!("`{name}`: {why}"));
        let days = settings.parsed("LOG_RETENTION_DAYS", "a number of days");
        Ok(Self {
            deployment: text("DEPLOYMENT")?.to_owned(),
            publisher: PublisherKey::parse(text("PUBLISHER_KEY")?)
                .map_err(|error| wrong("PUBLISHER_KEY", error.to_string()))?,
            verdict_key: PublicKey::parse(text("VERDICT_PUBLIC_KEY")?)
                .map_err(|error| wrong("VERDICT_PUBLIC_KEY", error.to_string()))?,
            issuers: Issuers::parse(text("ISSUERS")?).map_err(|error| wrong("ISSUERS", error.to_string()))?,
            pages_client: text("PAGES_CLIENT")?.to_owned(),
            retention_days: days.map_err(|error| Fault::lasting(error.to_string()))?,
        })
    }
}
