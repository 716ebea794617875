//! What can be checked only by somebody who knows whom to believe.

use domain::{
    AccountLink, ActionId, KeyRef, LinkProof, Rejection, Scope, Timestamp, Verdict, VerdictSubject,
};
use serde_json::Value;
use wire::documents::Document;

/// What can be checked only by somebody who knows whom to believe. Implemented where the trusted keys and issuers are.
pub trait CheckVerdict {
    /// Whether the verdict's documents prove it, and whether the person spoke for the groups it names.
    ///
    /// # Errors
    /// A [`Rejection`].
    fn verdict(&self, evidence: &VerdictEvidence<'_>) -> Result<GroupCheck, Rejection>;

    /// Whether the documents of a chat account's link prove it.
    ///
    /// # Errors
    /// A [`Rejection`].
    fn link(&self, evidence: &LinkEvidence<'_>) -> Result<(), Rejection>;

    /// The key that a proof document (an ID token) names; none when it names none.
    fn proof_key(&self, proof: &Document) -> Option<KeyRef>;
}

/// What was found out about the groups of a verdict that holds otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupCheck {
    /// The person spoke for each of them.
    Proven,
    /// Nothing at hand says whether they did; why, as one sentence.
    Unchecked(String),
}

/// A verdict and everything recorded with it.
#[derive(Debug, Clone, Copy)]
pub struct VerdictEvidence<'a> {
    /// The action.
    pub action: &'a ActionId,
    /// What the verdict was given on.
    pub subject: &'a VerdictSubject<'a>,
    /// What a suspension covers; none for a verdict on an action.
    pub scope: Option<&'a Scope>,
    /// What was said.
    pub verdict: &'a Verdict,
    /// The event's time.
    pub at: Timestamp,
    /// The statement.
    pub statement: &'a Document,
    /// The envelope.
    pub envelope: &'a Document,
    /// The ID token.
    pub proof: Option<&'a Document>,
    /// The key recorded for it.
    pub proof_key: Option<&'a Value>,
}

/// A link of a chat account and everything recorded with it.
#[derive(Debug, Clone, Copy)]
pub struct LinkEvidence<'a> {
    /// The link; its time is the event's.
    pub link: &'a AccountLink,
    /// What proves it.
    pub named: LinkProof,
    /// The statement.
    pub statement: &'a Document,
    /// The envelope.
    pub envelope: &'a Document,
    /// The ID token.
    pub id_token: &'a Document,
    /// The key recorded for it.
    pub key: &'a Value,
}
