//! Step 4 for what nobody was asked about: the promise of an earlier approval, from its own documents and its own record.

use std::collections::BTreeSet;

use bundle::InForce;
use evaluation::{Carried, NotCarried, carries};
use domain::{ActionId, Event, Fault, Granted, Review, Timestamp};
use wire::documents::Action;
use wire::{Entry, Item};

use super::people::VerdictRules;
use super::plan::RecomputedPlan;
use super::record;
use crate::error::ExecutionError;
use crate::{Execution, state_fault};

/// What this action runs on: the item that promised, as it was checked, and which of its promises.
#[derive(Debug, Clone)]
pub(crate) struct Promise {
    pub(crate) item: Item,
    pub(crate) granted: Vec<Granted>,
}

impl Promise {
    /// The item that promised with this use counted, each promise once; a promise that is no longer live is not used.
    pub(crate) fn used(&self, by: &ActionId, attempt: &str, now: Timestamp) -> Result<Item, ExecutionError> {
        self.granted.iter().try_fold(self.item.clone(), |item, one| {
            let (statement, by, attempt) = (one.statement, by.clone(), attempt.to_owned());
            let used = item.extend(Event::GrantUsed { statement, by, attempt }, now);
            used.map(|(used, _)| used).map_err(|_| used_up())
        })
    }
}

impl Execution {
    /// The promise as it stands now: what was checked of it is still there, and nothing was found wrong meanwhile.
    pub(crate) async fn again(&self, promise: Promise) -> Result<Promise, ExecutionError> {
        let item = self.capabilities.state.item(promise.item.id()).await.map_err(state_fault)?;
        let same = |item: &Item| item.chain_at(promise.item.sequence()) == Some(promise.item.chain());
        let item = item.filter(same).ok_or_else(|| {
            ExecutionError::evidence(
                "chain-differs",
                "the action that promised is not the one that was checked",
            )
        })?;
        self.is_prefix(&item).await?;
        Ok(Promise { item, ..promise })
    }

    /// P3, P4, P5: every verdict that promised is checked as if it had been given here, with its record locked; what it
    /// promised is live and about exactly this.
    pub(crate) async fn granted(
        &self,
        item: &Item,
        review: &Review,
        recomputed: &RecomputedPlan,
        in_force: &InForce,
    ) -> Result<Option<Promise>, ExecutionError> {
        let granted = &review.decision.granted;
        let named: BTreeSet<&ActionId> = granted.iter().map(|one| &one.action).collect();
        let mut actions = named.into_iter();
        let Some(action) = actions.next() else { return Ok(None) };
        if actions.next().is_some() {
            return Err(invalid("promises of several actions"));
        }
        let promised = self.capabilities.state.item(action).await.map_err(state_fault)?;
        let promised =
            promised.ok_or_else(|| ExecutionError::evidence("grant-missing", action.to_string()))?;
        let stood = promised.state().review().ok_or_else(used_up)?;
        let reviewed: Action = self.open(stood.decision.action).await?;
        let carried = Carried {
            action: item.id(),
            derived: &recomputed.derived,
            entry: &recomputed.entry,
            bundle: &in_force.bundle,
            changed_by: &review.proposal.changed_by,
            now: self.capabilities.clock.now(),
        };
        carries(&promised, &reviewed, granted, &carried).map_err(|why| match why {
            NotCarried::Over => used_up(),
            NotCarried::Other(why) => invalid(why),
        })?;
        self.is_prefix(&promised).await?;
        let rules = VerdictRules { requester: &recomputed.derived.requester, bundle: &in_force.bundle };
        for entry in promising(&promised, granted) {
            self.promising(&promised, entry, rules).await?;
        }
        Ok(Some(Promise { item: promised, granted: granted.clone() }))
    }

    /// A verdict that promised: it holds, and it is recorded.
    async fn promising(
        &self,
        promised: &Item,
        entry: &Entry,
        rules: VerdictRules<'_>,
    ) -> Result<(), ExecutionError> {
        if let Event::VerdictGiven(verdict) = &entry.event {
            self.verdict(promised, entry, verdict, rules).await?;
        }
        let positions = self.capabilities.index.positions(promised.id()).await?;
        let position = positions
            .iter()
            .find(|one| one.sequence == entry.sequence)
            .ok_or_else(|| Fault::passing("a grant is not indexed yet"))?;
        record::stands(&self.locked(position.object, entry.at).await?, promised, entry.sequence)
    }
}

fn promising<'a>(item: &'a Item, granted: &'a [Granted]) -> impl Iterator<Item = &'a Entry> {
    item.entries().iter().filter(|entry| {
        let statement = entry.event.verdict().map(|verdict| verdict.statement);
        granted.iter().any(|one| Some(one.statement) == statement)
    })
}

/// Used up, over or taken back: it may be asked for again, and people are asked.
fn used_up() -> ExecutionError {
    ExecutionError::rejection("grant-used-up", "the grant it was to run on is used up, taken back or over")
}

fn invalid(why: &str) -> ExecutionError {
    ExecutionError::rejection("grant-invalid", format!("the grant it was to run on does not hold ({why})"))
}
