//! The suspension list: one item that is no action, part of every claim's condition.

use std::fmt;
use std::str::FromStr;

use crate::{
    ActionId, CommittedDecision, Digest, GroupCount, KeyRef, ParseError, Person, Principal, Proof, Proposal,
    RequesterSet, Requirement, Review, Timestamp,
};

/// The action type that lets run again what was suspended.
pub const RESUME: &str = "countersign-resume";

/// What is suspended.
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
    /// What is suspended.
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

    /// What a suspension of this scope by a person of these groups is judged against: by the same checks as every verdict.
    #[must_use]
    pub fn matter(&self, groups: &[String]) -> Review {
        let nobody = Principal { issuer: String::new(), subject: String::new() };
        let never = Timestamp::from_millis(i64::MAX);
        let digest = Digest::of(self.to_string().as_bytes());
        let count = |group: &String| GroupCount { group: group.clone(), count: 1 };
        let asked = Requirement { groups: groups.iter().map(count).collect(), ..Requirement::default() };
        Review {
            proposal: Proposal {
                revision: 0,
                action_type: String::new(),
                principal: nobody.clone(),
                payload: digest,
                request: digest,
                token_key: KeyRef { issuer: String::new(), kid: String::new() },
                created_at: never,
                expires_at: never,
                decision: None,
                changed_by: Vec::new(),
            },
            decision: CommittedDecision {
                document: digest,
                review: digest,
                action: digest,
                requirements: vec![Requirement { proof: Proof::Service, ..asked }],
                granted: Vec::new(),
                requester: RequesterSet { agent: nobody, owner: None, humans: Vec::new() },
            },
            decided_at: never,
            votes: Vec::new(),
            reminded: false,
            confirmed: None,
            emergency: None,
            grants: Vec::new(),
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
