//! From a sealed request and a verified token to what is believed of it. Nothing here believes intake, policy or the item.

use std::collections::BTreeMap;

use bundle::{Behind, Bundle, CatalogueEntry, Rules};
use data_encoding::BASE64;
use domain::{ActionId, ActionRef, Commitment, Key, Rejection, RequesterSet};
use identity::{AgentCaller, Issuers};
use redaction::{Known, Marks, Mask, Redacted};
use serde_json::Value;
use wire::documents::{Action, DocumentKind, Payload, Plan, Provenance, Request, Statement};
use wire::json::canonical;
use wire::patch::{merged_all, touched};

/// What follows from the sealed request. It holds full parameters and cannot be printed.
#[derive(Clone)]
pub struct Derived {
    /// Who asks, as the token alone says.
    pub caller: AgentCaller,
    /// The full parameters, with all that reviewers changed.
    pub parameters: Value,
    /// The parameters as shown, with the same changes: a reviewer's values stand there as they were typed.
    pub shown: Value,
    /// What the agent sent, as it may be shown.
    pub redacted: Redacted,
    /// What was masked, to clear results of it.
    pub known: Known,
    /// The commitment to the full parameters as the agent sent them.
    pub sent: Commitment,
    /// The commitment to the full parameters.
    pub commitment: Commitment,
    /// Who can never agree.
    pub requester: RequesterSet,
    /// Whether a human behind the token is nobody whom the directory knows (D8).
    pub unmapped: bool,
}

/// Derives what may be shown, the commitments and the requester set. `changes` are the statements of those who changed
/// parameters since, in order.
///
/// # Errors
/// [`Rejection`]; the caller denies.
pub fn derive(
    payload: &Payload,
    changes: &[Statement],
    caller: AgentCaller,
    entry: &CatalogueEntry,
    bundle: &Bundle,
    issuers: &Issuers,
) -> Result<Derived, Rejection> {
    // Owners are people of the bundle's issuer, voters of the configured one. Were these two, nobody would be found on
    // the requester set.
    if bundle.people_issuer() != issuers.people().issuer {
        return Err(Rejection::new("misconfigured", "the directory's people are of another issuer"));
    }
    let (sent, reason) = (&payload.parameters, payload.reason.as_str());
    let marks = marks(entry)?;
    // What people are shown and what runs are written from one value; anything else that was sealed is not from intake.
    if redaction::normalised(sent, &marks).map_err(refused)? != *sent {
        return Err(Rejection::new("request-mismatch", "a text that is JSON is not written in its one way"));
    }
    redaction::refuse_typed(sent, reason, &marks).map_err(refused)?;
    let redacted = redaction::redact(sent, reason, &marks).map_err(refused)?;
    let known = redaction::known_values(sent, reason, &marks);
    let patches = patches(changes, &redacted.masked, &marks)?;
    let parameters = merged_all(sent, patches.iter().copied());
    let shown = merged_all(&redacted.parameters, patches);
    bundle.validate_parameters(&entry.action_type, &parameters).map_err(|wrong| {
        let first = wrong.first().map(|wrong| format!("`{}` {}", wrong.pointer, wrong.detail));
        Rejection::new("invalid-parameters", first.unwrap_or_default())
    })?;
    let Behind { people, unknown: unmapped } = bundle.behind(&caller.humans, caller.unnamed_human);
    let requester = RequesterSet {
        agent: caller.principal.clone(),
        owner: bundle.owner_of(&caller.principal),
        humans: people,
    };
    let (sent, commitment) = (commitment(payload, sent)?, commitment(payload, &parameters)?);
    Ok(Derived { caller, parameters, shown, redacted, known, sent, commitment, requester, unmapped })
}

/// What was changed, if all of it can be shown as it was typed and none of it was masked (D14).
fn patches<'a>(
    changes: &'a [Statement],
    masked: &[Mask],
    marks: &Marks,
) -> Result<Vec<&'a Value>, Rejection> {
    let unusable = |detail: &str| Rejection::new("request-mismatch", detail);
    let patch = |change: &'a Statement| {
        let patch =
            change.patch.as_ref().ok_or_else(|| unusable("a change says nothing of what it changes"))?;
        redaction::refuse_secret(patch, marks).map_err(refused)?;
        if redaction::normalised(patch, marks).map_err(refused)? != *patch {
            return Err(unusable("a change has a text that is JSON and not written in its one way"));
        }
        let hidden = |pointer: &String| masked.iter().any(|mask| mask.hides(pointer));
        match touched(patch).iter().any(hidden) {
            true => Err(unusable("a change is about what is masked")),
            false => Ok(patch),
        }
    };
    changes.iter().map(patch).collect()
}

