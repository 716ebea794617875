//! Sentences for whoever pressed in Slack. They are shown as plain text.

use slack::Refused;

use super::answer::Answered;

pub(super) const FAILED: &str = "Nothing was decided. Press again in a few seconds, or open the review.";
pub(super) const NO_QUESTIONS: &str = "Questions are not sent from here. Ask whoever answers for the agent, or deny with a reason: the agent reads it.";

/// A modal with this sentence.
pub(super) fn notice(sentence: &str) -> Answered {
    Answered::Show(slack::notice(sentence))
}

/// Why an account counts for nothing.
pub(super) fn account_refusal(no: Refused) -> &'static str {
    match no {
        Refused::OtherOrganisation | Refused::Guest | Refused::Bot | Refused::Inactive => {
            "Nothing was decided: only the accounts of this organisation's own members can answer here."
        }
        _ => {
            "Nothing was decided: Slack did not say whose account this is. Press again in a few seconds, or open the review."
        }
    }
}

/// The values cannot be shown in a modal exactly as they are.
pub(super) fn page_alone(page: &str) -> String {
    format!("Slack cannot show these values exactly as they are. Open {page} and change them there.")
}

/// The person's name cannot be shown whole, so nobody can say whether it is theirs.
pub(super) const NO_NAME: &str =
    "Slack cannot show the name of this person in full, so the account cannot be linked.";
pub(super) const LINKED: &str = "The account is linked. It answers in your name once that is recorded, in a few seconds: press the button again.";
