//! Questions without a proposal: what would be decided, and what may be proposed.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::response::Response;
use bundle::{CatalogueEntry, InForce, RequestContext, UNMAPPED_HUMAN};
use domain::{Fault, Requirement, Timestamp, progress};
use http::StatusCode;
use identity::{AgentCaller, VerifiedCaller};
use policy::{Decision, Facts, History};
use runtime::Problem;
use store::{EffectiveSuspensions, HistoryQuery, request_history};
use wire::documents::OutcomeKind;
use wire::http::{Catalog, CatalogType, DecisionView, ExemptTarget, Preflight, ReasonView, RequirementView};

use crate::Intake;
use crate::call::{Call, json_answer};
use crate::propose::read_body;
use crate::screen::{Screened, entry, screen};
use crate::shape;

/// The question.
struct Question<'a> {
    agent: &'a AgentCaller,
    entry: &'a CatalogueEntry,
    screened: &'a Screened,
}

impl Intake {
    /// `POST /v1/preflight`: nothing is stored, nobody is asked, no target is touched.
    pub(crate) async fn preflight(&self, call: &Call, body: Body) -> Result<Response, Problem> {
        let caller = self.agent(call).await?;
        self.look_up(call, &(&caller.agent.principal).into()).await?;
        let body = read_body(call, body).await?;
        let proposal = shape::proposal(call, body)?;
        let rules = self.rules(call).await?;
        let entry = entry(call, &rules.bundle, &proposal)?;
        let screened = screen(call, &rules.bundle, entry, &proposal)?;
        let suspensions =
            EffectiveSuspensions::read(self.capabilities.state.as_ref(), self.capabilities.index.as_ref())
                .await;
        let suspensions = suspensions.map_err(|error| call.state(&error))?;
        if let Some(suspension) = suspensions.covering(&caller.agent.principal, &proposal.action_type) {
            let suspended = forbidden(&rules, "suspended", &review::describe_suspension(suspension));
            return Ok(json_answer(StatusCode::OK, &suspended));
        }
        let question = Question { agent: &caller.agent, entry, screened: &screened };
        let foreseen = self.foresee(&rules, &question).await.map_err(|fault| call.fault(&fault))?;
        Ok(json_answer(StatusCode::OK, &foreseen))
    }

    /// What policy would decide, with the same engine and the same facts. It does not include what policy would
    /// only learn at the target.
    async fn foresee(&self, rules: &InForce, question: &Question<'_>) -> Result<Preflight, Fault> {
        let (agent, now) = (question.agent, self.capabilities.clock.now());
        let claims: BTreeMap<String, String> =
            agent.claims.iter().map(|fact| (fact.name.clone(), fact.value.clone())).collect();
        let bundle = &rules.bundle;
        let context = RequestContext::new(&claims, now);
        let facts = bundle.facts(&agent.principal, question.entry, &question.screened.parameters, &context);
        let mut facts = match facts {
            Ok(facts) => facts,
            Err(error) => return Ok(forbidden(rules, "cannot-plan", &error.to_string())),
        };
        if bundle.engine().reads_history(&facts.agent, &facts.action) {
            facts.context.history = self.history(question, &facts, now).await?;
        }
        Ok(self.said(rules, agent, &facts))
    }

    /// What this agent did before, as policy will be told.
    async fn history(
        &self,
        question: &Question<'_>,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Option<History>, Fault> {
        let agent = question.agent;
        let resource = facts.resource.name();
        let principal = &(&agent.principal).into();
        let query = HistoryQuery { principal, action_type: &facts.action, resource: &resource, but: None };
        let history = request_history(self.capabilities.index.as_ref(), query, now).await?;
        let redacted = &question.screened.redacted;
        let profile =
            wire::request_profile(&redacted.parameters, &redacted.masked, &question.screened.proven(agent));
        Ok(history.map(|history| History::of(&history, &profile, now)))
    }

    fn said(&self, rules: &InForce, agent: &AgentCaller, facts: &Facts) -> Preflight {
        let bundle = &rules.bundle;
        match bundle.engine().decide(facts, &BTreeSet::new()) {
            Decision::Permit { reasons } => preflight(rules, OutcomeKind::Permit, &reasons, &[]),
            Decision::Forbid { reasons, .. } => preflight(rules, OutcomeKind::Forbid, &reasons, &[]),
            Decision::RequireApproval { requirements, reasons } => {
                if bundle.owner_of(&agent.principal).is_none() {
                    let message = "This needs approval, and nobody answers for the agent.";
                    return forbidden(rules, "no-owner", message);
                }
                if bundle.behind(&agent.humans, agent.unnamed_human).unknown {
                    return forbidden(rules, "unmapped-human", UNMAPPED_HUMAN);
                }
                let found =
                    requirements.iter().map(|name| bundle.requirement(name).map(|rule| rule.requirement()));
                match found.collect::<Option<Vec<Requirement>>>() {
                    Some(required) => preflight(rules, OutcomeKind::RequireApproval, &reasons, &required),
                    None => forbidden(rules, "policy-error", "A rule names a requirement that is not there."),
                }
            }
        }
    }

    /// `GET /v1/catalog`: only what the caller may propose at all.
    pub(crate) async fn catalog(&self, call: &Call) -> Result<Response, Problem> {
        let caller = self.caller(call).await?;
        let rules = self.rules(call).await?;
        let may = |action_type: &str| match &caller {
            VerifiedCaller::Agent(agent) => rules.bundle.may_propose(&agent.principal, action_type),
            VerifiedCaller::Person(_) => false,
        };
        let entries = rules.bundle.entries().filter(|entry| may(&entry.action_type));
        let mut types: Vec<CatalogType> = entries.map(catalog_type).collect();
        types.sort_by(|one, other| one.action_type.cmp(&other.action_type));
        Ok(json_answer(StatusCode::OK, &Catalog { types }))
    }
}

fn catalog_type(entry: &bundle::CatalogueEntry) -> CatalogType {
    CatalogType {
        action_type: entry.action_type.clone(),
        title: entry.title.clone(),
        summary: entry.summary.clone(),
        sensitivity: entry.sensitivity.as_str().to_owned(),
        reversible: entry.reversible.can,
        parameters: entry.parameters.clone(),
        example: entry.example.clone(),
        exempt: entry.redaction.exempt.iter().map(exempt_target).collect(),
    }
}

fn exempt_target(one: &bundle::Exempt) -> ExemptTarget {
    let bundle::Exempt { target, detector, because } = one.clone();
    ExemptTarget { target, detector, because }
}

fn preflight(
    rules: &InForce,
    outcome: OutcomeKind,
    reasons: &[policy::Reason],
    required: &[Requirement],
) -> Preflight {
    let reasons = reasons.iter().map(|reason| ReasonView {
        policy: reason.policy.clone(),
        message: reason.message.clone(),
        instead: reason.instead.clone(),
    });
    let requirements = progress(required, &[]).into_iter();
    Preflight {
        decision: DecisionView {
            outcome,
            bundle: Some(rules.manifest),
            reasons: reasons.collect(),
            observed: Vec::new(),
        },
        requirements: requirements
            .map(|one| RequirementView { name: one.name, needed: one.needed, given: one.given })
            .collect(),
    }
}

fn forbidden(rules: &InForce, code: &str, message: &str) -> Preflight {
    let reason = policy::Reason { policy: code.to_owned(), message: message.to_owned(), instead: None };
    preflight(rules, OutcomeKind::Forbid, &[reason], &[])
}
