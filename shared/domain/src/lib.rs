//! The core: what an action is, which states it goes through, and who may approve it.
//!
//! Pure. There is no I/O here, no clock, no randomness, no AWS and no written format but that of a
//! requirement: time, ids and canonical bytes are parameters. Every handler, the ledger, the verifier and the simulation fold events through the one
//! function [`advance`].

mod accounts;
mod action_ref;
mod activity;
mod digest;
mod event;
mod facts;
mod fault;
mod grant;
mod history;
mod identity;
mod lifecycle;
mod lost;
mod membership;
mod quorum;
mod rejection;
mod requirement;
mod review;
mod seat;
mod seating;
mod state;
mod status;
mod subject;
mod suspensions;
mod time;
mod verdict;
mod vote;

pub use accounts::{AccountEvent, AccountLink, ChatAccount, LinkProof, LinkedAccount};
pub use action_ref::ActionRef;
pub use activity::{Activity, ActivityFull, RecentClaim};
pub use digest::{ActionId, Chain, Commitment, Digest, Key, ParseError, ZERO_CHAIN};
pub use event::{Actor, DecisionKind, Effect, Event, KeyRef};
pub use facts::FACTS;
pub use fault::Fault;
pub use grant::{Emergency, Grant, Granted};
pub use history::{ActivityHistory, HistoryEntry, HistoryKind, LastRun, RequestProfile};
pub use identity::{Person, Principal, RequesterSet, Timestamp};
pub use lifecycle::{EventRejection, advance, fold, standing_effects};
pub use lost::{LossReason, ProbeGap, ResolvedBy};
pub use membership::Membership;
pub use quorum::{Progress, progress, satisfied};
pub use rejection::Rejection;
pub use requirement::{EmergencyRule, Escalation, GrantLimit, GroupCount, Requirement, Terms};
pub use seat::{Seat, Speaker};
pub use seating::Seating;
pub use state::{CommittedDecision, DeniedBy, Proposal, Review, Run, State, Unstarted};
pub use status::{Phase, Status, Tone};
pub use subject::VerdictSubject;
pub use suspensions::{RESUME, Scope, Suspension, SuspensionEvent, Suspensions};
pub use time::due;
pub use verdict::{GrantTerms, Proof, Verdict, VerdictKind};
pub use vote::Vote;
