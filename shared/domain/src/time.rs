//! What follows from time alone, and when.

use crate::state::{Review, Run, State};
use crate::{Event, LossReason, ProbeGap, Timestamp};

/// The event that follows from time alone in this state now, if any.
#[must_use]
pub fn due(state: &State, now: Timestamp) -> Option<Event> {
    let passed = |moment: Option<Timestamp>| moment.is_some_and(|moment| now >= moment);
    let review = state.review();
    match state {
        _ if passed(state.begins_until()) => Some(Event::Expired),
        State::Pending(review) if passed(review.escalates_at()) => Some(Event::Escalated),
        State::Pending(review) if passed(review.reminds_at()) => Some(Event::Reminded),
        State::Executing(run) if now >= run.lease_until => {
            Some(Event::OutcomeLost { attempt: run.attempt.clone(), reason: LossReason::LeaseLost })
        }
        State::Held { release_by, .. } if now >= *release_by => Some(Event::Withheld(None)),
        State::Unknown(run) if run.probe_gap.is_none() && now >= run.probed_until() => {
            Some(Event::ProbeInconclusive { attempt: run.attempt.clone(), reason: ProbeGap::TimedOut })
        }
        _ => passed(review.and_then(Review::review_by)).then_some(Event::ReviewOverdue),
    }
}

impl State {
    /// Until when it may begin; none once it has begun or ended.
    fn begins_until(&self) -> Option<Timestamp> {
        let proposal = self.proposal().filter(|_| self.status().phase().is_waiting());
        proposal.map(|proposal| proposal.expires_at)
    }

    /// The time of the next such event: a deadline, a reminder, the lease, a review; `None` if there is none.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let own = match self {
            Self::Pending(review) => {
                let sooner = review.escalates_at().into_iter().chain(review.reminds_at());
                Some(sooner.fold(review.proposal.expires_at, Timestamp::min))
            }
            Self::Executing(run) => Some(run.lease_until),
            Self::Held { release_by, .. } => Some(*release_by),
            Self::Unknown(run) if run.probe_gap.is_none() => Some(run.probed_until()),
            _ => self.begins_until(),
        };
        let review_by = self.review().and_then(Review::review_by);
        own.into_iter().chain(review_by).min()
    }
}

impl Run {
    /// Seconds after the lease for which execution may ask the target what a lost attempt did.
    const PROBED_FOR: i64 = 1800;

    /// Seconds after the lease within which a target may still do what it took before the end of the lease, clocks that are
    /// off included.
    const SETTLES_IN: i64 = 120;

    /// From when a lost attempt can no longer be under way: its credentials end with its lease. Nobody finds before that it
    /// did not happen.
    #[must_use]
    pub fn settled_at(&self) -> Timestamp {
        self.lease_until.plus_seconds(Self::SETTLES_IN)
    }

    /// Until when execution may ask the target what a lost attempt did; from then on people are asked.
    #[must_use]
    pub fn probed_until(&self) -> Timestamp {
        self.lease_until.plus_seconds(Self::PROBED_FOR)
    }
}

impl Review {
    /// When people who have not answered are reminded; `None` once they were.
    #[must_use]
    pub fn reminds_at(&self) -> Option<Timestamp> {
        let asked = self.decision.requirements.iter();
        let after = asked.filter_map(|requirement| requirement.terms.reminder).min()?;
        (!self.reminded).then(|| self.decided_at.plus_seconds(after.into()))
    }

    /// When the next escalation happens.
    #[must_use]
    pub fn escalates_at(&self) -> Option<Timestamp> {
        let asked = self.decision.requirements.iter();
        let waiting = asked.filter(|requirement| requirement.terms.standing_in.is_empty());
        let after =
            waiting.filter_map(|requirement| Some(requirement.terms.escalation.as_ref()?.after)).min()?;
        Some(self.decided_at.plus_seconds(after.into()))
    }

    /// When the review of an emergency becomes overdue; `None` once it is closed or was reported.
    #[must_use]
    pub fn review_by(&self) -> Option<Timestamp> {
        let emergency = self.emergency.as_ref()?;
        (emergency.open() && !emergency.overdue).then_some(emergency.review_by)
    }

    pub(crate) fn escalate(&mut self, now: Timestamp) {
        let decided_at = self.decided_at;
        for requirement in &mut self.decision.requirements {
            if let Some(escalation) = &requirement.terms.escalation
                && now >= decided_at.plus_seconds(escalation.after.into())
            {
                requirement.terms.standing_in.clone_from(&escalation.groups);
            }
        }
    }
}
