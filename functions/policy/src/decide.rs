//! The question and its answer.

use std::collections::BTreeSet;

use bundle::{CatalogueEntry, InForce, RequestContext, UNMAPPED_HUMAN};
use connectors::{Carried, Derived, Rejection, agent_name, derive};
use domain::{Fault, Granted, Proposal, RequesterSet, Requirement, Timestamp};
use policy::{Decision, Facts, History, Reason};
use redaction::Known;
use store::{EffectiveSuspensions, recent_history};
use wire::documents::{Cause, Change, Request};
use wire::{Item, history_key};

use crate::open::{Opened, lasting};
use crate::plan::Shown;
use crate::{Policy, fault};

/// Why there is no decision, or only one.
pub(crate) enum DecisionError {
    /// It may pass: the message comes again.
    Fault(Fault),
    /// It will not: denied.
    Rejection(DecisionRejection),
}

/// A denial that is not a rule's.
#[derive(Debug)]
pub(crate) struct DecisionRejection {
    pub(crate) code: String,
    pub(crate) reasons: Vec<Reason>,
    /// What was found at the target, where the reasons do not say it: for people.
    pub(crate) cause: Option<Cause>,
}

/// Everything to be committed.
pub(crate) struct Decided {
    pub(crate) in_force: Option<InForce>,
    pub(crate) requester: RequesterSet,
    pub(crate) trace: DecisionTrace,
    pub(crate) answer: Answer,
}

/// What the rules were asked about and told of the past, and what those that only observe said.
#[derive(Default)]
pub(crate) struct DecisionTrace {
    pub(crate) resource: Option<String>,
    pub(crate) history: Option<History>,
    pub(crate) observed: Vec<Reason>,
    /// What was masked, to clear of it what is said about the target.
    pub(crate) known: Known,
}

pub(crate) enum Answer {
    Forbid { code: String, reasons: Vec<Reason>, cause: Option<Cause> },
    Approvable(Box<Approvable>),
}

/// Permitted, or waiting for people.
pub(crate) struct Approvable {
    pub(crate) reasons: Vec<Reason>,
    pub(crate) requirements: Vec<Requirement>,
    /// Live grants in whose place nobody is asked.
    pub(crate) granted: Vec<Granted>,
    pub(crate) expires_at: Timestamp,
    pub(crate) request: Request,
    /// What reviewers changed since it was proposed.
    pub(crate) changed: Vec<Change>,
    pub(crate) agent: String,
    pub(crate) shown: Shown,
}

impl DecisionRejection {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        let reason = Reason { policy: String::new(), message: message.into(), instead: None };
        Self { code: code.to_owned(), reasons: vec![reason], cause: None }
    }
}

impl From<Rejection> for DecisionError {
    fn from(rejection: Rejection) -> Self {
        DecisionRejection::new(rejection.code, sentence(&rejection)).into()
    }
}

impl From<DecisionRejection> for DecisionError {
    fn from(rejection: DecisionRejection) -> Self {
        Self::Rejection(rejection)
    }
}

impl Policy {
    /// Decides; only what may pass is a fault.
    pub(crate) async fn decide(&self, item: &Item, proposal: &Proposal) -> Result<Decided, Fault> {
        let nobody = RequesterSet { agent: proposal.principal.clone(), owner: None, humans: Vec::new() };
        let in_force = match self.rules().await {
            Ok(in_force) => in_force,
            Err(fault) if fault.is_passing() => return Err(Fault::passing(fault.to_string())),
            Err(fault) => {
                tracing::error!(alarm = true, %fault, "no rules are in force; everything is denied");
                let rejection =
                    DecisionRejection::new("no-rules", "No rules are in force, so nothing is allowed.");
                let (requester, trace) = (nobody, DecisionTrace::default());
                return Ok(Decided { in_force: None, requester, trace, answer: rejection.into() });
            }
        };
        let (mut requester, mut trace) = (nobody, DecisionTrace::default());
        let answer = match self.evaluate(item, proposal, &in_force, (&mut requester, &mut trace)).await {
            Ok(answer) => answer,
            Err(DecisionError::Fault(fault)) => return Err(fault),
            Err(DecisionError::Rejection(rejection)) => rejection.into(),
        };
        Ok(Decided { in_force: Some(in_force), requester, trace, answer })
    }

