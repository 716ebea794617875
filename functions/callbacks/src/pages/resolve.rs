//! What the page of an action offers whose outcome was lost.

use domain::{ProbeGap, Run, VerdictKind};
use maud::{Markup, html};

use super::decision_form::DecisionForm;

/// The form with which a person records what the attempt did.
pub(super) fn form(form: &DecisionForm<'_>) -> Markup {
    let settled = form.allowed.contains(&VerdictKind::DidNotHappen);
    let rejected = form.rejected.filter(|rejected| rejected.is_resolution());
    let error = rejected.and_then(|rejected| rejected.error_at("/reason"));
    let typed = rejected.and_then(|rejected| rejected.typed("reason"));
    html! {
        form class="decide" id="resolve" method="post" action=(form.address()) {
            (form.hidden())
            fieldset {
                legend { "Did it happen? " span class="soft" { "(look at the target first)" } }
                @if let Some(error) = error { p class="error" id="found-error" { (error) } }
                textarea id="found" name="reason" maxlength="2000" required
                    aria-label="What you looked at and what you found"
                    placeholder="What you looked at and what you found there" autofocus[error.is_some()]
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| "found-error")] {
                    @if let Some(typed) = typed { "\n" (typed) }
                }
            }
            div class="buttons" {
                button class="approve" name="verdict" value="happened" { "It happened" }
                @if settled {
                    button class="deny" name="verdict" value="did_not_happen" { "It did not happen" }
                }
            }
            @if !settled {
                p class="soft" {
                    "It may still be under way: that it did not happen can be recorded two minutes after its lease has ended."
                }
            }
            p class="soft" {
                "Either answer takes you through your sign-in once more; the signed token proves your statement. It is "
                "recorded, and the first one counts."
            }
        }
    }
}

/// Who has to look, to somebody who may not say it themselves.
pub(super) fn waits(run: &Run) -> Markup {
    let groups: Vec<&str> = run
        .review
        .resolvers()
        .iter()
        .flat_map(|one| one.groups.iter().map(|wanted| wanted.group.as_str()))
        .collect();
    let why = match run.probe_gap {
        None => "Countersign is asking the target what it did.",
        Some(ProbeGap::NoProbe) => "Its target cannot be asked what it did.",
        Some(ProbeGap::CannotTell) => "Its target was asked and cannot say what it did.",
        Some(ProbeGap::TimedOut) => "Its target could not be asked in time.",
    };
    html! {
        section class="notice" {
            strong { "Its outcome was lost. " (why) }
            @if groups.is_empty() {
                " The rules name nobody who may record whether it happened: for such actions the catalogue entry needs `resolve`."
            } @else {
                " Somebody of " (groups.join(", ")) " may record whether it happened."
            }
        }
    }
}
