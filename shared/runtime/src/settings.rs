//! Configuration: read once at start, checked, never again.

use std::collections::BTreeMap;

/// The process's environment as it was at start.
#[derive(Clone)]
pub struct Settings(BTreeMap<String, String>);

/// A setting that is missing or wrong: the function does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It is not set, or empty.
    #[error("the environment variable `{0}` is not set")]
    Missing(String),
    /// It does not parse.
    #[error("the environment variable `{0}` is not {1}")]
    Malformed(String, String),
}

impl Settings {
    /// Reads the environment.
    #[must_use]
    pub fn from_environment() -> Self {
        Self(std::env::vars().collect())
    }

    /// Settings given directly, for processes that are not functions.
    #[must_use]
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The value, which must be there and not empty.
    ///
    /// # Errors
    /// [`SettingsError::Missing`].
    pub fn text(&self, name: &str) -> Result<&str, SettingsError> {
        self.optional(name).ok_or_else(|| SettingsError::Missing(name.to_owned()))
    }

    /// The value, if it is set and not empty.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The values between commas; none when it is not set.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.optional(name).into_iter().flat_map(|value| value.split(','));
        values.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }

    /// The value, parsed.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn parsed<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<T, SettingsError> {
        let wrong = |_| SettingsError::Malformed(name.to_owned(), expected.to_owned());
        self.text(name)?.parse().map_err(wrong)
    }
}
