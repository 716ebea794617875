//! Sentences for whoever pressed in Slack. They are shown as plain text.

use slack::Refused;

use super::answered::Answered;

pub(super) const FAILED: &str = "Nothing was decided. Press again in a few seconds, or open the review.";

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
