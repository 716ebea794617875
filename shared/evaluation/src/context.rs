//! What the review document says of a request in addition to what will run. Policy writes it and execution compares it, byte for byte.

use bundle::Bundle;
use domain::{Digest, Requirement, Timestamp};
use review::Asked;
use wire::documents::{Context, ReasonJson, Request, Statement};

use crate::derivation::{Derived, agent_name};

/// What was decided about a request, as far as people are shown it.
#[derive(Debug, Clone)]
pub struct ShownDecision<'a> {
    /// The rules that ask.
    pub rules: Vec<ReasonJson>,
    /// Who must agree.
    pub requirements: &'a [Requirement],
    /// The manifest digest of the rules in force.
    pub bundle: Digest,
    /// The deadline.
    pub expires_at: Timestamp,
}

/// The context of the review document. `changes` are the statements of those who changed parameters, in order.
#[must_use]
pub fn review_context(
    request: &Request,
    derived: &Derived,
    changes: &[Statement],
    bundle: &Bundle,
    decided: ShownDecision<'_>,
) -> Context {
    review::context(&Asked {
        request,
        agent: &agent_name(bundle, &derived.caller),
        owner: derived.requester.owner.as_ref(),
        changed: review::changes(&derived.redacted.parameters, changes),
        rules: decided.rules,
        requirements: decided.requirements,
        bundle: decided.bundle,
        expires_at: decided.expires_at,
    })
}
