//! What several checks share: the shape of what they find, and what a name and a text are.

pub(super) type Findings = Vec<(Vec<String>, String)>;

/// Whether a name has the form of names here: `[a-z][a-z0-9-]*`, at most 48 characters.
pub(super) fn is_name(text: &str) -> bool {
    let form = |(at, b): (usize, u8)| b.is_ascii_lowercase() || (at > 0 && (b.is_ascii_digit() || b == b'-'));
    !text.is_empty() && text.len() <= 48 && text.bytes().enumerate().all(form)
}

/// Whether a text says something.
pub(super) fn says(text: &str) -> bool {
    !text.trim().is_empty()
}

/// The texts that are there more than once.
pub(super) fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.filter(|text| !seen.insert(*text)).map(str::to_owned).collect()
}
