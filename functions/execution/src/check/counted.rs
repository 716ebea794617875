//! What rules count at the time of the claim: the recorded history, and every claim that came before this one.

use std::collections::BTreeSet;
use std::sync::Arc;

use bundle::Bundle;
use domain::{Activity, Digest, LastRun, RequestProfile};
use policy::{Facts, History};
use store::{CountedClaim, recent_history};
use wire::Item;

use crate::Execution;
use crate::error::ExecutionError;

/// The question to the rules. It is kept so that it can be asked again when another claim came first.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) bundle: Arc<Bundle>,
    pub(crate) facts: Facts,
    pub(crate) approvals: BTreeSet<String>,
    /// Where rules that may speak read the history: its name, and what this request looks like.
    pub(crate) history: Option<(Digest, RequestProfile)>,
}

/// A question that the rules answered with permit, and the claim as they counted it.
#[derive(Clone)]
pub(crate) struct Counted {
    question: Question,
    history: Digest,
    next: Activity,
}

impl Counted {
    /// What the claim's transaction writes.
    pub(crate) fn claim(&self) -> CountedClaim<'_> {
        CountedClaim { history: self.history, next: &self.next }
    }
}

impl Execution {
    /// E4: evaluates the rules with what is counted now. None where no rule counts anything, so that nothing has to be
    /// written.
    pub(crate) async fn ask(
        &self,
        item: &Item,
        mut question: Question,
    ) -> Result<Option<Counted>, ExecutionError> {
        let mut counted = None;
        if let Some((name, profile)) = &question.history {
            let told = self.count(item, *name, profile).await?;
            question.facts.context.history = told.as_ref().map(|(history, _)| history.clone());
            counted = told.map(|(_, next)| (*name, next));
        }
        let said = question.bundle.engine().confirm(&question.facts, &question.approvals);
        said.map_err(|reasons| {
            let said: Vec<String> = reasons.into_iter().map(|reason| reason.message).collect();
            ExecutionError::no_longer_allowed(if said.is_empty() {
                "no rule allows it now".to_owned()
            } else {
                said.join("; ")
            })
        })?;
        Ok(counted.map(|(history, next)| Counted { question, history, next }))
    }

    /// Asks again: somebody else's claim of this history came first.
    pub(crate) async fn ask_again(
        &self,
        item: &Item,
        counted: Counted,
    ) -> Result<Option<Counted>, ExecutionError> {
        self.ask(item, counted.question).await
    }

    /// What was done before, this action itself left out, and what stands there once it is claimed. None, which denies
    /// whatever reads it, when the index is behind, or more claims are recent than are kept.
    async fn count(
        &self,
        item: &Item,
        name: Digest,
        profile: &RequestProfile,
    ) -> Result<Option<(History, Activity)>, ExecutionError> {
        let activity = self.capabilities.activity.activity(name).await?;
        let now = self.capabilities.clock.now();
        let Some(recorded) = recent_history(self.capabilities.index.as_ref(), name, item.id(), now).await?
        else {
            return Ok(None);
        };
        let claim = LastRun { action: item.id().clone(), at: now, profile: profile.clone() };
        let Ok(next) = activity.with(claim, &recorded) else {
            tracing::warn!(action = %item.id(), "too many claims are recent; what counts them is denied");
            return Ok(None);
        };
        let history = activity.merged(&recorded, item.id(), now);
        Ok(Some((History::of(&history, profile, now), next)))
    }
}
