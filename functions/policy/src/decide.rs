//! Evaluates the rules for one proposal and produces the decision to commit.

use std::collections::BTreeSet;

use bundle::{InForce, RequestContext, Rules};
use domain::{ActionRef, Fault, Proposal, RequesterSet, Timestamp};
use evaluation::{Covered, Derived, ShownDecision, derive, review_context};
use policy::{Decision, Facts, History};
use store::{EffectiveSuspensions, HistoryQuery, StateError, request_history};
use wire::Item;
use wire::documents::Request;

use crate::Policy;
use crate::approvals::RequiredApprovals;
use crate::decision::{Answer, Approvable, Decided, DecisionTrace};
use crate::open::Opened;
use crate::plan::Subject;
use crate::rejection::{DecisionError, DecisionRejection};
use crate::write::spoken;

impl Policy {
    /// Decides. The only error is a fault that may pass; everything else is a denial.
    pub(crate) async fn decide(&self, item: &Item, proposal: &Proposal) -> Result<Decided, Fault> {
        let agent_alone = RequesterSet { agent: proposal.principal.clone(), owner: None, humans: Vec::new() };
        let mut trace = DecisionTrace::new(agent_alone);
        let in_force = match self.rules().await {
            Ok(in_force) => in_force,
            Err(fault) if fault.is_passing() => return Err(Fault::passing(fault.to_string())),
            Err(fault) => {
                tracing::error!(alarm = true, %fault, "no rules are in force; everything is denied");
                let message = "No rules are in force, so nothing is allowed.";
                let answer = DecisionRejection::new("no-rules", message).into();
                return Ok(Decided { in_force: None, trace, answer });
            }
        };
        let answer = match self.evaluate(item, proposal, &in_force, &mut trace).await {
            Ok(answer) => answer,
            Err(DecisionError::Fault(fault)) => return Err(fault),
            Err(DecisionError::Rejection(rejection)) => rejection.into(),
        };
        Ok(Decided { in_force: Some(in_force), trace, answer })
    }

    async fn evaluate(
        &self,
        item: &Item,
        proposal: &Proposal,
        in_force: &InForce,
        trace: &mut DecisionTrace,
    ) -> Result<Answer, DecisionError> {
        let id = item.id();
        let Opened { payload, changes, request, agent } = self.open(item, proposal).await?;
        let suspensions = self.not_suspended(proposal).await?;
        let bundle = &in_force.bundle;
        let unknown = || DecisionRejection::new("unknown-type", "The catalogue no longer has this type.");
        let entry = bundle.entry(&proposal.action_type).ok_or_else(unknown)?;
        let rules = Rules { in_force, entry };
        let derived = derive(&payload, &changes, agent, entry, bundle, self.verifier.issuers())?;
        trace.requester.clone_from(&derived.requester);
        trace.known.clone_from(&derived.known);
        derived.agrees_with(&request, id, proposal.revision)?;
        // A target that is forbidden anyway is not inspected.
        let (facts, decision) = self.ask(rules, &derived, &request, trace).await?;
        let (names, rules_reasons) = match decision {
            Decision::Forbid { code, reasons } => {
                return Ok(Answer::Forbid { code: code.as_str().to_owned(), reasons, cause: None });
            }
            Decision::Permit { reasons } => (BTreeSet::new(), reasons),
            Decision::RequireApproval { requirements, reasons } => (requirements, reasons),
        };
        let demanded = RequiredApprovals::new(in_force, &names, &derived)?;
        if entry.is_built_in() && demanded.requirements.is_empty() {
            let message = "A suspension never ends without people being asked.";
            return Err(DecisionRejection::new("resume-unasked", message).into());
        }
        let (changed_by, now) = (proposal.changed_by.as_slice(), self.capabilities.clock.now());
        let covered = Covered { action: id, derived: &derived, entry, bundle, changed_by, now };
        let covering_grants = match entry.is_built_in() {
            true => None,
            false => self.covering_grants(&covered, &facts, &names).await?,
        };
        let (required, granted, reasons) = match covering_grants {
            Some(covering_grants) => {
                (RequiredApprovals::default(), covering_grants.granted, covering_grants.reasons)
            }
            None => (demanded, Vec::new(), rules_reasons),
        };
        let action = ActionRef { deployment: &self.deployment, id, revision: proposal.revision };
        let subject = Subject { action, rules, derived: &derived, unasked: names.is_empty() };
        let shown = self.plan(&subject, suspensions.all()).await?;
        let expires_at = required.deadline.map_or(proposal.expires_at, |seconds| {
            proposal.expires_at.min(self.capabilities.clock.now().plus_seconds(seconds))
        });
        let requirements = required.requirements;
        let resolvers = match requirements.is_empty() {
            true => bundle.resolvers(entry, &granted),
            false => Vec::new(),
        };
        let (rules, manifest) = (reasons.iter().map(spoken).collect(), in_force.manifest);
        let decided = ShownDecision { rules, requirements: &requirements, bundle: manifest, expires_at };
        let context = review_context(&request, &derived, &changes, bundle, decided);
        let approvable = Approvable { reasons, requirements, granted, resolvers, expires_at, shown, context };
        Ok(Answer::Approvable(Box::new(approvable)))
    }

    /// Denies what somebody suspended. A suspension list that cannot be read may suspend everything.
    async fn not_suspended(&self, proposal: &Proposal) -> Result<EffectiveSuspensions, DecisionError> {
        let unreadable = |error: StateError| {
            let message = "The suspension list cannot be read, so nothing is allowed.";
            DecisionError::of_fault(error.into(), "suspensions-unreadable", message)
        };
        let read =
            EffectiveSuspensions::read(self.capabilities.state.as_ref(), self.capabilities.index.as_ref())
                .await;
        let suspensions = read.map_err(unreadable)?;
        match suspensions.covering(&proposal.principal, &proposal.action_type) {
            Some(suspension) => {
                Err(DecisionRejection::new("suspended", review::describe_suspension(suspension)).into())
            }
            None => Ok(suspensions),
        }
    }

    async fn ask(
        &self,
        rules: Rules<'_>,
        derived: &Derived,
        request: &Request,
        trace: &mut DecisionTrace,
    ) -> Result<(Facts, Decision), DecisionError> {
        let (bundle, now) = (&rules.in_force.bundle, self.capabilities.clock.now());
        let (principal, claims) = (&derived.caller.principal, derived.claims());
        let context = RequestContext::new(&claims, now);
        let mut facts = bundle
            .facts(principal, rules.entry, &derived.parameters, &context)
            .map_err(|error| DecisionRejection::cannot_plan(&error))?;
        trace.resource = Some(facts.resource.name());
        // The history is read only where a rule that applies reads it.
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
        let resource = facts.resource.name();
        let query = HistoryQuery {
            principal: &request.principal,
            action_type: &facts.action,
            resource: &resource,
            but: Some(&request.action),
        };
        let read = request_history(self.capabilities.index.as_ref(), query, now).await;
        let history = read.map_err(DecisionError::Fault)?;
        Ok(history.map(|history| History::of(&history, &request.profile(), now)))
    }
}
