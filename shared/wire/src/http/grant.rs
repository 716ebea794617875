//! What approvals grant beyond their own action, as the API takes and shows it.

use domain::{ActionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Links, PersonView, PrincipalView};
use crate::text;

/// What an approval is to grant: the same for a while, so many times, with these parameters the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantBody {
    /// Seconds from now.
    pub seconds: u32,
    /// How many actions beyond this one.
    pub uses: u32,
    /// JSON Pointers into the parameters, beside those the requirement fixes anyway.
    #[serde(default)]
    pub fixed: Vec<String>,
}

/// A grant as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantState {
    /// Whether it may be used now.
    pub live: bool,
    /// The requirements it stands for.
    pub requirements: Vec<String>,
    /// What must be the same.
    pub fixed: Vec<FixedView>,
    /// Its end.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub until: Timestamp,
    /// How many actions it may cover.
    pub uses: u32,
    /// How many it has covered.
    pub used: u32,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// A parameter that must be the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FixedView {
    /// JSON Pointer into the parameters.
    pub pointer: String,
    /// What it was in the action that was approved.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub value: Value,
}

/// A live or former grant, by the action whose approval made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantView {
    /// The action that was approved.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub action: ActionId,
    /// Its type.
    #[serde(rename = "type")]
    pub action_type: String,
    /// Whose actions it covers.
    pub principal: PrincipalView,
    /// Who granted it.
    pub person: PersonView,
    /// What.
    pub grant: GrantState,
    /// When.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Where to look at the action, and to take the grant back.
    pub links: Links,
}

/// Grants, those of the newest action first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantList {
    /// The grants.
    pub items: Vec<GrantView>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}
