//! One step of the lifecycle, and why it may be impossible.

use crate::event::Effect;
use crate::state::State;

/// Why an event is not possible. The rejection is final, and nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EventRejection {
    /// The event belongs to another state.
    #[error("the event is not possible in the action's state")]
    NotPossible,
    /// The deadline has passed.
    #[error("the action has expired")]
    Expired,
    /// The deadline has not passed yet.
    #[error("the deadline has not passed")]
    NotYetDue,
    /// The person is in the requester set.
    #[error("nobody decides on their own request")]
    OwnRequest,
    /// The person changed the action, and no requirement lets them approve it all the same.
    #[error("whoever changed it does not approve it")]
    OwnChange,
    /// No requirement asks this person.
    #[error("the person is in no group that is asked")]
    NotAnApprover,
    /// The requirement demands a stronger proof of the person.
    #[error("the requirement demands proof by the identity provider")]
    StepUpRequired,
    /// The person has already given this verdict, or another one.
    #[error("the person has already voted")]
    AlreadyVoted,
    /// The seat on which they would vote has voted: of two people who may use one seat, only the first counts.
    #[error("the seat has already voted")]
    SeatHasVoted,
    /// The outcome belongs to another attempt.
    #[error("another attempt holds the action")]
    OtherAttempt,
    /// Only the proposer may cancel the action.
    #[error("only its proposer may cancel it")]
    NotTheProposer,
    /// The action was changed as often as is allowed.
    #[error("the action was changed as often as it may be")]
    TooManyChanges,
    /// Its events use all the space that is reserved for such events; those that end the action still fit.
    #[error("the action has no space for more events of this kind")]
    NoRoom,
    /// The event contradicts itself, e.g. approval required but no requirement named.
    #[error("the event contradicts itself")]
    Malformed,
}

/// The next state and what follows from it, or why there is none.
pub(super) type Step = Result<(State, Vec<Effect>), EventRejection>;
