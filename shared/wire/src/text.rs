//! How small domain values look in JSON: digests and ids as their text, times as RFC 3339 in UTC with milliseconds.
//!
//! For `#[serde(with = "wire::text")]` and its modules.

use std::fmt::Display;
use std::str::FromStr;

use domain::{KeyRef, Person, Principal, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Writes the value's text.
///
/// # Errors
/// The serializer's.
pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Reads the value from its text.
///
/// # Errors
/// When the text has another shape.
pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// The same for values that may be absent (`null`).
pub mod option {
    use super::*;

    /// Writes the text, or null.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(ToString::to_string).serialize(serializer)
    }

    /// Reads the text, or null.
    ///
    /// # Errors
    /// When the text has another shape.
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

/// The same for lists.
pub mod list {
    use super::*;

    /// Writes a list of texts.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<T: Display, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(ToString::to_string))
    }

    /// Reads a list of texts.
    ///
    /// # Errors
    /// When one of them has another shape.
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}

/// RFC 3339 in UTC with milliseconds, e.g. `2026-11-21T14:47:31.204Z`; any other way to write a time is refused,
/// so that one instant has one text.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.millis()) {
        Ok(instant) => format!("{instant:.3}"),
        Err(_) => format!("{}ms", at.millis()),
    }
}

/// Reads what [`rfc3339`] wrote.
///
/// # Errors
/// A sentence naming the expected shape.
pub fn parse_rfc3339(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("`{text}` is not a time like 2026-11-21T14:47:31.204Z");
    let instant: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    let at = Timestamp::from_millis(instant.as_millisecond());
    if rfc3339(at) == text { Ok(at) } else { Err(wrong()) }
}

/// For `#[serde(with = "wire::text::time")]`.
pub mod time {
    use super::*;

    /// Writes RFC 3339.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(*at))
    }

    /// Reads RFC 3339.
    ///
    /// # Errors
    /// When the text is no such time.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        parse_rfc3339(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// For `#[serde(with = "wire::text::time_option")]`.
pub mod time_option {
    use super::*;

    /// Writes RFC 3339, or null.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(rfc3339).serialize(serializer)
    }

    /// Reads RFC 3339, or null.
    ///
    /// # Errors
    /// When the text is no such time.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| parse_rfc3339(&text).map_err(D::Error::custom)).transpose()
    }
}

/// A person or principal as `{"issuer", "subject"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`.
    pub subject: String,
}

impl From<&Person> for Identity {
    fn from(person: &Person) -> Self {
        Self { issuer: person.issuer.clone(), subject: person.subject.clone() }
    }
}

impl From<&Principal> for Identity {
    fn from(principal: &Principal) -> Self {
        Self { issuer: principal.issuer.clone(), subject: principal.subject.clone() }
    }
}

impl From<Identity> for Person {
    fn from(identity: Identity) -> Self {
        Self { issuer: identity.issuer, subject: identity.subject }
    }
}

impl From<Identity> for Principal {
    fn from(identity: Identity) -> Self {
        Self { issuer: identity.issuer, subject: identity.subject }
    }
}

/// A token's key as `{"issuer", "kid"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenKey {
    /// The issuer.
    pub issuer: String,
    /// The key id in its key set.
    pub kid: String,
}

impl From<&KeyRef> for TokenKey {
    fn from(key: &KeyRef) -> Self {
        Self { issuer: key.issuer.clone(), kid: key.kid.clone() }
    }
}

impl From<TokenKey> for KeyRef {
    fn from(key: TokenKey) -> Self {
        Self { issuer: key.issuer, kid: key.kid }
    }
}
