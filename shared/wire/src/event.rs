//! The JSON of events: a mirror of [`domain::Event`], which knows no serialisation.

use domain::{ActionId, Digest, Event, Requirement, ResolvedBy, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bounds::{self, Bounded};
use crate::documents::OutcomeKind;
use crate::parts::{GrantedJson, LossJson, ProbeGapJson, RequesterJson};
use crate::text::{self, Identity, TokenKey};
use crate::verdict::VerdictJson;

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

/// Whether the event may be recorded: every text and list in it is as short as the index needs it.
///
/// # Errors
/// [`OutOfBounds`].
pub(crate) fn fits(event: &Event) -> Bounded {
    match event {
        Event::Proposed { action_type, principal, token_key, .. } => {
            bounds::text("the action type", action_type, bounds::ACTION_TYPE)?;
            bounds::principal_of(principal)?;
            bounds::key(token_key)
        }
        Event::Decided { requirements, granted, resolvers, requester, .. } => {
            bounds::asked(requirements)?;
            bounds::asked(resolvers)?;
            bounds::list("the list of grants", granted, bounds::LISTED)?;
            granted
                .iter()
                .try_for_each(|one| bounds::text("a requirement's name", &one.requirement, bounds::NAME))?;
            bounds::requester_set(requester)
        }
        Event::VerdictGiven(verdict)
        | Event::Modified { verdict, .. }
        | Event::Released(verdict)
        | Event::Withheld(Some(verdict)) => bounds::said(verdict),
        Event::Resolved { attempt, by, .. } => {
            bounds::text("the attempt", attempt, bounds::CODE)?;
            match by {
                ResolvedBy::Person(verdict) => bounds::said(verdict),
                ResolvedBy::Probe(_) => Ok(()),
            }
        }
        Event::Cancelled { by } => bounds::principal_of(by),
        Event::Refused { code, .. } => bounds::text("the code", code, bounds::CODE),
        Event::Claimed { attempt, .. }
        | Event::Succeeded { attempt, .. }
        | Event::Failed { attempt, .. }
        | Event::ResultHeld { attempt, .. }
        | Event::OutcomeLost { attempt, .. }
        | Event::ProbeInconclusive { attempt, .. }
        | Event::GrantUsed { attempt, .. } => bounds::text("the attempt", attempt, bounds::CODE),
        Event::Expired
        | Event::Withheld(None)
        | Event::Reminded
        | Event::Escalated
        | Event::ReviewOverdue => Ok(()),
    }
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
