//! What a verdict is checked against, whatever it is about.

use crate::state::Review;
use crate::{Digest, EventRejection, Proof, Requirement, Scope, Speaker, Verdict, VerdictKind};

/// The facts that the check of a verdict reads of what it is about: an action that waits for people, or the scope of a
/// suspension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictSubject<'a> {
    /// The revision that its statement must name.
    pub revision: u32,
    /// The digest that its statement must name as what would be done.
    pub action: Digest,
    /// The digest that its statement must name as what was shown.
    pub review: Digest,
    /// Whether the person may say this here.
    pub admitted: Result<(), EventRejection>,
    /// The weakest proof that counts.
    pub demanded_proof: Proof,
    /// What is required of a sign-in, where a sign-in proves it.
    pub requirements: &'a [Requirement],
}

impl Review {
    /// What this verdict on this review is checked against.
    #[must_use]
    pub fn subject(&self, verdict: &Verdict) -> VerdictSubject<'_> {
        VerdictSubject {
            revision: self.proposal.revision,
            action: self.decision.action,
            review: self.decision.review,
            admitted: self.admits_as(verdict.kind, &verdict.into()),
            demanded_proof: self.demands(verdict.kind),
            requirements: self.requirements_for(verdict.kind),
        }
    }
}

impl Scope {
    /// The digest that a statement about a suspension of this scope names in place of an action and a review.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.to_string().as_bytes())
    }

    /// What this verdict to suspend this scope is checked against. Which groups may suspend is for the directory to say, and
    /// whoever checks asks it.
    #[must_use]
    pub fn subject(&self, verdict: &Verdict) -> VerdictSubject<'static> {
        let admitted = match Speaker::from(verdict) {
            speaker if !speaker.fits() => Err(EventRejection::Malformed),
            speaker if verdict.kind != VerdictKind::Suspend || speaker.groups.is_empty() => {
                Err(EventRejection::NotAnApprover)
            }
            _ => Ok(()),
        };
        let digest = self.digest();
        VerdictSubject {
            revision: 0,
            action: digest,
            review: digest,
            admitted,
            demanded_proof: Proof::Service,
            requirements: &[],
        }
    }
}
