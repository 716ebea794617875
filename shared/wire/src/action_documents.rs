//! The documents an item names, opened: what a view of an action is made from.

use serde_json::Value;

use crate::documents::{
    Action, DecisionDocument, Outcome, Probe, RefusalNote, Request, ReviewDocument, Statement,
};

/// The opened documents of one item, of its current revision.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionDocuments {
    /// The redacted request.
    pub request: Request,
    /// Its shown parameters as the agent sent them.
    pub sent: Value,
    /// The statements of those who changed them since, over all revisions.
    pub changes: Vec<Statement>,
    /// What policy said.
    pub decision: Option<DecisionDocument>,
    /// What the digest is computed over.
    pub action: Option<Action>,
    /// What people see.
    pub review: Option<ReviewDocument>,
    /// Every statement of a verdict on this revision, in the order given.
    pub statements: Vec<Statement>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// What the target answered when it was asked what a lost attempt had done.
    pub probe: Option<Probe>,
    /// Why execution refused.
    pub refusal: Option<RefusalNote>,
}
