//! Who may give which verdict about a decision, and whether the verdicts are enough.

use std::collections::BTreeSet;

use crate::state::Review;
use crate::vote::Vote;
use crate::{
    EmergencyRule, EventRejection, Grant, GrantLimit, Granted, Person, Proof, Requirement, Speaker,
    Timestamp, VerdictKind, satisfied,
};

fn strongest(requirements: &[Requirement]) -> Proof {
    requirements.iter().map(|requirement| requirement.proof).max().unwrap_or(Proof::Service)
}

impl Review {
    /// The strongest proof any requirement demands of an approval.
    #[must_use]
    pub fn demanded_proof(&self) -> Proof {
        strongest(&self.decision.requirements)
    }

    /// The weakest proof that is enough for this verdict.
    #[must_use]
    pub fn demands(&self, kind: VerdictKind) -> Proof {
        match kind {
            VerdictKind::Emergency => Proof::Idp,
            kind if kind.fails_safe() => Proof::Service,
            kind => strongest(self.requirements_for(kind)),
        }
    }

    /// The requirements that say who may give this verdict and how they prove who they are. A lost attempt is resolved by
    /// those who may approve; where nobody was asked, by those whom the decision names for that.
    #[must_use]
    pub fn requirements_for(&self, kind: VerdictKind) -> &[Requirement] {
        match kind.happened() {
            Some(_) => self.resolvers(),
            None => &self.decision.requirements,
        }
    }

    /// Whose people may say what became of a lost attempt; empty where the rules name nobody.
    #[must_use]
    pub fn resolvers(&self) -> &[Requirement] {
        match self.decision.requirements.as_slice() {
            [] => &self.decision.resolvers,
            asked => asked,
        }
    }

    /// Whether the person may approve here: a requirement asks them, they are not in the requester set, and they
    /// did not change the action.
    ///
    /// # Errors
    /// [`EventRejection::OwnRequest`], [`EventRejection::NotAnApprover`] and [`EventRejection::OwnChange`].
    pub fn admits(&self, speaker: &Speaker<'_>) -> Result<(), EventRejection> {
        self.admits_as(VerdictKind::Approve, speaker)
    }

    /// Whether the person may give this verdict. Only a confirmation comes from the requester set. A person who
    /// changed a parameter approves it, runs it in an emergency or closes its review only where the requirements
    /// say so. What the owner of a seat may not do, nobody may do on that seat.
    ///
    /// # Errors
    /// [`EventRejection::OwnRequest`], [`EventRejection::NotAnApprover`], [`EventRejection::OwnChange`], and [`EventRejection::Malformed`] when the
    /// seats do not fit the groups.
    pub fn admits_as(&self, kind: VerdictKind, speaker: &Speaker<'_>) -> Result<(), EventRejection> {
        let Speaker { person, groups, .. } = *speaker;
        if !speaker.fits() {
            return Err(EventRejection::Malformed);
        }
        let asked = &self.decision.requirements;
        let concerned = || asked.iter().any(|requirement| requirement.concerns(groups));
        let rules = || asked.iter().map(|requirement| requirement.terms.emergency.as_ref());
        let of = |rule: Option<&EmergencyRule>| {
            rule.is_some_and(|rule| rule.groups.iter().any(|group| groups.contains(group)))
        };
        let may = match kind {
            VerdictKind::Confirm => {
                asked.iter().any(|requirement| requirement.terms.confirm)
                    && self.decision.requester.humans.contains(person)
            }
            _ if speaker.everybody().any(|who| self.is_barred(kind, who)) => {
                return Err(EventRejection::OwnRequest);
            }
            VerdictKind::Emergency => !asked.is_empty() && rules().all(of),
            VerdictKind::Close => self.emergency.is_some() && (concerned() || rules().any(of)),
            VerdictKind::Revoke => {
                concerned() || self.grants.iter().any(|grant| grant.vote.person == *person)
            }
            VerdictKind::Modify => !self.may_change(groups).is_empty(),
            VerdictKind::Approve | VerdictKind::Deny => concerned(),
            VerdictKind::Happened | VerdictKind::DidNotHappen => {
                self.resolvers().iter().any(|requirement| requirement.concerns(groups))
            }
            // What is suspended is no action.
            VerdictKind::Suspend => false,
        };
        if !may {
            return Err(EventRejection::NotAnApprover);
        }
        let changed_it = speaker.everybody().any(|who| self.proposal.was_changed_by(who));
        let counts = match kind {
            VerdictKind::Approve => self.requirements_of(groups).any(|one| self.takes(one, speaker)),
            VerdictKind::Emergency | VerdictKind::Close => {
                asked.iter().all(|one| one.takes_a_vote(changed_it))
            }
            // Whoever changed it would say whether their own change took effect.
            VerdictKind::Happened | VerdictKind::DidNotHappen => !changed_it,
            _ => true,
        };
        if counts { Ok(()) } else { Err(EventRejection::OwnChange) }
    }

