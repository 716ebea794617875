//! `bundle-publish`: what is staged must be what would come into force, and people read what that changes. Pure.

use bundle::{Manifest, StagedRejection, differences, number_of, summary};
use redaction::{escape_line, escape_value};
use wire::documents::{Difference, Differences};
use wire::json::canonical;
use wire::text::rfc3339;

use crate::{Findings, InspectError, Look};

/// The most bytes of differences that are shown, as canonical JSON. The plan and the review document each hold them, and
/// neither document may have more than 390 KiB.
pub const MAX_SHOWN: usize = 128 * 1024;

/// The number a look is about, if it is the next one and both objects lie in one bucket.
///
/// # Errors
/// [`InspectError`].
pub fn next_number(look: &Look<'_>) -> Result<u64, InspectError> {
    let value = |name: &str| look.values.get(name).map(String::as_str);
    let cannot = |why: &str| InspectError::Request(why.to_owned());
    let bucket = value("source_bucket").ok_or_else(|| cannot("nothing is known as `source_bucket`"))?;
    if value("destination_bucket") != Some(bucket) {
        return Err(cannot("rules come into force in the bucket where they are staged, and in no other"));
    }
    let number = value("destination_key").and_then(number_of);
    let asked = number.ok_or_else(|| cannot("the destination is not the place of a numbered manifest"))?;
    let next = look.rules.next_number();
    if asked == next { Ok(asked) } else { Err(not_next(&StagedRejection::Number { asked, next })) }
}

/// The staged manifest, if it would come into force where the look says.
///
/// # Errors
/// [`InspectError`].
pub fn next_manifest(look: &Look<'_>, staged: &[u8]) -> Result<Manifest, InspectError> {
    look.rules.would_follow(staged, next_number(look)?).map_err(|error| not_next(&error))
}

/// The content of both bundles as pins, and what people read of the new one: the manifest and every difference. `content`: the
/// bytes under [`Manifest::content_key`].
///
/// # Errors
/// [`InspectError::Cannot`] when the content is missing, is other than the manifest says, or does not read.
pub fn tell(
    look: &Look<'_>,
    manifest: &Manifest,
    content: Option<&[u8]>,
    mut found: Findings,
) -> Result<Findings, InspectError> {
    let new = manifest.content(content).map_err(|error| not_next(&error))?;
    let old = &look.rules.bundle;
    found.pins.insert("bundle".to_owned(), manifest.bundle.to_string());
    found.pins.insert("replaced_bundle".to_owned(), old.digest().to_string());
    let items: Vec<Difference> = differences(old, &new).into_iter().map(visible).collect();
    for (name, value) in [
        ("number", manifest.number.to_string()),
        ("published_by", manifest.publisher.clone()),
        ("signed_at", rfc3339(manifest.published_at)),
        ("changes", summary(&items)),
    ] {
        found.effects.insert(name.to_owned(), value);
    }
    found.differences = Some(bounded(items));
    Ok(found)
}

/// Characters that cannot be seen are spelled out before the length is judged: nothing gets longer afterwards.
fn visible(one: Difference) -> Difference {
    let lines = one.lines.into_iter().map(|line| escape_line(&line).text).collect();
    Difference { name: escape_value(&one.name).text, lines, ..one }
}

/// All of it, if there is room; else kinds and names alone, as many as there is room for.
fn bounded(items: Vec<Difference>) -> Differences {
    let length = |item: &Difference| canonical(item).map_or(usize::MAX, |json| json.as_bytes().len() + 1);
    if items.iter().map(length).fold(0, usize::saturating_add) <= MAX_SHOWN {
        return Differences { whole: true, items, left_out: 0 };
    }
    let all = items.len();
    let mut room = MAX_SHOWN;
    let named = items.into_iter().map(|item| Difference { lines: Vec::new(), ..item });
    let items: Vec<Difference> = named
        .map_while(|item| {
            room = room.checked_sub(length(&item))?;
            Some(item)
        })
        .collect();
    let left_out = u32::try_from(all - items.len()).unwrap_or(u32::MAX);
    Differences { whole: false, items, left_out }
}

/// The number follows from the rules in force, which every agent is told by digest; the rest is what lies in the bucket.
fn not_next(error: &StagedRejection) -> InspectError {
    match error {
        StagedRejection::Number { .. } => InspectError::Request(error.to_string()),
        StagedRejection::NotSigned(_) | StagedRejection::OtherRules | StagedRejection::Content(_) => {
            InspectError::Cannot(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::documents::ChangeName;

    use super::*;

    fn rule(name: &str, line: &str) -> Difference {
        Difference {
            kind: "rule".to_owned(),
            name: name.to_owned(),
            change: ChangeName::Added,
            note: String::new(),
            lines: vec![format!("+ {line}")],
        }
    }

    /// C23: what there is no room for is never half shown: then it is marked as not whole, with names alone.
    #[test]
    fn what_is_too_long_is_not_whole() {
        let short = bounded(vec![rule("a", "permit"), rule("b", "forbid")]);
        assert_eq!((short.whole, short.items.len(), short.items[0].lines.len()), (true, 2, 1));
        let long = bounded(vec![rule("a", &"x".repeat(MAX_SHOWN)), rule("b", "forbid")]);
        let names: Vec<&str> = long.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!((long.whole, names, long.left_out), (false, vec!["a", "b"], 0));
        assert!(long.items.iter().all(|item| item.lines.is_empty()));
        let many = bounded((0..10_000).map(|n| rule(&format!("rule-{n}"), "forbid")).collect());
        assert_eq!((many.whole, many.items.len() + many.left_out as usize), (false, 10_000));
        assert!(canonical(&many).unwrap().as_bytes().len() <= MAX_SHOWN + 1024);
    }

    /// W24, C23: what cannot be seen in a rule is spelled out.
    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        let shown = visible(rule("a\u{200B}", "permit\u{202E};"));
        assert_eq!((shown.name.as_str(), shown.lines[0].as_str()), ("a⟨U+200B⟩", "+ permit⟨U+202E⟩;"));
    }
}
