//! `bundle-publish`: what is staged must be what would come into force, and people read what that changes. Pure.

use bundle::{Manifest, NotNext, changes, number_of};
use wire::text::rfc3339;

use crate::{Findings, InspectError, Look};

/// The number a look is about, if it is the next one and both objects lie in one bucket.
///
/// # Errors
/// [`InspectError::Cannot`].
pub fn next_number(look: &Look<'_>) -> Result<u64, InspectError> {
    let value = |name: &str| look.values.get(name).map(String::as_str);
    let cannot = |why: &str| InspectError::Cannot(why.to_owned());
    let bucket = value("source_bucket").ok_or_else(|| cannot("nothing is known as `source_bucket`"))?;
    if value("destination_bucket") != Some(bucket) {
        return Err(cannot("rules come into force in the bucket where they are staged, and in no other"));
    }
    let number = value("destination_key").and_then(number_of);
    let asked = number.ok_or_else(|| cannot("the destination is not the place of a numbered manifest"))?;
    let next = look.rules.next_number();
    if asked == next { Ok(asked) } else { Err(not_next(&NotNext::Number { asked, next })) }
}

/// The staged manifest, if it would come into force where the look says.
///
/// # Errors
/// [`InspectError::Cannot`].
pub fn next_manifest(look: &Look<'_>, staged: &[u8]) -> Result<Manifest, InspectError> {
    look.rules.would_follow(staged, next_number(look)?).map_err(|error| not_next(&error))
}

/// The manifest's content as a pin, and what people read of both. `content`: the bytes under [`Manifest::content_key`].
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
    found.pins.insert("bundle".to_owned(), manifest.bundle.to_string());
    for (name, value) in [
        ("number", manifest.number.to_string()),
        ("published_by", manifest.publisher.clone()),
        ("signed_at", rfc3339(manifest.published_at)),
        ("changes", changes(&look.rules.bundle, &new)),
    ] {
        found.effects.insert(name.to_owned(), value);
    }
    Ok(found)
}

fn not_next(error: &NotNext) -> InspectError {
    InspectError::Cannot(error.to_string())
}
