//! What ties a request to those before it.

use std::collections::BTreeSet;

use domain::{Digest, Look};
use serde_json::Value;

use crate::documents::{Mask, Provenance, Request};
use crate::json::{JsonError, canonical};
use crate::text::Identity;

/// What a token proves, and the name rules use for it.
const PROVEN: [(&str, &str); 4] =
    [("repository", "repository"), ("ref", "branch"), ("commit", "commit"), ("workflow", "workflow")];

/// The name of everything this principal did with this action type on this resource (`Type::"id"`).
///
/// # Errors
/// [`JsonError`] when there is no canonical form.
pub fn past(principal: &Identity, action_type: &str, resource: &str) -> Result<Digest, JsonError> {
    Ok(canonical(&(&principal.issuer, &principal.subject, action_type, resource))?.digest())
}

/// What the next request is compared with: shown parameters, and what the token proved.
#[must_use]
pub fn look(parameters: &Value, masked: &[Mask], provenance: &[Provenance]) -> Look {
    let masked = masked_parameters(masked);
    let parameters = parameters.as_object().into_iter().flatten().map(|(name, value)| {
        let digest = canonical(value).ok().filter(|_| !masked.contains(name));
        (name.clone(), digest.map(|text| text.digest()))
    });
    let proven = PROVEN.into_iter().filter_map(|(fact, name)| {
        let fact = provenance.iter().find(|one| one.verified && one.name == fact)?;
        Some((name.to_owned(), Digest::of(fact.value.as_bytes())))
    });
    Look { parameters: parameters.collect(), proven: proven.collect() }
}

impl Request {
    /// What the next request is compared with.
    #[must_use]
    pub fn look(&self) -> Look {
        look(&self.parameters, &self.masked, &self.provenance)
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
        Some(name.replace("~1", "/").replace("~0", "~"))
    };
    masked.iter().filter_map(|mask| top(&mask.pointer)).collect()
}
