//! What exactly will be done, worked out before anybody is asked and once more before it runs.

use std::collections::{BTreeMap, BTreeSet};

use bundle::{Bundle, CatalogueEntry, InForce, TargetAccount, TargetError};
use connectors::{CallError, Findings, Inspect, InspectError, Look, calls, told, within_limits};
use credentials::{AssumeRole, MAX_POLICY, NarrowError, RunRole, RunSessionError, Session, run_session};
use domain::{ActionId, Fault, Scope, Suspension, Timestamp};
use redaction::Known;
use serde_json::Value;
use wire::documents::{Call, Plan};
use wire::json::canonical;
use wire::text::rfc3339;

/// Seconds the credentials for looking last: as short as STS makes them.
const SECONDS: u32 = 900;

/// Works plans out: one bundle, one deployment, and the means to look.
#[derive(Clone, Copy)]
pub struct Planner<'a> {
    /// The rules in force.
    pub in_force: &'a InForce,
    /// The deployment's name, part of role names.
    pub deployment: &'a str,
    /// Credentials of inspection roles.
    pub assume: &'a dyn AssumeRole,
    /// Targets.
    pub inspect: &'a dyn Inspect,
    /// What is suspended.
    pub suspensions: &'a [Suspension],
    /// What the request's rules masked: nothing that a target says of itself shows it.
    pub known: &'a Known,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// It will stay so until somebody changes something: a sentence the agent can use.
    #[error("{0}")]
    Cannot(String),
    /// The target is not as it must be.
    #[error("{told}")]
    Target {
        /// A sentence the agent can use: the same for everything that can be found there.
        told: &'static str,
        /// What was found: for people, and for an agent that may run the action unasked.
        cause: String,
    },
    /// It may pass.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<TargetError> for PlanError {
    fn from(error: TargetError) -> Self {
        Self::Cannot(error.to_string())
    }
}

impl From<CallError> for PlanError {
    fn from(error: CallError) -> Self {
        Self::Cannot(error.to_string())
    }
}

impl Planner<'_> {
    /// The plan for these shown parameters. Everything in it is made from what people are shown, so nothing masked can
    /// come into it.
    ///
    /// # Errors
    /// [`PlanError`].
    pub async fn plan(
        &self,
        action: &ActionId,
        entry: &CatalogueEntry,
        shown: &Value,
    ) -> Result<Plan, PlanError> {
        let bundle = &self.in_force.bundle;
        let place = bundle.place(entry, shown, self.deployment)?;
        let described = bundle.described(entry, shown)?;
        let values = values(entry, shown, &described)?;
        let found = match entry.is_built_in() {
            true => self.suspended(entry, &values)?,
            false => self.look(action, entry, &place, &values).await?,
        };
        let session_policy = session_policy(bundle, entry, (action, shown), &place, &found.pins)?;
        let calls = calls(&entry.connector, (&place.account, &place.region), &values, &found.pins)?;
        within_limits(&calls).map_err(|error| PlanError::Cannot(error.to_string()))?;
        let effects = described.into_iter().chain(found.effects).collect();
        Ok(Plan {
            account: place.account,
            region: place.region,
            role: place.run_role,
            session_policy,
            calls,
            pins: found.pins,
            effects,
            differences: found.differences,
        })
    }

    /// The very suspension that a resume ends.
    fn suspended(
        &self,
        entry: &CatalogueEntry,
        values: &BTreeMap<String, String>,
    ) -> Result<Findings, PlanError> {
        let scope = values.get("scope").and_then(|scope| scope.parse::<Scope>().ok());
        let suspension =
            scope.and_then(|scope| self.suspensions.iter().find(|suspension| suspension.scope == scope));
        let suspension = suspension.ok_or_else(|| PlanError::Cannot("that is not suspended".to_owned()))?;
        let found = Findings {
            pins: [("suspension".to_owned(), suspension.statement.to_string())].into(),
            effects: [
                ("suspended_by".to_owned(), suspension.by.subject.clone()),
                ("suspended_at".to_owned(), rfc3339(suspension.at)),
            ]
            .into(),
            differences: None,
        };
        complete(entry, &found)?;
        Ok(found)
    }

    async fn look(
        &self,
        action: &ActionId,
        entry: &CatalogueEntry,
        place: &TargetAccount,
        values: &BTreeMap<String, String>,
    ) -> Result<Findings, PlanError> {
        let session = inspection_session(&place.inspection_role, action);
        let credentials = self.assume.assume(&session).await.map_err(|fault| match fault.is_passing() {
            true => PlanError::Fault(fault),
            false => PlanError::Cannot("the role that looks at the target cannot be used".to_owned()),
        })?;
        let look = Look {
            connector: &entry.connector,
            account: &place.account,
            region: &place.region,
            values,
            rules: self.in_force,
        };
        let found = self.inspect.inspect(&look, &credentials).await.map_err(|error| match error {
            InspectError::Cannot(cause) => PlanError::Target { told: told(&entry.connector), cause },
            InspectError::Request(why) => PlanError::Cannot(why),
            InspectError::Fault(fault) => PlanError::Fault(fault),
        })?;
        complete(entry, &found)?;
        let shown = |(name, value): (String, String)| {
            let value = redaction::redact_text(&value, &format!("/effects/{name}"), self.known).text;
            (name, value)
        };
        Ok(Findings { effects: found.effects.into_iter().map(shown).collect(), ..found })
    }
}

