//! Which revision of which action.

use crate::ActionId;

/// One revision of one action of one deployment: what documents about it name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionRef<'a> {
    /// The deployment's name.
    pub deployment: &'a str,
    /// The action.
    pub id: &'a ActionId,
    /// The revision, from 1.
    pub revision: u32,
}
