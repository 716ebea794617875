//! Where a profile looks in a token, and for what.

use std::fmt;

use domain::Person;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::names::is_name;

/// A claim: its name, whatever characters that has, or the names on the way to it through objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// The claim of this name at the top of the token.
    #[must_use]
    pub fn top(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// Its value, if the token has it; null counts as absent.
    #[must_use]
    pub fn of<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        let found = rest.iter().try_fold(claims.get(first)?, |value, name| value.get(name))?;
        Some(found).filter(|value| !value.is_null())
    }

    /// The name at its end, e.g. what a scope or a distributed claim calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

impl<'de> Deserialize<'de> for ClaimPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Name(String),
            Path(Vec<String>),
        }
        let path = match Written::deserialize(deserializer)? {
            Written::Name(name) => vec![name],
            Written::Path(path) => path,
        };
        match !path.is_empty() && path.iter().all(|name| is_name(name)) {
            true => Ok(Self(path)),
            false => Err(serde::de::Error::custom("a claim is its name, or a list of names")),
        }
    }
}

/// A text, number or truth value as a text.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// A test of a claim. Without further conditions the claim must be there and not be empty, 0 or false. In a list, one
/// entry must meet the conditions, and none may match `not_like`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimTest {
    /// The claim.
    pub claim: ClaimPath,
    /// The texts it may be.
    #[serde(default)]
    pub is: Option<OneOf>,
    /// A pattern with `*` that it matches.
    #[serde(default)]
    pub like: Option<String>,
    /// A pattern with `*` that it does not match.
    #[serde(default)]
    pub not_like: Option<String>,
}

/// One text, or any of several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOf {
    /// This one.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

impl fmt::Display for ClaimTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.claim.name())?;
        match &self.is {
            Some(OneOf::One(one)) => write!(f, " is `{one}`")?,
            Some(OneOf::Any(several)) => write!(f, " is one of {}", several.join(", "))?,
            None => f.write_str(" is there")?,
        }
        if let Some(pattern) = &self.like {
            write!(f, ", like `{pattern}`")?;
        }
        match &self.not_like {
            Some(pattern) => write!(f, ", not like `{pattern}`"),
            None => Ok(()),
        }
    }
}

impl ClaimTest {
    /// That the claim is there.
    #[must_use]
    pub fn there(claim: &str) -> Self {
        Self { claim: ClaimPath::top(claim), is: None, like: None, not_like: None }
    }

    pub(crate) fn holds(&self, claims: &Map<String, Value>) -> bool {
        match self.claim.of(claims) {
            None => false,
            Some(Value::Array(several)) => {
                let refused = |one: &Value| scalar(one).is_some_and(|text| self.refuses(&text));
                !several.iter().any(refused)
                    && several.iter().any(|one| scalar(one).is_some_and(|text| self.fits(&text)))
            }
            Some(Value::Object(fields)) => self.is_bare() && !fields.is_empty(),
            Some(value) => scalar(value).is_some_and(|text| self.fits(&text)),
        }
    }

    fn is_bare(&self) -> bool {
        self.is.is_none() && self.like.is_none() && self.not_like.is_none()
    }

    fn fits(&self, text: &str) -> bool {
        let listed = match &self.is {
            None => true,
            Some(OneOf::One(one)) => one == text,
            Some(OneOf::Any(several)) => several.iter().any(|one| one == text),
        };
        let like = self.like.as_ref().is_none_or(|pattern| matches(pattern, text));
        // A claim that says no, or never, is no mark by being there.
        let says_no = self.is.is_none() && self.like.is_none() && matches!(text, "0" | "false");
        !text.is_empty() && !says_no && listed && like && !self.refuses(text)
    }

    fn refuses(&self, text: &str) -> bool {
        self.not_like.as_ref().is_some_and(|pattern| matches(pattern, text))
    }
}

/// Whether the text matches a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at.saturating_add(part.len())..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(end)
}

/// The text of a claim, or the part of it between two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// The claim.
    pub claim: ClaimPath,
    /// Nothing is read from this text on.
    pub before: Option<String>,
    /// What stands before it; else it begins at the beginning.
    pub after: Option<String>,
    /// What ends it; else it reaches to the end.
    pub until: Option<String>,
}

impl Extract {
    /// All of this claim.
    #[must_use]
    pub fn all(claim: &str) -> Self {
        Self { claim: ClaimPath::top(claim), before: None, after: None, until: None }
    }

    /// The text; `None` if the claim is missing, empty, or lacks the text in front.
    pub(crate) fn of(&self, claims: &Map<String, Value>) -> Option<String> {
        let text = self.claim.of(claims).and_then(scalar)?;
        self.cut(&text)
    }

    fn cut(&self, text: &str) -> Option<String> {
        let text =
            self.before.as_ref().map_or(text, |before| text.split(before.as_str()).next().unwrap_or(text));
        let from = match &self.after {
            None => text,
            Some(after) => text.split_once(after.as_str())?.1,
        };
        let part =
            self.until.as_ref().map_or(from, |until| from.split(until.as_str()).next().unwrap_or(from));
        (!part.is_empty()).then(|| part.to_owned())
    }
}

impl<'de> Deserialize<'de> for Extract {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let part = match value {
            Value::Object(_) => match Part::deserialize(value) {
                Ok(part) if part.optional => {
                    Err(serde::de::Error::custom("`optional` is for `humans` alone"))
                }
                part => part.map(|part| part.extract),
            },
            claim => ClaimPath::deserialize(claim).map(|claim| Self {
                claim,
                before: None,
                after: None,
                until: None,
            }),
        };
        part.map_err(|error: serde_json::Error| serde::de::Error::custom(error))
    }
}

/// A claim that names the human behind a machine's token by an id that never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HumanClaim {
    /// The id.
    pub extract: Extract,
    /// Whether a token may come without the claim; there is then no human behind it.
    pub optional: bool,
}

impl HumanClaim {
    /// `actor`, where there is one: how a provider without a profile of its own may name a human.
    #[must_use]
    pub fn actor() -> Self {
        Self { extract: Extract::all("actor"), optional: true }
    }

    /// The human, if the token names one that can be kept; of an object (as in `act`) its `sub`, at its `iss` if it has one.
    pub(crate) fn person(&self, claims: &Map<String, Value>, issuer: &str) -> Option<Person> {
        let value = self.extract.claim.of(claims)?;
        let text = scalar(value.get("sub").unwrap_or(value))?;
        let subject = self.extract.cut(&text).filter(|id| is_name(id))?;
        let issuer = match value.get("iss") {
            None => issuer,
            Some(named) => named.as_str()?,
        };
        Some(Person { issuer: issuer.to_owned(), subject })
    }
}

impl<'de> Deserialize<'de> for HumanClaim {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Part { extract, optional } = Part::deserialize(deserializer)?;
        Ok(Self { extract, optional })
    }
}

/// How both are written.
struct Part {
    extract: Extract,
    optional: bool,
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            claim: ClaimPath,
            before: Option<String>,
            after: Option<String>,
            until: Option<String>,
            #[serde(default)]
            optional: bool,
        }
        let Written { claim, before, after, until, optional } = Written::deserialize(deserializer)?;
        if [&before, &after, &until].into_iter().flatten().any(String::is_empty) {
            return Err(serde::de::Error::custom("`before`, `after` and `until` are texts, if given"));
        }
        Ok(Self { extract: Extract { claim, before, after, until }, optional })
    }
}
