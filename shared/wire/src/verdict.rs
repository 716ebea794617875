//! The JSON of verdicts, in events of actions and of the suspension list.

use domain::{Digest, Proof, Seat, Verdict};
use serde::{Deserialize, Serialize};

use crate::documents::{GrantTermsJson, VerdictName};
use crate::text::{self, Identity};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerdictJson {
    person: Identity,
    verdict: VerdictName,
    groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seats: Vec<SeatJson>,
    proof: Proof,
    #[serde(with = "text")]
    statement: Digest,
    #[serde(with = "text")]
    envelope: Digest,
    #[serde(with = "text::option")]
    proof_document: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<GrantTermsJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeatJson {
    group: String,
    person: Identity,
}

impl From<&Verdict> for VerdictJson {
    fn from(verdict: &Verdict) -> Self {
        Self {
            person: (&verdict.person).into(),
            verdict: verdict.kind.into(),
            groups: verdict.groups.clone(),
            seats: verdict.seats.iter().map(Into::into).collect(),
            proof: verdict.proof,
            statement: verdict.statement,
            envelope: verdict.envelope,
            proof_document: verdict.proof_document,
            grant: verdict.grant.as_ref().map(Into::into),
            changed: verdict.changed.clone(),
        }
    }
}

impl From<VerdictJson> for Verdict {
    fn from(verdict: VerdictJson) -> Self {
        Self {
            person: verdict.person.into(),
            kind: verdict.verdict.into(),
            groups: verdict.groups,
            seats: verdict.seats.into_iter().map(Into::into).collect(),
            proof: verdict.proof,
            statement: verdict.statement,
            envelope: verdict.envelope,
            proof_document: verdict.proof_document,
            grant: verdict.grant.map(Into::into),
            changed: verdict.changed,
        }
    }
}

impl From<&Seat> for SeatJson {
    fn from(seat: &Seat) -> Self {
        Self { group: seat.group.clone(), person: (&seat.person).into() }
    }
}

impl From<SeatJson> for Seat {
    fn from(seat: SeatJson) -> Self {
        Self { group: seat.group, person: seat.person.into() }
    }
}
