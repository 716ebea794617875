//! The JSON of events: a mirror of [`domain::Event`], which knows no serialisation.

use domain::{ActionId, Digest, Event, Proof, Requirement, ResolvedBy, Seat, Timestamp, Verdict};
use serde::{Deserialize, Serialize};

use crate::documents::{GrantTermsJson, OutcomeKind, VerdictName};
use crate::parts::{GrantedJson, LossJson, ProbeGapJson, RequesterJson};
use crate::text::{self, Identity, TokenKey};

/// One event, tagged by `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum EventJson {
    Proposed {
        #[serde(rename = "type")]
        action_type: String,
        principal: Identity,
        #[serde(with = "text")]
        payload: Digest,
        #[serde(with = "text")]
        request: Digest,
        token_key: TokenKey,
        #[serde(with = "text::time")]
        expires_at: Timestamp,
    },
    Decided {
        outcome: OutcomeKind,
        #[serde(with = "text")]
        document: Digest,
        #[serde(with = "text::option")]
        review: Option<Digest>,
        #[serde(with = "text::option")]
        action: Option<Digest>,
        requirements: Vec<Requirement>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        granted: Vec<GrantedJson>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        resolvers: Vec<Requirement>,
        requester: RequesterJson,
        #[serde(with = "text::time")]
        expires_at: Timestamp,
    },
    VerdictGiven {
        verdict: VerdictJson,
    },
    Modified {
        verdict: VerdictJson,
        #[serde(with = "text")]
        request: Digest,
    },
    Cancelled {
        by: Identity,
    },
    Expired {},
    Refused {
        code: String,
        #[serde(with = "text")]
        document: Digest,
    },
    Claimed {
        attempt: String,
        #[serde(with = "text::time")]
        lease_until: Timestamp,
        #[serde(with = "text")]
        bundle: Digest,
    },
    Succeeded {
        attempt: String,
        #[serde(with = "text")]
        outcome: Digest,
    },
    Failed {
        attempt: String,
        #[serde(with = "text")]
        outcome: Digest,
    },
    ResultHeld {
        attempt: String,
        #[serde(with = "text")]
        outcome: Digest,
        #[serde(with = "text::time")]
        release_by: Timestamp,
    },
    Released {
        verdict: VerdictJson,
    },
    Withheld {
        verdict: Option<VerdictJson>,
    },
    OutcomeLost {
        attempt: String,
        reason: LossJson,
    },
    Resolved {
        attempt: String,
        happened: bool,
        by: ResolvedByJson,
    },
    ProbeInconclusive {
        attempt: String,
        reason: ProbeGapJson,
    },
    Reminded {},
    Escalated {},
    ReviewOverdue {},
    GrantUsed {
        #[serde(with = "text")]
        statement: Digest,
        #[serde(with = "text")]
        by: ActionId,
        attempt: String,
    },
}

