//! What ties a request to those before it.

use std::collections::BTreeSet;

use domain::{Digest, Look};

use crate::documents::Request;
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

impl Request {
    /// What the next request is compared with.
    #[must_use]
    pub fn look(&self) -> Look {
        let masked = self.masked_parameters();
        let parameters = self.parameters.as_object().into_iter().flatten().map(|(name, value)| {
            let digest = canonical(value).ok().filter(|_| !masked.contains(name));
            (name.clone(), digest.map(|text| text.digest()))
        });
        let proven = PROVEN.into_iter().filter_map(|(fact, name)| {
            let fact = self.provenance.iter().find(|one| one.verified && one.name == fact)?;
            Some((name.to_owned(), Digest::of(fact.value.as_bytes())))
        });
        Look { parameters: parameters.collect(), proven: proven.collect() }
    }

    /// Top-level parameters of which something was masked.
    #[must_use]
    pub fn masked_parameters(&self) -> BTreeSet<String> {
        let top = |pointer: &str| {
            let name = pointer.strip_prefix("/parameters/")?.split('/').next()?;
            Some(name.replace("~1", "/").replace("~0", "~"))
        };
        self.masked.iter().filter_map(|mask| top(&mask.pointer)).collect()
    }
}
