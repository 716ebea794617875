//! Screening: what of a proposal may be stored readable, and what refuses it before anything is stored.

use std::collections::BTreeMap;

use bundle::{Bundle, CatalogueEntry};
use identity::AgentCaller;
use redaction::{Known, Marks, Redacted, RedactionError};
use runtime::{Code, Problem};
use serde_json::Value;
use wire::documents::Provenance;
use wire::http::{FieldError, ProposalBody};

use crate::call::Call;

/// A proposal that may be stored.
pub(crate) struct Screened {
    /// The parameters as they are sealed, committed to and run: texts that are JSON written in their one way.
    pub parameters: Value,
    /// Shown parameters, reason and masks.
    pub redacted: Redacted,
    /// What the agent says about itself, redacted, each marked as merely said.
    pub said: Vec<Provenance>,
    /// What was masked, to clear everything else of it.
    pub known: Known,
}

/// The catalogue's entry for what is proposed.
pub(crate) fn entry<'a>(
    call: &Call,
    bundle: &'a Bundle,
    proposal: &ProposalBody,
) -> Result<&'a CatalogueEntry, Problem> {
    let found = bundle.entry(&proposal.action_type);
    found
        .ok_or_else(|| call.field(Code::UnknownType, "/type", "is not in the catalogue; see GET /v1/catalog"))
}

/// Refuses what people could not see as it is (W22, W24, D14) and what the catalogue does not take, its bounds first (E25),
/// and then redacts.
pub(crate) fn screen(
    call: &Call,
    bundle: &Bundle,
    entry: &CatalogueEntry,
    proposal: &ProposalBody,
) -> Result<Screened, Problem> {
    let marks = marks(call, entry)?;
    let (sent, reason) = (&proposal.parameters, proposal.reason.as_str());
    redaction::refuse_typed(sent, reason, &marks).map_err(|error| refused(call, &error))?;
    valid(call, bundle, entry, sent)?;
    let parameters = redaction::normalised(sent, &marks).map_err(|error| refused(call, &error))?;
    if parameters != *sent {
        valid(call, bundle, entry, &parameters)?;
    }
    let redacted = redaction::redact(&parameters, reason, &marks).map_err(|error| refused(call, &error))?;
    let known = redaction::known_values(&parameters, reason, &marks);
    refuse_elsewhere(call, proposal, &known)?;
    let said = proposal.provenance.iter().map(|(name, value)| said(name, value)).collect::<Vec<_>>();
    let said = redaction::redact_facts(&said, &known);
    Ok(Screened { parameters, redacted, said, known })
}

fn valid(call: &Call, bundle: &Bundle, entry: &CatalogueEntry, parameters: &Value) -> Result<(), Problem> {
    bundle.validate_parameters(&entry.action_type, parameters).map_err(|errors| {
        let field = |error: bundle::FieldError| FieldError { pointer: error.pointer, detail: error.detail };
        let detail = format!("The parameters do not fit the schema of `{}`.", entry.action_type);
        call.problem(Code::InvalidParameters, detail).errors(errors.into_iter().map(field).collect())
    })
}

fn marks(call: &Call, entry: &CatalogueEntry) -> Result<Marks, Problem> {
    entry.marks().map_err(|error| call.unavailable(&format!("the catalogue's marks: {error}")))
}

fn said(name: &str, value: &str) -> Provenance {
    Provenance { name: name.to_owned(), value: value.to_owned(), verified: false }
}

impl Screened {
    /// What the token proves, as it may be stored and shown.
    pub(crate) fn proven(&self, agent: &AgentCaller) -> Vec<Provenance> {
        redaction::redact_facts(&agent.claims, &self.known)
    }
}

/// Provenance is shown on one line; a correlation comes back as it is, so nothing in it may need masking.
fn refuse_elsewhere(call: &Call, proposal: &ProposalBody, known: &Known) -> Result<(), Problem> {
    let facts: BTreeMap<&String, &String> = proposal.provenance.iter().collect();
    let correlation = proposal.correlation.iter();
    let texts = facts.into_iter().map(|(name, value)| (format!("/provenance/{name}"), value));
    for (pointer, text) in texts.chain(correlation.clone().map(|text| ("/correlation".to_owned(), text))) {
        let value = Value::String(text.clone());
        redaction::refuse_typed(&value, "", &Marks::none())
            .map_err(|e| call.field(code(&e), &pointer, e.to_string()))?;
    }
    for text in correlation {
        let found = redaction::redact_text(text, "/correlation", known).masked;
        if let Some(mask) = found.first() {
            let detail =
                format!("looks like it holds `{}`; it comes back as it is, so use a plain handle", mask.kind);
            return Err(call.field(Code::InvalidParameters, "/correlation", detail));
        }
    }
    Ok(())
}

fn refused(call: &Call, error: &RedactionError) -> Problem {
    call.field(code(error), error.pointer(), error.to_string())
}

fn code(error: &RedactionError) -> Code {
    match error {
        RedactionError::SecretInTarget { .. }
        | RedactionError::SecretInChange { .. }
        | RedactionError::SecretInKey { .. } => Code::SecretInTarget,
        RedactionError::Unmaskable { .. }
        | RedactionError::Repeated { .. }
        | RedactionError::TooMuch { .. } => Code::SecretInParameter,
        RedactionError::Json { .. } => Code::InvalidParameters,
        RedactionError::Hidden { .. }
        | RedactionError::LookAlike { .. }
        | RedactionError::TypedPlaceholder { .. } => Code::HiddenCharacters,
    }
}
