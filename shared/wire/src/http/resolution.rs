//! Clearing up what an attempt did whose outcome was lost.

use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use super::PersonView;
use crate::text;

/// What a person found out about an attempt whose outcome nobody knew. Both digests are required: what was shown is what is
/// resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResolutionBody {
    /// Whether the attempt took effect.
    pub happened: bool,
    /// The action digest that was shown.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub action_digest: Digest,
    /// The review document that was shown.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub review_digest: Digest,
    /// What the person looked at and what they found there.
    pub reason: String,
}

/// What was found out about an attempt whose outcome was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResolutionView {
    /// Whether the attempt took effect.
    pub happened: bool,
    /// Who looked; null where Countersign asked the target itself.
    pub by: Option<PersonView>,
    /// What was looked at and found.
    pub found: Option<String>,
    /// When it was committed.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
}