/// The session in which a target is looked at for this action.
#[must_use]
pub fn inspection_session(role: &str, action: &ActionId) -> Session {
    Session {
        role: role.to_owned(),
        name: format!("look-{action}"),
        policy: None,
        source_identity: None,
        tags: Vec::new(),
        seconds: SECONDS,
    }
}

/// The session policy, if STS takes it as it will be at the claim: with its time condition, for this role, with these tags.
fn session_policy(
    bundle: &Bundle,
    entry: &CatalogueEntry,
    (action, shown): (&ActionId, &Value),
    place: &TargetAccount,
    pins: &BTreeMap<String, String>,
) -> Result<String, PlanError> {
    let too_long = |length: usize| {
        let names: Vec<String> = entry.session_parameters().iter().map(|name| format!("`{name}`")).collect();
        let over = length.saturating_sub(MAX_POLICY);
        PlanError::Cannot(format!(
            "the session policy has {length} characters as it would be minted, {over} more than the {MAX_POLICY} that STS \
             takes: shorten {}",
            names.join(" or ")
        ))
    };
    let policy = match bundle.session_policy(entry, shown, place, pins) {
        Err(TargetError::TooLong(length)) => return Err(too_long(length)),
        policy => policy?,
    };
    if entry.is_built_in() {
        return Ok(policy);
    }
    // The length depends neither on the attempt nor on the moment.
    let session = run_session(
        RunRole { arn: &place.run_role, policy: &policy },
        action,
        "attempt",
        Timestamp::from_millis(0),
    );
    match session {
        Ok(_) => Ok(policy),
        Err(RunSessionError::Policy(NarrowError::TooLong(length))) => Err(too_long(length)),
        Err(error) => Err(PlanError::Cannot(error.to_string())),
    }
}

/// An entry says what is held fixed. A pin it does not name would be one nobody described; one that is missing would be
/// held by nobody.
fn complete(entry: &CatalogueEntry, found: &Findings) -> Result<(), PlanError> {
    let pinned: BTreeSet<&str> = found.pins.keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> = entry.pins.iter().map(|pin| pin.name.as_str()).collect();
    if let Some(name) = pinned.symmetric_difference(&declared).next() {
        return Err(PlanError::Cannot(format!("`{name}` is not pinned as the catalogue says")));
    }
    match entry.effects.iter().find(|name| !found.effects.contains_key(*name)) {
        Some(name) => Err(PlanError::Cannot(format!("nothing is known as `{name}`"))),
        None => Ok(()),
    }
}

/// Every parameter as text, masked ones too (the catalogue's own values leave those out), what is derived from them, and
/// what the directory says.
fn values(
    entry: &CatalogueEntry,
    parameters: &Value,
    described: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, PlanError> {
    let mut values = BTreeMap::new();
    for (name, value) in parameters.as_object().into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            other => canonical(other).map_err(|error| PlanError::Cannot(error.to_string()))?.into_string(),
        };
        values.insert(name.clone(), text);
    }
    values.extend(entry.values(parameters)?);
    values.extend(described.clone());
    Ok(values)
}

/// The plan's calls with full values: the same function of the same pins, so they differ from what was shown in masked
/// stretches alone.
///
/// # Errors
/// [`PlanError::Cannot`], also when the calls are other calls than those shown, or longer than their targets take them.
pub fn filled_calls(
    bundle: &Bundle,
    entry: &CatalogueEntry,
    parameters: &Value,
    plan: &Plan,
) -> Result<Vec<Call>, PlanError> {
    let values = values(entry, parameters, &bundle.described(entry, parameters)?)?;
    let full = calls(&entry.connector, (&plan.account, &plan.region), &values, &plan.pins)?;
    let names = |calls: &[Call]| -> Vec<(String, String, Vec<String>)> {
        let name = |call: &Call| {
            (call.service.clone(), call.operation.clone(), call.input.keys().cloned().collect())
        };
        calls.iter().map(name).collect()
    };
    if names(&full) != names(&plan.calls) {
        return Err(PlanError::Cannot("the calls are not those that were shown".to_owned()));
    }
    within_limits(&full).map_err(|error| PlanError::Cannot(error.to_string()))?;
    Ok(full)
}
