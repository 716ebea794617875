//! Choices beside the buttons of a decision. None of them is made at first.

use maud::{Markup, html};

use crate::verdicts::GrantRequest;

/// A grant beside an approval.
pub(super) fn grant_choice(grant_request: &GrantRequest) -> Markup {
    let limit = &grant_request.limit;
    let minutes = (limit.seconds / 60).max(1);
    html! {
        fieldset {
            legend { "The same again " span class="soft" { "(only if you say so)" } }
            label class="pick" { input type="checkbox" name="grant" value="yes"; " Approve it also without asking, for" }
            label class="pick" {
                input type="number" name="grant_minutes" min="1" max=(minutes) value=(minutes); " minutes,"
            }
            label class="pick" {
                input type="number" name="grant_uses" min="1" max=(limit.uses) value=(limit.uses); " times at most"
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
                "It runs at once, on your word alone. A reason is needed, you sign in once more, it is marked on every "
                "record, and somebody else has to look at it afterwards."
            }
            div class="buttons" {
                button class="deny" name="verdict" value="emergency" { "Run it now" }
            }
        }
    }
}
