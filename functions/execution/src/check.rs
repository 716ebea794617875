//! Everything that must hold before an action may be claimed. It is checked in this order: the request and its proposer, the
//! plan, the rules, the people, the record, and whether anybody still waits for the action.

mod changed;
mod counted;
mod granted;
mod people;
mod plan;
pub(crate) mod record;
mod request;
mod rules;
mod wanted;

use domain::{Digest, Fault, Review};
use redaction::Known;
use wire::Item;
use wire::documents::{Call, DocumentKind, Plan};
use wire::message::Message;

pub(crate) use counted::Counted;
pub(crate) use granted::GrantInUse;

use crate::Execution;
use crate::error::ExecutionError;

/// How often the check starts again at once when other rules come into force meanwhile. A message that comes again would
/// wait for the queue's visibility timeout.
const ROUNDS: u32 = 4;

/// A verified action: everything that is needed to run it, checked.
pub(crate) struct VerifiedAction {
    /// The plan, recomputed here and equal to what was approved.
    pub(crate) plan: Plan,
    /// Its calls with full values. Never printed.
    pub(crate) calls: Vec<Call>,
    /// What is masked in results.
    pub(crate) known: Known,
    /// The manifest in force.
    pub(crate) bundle: Digest,
    /// The grant it runs on, where nobody was asked.
    pub(crate) grant_in_use: Option<GrantInUse>,
    /// What rules counted, where one that may speak counts.
    pub(crate) counted: Option<Counted>,
}

impl Execution {
    pub(crate) async fn check(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
    ) -> Result<VerifiedAction, ExecutionError> {
        for _ in 0..ROUNDS {
            if let Some(verified) = self.check_once(item, review, message).await? {
                return Ok(verified);
            }
        }
        Err(ExecutionError::Fault(Fault::passing("the rules in force keep changing")))
    }

    /// None when other rules came into force meanwhile.
    async fn check_once(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
    ) -> Result<Option<VerifiedAction>, ExecutionError> {
        record::is_about(message, item)?;
        let sealed = self.sealed(item, review, message).await?;
        let recomputed = self.recompute(item, review, &sealed).await?;
        let known = recomputed.derived.known.clone();
        self.may_run(item, review, message, recomputed).await.map_err(|error| error.redacted(&known))
    }

    /// Whether the recomputed plan may run. None when other rules came into force meanwhile.
    async fn may_run(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
        recomputed: plan::RecomputedPlan,
    ) -> Result<Option<VerifiedAction>, ExecutionError> {
        let Some(in_force) = self.still_in_force(&recomputed).await? else { return Ok(None) };
        let grant_in_use = self.granted(item, review, &recomputed, &in_force).await?;
        let counted = self.allowed(item, review, &recomputed, &in_force).await?;
        self.changed(item, &recomputed.derived.requester, &in_force.bundle).await?;
        self.people(item, review, &recomputed.derived.requester, &in_force).await?;
        self.recorded(item, message).await?;
        self.wanted(item, review).await?;
        Ok(Some(VerifiedAction {
            plan: recomputed.action.plan,
            calls: recomputed.calls,
            known: recomputed.derived.known,
            bundle: in_force.manifest,
            grant_in_use,
            counted,
        }))
    }

    /// A document of this kind. It is evidence that does not hold when the item names it and it is missing or of another kind.
    pub(crate) async fn open<T: DocumentKind>(&self, digest: Digest) -> Result<T, ExecutionError> {
        let document = self.capabilities.documents.document(digest).await?;
        let document =
            document.ok_or_else(|| ExecutionError::evidence("document-missing", digest.to_string()))?;
        document.open().map_err(|error| ExecutionError::evidence("document-malformed", error.to_string()))
    }
}
