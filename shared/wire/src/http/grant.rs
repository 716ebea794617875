//! Grants, as the API takes and shows them.

use domain::{ActionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Links, PersonView, PrincipalView};
use crate::text;

/// What an approval is to grant: later actions, for how long, how many, and with which parameters the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantBody {
    /// Seconds from now.
    pub seconds: u32,
    /// How many actions beyond this one.
    pub uses: u32,
    /// JSON Pointers into the parameters, besides those that the requirement always fixes.
    #[serde(default)]
    pub fixed: Vec<String>,
}

/// A grant in its present state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantState {
    /// Whether it may be used now.
    pub live: bool,
    /// The requirements that it satisfies.
    pub requirements: Vec<String>,
    /// The parameters that must be the same.
    pub fixed: Vec<FixedView>,
    /// When it ends.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub until: Timestamp,
    /// How many actions it may cover.
    pub uses: u32,
    /// How many it has covered.
    pub used: u32,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// A parameter that must be the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FixedView {
    /// JSON Pointer into the parameters.
    pub pointer: String,
    /// Its value in the action that was approved.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub value: Value,
}

/// A present or former grant, with the action whose approval made it.
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
    /// The agent whose actions it covers.
    pub principal: PrincipalView,
    /// The person who approved.
    pub person: PersonView,
    /// The grant.
    pub grant: GrantState,
    /// When it was made.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The page that shows the action, and on which the grant can be revoked.
    pub links: Links,
}

/// Grants, those of the newest action first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantList {
    /// The grants.
    pub items: Vec<GrantView>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}
