//! The rules that apply to one action.

use crate::{CatalogueEntry, InForce};

/// The bundle in force and its catalogue entry for one action type.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The bundle in force.
    pub in_force: &'a InForce,
    /// The action type's catalogue entry.
    pub entry: &'a CatalogueEntry,
}
