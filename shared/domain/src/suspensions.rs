//! The suspension list: what people have suspended, and how approved actions resume it.
//!
//! It is an aggregate of its own, with its own events and its own fold. Its item is part of every claim's condition.

use std::fmt;
use std::str::FromStr;

use crate::event::{Actor, Effect};
use crate::{
    ActionId, Digest, EventRejection, ParseError, Person, Principal, Proof, Speaker, Timestamp, Verdict,
    VerdictKind,
};

/// The action type that lets run again what was suspended.
pub const RESUME: &str = "countersign-resume";

/// What a suspension covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything.
    All,
    /// One action type.
    Type(String),
    /// One agent.
    Agent(Principal),
}

/// One suspension that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// What it covers.
    pub scope: Scope,
    /// Who suspended it.
    pub by: Person,
    /// Their statement.
    pub statement: Digest,
    /// Since when.
    pub at: Timestamp,
}

impl Suspension {
    /// The first of these suspensions that covers an action of this type by this agent.
    #[must_use]
    pub fn covering<'a>(
        suspensions: &'a [Self],
        principal: &Principal,
        action_type: &str,
    ) -> Option<&'a Self> {
        suspensions.iter().find(|suspension| suspension.scope.covers(principal, action_type))
    }
}

/// One fact about the suspension list. Together with its time it is one entry of the list's item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "few are kept at once, and a box would show at every use")]
pub enum SuspensionEvent {
    /// A person suspended everything that a scope covers.
    Suspended {
        /// What is suspended.
        scope: Scope,
        /// The signed verdict.
        verdict: Verdict,
    },
    /// An approved action resumed it.
    Resumed {
        /// What runs again.
        scope: Scope,
        /// The action that was approved.
        by: ActionId,
        /// Its attempt.
        attempt: String,
    },
}

impl SuspensionEvent {
    /// The stable name of the kind, as records write it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Suspended { .. } => "suspended",
            Self::Resumed { .. } => "resumed",
        }
    }

    /// Who caused it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Suspended { verdict, .. } => Actor::Person(verdict.person.clone()),
            Self::Resumed { .. } => Actor::Execution,
        }
    }

    /// What it suspends or resumes.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        match self {
            Self::Suspended { scope, .. } | Self::Resumed { scope, .. } => scope,
        }
    }

    /// The verdict it contains, if any.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Suspended { verdict, .. } => Some(verdict),
            Self::Resumed { .. } => None,
        }
    }

    /// Every document the event names, which must be stored before it.
    #[must_use]
    pub fn documents(&self) -> Vec<Digest> {
        self.verdict().map(Verdict::documents).unwrap_or_default()
    }
}

/// Everything that is suspended, the earliest first. It is only ever built by folding events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suspensions(Vec<Suspension>);

impl Suspensions {
    /// The suspensions that hold.
    #[must_use]
    pub fn active(&self) -> &[Suspension] {
        &self.0
    }

    /// Whether this very scope is suspended.
    #[must_use]
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.iter().any(|suspension| suspension.scope == *scope)
    }

    /// What this event makes of the list at this time, and what follows from it. A person suspends a scope that is not
    /// suspended yet; an approved action resumes one that is.
    ///
    /// # Errors
    /// [`EventRejection::Malformed`] for a verdict that is not one to suspend, [`EventRejection::AlreadyVoted`] for a scope that is
    /// suspended already, [`EventRejection::NotPossible`] for a resume of what is not suspended. The list is unchanged.
    pub fn advance(
        &self,
        event: &SuspensionEvent,
        now: Timestamp,
    ) -> Result<(Self, Vec<Effect>), EventRejection> {
        let mut active = self.0.clone();
        let effects = match event {
            SuspensionEvent::Suspended { scope, verdict } => {
                let proven = (verdict.proof == Proof::Idp) == verdict.proof_document.is_some();
                let fits = Speaker::from(verdict).fits();
                if verdict.kind != VerdictKind::Suspend || !proven || !fits || verdict.grant.is_some() {
                    return Err(EventRejection::Malformed);
                }
                if self.contains(scope) {
                    return Err(EventRejection::AlreadyVoted);
                }
                let (by, statement) = (verdict.person.clone(), verdict.statement);
                active.push(Suspension { scope: scope.clone(), by: by.clone(), statement, at: now });
                vec![Effect::SendReceipt(by), Effect::AnnounceSuspensions]
            }
            SuspensionEvent::Resumed { scope, attempt, .. } => {
                active.retain(|suspension| suspension.scope != *scope);
                if active.len() == self.0.len() || attempt.is_empty() {
                    return Err(EventRejection::NotPossible);
                }
                vec![Effect::AnnounceSuspensions]
            }
        };
        Ok((Self(active), effects))
    }

    /// The list after these events, each folded at its own time.
    ///
    /// # Errors
    /// The first [`EventRejection`]; such a list of events is not a possible history.
    pub fn fold<'a>(
        events: impl IntoIterator<Item = (&'a SuspensionEvent, Timestamp)>,
    ) -> Result<Self, EventRejection> {
        let mut events = events.into_iter();
        events.try_fold(Self::default(), |list, (event, at)| Ok(list.advance(event, at)?.0))
    }
}

impl Scope {
    /// Whether an action of this type by this agent is suspended. Nothing but a suspension of its agent covers a resume: else what
    /// suspended everything could never run again.
    #[must_use]
    pub fn covers(&self, principal: &Principal, action_type: &str) -> bool {
        match self {
            Self::All => action_type != RESUME,
            Self::Type(suspended) => suspended == action_type && action_type != RESUME,
            // In every letter case: the provider may write the same agent another way tomorrow.
            Self::Agent(suspended) => suspended.is_spelled_like(&principal.issuer, &principal.subject),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Type(name) => write!(f, "type:{name}"),
            Self::Agent(principal) => write!(f, "agent:{principal}"),
        }
    }
}

impl FromStr for Scope {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong =
            || ParseError::new(text, "a scope: `all`, `type:<action type>` or `agent:<issuer>|<subject>`");
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(name) = text.strip_prefix("type:").filter(|name| !name.is_empty()) {
            return Ok(Self::Type(name.to_owned()));
        }
        let (issuer, subject) =
            text.strip_prefix("agent:").and_then(|agent| agent.split_once('|')).ok_or_else(wrong)?;
        if issuer.is_empty() || subject.is_empty() {
            return Err(wrong());
        }
        Ok(Self::Agent(Principal { issuer: issuer.to_owned(), subject: subject.to_owned() }))
    }
}

impl ActionId {
    /// The id under which the suspension list is kept. No request has it: its canonical form is no list.
    #[must_use]
    pub fn suspensions() -> Self {
        Self::of(b"countersign-suspensions")
    }
}
