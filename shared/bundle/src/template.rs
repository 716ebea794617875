//! Text with named holes: `Copy {source_key} out of {source_bucket}`. A value is put in once and never read again as a
//! template, so it can never become one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Text with named holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

/// A stretch of a template: words, or a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The catalogue's own words.
    Text(String),
    /// A hole's name; after filling, the value.
    Value(String),
}

impl Template {
    /// Reads a template. Names are lower-case letters, digits, `_` and `.`.
    ///
    /// # Errors
    /// A sentence when a brace stands alone or a name has other characters.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, remainder) =
                after.split_once('}').ok_or_else(|| format!("`{text}`: a `{{` stays open"))?;
            if name.is_empty() || !name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
            {
                return Err(format!("`{text}`: `{{{name}}}` is no name"));
            }
            parts.extend([Part::Text(before.to_owned()), Part::Value(name.to_owned())]);
            rest = remainder;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        let stray = parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('}')));
        if stray {
            Err(format!("`{text}`: a `}}` was never opened"))
        } else {
            Ok(Self { text: text.to_owned(), parts })
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The template as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Words and names in order.
    #[must_use]
    pub fn segments(&self) -> &[Part] {
        &self.parts
    }

    /// The names in it.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let name = |part: &'_ Part| matches!(part, Part::Value(_));
        self.parts.iter().filter(|part| name(part)).map(Part::as_str).collect()
    }

    /// Words and values in order.
    ///
    /// # Errors
    /// The first name that has no value.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<Vec<Part>, String> {
        let filled = self.parts.iter().map(|part| match part {
            Part::Text(text) => Ok(Part::Text(text.clone())),
            Part::Value(name) => value(name).map(Part::Value).ok_or_else(|| name.clone()),
        });
        filled.collect()
    }

    /// The filled text.
    ///
    /// # Errors
    /// The first name that has no value.
    pub fn render(&self, values: &BTreeMap<String, String>) -> Result<String, String> {
        let parts = self.fill(|name| values.get(name).cloned())?;
        Ok(parts.iter().map(Part::as_str).collect())
    }

    /// Reads a text backwards: each hole takes the shortest stretch up to the words after it, a hole at the end the rest.
    /// Nothing empty matches. None when the text has another form.
    #[must_use]
    pub fn capture(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        let mut rest = text;
        let mut parts = self.parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Text(words) => rest = rest.strip_prefix(words.as_str())?,
                Part::Value(name) => {
                    let end = match parts.peek() {
                        None => rest.len(),
                        Some(next) => rest.find(next.as_str())?,
                    };
                    let (value, remainder) =
                        rest.split_at_checked(end).filter(|(value, _)| !value.is_empty())?;
                    found.insert(name.clone(), value.to_owned());
                    rest = remainder;
                }
            }
        }
        rest.is_empty().then_some(found)
    }
}

impl Part {
    /// The words, the name or the value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Value(text) => text,
        }
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Whether a pattern with `*` (any stretch, also empty) matches the whole text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_once() {
        for (text, wrong) in
            [("a {b", "stays open"), ("a } b", "never opened"), ("{A}", "no name"), ("{}", "no name")]
        {
            assert!(Template::parse(text).unwrap_err().contains(wrong), "{text}");
        }
        let template = Template::parse("Copy {a} to {pin.b}.").unwrap();
        let values =
            BTreeMap::from([("a".to_owned(), "{pin.b}".to_owned()), ("pin.b".to_owned(), "x".to_owned())]);
        assert_eq!(template.render(&values).unwrap(), "Copy {pin.b} to x.");
        assert_eq!(template.render(&BTreeMap::new()), Err("a".to_owned()));
    }

    #[test]
    fn captures() {
        let object = Template::parse("s3://{bucket}/{key}").unwrap();
        let found = object.capture("s3://customers/2026/q3.csv").unwrap();
        assert_eq!((found["bucket"].as_str(), found["key"].as_str()), ("customers", "2026/q3.csv"));
        for other in ["s3:///key", "s3://bucket/", "s3://bucket", "http://a/b", ""] {
            assert_eq!(object.capture(other), None, "{other}");
        }
    }

    #[test]
    fn globs() {
        for (pattern, text, matches) in [
            ("s3://a/*", "s3://a/b/c", true),
            ("s3://a/*", "s3://ab/c", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("ab*ba", "aba", false),
            ("*x", "axx", true),
        ] {
            assert_eq!(glob(pattern, text), matches, "{pattern} {text}");
        }
    }
}
