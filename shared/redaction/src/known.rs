//! Values that are masked somewhere, looked for everywhere: bytes a rule redacts appear readable nowhere (P8).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};

use crate::detect::{is_personal, rank};
use crate::likeness::likeness;
use crate::parts;
use crate::search::{LONGEST, Search, Word};
use crate::work;

/// Shorter values are not looked for: `no` would be found in every sentence.
const SHORTEST: usize = 4;
/// From here on a value is found inside other words too.
const ANYWHERE: usize = 8;
/// From here on a value is looked for in other encodings.
const ENCODED: usize = 6;
/// So many bytes of words are looked for at once.
const MOST: usize = 128 * 1024;

/// Values that were masked, to be masked wherever else they appear, e.g. in the result of the same action. It cannot
/// be printed.
#[derive(Clone, Default)]
pub struct Known {
    values: BTreeMap<String, String>,
    /// The bytes of all values.
    size: usize,
    /// Ready to search with, until something is added.
    ready: OnceLock<Arc<Ready>>,
}

/// Values, ready to be looked for.
pub(crate) struct Ready {
    pub(crate) search: Search,
    /// The kinds that hits name.
    pub(crate) kinds: Vec<String>,
}

/// More would have to be looked for than is: whatever it was, it is not searched for in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMuch;

impl Known {
    /// Nothing is known: detectors alone decide.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Adds what was masked: the text, and, if it has a structure (JSON, lines, `name=value`), the parts that tell.
    pub(crate) fn learn(&mut self, text: &str, kind: &str) {
        self.add(text, kind);
        // An address or a number is one thing. Only a value of which somebody said that it is one may have parts.
        let structured = |char: char| char.is_control() || "=:;&,{[\"'".contains(char);
        if !is_personal(kind) || text.contains(structured) {
            parts::of(text, &mut |part| self.add(part, kind));
        }
    }

    /// Adds a value; of two kinds the more sensitive stays.
    fn add(&mut self, value: &str, kind: &str) {
        let value = value.trim();
        work::steps(value.len());
        if value.chars().nth(SHORTEST - 1).is_none() || is_no_text(value) || self.size > MOST {
            return;
        }
        match self.values.get_mut(value) {
            Some(kept) if rank(kind) < rank(kept) => kind.clone_into(kept),
            Some(_) => return,
            None => {
                self.size += value.len();
                self.values.insert(value.to_owned(), kind.to_owned());
            }
        }
        self.ready = OnceLock::new();
    }

    /// Ready to search with.
    pub(crate) fn search(&self) -> Result<Arc<Ready>, TooMuch> {
        if let Some(ready) = self.ready.get() {
            return Ok(Arc::clone(ready));
        }
        let ready = Arc::new(self.built()?);
        Ok(Arc::clone(self.ready.get_or_init(|| ready)))
    }

    fn built(&self) -> Result<Ready, TooMuch> {
        let mut kinds: Vec<&str> = self.values.values().map(String::as_str).collect();
        kinds.sort_by_key(|kind| (rank(kind), *kind));
        kinds.dedup();
        let mut words = Words { words: Vec::new(), size: 0 };
        let place = |kind: &str| kinds.iter().position(|known| *known == kind).unwrap_or(0);
        for (value, kind) in &self.values {
            let short = value.chars().nth(ANYWHERE - 1).is_none();
            words.add(&likeness(value), short, place(kind));
        }
        if self.size > MOST || words.size > MOST {
            return Err(TooMuch);
        }
        // Secrets first: of personal data, what does not fit is looked for as it is and in escapes only.
        for personal in [false, true] {
            for (value, kind) in self.values.iter().filter(|(_, kind)| is_personal(kind) == personal) {
                let before = (words.words.len(), words.size);
                encodings(value).for_each(|word| words.add(&likeness(&word), false, place(kind)));
                if words.size > MOST {
                    if !personal {
                        return Err(TooMuch);
                    }
                    words.words.truncate(before.0);
                    words.size = before.1;
                }
            }
        }
        work::steps(words.size);
        let kinds = kinds.into_iter().map(str::to_owned).collect();
        Ok(Ready { search: Search::of(words.words), kinds })
    }
}

struct Words {
    words: Vec<Word>,
    size: usize,
}

/// Whether this stands for a list, an object, a truth value or nothing, whose parts are looked for and not the whole. A text
/// may begin with the same character and is looked for all the same.
fn is_no_text(value: &str) -> bool {
    let rest = value.strip_prefix(crate::identity::WHOLE);
    let parsed = rest.and_then(|rest| wire::json::parse_value(rest.as_bytes()).ok());
    parsed.is_some_and(|value| !value.is_string() && !value.is_number())
}

impl Words {
    /// A word, or the pieces of a long one: side by side, and the last up to its end.
    fn add(&mut self, bytes: &[u8], apart: bool, kind: usize) {
        if bytes.len() <= LONGEST {
            return self.push(bytes, apart, kind);
        }
        bytes.chunks_exact(LONGEST).for_each(|piece| self.push(piece, apart, kind));
        self.push(bytes.get(bytes.len() - LONGEST..).unwrap_or_default(), apart, kind);
    }

    fn push(&mut self, bytes: &[u8], apart: bool, kind: usize) {
        // Rulers and indentation are no secret.
        if self.size <= MOST
            && bytes.iter().any(u8::is_ascii_alphanumeric) | bytes.iter().any(|byte| !byte.is_ascii())
        {
            self.size += bytes.len();
            self.words.push(Word { bytes: bytes.to_vec(), apart, kind });
        }
    }
}

/// How a value looks in hex, in base32, in UTF-16 and in base64 at each of the three places it can have among other bytes: the part that is the
/// same whatever stands around it. Both alphabets of base64 are one to whoever looks ([`likeness`]).
fn encodings(value: &str) -> impl Iterator<Item = String> {
    let long = value.len() >= ENCODED;
    let hex = long.then(|| HEXLOWER.encode(value.as_bytes()));
    // Of base32 what is the same whatever follows.
    let base32 = long.then(|| BASE32_NOPAD.encode(value.as_bytes()));
    let base32 = base32.and_then(|text| text.get(..value.len() * 8 / 5).map(str::to_owned));
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = long.then(|| base64(&wide, 0)).flatten();
    let plain = (0..3).filter(move |_| long).filter_map(|before| base64(value.as_bytes(), before));
    hex.into_iter().chain(base32).chain(wide).chain(plain)
}

/// The part that is the same whatever stands around it, behind so many other bytes.
fn base64(value: &[u8], before: usize) -> Option<String> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(value);
    let skipped = (before * 8).div_ceil(6);
    let whole = bytes.len() * 8 / 6;
    let encoded = BASE64.encode(&bytes);
    encoded.get(skipped..whole).filter(|core| core.len() >= ANYWHERE - 1).map(str::to_owned)
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({} values)", self.values.len())
    }
}
