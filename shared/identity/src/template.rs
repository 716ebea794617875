//! An agent's subject, written as a template.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claim::{ClaimPath, scalar};
use crate::names::is_name;

/// An agent's subject, made of claims that never change: `repository:{repository_id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    written: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Claim(ClaimPath),
}

impl NameTemplate {
    /// `sub` as it is.
    #[must_use]
    pub fn subject() -> Self {
        Self { written: "{sub}".to_owned(), pieces: vec![Piece::Claim(ClaimPath::top("sub"))] }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The subject; `None` if a claim is missing or contains the text that would end it, because two agents could
    /// then be one.
    pub(crate) fn fill(&self, claims: &Map<String, Value>) -> Option<String> {
        let mut text = String::new();
        for (place, part) in self.pieces.iter().enumerate() {
            match part {
                Piece::Text(fixed) => text.push_str(fixed),
                Piece::Claim(claim) => {
                    let value = claim.of(claims).and_then(scalar)?;
                    // Where the value ends must be where a reader would see it end.
                    let early = match self.pieces.get(place.saturating_add(1)) {
                        Some(Piece::Text(fixed)) => {
                            format!("{value}{fixed}").find(fixed.as_str()) != Some(value.len())
                        }
                        _ => false,
                    };
                    if early || value.is_empty() {
                        return None;
                    }
                    text.push_str(&value);
                }
            }
        }
        Some(text).filter(|text| is_name(text))
    }
}

impl FromStr for NameTemplate {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let wrong = || format!("`{written}` is no template: text with at least one `{{claim}}` in it");
        let mut parts = Vec::new();
        let mut left = written;
        while let Some((fixed, rest)) = left.split_once('{') {
            let (name, rest) = rest.split_once('}').ok_or_else(wrong)?;
            let touching = fixed.is_empty() && !parts.is_empty();
            if touching || name.contains('{') || fixed.contains('}') || !is_name(name) {
                return Err(wrong());
            }
            if !fixed.is_empty() {
                parts.push(Piece::Text(fixed.to_owned()));
            }
            parts.push(Piece::Claim(ClaimPath::top(name)));
            left = rest;
        }
        if parts.is_empty() || left.contains('}') {
            return Err(wrong());
        }
        if !left.is_empty() {
            parts.push(Piece::Text(left.to_owned()));
        }
        Ok(Self { written: written.to_owned(), pieces: parts })
    }
}

impl<'de> Deserialize<'de> for NameTemplate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