    async fn evaluate(
        &self,
        item: &Item,
        proposal: &Proposal,
        in_force: &InForce,
        (requester, trace): (&mut RequesterSet, &mut DecisionTrace),
    ) -> Result<Answer, DecisionError> {
        let id = item.id();
        let Opened { payload, changes, request, agent } = self.open(item, proposal).await?;
        let suspensions = self.not_suspended(proposal).await?;
        let bundle = &in_force.bundle;
        let entry = bundle.entry(&proposal.action_type);
        let entry = entry.ok_or_else(|| {
            DecisionRejection::new("unknown-type", "The catalogue no longer has this type.")
        })?;
        let derived = derive(&payload, &changes, agent, entry, bundle, self.verifier.issuers())?;
        requester.clone_from(&derived.requester);
        trace.known.clone_from(&derived.known);
        derived.agrees_with(&request, id, proposal.revision)?;
        // A target that is forbidden anyway is not even looked at.
        let (facts, decision) = self.ask(in_force, entry, &derived, &request, trace).await?;
        let (requirements, reasons) = match decision {
            Decision::Forbid { code, reasons } => {
                return Ok(Answer::Forbid { code: code.as_str().to_owned(), reasons, cause: None });
            }
            Decision::Permit { reasons } => (BTreeSet::new(), reasons),
            Decision::RequireApproval { requirements, reasons } => (requirements, reasons),
        };
        let required = required_approvals(in_force, &requirements, &derived)?;
        if entry.is_built_in() && required.requirements.is_empty() {
            let message = "A suspension never ends without people being asked.";
            return Err(DecisionRejection::new("resume-unasked", message).into());
        }
        let (changed_by, now) = (proposal.changed_by.as_slice(), self.capabilities.clock.now());
        let carried = Carried { action: id, derived: &derived, entry, bundle, changed_by, now };
        let promised = match entry.is_built_in() {
            true => None,
            false => self.promised(&carried, &facts, &requirements).await?,
        };
        let (required, granted, reasons) = match promised {
            Some(promised) => (RequiredApprovals::nobody(), promised.granted, promised.reasons),
            None => (required, Vec::new(), reasons),
        };
        let unasked = requirements.is_empty();
        let about = (entry, suspensions.all());
        let shown = self.plan((id, proposal.revision), in_force, about, (&derived, unasked)).await?;
        let expires_at = required.deadline.map_or(proposal.expires_at, |seconds| {
            proposal.expires_at.min(self.capabilities.clock.now().plus_seconds(seconds))
        });
        let agent = agent_name(bundle, &derived.caller);
        let requirements = required.requirements;
        let changed = review::changes(&derived.redacted.parameters, &changes);
        let approvable =
            Approvable { reasons, requirements, granted, expires_at, request, changed, agent, shown };
        Ok(Answer::Approvable(Box::new(approvable)))
    }

    /// What somebody suspended is denied, on the record; a suspension list that cannot be read may suspend everything.
    async fn not_suspended(&self, proposal: &Proposal) -> Result<EffectiveSuspensions, DecisionError> {
        let suspensions =
            EffectiveSuspensions::read(self.capabilities.state.as_ref(), self.capabilities.index.as_ref())
                .await;
        let suspensions = suspensions.map_err(|error| {
            let message = "The suspension list cannot be read, so nothing is allowed.";
            lasting(fault(error), "suspensions-unreadable", message)
        })?;
        match suspensions.covering(&proposal.principal, &proposal.action_type) {
            Some(suspension) => {
                Err(DecisionRejection::new("suspended", review::describe_suspension(suspension)).into())
            }
            None => Ok(suspensions),
        }
    }

    async fn ask(
        &self,
        in_force: &InForce,
        entry: &CatalogueEntry,
        derived: &Derived,
        request: &Request,
        trace: &mut DecisionTrace,
    ) -> Result<(Facts, Decision), DecisionError> {
        let (bundle, now) = (&in_force.bundle, self.capabilities.clock.now());
        let (principal, claims) = (&derived.caller.principal, derived.claims());
        let context = RequestContext::new(&claims, now);
        let facts = bundle.facts(principal, entry, &derived.parameters, &context);
        let mut facts = facts.map_err(|error| DecisionRejection::new("cannot-plan", sentence(&error)))?;
        trace.resource = Some(facts.resource.name());
        // Who is not asked about the past pays nothing for it.
        if bundle.engine().reads_history(&facts.agent, &facts.action) {
            facts.context.history = self.history(&facts, request, now).await?;
        }
        trace.history.clone_from(&facts.context.history);
        trace.observed = bundle.engine().observe(&facts, &BTreeSet::new());
        let decision = bundle.engine().decide(&facts, &BTreeSet::new());
        Ok((facts, decision))
    }

    async fn history(
        &self,
        facts: &Facts,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<History>, DecisionError> {
        let name = history_key(&request.principal, &facts.action, &facts.resource.name());
        let Ok(name) = name else { return Ok(None) };
        let history = recent_history(self.capabilities.index.as_ref(), name, &request.action, now).await;
        let history = history.map_err(DecisionError::Fault)?;
        Ok(history.map(|history| History::of(&history, &request.profile(), now)))
    }
}

/// D8: who must agree, if somebody answers for the agent and every human behind it is a person we know.
fn required_approvals(
    in_force: &InForce,
    names: &BTreeSet<String>,
    derived: &Derived,
) -> Result<RequiredApprovals, DecisionRejection> {
    let mut required = RequiredApprovals::nobody();
    if names.is_empty() {
        return Ok(required);
    }
    if derived.requester.owner.is_none() {
        return Err(DecisionRejection::new(
            "no-owner",
            "Nobody answers for this agent, so nobody can be asked for it.",
        ));
    }
    if derived.unmapped {
        return Err(DecisionRejection::new("unmapped-human", UNMAPPED_HUMAN));
    }
    for name in names {
        let rule = in_force.bundle.requirement(name);
        let rule = rule
            .ok_or_else(|| DecisionRejection::new("policy-error", format!("`{name}` is no requirement.")))?;
        if rule.confirm.is_some() && derived.requester.humans.is_empty() {
            let message = "The human the agent acts for has to confirm, and its token names none.";
            return Err(DecisionRejection::new("nobody-to-confirm", message));
        }
        required.requirements.push(rule.requirement());
        let deadline = i64::try_from(rule.deadline).unwrap_or(i64::MAX);
        required.deadline = Some(required.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
    }
    Ok(required)
}

struct RequiredApprovals {
    requirements: Vec<Requirement>,
    /// Seconds.
    deadline: Option<i64>,
}

impl RequiredApprovals {
    fn nobody() -> Self {
        Self { requirements: Vec::new(), deadline: None }
    }
}

impl From<DecisionRejection> for Answer {
    fn from(rejection: DecisionRejection) -> Self {
        Self::Forbid { code: rejection.code, reasons: rejection.reasons, cause: rejection.cause }
    }
}

/// An error's text as a sentence.
pub(crate) fn sentence(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
