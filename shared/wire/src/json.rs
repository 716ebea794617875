//! Strict reading and the one canonical way of writing (RFC 8785).

use std::collections::BTreeSet;
use std::fmt;

use domain::Digest;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Number, Value};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::numbers::first_lossy;

/// The deepest nesting that is read from outside.
pub const MAX_DEPTH: usize = 32;
/// The deepest nesting of JSON that this product writes and reads again: what came from outside, with room for
/// everything that wraps it (a field of a document, a document in a line of the log).
pub const STORED_DEPTH: usize = MAX_DEPTH + 16;
/// Integers beyond this lose precision in other readers and are refused.
const MAX_SAFE_INTEGER: i128 = (1 << 53) - 1;

/// Why bytes are not acceptable JSON. The text says where and repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed JSON: {0}")]
pub struct JsonError(String);

impl JsonError {
    pub(crate) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// Canonical bytes: made here only, so a digest is never taken over anything else by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Canonical(Vec<u8>);

impl Canonical {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text; canonical JSON is always UTF-8.
    #[must_use]
    pub fn into_string(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.0))
    }
}

/// Reads UTF-8 JSON strictly: no duplicate keys, no byte-order mark, no trailing bytes, no lone surrogates, at most
/// [`MAX_DEPTH`] levels, no integer beyond ±(2⁵³−1), no number that is not finite or whose written value a 64-bit float
/// would change. Keys are compared in Unicode's NFC: two spellings that are shown alike are one key.
///
/// # Errors
/// [`JsonError`] with the line, column and reason.
pub fn parse_value(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes, MAX_DEPTH)
}

/// Reads what this product wrote as strictly as [`parse_value`], at most [`STORED_DEPTH`] levels.
///
/// # Errors
/// [`JsonError`].
pub fn parse_stored_value(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes, STORED_DEPTH)
}

/// Reads a typed value as strictly as [`parse_stored_value`].
///
/// # Errors
/// [`JsonError`]; unknown fields are refused by types that say so.
pub fn parse_stored<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    from_value(parse_stored_value(bytes)?)
}

/// How many levels the value has: a number or a text is one, a list one more than the deepest thing in it.
#[must_use]
pub fn depth(value: &Value) -> usize {
    let (mut deepest, mut open) = (0, vec![(value, 1_usize)]);
    while let Some((value, level)) = open.pop() {
        deepest = deepest.max(level);
        let below = level.saturating_add(1);
        match value {
            Value::Array(values) => open.extend(values.iter().map(|value| (value, below))),
            Value::Object(fields) => open.extend(fields.values().map(|value| (value, below))),
            _ => {}
        }
    }
    deepest
}

/// Whether the value, once written, reads as the same again: not too deep, no number that another reader would change.
#[must_use]
pub fn reads_back(value: &Value) -> bool {
    canonical(value).is_ok_and(|text| parse_value(text.as_bytes()).is_ok_and(|read| same(&read, value)))
}

/// Equal as written: `1.0` and `1` are the same number.
fn same(one: &Value, other: &Value) -> bool {
    canonical(one).ok() == canonical(other).ok()
}

fn read(bytes: &[u8], depth: usize) -> Result<Value, JsonError> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(JsonError("a byte-order mark in front".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth }.deserialize(&mut reader).map_err(|e| JsonError(e.to_string()))?;
    reader.end().map_err(|e| JsonError(e.to_string()))?;
    match first_lossy(bytes) {
        Some((line, column)) => Err(JsonError(format!(
            "a number that would lose its value: write the decimal that a 64-bit number prints, or text, at line {line} \
             column {column}"
        ))),
        None => Ok(value),
    }
}

/// Whether a text as a whole is a JSON object or array for any reader, strict or not. A text in brackets that nests
/// deeper than [`MAX_DEPTH`] counts as one, unread.
#[must_use]
pub fn is_container(text: &str) -> bool {
    let blank = |char: char| matches!(char, ' ' | '\t' | '\n' | '\r');
    let text = text.trim_matches(blank);
    let closed =
        (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
    if !closed || text_depth(text) > MAX_DEPTH {
        return closed;
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    IgnoredAny::deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// How deep brackets nest outside quotation marks.
fn text_depth(text: &str) -> usize {
    let (mut deepest, mut open, mut quoted, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// Reads a typed value as strictly as [`parse_value`].
///
/// # Errors
/// [`JsonError`]; unknown fields are refused by types that say so.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    from_value(parse_value(bytes)?)
}

/// A typed value from a value read strictly before.
///
/// # Errors
/// [`JsonError`] when the shape is another.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, JsonError> {
    serde_json::from_value(value).map_err(|e| JsonError(e.to_string()))
}

/// The canonical bytes of anything of ours.
///
/// # Errors
/// [`JsonError`] when the value has no JSON form (a non-finite number, a key that is not text).
pub fn canonical<T: Serialize>(value: &T) -> Result<Canonical, JsonError> {
    serde_json_canonicalizer::to_vec(value).map(Canonical).map_err(|e| JsonError(e.to_string()))
}

struct Strict {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).filter(|depth| *depth > 0);
        depth.map(|depth| Self { depth }).ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        safe(i128::from(value))?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        safe(i128::from(value))?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        // A whole number written with an exponent or too many digits arrives here too.
        if value.fract() == 0.0 && value.abs() > 9_007_199_254_740_991.0 {
            return Err(E::custom("an integer beyond 2^53"));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(self.deeper()?)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        // Other spellings of keys, as NFC writes them.
        let mut spelled = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.deeper()?)?;
            let twice = if is_nfc(&key) {
                spelled.contains(&key)
            } else {
                let shown: String = key.nfc().collect();
                values.contains_key(&shown) || !spelled.insert(shown)
            };
            if values.insert(key, value).is_some() || twice {
                return Err(de::Error::custom("a key that appears twice"));
            }
        }
        Ok(Value::Object(values))
    }
}

fn safe<E: de::Error>(value: i128) -> Result<(), E> {
    if value.abs() > MAX_SAFE_INTEGER { Err(E::custom("an integer beyond 2^53")) } else { Ok(()) }
}