    /// Whether an approval with a grant can cover an action that these people have changed: the grantor did not
    /// change it, or the requirement lets people approve what they changed.
    #[must_use]
    pub fn grant_stands(&self, granted: &Granted, changed_by: &[Person]) -> bool {
        let same = |grant: &&Grant| {
            grant.vote.statement == granted.statement && grant.requirements.contains(&granted.requirement)
        };
        let Some(grant) = self.grants.iter().find(same) else { return false };
        let changed_it = Speaker::from(&grant.vote).everybody().any(|who| changed_by.contains(who));
        let mut asked = self.decision.requirements.iter();
        asked.any(|one| one.name == granted.requirement && one.takes_a_vote(changed_it))
    }

    /// What the approval of a member of these groups may grant for later actions: as much as every requirement for
    /// which it counts allows. A grant is one person's approval, never that of several people, and never the
    /// agreement of the human for whom an agent acts.
    #[must_use]
    pub fn grant_limit(&self, groups: &[String]) -> Option<GrantLimit> {
        let mut concerned = self.requirements_of(groups).peekable();
        concerned.peek()?;
        let allowed = |asked: &Requirement| asked.terms.grant.clone().filter(|_| asked.may_be_granted());
        let limits: Option<Vec<GrantLimit>> = concerned.map(allowed).collect();
        let limits = limits?;
        let fixed: BTreeSet<String> = limits.iter().flat_map(|limit| limit.fixed.iter().cloned()).collect();
        Some(GrantLimit {
            seconds: limits.iter().map(|limit| limit.seconds).min()?,
            uses: limits.iter().map(|limit| limit.uses).min()?,
            fixed: fixed.into_iter().collect(),
        })
    }

    /// The parameters that a member of these groups may change: those that every requirement for which their
    /// verdict counts allows.
    #[must_use]
    pub fn may_change(&self, groups: &[String]) -> Vec<String> {
        let mut allowed = self.requirements_of(groups).map(|asked| &asked.terms.may_change);
        let Some(first) = allowed.next() else { return Vec::new() };
        let first: BTreeSet<&String> = first.iter().collect();
        let every =
            allowed.fold(first, |every, next| every.into_iter().filter(|one| next.contains(one)).collect());
        every.into_iter().cloned().collect()
    }

    /// The requirements for which an approval of a member of these groups counts.
    pub fn requirements_of<'a>(&'a self, groups: &'a [String]) -> impl Iterator<Item = &'a Requirement> {
        self.decision.requirements.iter().filter(|requirement| requirement.concerns(groups))
    }

    /// Whether everybody has agreed who must: the quorum, and the human for whom the agent acts where that is
    /// demanded. This does not consider emergencies.
    #[must_use]
    pub fn met(&self) -> bool {
        let asked = &self.decision.requirements;
        let confirms = asked.iter().any(|requirement| requirement.terms.confirm);
        satisfied(asked, &self.votes) && (!confirms || self.confirmed.is_some())
    }

    /// For how many seconds nobody may have asked for the action, if a requirement says so.
    #[must_use]
    pub fn abandonment_timeout(&self) -> Option<u32> {
        let asked = self.decision.requirements.iter();
        asked.filter_map(|requirement| requirement.terms.abandoned_after).min()
    }

    /// When its proposer last asked for the action: the stored time, or else the time of the proposal.
    #[must_use]
    pub fn last_polled_at(&self, last_polled_at: Option<Timestamp>) -> Timestamp {
        last_polled_at
            .map_or(self.proposal.created_at, |last_polled_at| last_polled_at.max(self.proposal.created_at))
    }

    /// Since when nobody has waited for the action, once that is too long for a requirement.
    #[must_use]
    pub fn abandoned_since(&self, last_polled_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let since = self.last_polled_at(last_polled_at);
        (now >= since.plus_seconds(self.abandonment_timeout()?.into())).then_some(since)
    }

    /// This person's vote, if they gave one.
    #[must_use]
    pub fn vote_of(&self, person: &Person) -> Option<&Vote> {
        self.votes.iter().find(|vote| vote.person == *person)
    }
}