/// Who found out what a lost attempt did: a person's verdict, or the document of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant, reason = "events hold verdicts as they are")]
pub(crate) enum ResolvedByJson {
    Verdict(VerdictJson),
    Probe(#[serde(with = "text")] Digest),
}

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

impl From<&Event> for EventJson {
    fn from(event: &Event) -> Self {
        match event.clone() {
            Event::Proposed { action_type, principal, payload, request, token_key, expires_at } => {
                let (principal, token_key) = ((&principal).into(), (&token_key).into());
                Self::Proposed { action_type, principal, payload, request, token_key, expires_at }
            }
            Event::Decided {
                kind,
                document,
                review,
                action,
                requirements,
                granted,
                resolvers,
                requester,
                expires_at,
            } => Self::Decided {
                outcome: kind.into(),
                document,
                review,
                action,
                requirements,
                granted: granted.into_iter().map(Into::into).collect(),
                resolvers,
                requester: (&requester).into(),
                expires_at,
            },
            Event::VerdictGiven(verdict) => Self::VerdictGiven { verdict: (&verdict).into() },
            Event::Modified { verdict, request } => Self::Modified { verdict: (&verdict).into(), request },
            Event::Cancelled { by } => Self::Cancelled { by: (&by).into() },
            Event::Expired => Self::Expired {},
            Event::Refused { code, document } => Self::Refused { code, document },
            Event::Claimed { attempt, lease_until, bundle } => Self::Claimed { attempt, lease_until, bundle },
            Event::Succeeded { attempt, outcome } => Self::Succeeded { attempt, outcome },
            Event::Failed { attempt, outcome } => Self::Failed { attempt, outcome },
            Event::ResultHeld { attempt, outcome, release_by } => {
                Self::ResultHeld { attempt, outcome, release_by }
            }
            Event::Released(verdict) => Self::Released { verdict: (&verdict).into() },
            Event::Withheld(verdict) => Self::Withheld { verdict: verdict.as_ref().map(Into::into) },
            Event::OutcomeLost { attempt, reason } => Self::OutcomeLost { attempt, reason: reason.into() },
            Event::Resolved { attempt, happened, by } => Self::Resolved { attempt, happened, by: by.into() },
            Event::ProbeInconclusive { attempt, reason } => {
                Self::ProbeInconclusive { attempt, reason: reason.into() }
            }
            Event::Reminded => Self::Reminded {},
            Event::Escalated => Self::Escalated {},
            Event::ReviewOverdue => Self::ReviewOverdue {},
            Event::GrantUsed { statement, by, attempt } => Self::GrantUsed { statement, by, attempt },
        }
    }
}

impl From<EventJson> for Event {
    fn from(event: EventJson) -> Self {
        match event {
            EventJson::Proposed { action_type, principal, payload, request, token_key, expires_at } => {
                let (principal, token_key) = (principal.into(), token_key.into());
                Self::Proposed { action_type, principal, payload, request, token_key, expires_at }
            }
            EventJson::Decided {
                outcome,
                document,
                review,
                action,
                requirements,
                granted,
                resolvers,
                requester,
                expires_at,
            } => Self::Decided {
                kind: outcome.into(),
                document,
                review,
                action,
                requirements,
                granted: granted.into_iter().map(Into::into).collect(),
                resolvers,
                requester: requester.into(),
                expires_at,
            },
            EventJson::VerdictGiven { verdict } => Self::VerdictGiven(verdict.into()),
            EventJson::Modified { verdict, request } => Self::Modified { verdict: verdict.into(), request },
            EventJson::Cancelled { by } => Self::Cancelled { by: by.into() },
            EventJson::Expired {} => Self::Expired,
            EventJson::Refused { code, document } => Self::Refused { code, document },
            EventJson::Claimed { attempt, lease_until, bundle } => {
                Self::Claimed { attempt, lease_until, bundle }
            }
            EventJson::Succeeded { attempt, outcome } => Self::Succeeded { attempt, outcome },
            EventJson::Failed { attempt, outcome } => Self::Failed { attempt, outcome },
            EventJson::ResultHeld { attempt, outcome, release_by } => {
                Self::ResultHeld { attempt, outcome, release_by }
            }
            EventJson::Released { verdict } => Self::Released(verdict.into()),
            EventJson::Withheld { verdict } => Self::Withheld(verdict.map(Into::into)),
            EventJson::OutcomeLost { attempt, reason } => {
                Self::OutcomeLost { attempt, reason: reason.into() }
            }
            EventJson::Resolved { attempt, happened, by } => {
                Self::Resolved { attempt, happened, by: by.into() }
            }
            EventJson::ProbeInconclusive { attempt, reason } => {
                Self::ProbeInconclusive { attempt, reason: reason.into() }
            }
            EventJson::Reminded {} => Self::Reminded,
            EventJson::Escalated {} => Self::Escalated,
            EventJson::ReviewOverdue {} => Self::ReviewOverdue,
            EventJson::GrantUsed { statement, by, attempt } => Self::GrantUsed { statement, by, attempt },
        }
    }
}

impl From<ResolvedBy> for ResolvedByJson {
    fn from(by: ResolvedBy) -> Self {
        match by {
            ResolvedBy::Person(verdict) => Self::Verdict((&verdict).into()),
            ResolvedBy::Probe(document) => Self::Probe(document),
        }
    }
}

impl From<ResolvedByJson> for ResolvedBy {
    fn from(by: ResolvedByJson) -> Self {
        match by {
            ResolvedByJson::Verdict(verdict) => Self::Person(verdict.into()),
            ResolvedByJson::Probe(document) => Self::Probe(document),
        }
    }
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
