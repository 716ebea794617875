//! Step 4 for what nobody was asked about: a grant of an earlier approval, from its own documents and its own record.

use std::collections::BTreeSet;

use bundle::InForce;
use domain::{ActionId, Event, Fault, Granted, Review, Timestamp};
use evaluation::{Covered, NotCovered, grant_covers};
use wire::documents::Action;
use wire::{Entry, Item};

use super::people::VerdictRules;
use super::plan::RecomputedPlan;
use super::record;
use crate::Execution;
use crate::error::ExecutionError;

/// What this action runs on: the item that granted, as it was checked, and which of its grants.
#[derive(Debug, Clone)]
pub(crate) struct GrantInUse {
    pub(crate) item: Item,
    pub(crate) granted: Vec<Granted>,
}

impl GrantInUse {
    /// The item that granted with this use counted, each grant once; a grant that is no longer live is not used.
    pub(crate) fn used(&self, by: &ActionId, attempt: &str, now: Timestamp) -> Result<Item, ExecutionError> {
        self.granted.iter().try_fold(self.item.clone(), |item, one| {
            let (statement, by, attempt) = (one.statement, by.clone(), attempt.to_owned());
            let used = item.extend(Event::GrantUsed { statement, by, attempt }, now);
            used.map(|(used, _)| used).map_err(|_| used_up())
        })
    }
}

impl Execution {
    /// The grant as it stands now: what was checked of it is still there, and nothing was found wrong meanwhile.
    pub(crate) async fn again(&self, grant_in_use: GrantInUse) -> Result<GrantInUse, ExecutionError> {
        let item = self.capabilities.state.item(grant_in_use.item.id()).await.map_err(Fault::from)?;
        let same =
            |item: &Item| item.chain_at(grant_in_use.item.sequence()) == Some(grant_in_use.item.chain());
        let item = item.filter(same).ok_or_else(|| {
            ExecutionError::evidence(
                "chain-differs",
                "the action that granted is not the one that was checked",
            )
        })?;
        self.is_prefix(&item).await?;
        Ok(GrantInUse { item, ..grant_in_use })
    }

    /// P3, P4, P5: every verdict that granted is checked as if it had been given here, with its record locked; what it
    /// granted is live and about exactly this.
    pub(crate) async fn granted(
        &self,
        item: &Item,
        review: &Review,
        recomputed: &RecomputedPlan,
        in_force: &InForce,
    ) -> Result<Option<GrantInUse>, ExecutionError> {
        let granted = &review.decision.granted;
        let named: BTreeSet<&ActionId> = granted.iter().map(|one| &one.action).collect();
        let mut actions = named.into_iter();
        let Some(action) = actions.next() else { return Ok(None) };
        if actions.next().is_some() {
            return Err(invalid("grants of several actions"));
        }
        let granting = self.capabilities.state.item(action).await.map_err(Fault::from)?;
        let granting =
            granting.ok_or_else(|| ExecutionError::evidence("grant-missing", action.to_string()))?;
        let stood = granting.state().review().ok_or_else(used_up)?;
        let reviewed: Action = self.open(stood.decision.action).await?;
        let covered = Covered {
            action: item.id(),
            derived: &recomputed.derived,
            entry: &recomputed.entry,
            bundle: &in_force.bundle,
            changed_by: &review.proposal.changed_by,
            now: self.capabilities.clock.now(),
        };
        grant_covers(&granting, &reviewed, granted, &covered).map_err(|why| match why {
            NotCovered::Over => used_up(),
            NotCovered::Other(why) => invalid(why),
        })?;
        self.is_prefix(&granting).await?;
        let rules = VerdictRules { requester: &recomputed.derived.requester, bundle: &in_force.bundle };
        for entry in granting_entries(&granting, granted) {
            self.check_grant(&granting, entry, rules).await?;
        }
        Ok(Some(GrantInUse { item: granting, granted: granted.clone() }))
    }

    /// A verdict that granted: it holds, and it is recorded.
    async fn check_grant(
        &self,
        granting: &Item,
        entry: &Entry,
        rules: VerdictRules<'_>,
    ) -> Result<(), ExecutionError> {
        if let Event::VerdictGiven(verdict) = &entry.event {
            self.verdict(granting, entry, verdict, rules).await?;
        }
        let positions = self.capabilities.index.positions(granting.id()).await?;
        let position = positions
            .iter()
            .find(|one| one.sequence == entry.sequence)
            .ok_or_else(|| Fault::passing("a grant is not indexed yet"))?;
        record::stands(&self.locked(position.object, entry.at).await?, granting, entry.sequence)
    }
}

fn granting_entries<'a>(item: &'a Item, granted: &'a [Granted]) -> impl Iterator<Item = &'a Entry> {
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
