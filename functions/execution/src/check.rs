//! Everything that must hold before an action may be claimed, in this order: the request and whose it is, the plan, the
//! rules, the people, the record, and whether anybody still waits for it.

mod changed;
mod counted;
mod granted;
mod people;
mod plan;
mod record;
mod request;
mod rules;
mod wanted;

use domain::{Digest, Fault, Review};
use redaction::Known;
use wire::Item;
use wire::documents::{Call, Kind, Plan};
use wire::message::Message;

pub(crate) use counted::Counted;
pub(crate) use granted::Promise;

use crate::Execution;
use crate::stop::Stop;

/// How often the check begins at once when the rules change under its hands. A message that comes again does so only after
/// the queue's patience.
const ROUNDS: u32 = 4;

/// What was checked: enough to run it, and nothing that needs believing again.
pub(crate) struct Cleared {
    /// The plan, worked out here and equal to what was agreed to.
    pub(crate) plan: Plan,
    /// Its calls with full values. Never printed.
    pub(crate) calls: Vec<Call>,
    /// What results must be cleared of.
    pub(crate) known: Known,
    /// The manifest in force.
    pub(crate) bundle: Digest,
    /// The promise it runs on, where nobody was asked.
    pub(crate) promise: Option<Promise>,
    /// What rules counted, where one that may speak counts.
    pub(crate) counted: Option<Counted>,
}

impl Execution {
    pub(crate) async fn check(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
    ) -> Result<Cleared, Stop> {
        for _ in 0..ROUNDS {
            if let Some(cleared) = self.check_once(item, review, message).await? {
                return Ok(cleared);
            }
        }
        Err(Stop::Fault(Fault::passing("the rules in force keep changing")))
    }

    /// None when other rules came into force meanwhile.
    async fn check_once(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
    ) -> Result<Option<Cleared>, Stop> {
        record::is_about(message, item)?;
        let sealed = self.sealed(item, review, message).await?;
        let worked = self.worked_out(item, review, &sealed).await?;
        let known = worked.derived.known.clone();
        self.may_run(item, review, message, worked).await.map_err(|stop| stop.cleared_of(&known))
    }

    /// Whether what was worked out may run. None when other rules came into force meanwhile.
    async fn may_run(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
        worked: plan::Worked,
    ) -> Result<Option<Cleared>, Stop> {
        let Some(in_force) = self.still_in_force(&worked).await? else { return Ok(None) };
        let promise = self.granted(item, review, &worked, &in_force).await?;
        let counted = self.allowed(item, review, &worked, &in_force).await?;
        self.changed(item, &worked.derived.requester, &in_force.bundle).await?;
        self.people(item, review, &worked.derived.requester, &in_force).await?;
        self.recorded(item, message).await?;
        self.wanted(item, review).await?;
        Ok(Some(Cleared {
            plan: worked.action.plan,
            calls: worked.calls,
            known: worked.derived.known,
            bundle: in_force.manifest,
            promise,
            counted,
        }))
    }

    /// A document of this kind. One that the item names and that is not there, or is something else, proves nothing.
    pub(crate) async fn open<T: Kind>(&self, digest: Digest) -> Result<T, Stop> {
        let document = self.capabilities.documents.document(digest).await?;
        let document = document.ok_or_else(|| Stop::evidence("document-missing", digest.to_string()))?;
        document.open().map_err(|error| Stop::evidence("document-malformed", error.to_string()))
    }
}
