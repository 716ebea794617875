//! Attribute maps: the form of a table's items, the same for the stream, the table client and the doubles.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use domain::Fault;
pub use serde_dynamo::AttributeValue;

/// One table item, by attribute name.
pub type Attributes = HashMap<String, AttributeValue>;

/// What is wrong with an attribute. It names the attribute and repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("attribute `{name}` is missing or no {expected}")]
pub struct AttributeError {
    name: &'static str,
    expected: &'static str,
}

impl AttributeError {
    pub(crate) fn other(name: &'static str, expected: &'static str) -> Self {
        Self { name, expected }
    }
}

impl From<AttributeError> for Fault {
    fn from(error: AttributeError) -> Self {
        Self::lasting(error.to_string())
    }
}

/// A text attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A list of texts.
pub(crate) fn texts(values: impl IntoIterator<Item = impl Into<String>>) -> AttributeValue {
    AttributeValue::L(values.into_iter().map(text).collect())
}

/// Named values of an expression, `:name` in front.
pub(crate) fn named<const N: usize>(pairs: [(&str, AttributeValue); N]) -> Attributes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Reads one item attribute by attribute.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a Attributes);

impl<'a> Reader<'a> {
    pub(crate) fn text(self, name: &'static str) -> Result<&'a str, AttributeError> {
        match self.0.get(name) {
            Some(AttributeValue::S(value)) => Ok(value),
            _ => Err(AttributeError { name, expected: "text" }),
        }
    }

    pub(crate) fn optional(self, name: &'static str) -> Result<Option<&'a str>, AttributeError> {
        if self.0.contains_key(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    pub(crate) fn parsed<T: FromStr>(
        self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<T, AttributeError> {
        self.text(name)?.parse().map_err(|_| AttributeError { name, expected })
    }

    pub(crate) fn number<T: FromStr>(self, name: &'static str) -> Result<T, AttributeError> {
        let wrong = AttributeError { name, expected: "whole number in range" };
        match self.0.get(name) {
            Some(AttributeValue::N(value)) => value.parse().map_err(|_| wrong),
            _ => Err(wrong),
        }
    }

    pub(crate) fn flag(self, name: &'static str) -> Result<bool, AttributeError> {
        match self.0.get(name) {
            Some(AttributeValue::Bool(value)) => Ok(*value),
            _ => Err(AttributeError { name, expected: "boolean" }),
        }
    }

    pub(crate) fn list(self, name: &'static str) -> Result<&'a [AttributeValue], AttributeError> {
        match self.0.get(name) {
            Some(AttributeValue::L(values)) => Ok(values),
            _ => Err(AttributeError { name, expected: "list" }),
        }
    }

    pub(crate) fn texts(self, name: &'static str) -> Result<Vec<&'a str>, AttributeError> {
        let each = |value: &'a AttributeValue| match value {
            AttributeValue::S(value) => Ok(value.as_str()),
            _ => Err(AttributeError { name, expected: "list of texts" }),
        };
        self.list(name)?.iter().map(each).collect()
    }
}
