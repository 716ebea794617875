//! What ties a request to those before it.

use std::collections::BTreeSet;

use domain::{Digest, RequestProfile};
use serde_json::Value;

use crate::documents::{Mask, Provenance, Request};
use crate::json::{JsonError, canonical};
use crate::text::Identity;

/// What a token proves, and the name rules use for it.
const PROVEN: [(&str, &str); 4] =
    [("repository", "repository"), ("ref", "branch"), ("commit", "commit"), ("workflow", "workflow")];

/// What a placeholder begins with. Whoever types it into a branch's name makes that branch like no other, and no more.
const MASK: char = '‹';

/// The name of everything this principal did with this action type on this resource (`Type::"id"`).
///
/// # Errors
/// [`JsonError`] when there is no canonical form.
pub fn history_key(principal: &Identity, action_type: &str, resource: &str) -> Result<Digest, JsonError> {
    Ok(canonical(&(&principal.issuer, &principal.subject, action_type, resource))?.digest())
}

/// What the next request is compared with: shown parameters, and what the token proved, as it is shown.
#[must_use]
pub fn request_profile(parameters: &Value, masked: &[Mask], provenance: &[Provenance]) -> RequestProfile {
    let masked = masked_parameters(masked);
    let parameters = parameters.as_object().into_iter().flatten().map(|(name, value)| {
        let digest = canonical(value).ok().filter(|_| !masked.contains(name));
        (name.clone(), digest.map(|text| text.digest()))
    });
    let proven = PROVEN.into_iter().filter_map(|(fact, name)| {
        let fact = provenance.iter().find(|one| one.verified && one.name == fact)?;
        Some((name.to_owned(), fact.value.as_str()))
    });
    // Two masked facts look the same and need not be: like a masked parameter, such a fact is like no other.
    let (masked, told): (Vec<_>, Vec<_>) = proven.partition(|(_, value)| value.contains(MASK));
    let masked = masked.into_iter().map(|(name, _)| (name, None));
    RequestProfile {
        parameters: parameters.chain(masked).collect(),
        proven: told.into_iter().map(|(name, value)| (name, Digest::of(value.as_bytes()))).collect(),
    }
}

impl Request {
    /// What the next request is compared with.
    #[must_use]
    pub fn profile(&self) -> RequestProfile {
        request_profile(&self.parameters, &self.masked, &self.provenance)
    }

    /// Top-level parameters of which something was masked.
    #[must_use]
    pub fn masked_parameters(&self) -> BTreeSet<String> {
        masked_parameters(&self.masked)
    }
}

fn masked_parameters(masked: &[Mask]) -> BTreeSet<String> {
    let top = |pointer: &str| {
        let name = pointer.strip_prefix("/parameters/")?.split('/').next()?;
        Some(crate::pointer::name(name))
    };
    masked.iter().filter_map(|mask| top(&mask.pointer)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// P8: a fact of the token that is masked is like no other, as a masked parameter is: two that look the same may differ.
    #[test]
    fn masked_facts_are_like_no_other() {
        let fact =
            |name: &str, value: &str| Provenance { name: name.into(), value: value.into(), verified: true };
        let seen = |branch: &str| {
            request_profile(&json!({ "a": 1 }), &[], &[fact("ref", branch), fact("workflow", "ci")])
        };
        assert_eq!(seen("main").changed_since(&seen("main")), BTreeSet::new());
        assert_eq!(seen("main").changed_since(&seen("dev")), BTreeSet::from(["branch".to_owned()]));
        let masked = seen("refs/heads/‹token 1›");
        assert_eq!(masked.changed_since(&masked), BTreeSet::from(["branch".to_owned()]));
        assert_eq!(seen("main").changed_since(&masked), BTreeSet::from(["branch".to_owned()]));
    }
}
