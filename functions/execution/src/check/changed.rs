//! Step 4 for what people changed: every modification is signed and proven like an approval, and the rules in force let
//! its author make it.

use bundle::Bundle;
use domain::{RequesterSet, Review, Verdict};
use wire::Item;
use wire::documents::Statement;

use super::people::VerdictRules;
use crate::Execution;
use crate::error::ExecutionError;

impl Execution {
    /// The statements of those who changed parameters, in order: what they say is applied here, independently of policy.
    pub(super) async fn changes(&self, item: &Item) -> Result<Vec<Statement>, ExecutionError> {
        let mut changes = Vec::new();
        for (_, verdict) in item.changes() {
            changes.push(self.open(verdict.statement).await?);
        }
        Ok(changes)
    }

    /// P5, P12, D1: whoever changed something said so, with the proof that was demanded, and might.
    pub(super) async fn changed(
        &self,
        item: &Item,
        requester: &RequesterSet,
        bundle: &Bundle,
    ) -> Result<(), ExecutionError> {
        for (entry, verdict) in item.changes() {
            self.verdict(item, entry, verdict, VerdictRules { requester, bundle }).await?;
            let nothing = || ExecutionError::evidence("chain-differs", "a change of nothing");
            let state_before = item.state_at(entry.sequence.saturating_sub(1)).ok_or_else(nothing)?;
            let before = state_before.review().ok_or_else(nothing)?;
            if !may_change(before, verdict, bundle) {
                let detail = "a reviewer changed what no requirement lets them change now";
                return Err(ExecutionError::no_longer_allowed(detail));
            }
        }
        Ok(())
    }
}

/// Whether every requirement the word counted for still lets its people change all of this.
fn may_change(before: &Review, verdict: &Verdict, bundle: &Bundle) -> bool {
    let mut asked = before.requirements_of(&verdict.groups).peekable();
    let lets = |name: &str| {
        bundle
            .requirement(name)
            .is_some_and(|rule| verdict.changed.iter().all(|pointer| rule.may_change.contains(pointer)))
    };
    asked.peek().is_some() && asked.all(|one| lets(&one.name))
}
