//! Refusals of verdicts: their texts, and which of them are recorded.

use domain::{ActionId, Person, Proof, VerdictKind};
use identity::{Invalid, PersonCaller};
use runtime::Code;
use store::RefusedVerdict;
use wire::Item;
use wire::text::Identity;

use super::check::VerdictRequest;
use super::commit::UnsignedVerdict;
use super::review_context::ReviewContext;
use crate::app::Callbacks;
use crate::refusal::RequestRejection;

impl Callbacks {
    /// The refusal of a verdict that does not pass verification.
    pub(super) fn refuse_invalid(
        &self,
        unsigned: &UnsignedVerdict<'_>,
        invalid: Invalid,
    ) -> RequestRejection {
        tracing::warn!(action = %unsigned.action, check = invalid.code(), "a verdict does not hold");
        match invalid {
            Invalid::OwnRequest => RequestRejection::because(Code::OwnRequest),
            Invalid::OwnChange => RequestRejection::because(Code::OwnChange),
            Invalid::NotAnApprover | Invalid::UnprovenGroup => RequestRejection::because(Code::NotAnApprover),
            Invalid::Proof => self.step_up(unsigned.action),
            Invalid::NotFresh | Invalid::NoSignInTime => RequestRejection::new(
                Code::StepUpRequired,
                format!("{} Nothing was decided.", invalid.at_sign_in()),
            ),
            Invalid::Envelope => RequestRejection::new(
                Code::StepUpRequired,
                "Signing in took more than ten minutes. Nothing was decided; press the button again.",
            ),
            _ => RequestRejection::new(
                Code::StepUpRequired,
                "The sign-in does not prove this decision. Nothing was decided.",
            ),
        }
    }

    /// The refusal of a verdict by API that has to be proven by signing in on the action's page.
    pub(crate) fn step_up(&self, action: &ActionId) -> RequestRejection {
        let page = self.review_page_url(action);
        let detail = format!("This verdict has to be proven by signing in. Open {page} and decide there.");
        RequestRejection { page: Some(page), ..RequestRejection::new(Code::StepUpRequired, detail) }
    }

    /// The refusal of a wanted verdict, recorded where [`Callbacks::refuse_and_record`] records it.
    pub(crate) async fn refuse_verdict(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        code: Code,
    ) -> RequestRejection {
        let no = self.refuse_and_record(item, &wanted.person.into(), code).await;
        if wanted.kind == VerdictKind::Modify && no.code == Code::NotAnApprover {
            return RequestRejection { detail: "Nothing here is for you to change.".to_owned(), ..no };
        }
        // The API has its own text for a person who has answered already.
        let answered = |context: &ReviewContext| {
            no.code == Code::AlreadyVoted && context.last_verdict(wanted.person).is_some()
        };
        match ReviewContext::of(item).filter(|context| !answered(context)) {
            Some(context) => RequestRejection { detail: context.refusal_text(wanted.person, no.code), ..no },
            None => no,
        }
    }

    /// E22: whether this person's token has the scope to decide.
    ///
    /// # Errors
    /// A refusal with the scope that is missing.
    pub(crate) async fn may_decide(
        &self,
        item: &Item,
        caller: &PersonCaller,
    ) -> Result<(), RequestRejection> {
        if caller.may_decide {
            return Ok(());
        }
        let scope = self.capabilities.verifier.issuers().people().decide_scope.clone();
        let no = self.refuse_and_record(item, &(&caller.person).into(), Code::InsufficientScope).await;
        let detail = format!(
            "This token may read but not decide: it lacks the scope `{scope}`. Get a token with it \
             (`countersign login --decide`) and repeat the call."
        );
        Err(RequestRejection { detail, scope: Some(scope), ..no })
    }

    /// The refusal of this code. It is recorded as a refused attempt where somebody tried what they may not do.
    pub(crate) async fn refuse_and_record(
        &self,
        item: &Item,
        who: &Identity,
        code: Code,
    ) -> RequestRejection {
        let recorded = [
            Code::OwnRequest,
            Code::OwnChange,
            Code::NotAnApprover,
            Code::AgentCannotDecide,
            Code::InsufficientScope,
            Code::StaleDigest,
        ];
        if recorded.contains(&code) {
            let attempt = RefusedVerdict {
                action: item.id().clone(),
                person: who.clone(),
                code: code.name().to_owned(),
                at: self.capabilities.clock.now(),
            };
            // The refusal is the answer whether or not it could be recorded.
            if let Err(fault) = self.capabilities.attempts.attempt(&attempt).await {
                tracing::error!(%fault, action = %item.id(), code = code.name(), "a refused attempt was not recorded");
            }
        }
        RequestRejection::because(code)
    }
}

/// Whether a verdict of this kind needs a proof by the identity provider.
pub(crate) fn needs_idp(item: &Item, kind: VerdictKind) -> bool {
    ReviewContext::of(item).is_none_or(|context| context.review.demands(kind) > Proof::Service)
}

/// Whether this is the person of a statement.
pub(crate) fn is_person(person: &Person, stated: &Identity) -> bool {
    Person::from(stated.clone()) == *person
}
