//! Which issuers are trusted, and what their tokens must contain.

use serde_json::Value;

use crate::issuers_error::IssuersError;
use crate::settings::IssuerSettings;

/// All issuers; exactly one of them is the people's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuers {
    all: Vec<IssuerSettings>,
    people: IssuerSettings,
}

impl Issuers {
    /// Reads a JSON array of issuers, strictly.
    ///
    /// # Errors
    /// [`IssuersError`].
    pub fn parse(json: &str) -> Result<Self, IssuersError> {
        let shape = |error: String| IssuersError::Shape(error);
        let value = wire::json::parse_value(json.as_bytes()).map_err(|e| shape(e.to_string()))?;
        let Value::Array(entries) = value else { return Err(shape("an array is expected".to_owned())) };
        let all = entries.iter().map(IssuerSettings::read).collect::<Result<Vec<_>, _>>()?;
        Self::of(all)
    }

    /// These issuers, checked.
    ///
    /// # Errors
    /// [`IssuersError`].
    pub fn of(all: Vec<IssuerSettings>) -> Result<Self, IssuersError> {
        for (place, issuer) in all.iter().enumerate() {
            issuer.check()?;
            if all.iter().take(place).any(|other| other.issuer == issuer.issuer) {
                return Err(IssuersError::Twice(issuer.issuer.clone()));
            }
        }
        let mut people = all.iter().filter(|issuer| issuer.people);
        match (people.next().cloned(), people.count()) {
            (Some(people), 0) => Ok(Self { all, people }),
            (None, _) => Err(IssuersError::People(0)),
            (Some(_), more) => Err(IssuersError::People(more.saturating_add(1))),
        }
    }

    /// The issuer with exactly this name.
    #[must_use]
    pub fn get(&self, issuer: &str) -> Option<&IssuerSettings> {
        self.all.iter().find(|settings| settings.issuer == issuer)
    }

    /// The one issuer people come from.
    #[must_use]
    pub fn people(&self) -> &IssuerSettings {
        &self.people
    }

    /// Every issuer.
    pub fn all(&self) -> impl Iterator<Item = &IssuerSettings> {
        self.all.iter()
    }
}
