//! Addresses that an answer names.

use serde::{Deserialize, Serialize};

/// Where to go from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Links {
    /// This action.
    #[serde(rename = "self")]
    pub this: String,
    /// The page where people decide.
    pub review: String,
    /// Its records in the log.
    pub records: String,
}
