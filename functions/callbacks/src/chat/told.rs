//! Fixed sentences for whoever pressed, on every platform.

/// No message of ours asks for a question.
pub(super) const NO_QUESTIONS: &str = "Questions are not sent from here. Ask whoever answers for the agent, or deny with a reason: the agent reads it.";
/// The person's name cannot be shown whole, so nobody can say whether it is theirs.
pub(super) const NO_NAME: &str =
    "The name of this person cannot be shown here in full, so the account cannot be linked.";
