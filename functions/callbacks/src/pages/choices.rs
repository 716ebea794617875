//! What a person may choose in addition to a verdict. Nothing is chosen at first.

use maud::{Markup, html};

use super::rejected_form::RejectedForm;
use crate::verdicts::GrantRequest;

/// A grant that an approval makes.
pub(super) fn grant_choice(grant_request: &GrantRequest, rejected: Option<&RejectedForm<'_>>) -> Markup {
    let limit = &grant_request.limit;
    let minutes = (limit.seconds / 60).max(1);
    let typed = |name: &str| rejected.and_then(|form| form.typed(name));
    let checked = rejected.is_some_and(|form| form.is_chosen("grant", "yes"));
    html! {
        fieldset {
            legend { "The same again " span class="soft" { "(only if you say so)" } }
            label class="pick" { input type="checkbox" name="grant" value="yes" checked[checked]; " Approve it also without asking, for" }
            label class="pick" {
                input type="number" name="grant_minutes" min="1" max=(minutes)
                    value=(typed("grant_minutes").unwrap_or_else(|| minutes.to_string())); " minutes,"
            }
            label class="pick" {
                input type="number" name="grant_uses" min="1" max=(limit.uses)
                    value=(typed("grant_uses").unwrap_or_else(|| limit.uses.to_string())); " times at most"
            }
            @if let Some(error) = rejected.and_then(|form| form.error_at("/grant")) {
                p class="error" id="grant-error" { (error) }
            }
            p class="soft" { "Only for this agent, and only while these stay as they are:" }
            ul { @for (name, value) in &grant_request.fixed { li { (name) ": " span class="value" { (value) } } } }
            p class="soft" { "Everything else may differ. You can take it back at any time, on this page." }
        }
    }
}

/// The button of an emergency, folded at first.
pub(super) fn emergency_choice() -> Markup {
    html! {
        details {
            summary { "Emergency" }
            p {
                "It runs at once, on your decision alone. It needs a reason, you sign in once more, every record marks it as "
                "an emergency, and somebody else has to look at it afterwards."
            }
            div class="buttons" {
                button class="deny" name="verdict" value="emergency" { "Run it now" }
            }
        }
    }
}