fn refused(error: redaction::RedactionError) -> Rejection {
    Rejection::new(error.code(), error.to_string())
}

/// What people call the agent. A token's name for it shows no secret.
#[must_use]
pub fn agent_name(bundle: &Bundle, caller: &AgentCaller) -> String {
    let given = bundle.display_of(&caller.principal).map(str::to_owned);
    given.unwrap_or_else(|| redaction::redact_name(&caller.display))
}

impl Derived {
    /// What the token proves, as it may be stored and shown.
    fn shown_facts(&self) -> Vec<Provenance> {
        redaction::redact_facts(&self.caller.claims, &self.known)
    }

    /// What the token proves, by name, as rules read it.
    #[must_use]
    pub fn claims(&self) -> BTreeMap<String, String> {
        self.caller.claims.iter().map(|fact| (fact.name.clone(), fact.value.clone())).collect()
    }

    /// Whether the stored request says what the sealed one does, and nothing about provenance that no token proves.
    ///
    /// # Errors
    /// [`Rejection`] `request-mismatch`.
    pub fn agrees_with(&self, request: &Request, action: &ActionId, revision: u32) -> Result<(), Rejection> {
        let proven = |facts: &[Provenance]| -> Vec<Provenance> {
            facts.iter().filter(|fact| fact.verified).cloned().collect()
        };
        for (same, what) in [
            (request.action == *action && request.revision == revision, "action"),
            (request.parameters == self.shown, "parameters"),
            (request.commitment == self.sent, "commitment"),
            (request.reason == self.redacted.reason, "reason"),
            (request.masked == self.redacted.masked, "masks"),
            (request.principal == (&self.caller.principal).into(), "principal"),
            (request.on_behalf_of == self.caller.on_behalf_of.as_ref().map(Into::into), "human"),
            (proven(&request.provenance) == proven(&self.shown_facts()), "provenance"),
        ] {
            if !same {
                return Err(mismatch(what));
            }
        }
        Ok(())
    }

    /// The action document: what the digest is computed over.
    ///
    /// # Errors
    /// [`Rejection`] `unknown-type` when the bundle has no such entry.
    pub fn action(&self, action: ActionRef<'_>, rules: Rules<'_>, plan: Plan) -> Result<Action, Rejection> {
        let entry = rules.entry;
        let digest = rules.in_force.bundle.entry_digest(&entry.action_type);
        Ok(Action {
            format: Action::FORMAT.to_owned(),
            deployment: action.deployment.to_owned(),
            action: action.id.clone(),
            revision: action.revision,
            action_type: entry.action_type.clone(),
            parameters: self.shown.clone(),
            commitment: self.commitment,
            principal: (&self.caller.principal).into(),
            on_behalf_of: self.caller.on_behalf_of.as_ref().map(Into::into),
            entry: digest.ok_or_else(|| Rejection::new("unknown-type", "there is no such action type"))?,
            plan,
        })
    }
}

fn mismatch(what: &str) -> Rejection {
    let detail = format!("the stored request differs from the sealed one in its {what}");
    Rejection::new("request-mismatch", detail)
}

fn marks(entry: &CatalogueEntry) -> Result<Marks, Rejection> {
    entry.marks().map_err(|error| Rejection::new("misconfigured", error.to_string()))
}

fn commitment(payload: &Payload, parameters: &Value) -> Result<Commitment, Rejection> {
    let wrong = || Rejection::new("request-mismatch", "the sealed request has no usable commitment key");
    let key = BASE64.decode(payload.commitment_key.as_bytes()).map_err(|_| wrong())?;
    let key: [u8; 32] = key.try_into().map_err(|_| wrong())?;
    let content = canonical(parameters).map_err(|_| wrong())?;
    Ok(Commitment::of(&Key::from_bytes(key), content.as_bytes()))
}
