//! The form with which a person decides: a reason, a grant in addition to an approval, and one button for each verdict.

use domain::{ActionId, Digest, VerdictKind};
use maud::{Markup, html};
use wire::documents::{VerdictName, What};

use super::change;
use super::choices::{emergency_choice, grant_choice};
use super::rejected_form::RejectedForm;
use crate::verdicts::{Changeable, GrantRequest};

/// The reasons that can be chosen for a denial.
const REASONS: [(&str, &str); 4] = [
    ("wrong-target", "wrong target"),
    ("not-recognised", "I don't recognise this"),
    ("not-now", "not now"),
    ("needs-ticket", "needs a ticket"),
];

/// A button of a verdict other than an approval.
struct Button {
    kind: VerdictKind,
    class: &'static str,
    label: &'static str,
}

const BUTTONS: [Button; 4] = [
    Button { kind: VerdictKind::Confirm, class: "approve", label: "Yes, I asked for this" },
    Button { kind: VerdictKind::Deny, class: "deny", label: "Deny" },
    Button { kind: VerdictKind::Close, class: "approve", label: "I have looked at this emergency" },
    Button { kind: VerdictKind::Revoke, class: "deny", label: "Take the grant back" },
];

/// What the form needs.
pub(super) struct DecisionForm<'a> {
    pub action: &'a ActionId,
    pub action_digest: Digest,
    pub review_digest: Digest,
    pub what: &'a What,
    pub csrf: &'a str,
    /// The verdicts that the person may give.
    pub allowed: Vec<VerdictKind>,
    /// The grant that an approval may contain.
    pub grant_request: Option<GrantRequest>,
    /// The parameters that the person may change.
    pub changeable: Option<Changeable>,
    /// The form as it was sent before and refused.
    pub rejected: Option<&'a RejectedForm<'a>>,
}

impl DecisionForm<'_> {
    /// The form that decides. All buttons have the same weight, and nothing is chosen at first.
    pub(super) fn html(&self) -> Markup {
        let may = |kind| self.allowed.contains(&kind);
        html! {
            form class="decide" id="decide" method="post" action=(self.address()) {
                (self.hidden())
                (self.reason())
                @if let (true, Some(grant_request)) = (may(VerdictKind::Approve), &self.grant_request) {
                    (grant_choice(grant_request, self.rejected()))
                }
                div class="buttons" {
                    @if may(VerdictKind::Approve) {
                        button class="approve" name="verdict" value="approve" {
                            (review::approve_label(self.what))
                        }
                    }
                    @for Button { kind, class, label } in BUTTONS.iter().filter(|button| may(button.kind)) {
                        button class=(class) name="verdict" value=(VerdictName::from(*kind).as_str()) { (label) }
                    }
                }
                @if may(VerdictKind::Approve) {
                    p class="soft" {
                        "Approving takes you through your sign-in once more; the signed token proves your vote."
                    }
                }
                @if may(VerdictKind::Emergency) { (emergency_choice()) }
            }
        }
    }

    /// The form that changes parameters, where the person may change any.
    pub(super) fn change_html(&self) -> Markup {
        let open = self.changeable.as_ref().filter(|changeable| !changeable.fields().is_empty());
        html! {
            @if let Some(changeable) = open {
                (change::change_form(changeable, &self.address(), &self.hidden(), self.rejected))
            }
        }
    }

    /// The reason: one that is chosen, one that is written, or both. The last choice takes a chosen reason back.
    fn reason(&self) -> Markup {
        let rejected = self.rejected();
        let error = rejected.and_then(|form| form.error_at("/reason"));
        let chosen = |code: &str| rejected.is_some_and(|form| form.is_chosen("reason_code", code));
        let typed = rejected.and_then(|form| form.typed("reason"));
        html! {
            fieldset {
                legend { "Reason " span class="soft" { "(one is needed to deny)" } }
                @for (code, label) in REASONS {
                    label class="pick" {
                        input type="radio" name="reason_code" value=(code) checked[chosen(code)]; " " (label)
                    }
                }
                label class="pick" { input type="radio" name="reason_code" value=""; " none of these" }
            }
            @if let Some(error) = error { p class="error" id="reason-error" { (error) } }
            textarea id="reason" name="reason" maxlength="2000" aria-label="Reason in your words"
                placeholder="In your words, if you like" autofocus[error.is_some()]
                aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| "reason-error")] {
                @if let Some(typed) = typed { "\n" (typed) }
            }
        }
    }

    /// The refused form, where it was this one, not the one that changes parameters or the one that resolves.
    fn rejected(&self) -> Option<&RejectedForm<'_>> {
        self.rejected.filter(|form| !form.is_change() && !form.is_resolution())
    }

    pub(super) fn address(&self) -> String {
        format!("/review/{}/verdict", self.action)
    }

    /// What was shown, and the token of the session.
    pub(super) fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="action_digest" value=(self.action_digest);
            input type="hidden" name="review_digest" value=(self.review_digest);
            input type="hidden" name="csrf" value=(self.csrf);
        }
    }
}
