//! What people would be shown of a proposal, or why it would be refused, as the API does it.

use std::collections::BTreeSet;
use std::path::Path;

use bundle::Bundle;
use redaction::{ExplainedMask, Marks, Mask, RedactionError};
use serde_json::{Value, json};

use super::RedactError;
use super::input::Input;
use super::report::{Report, Shown};
use crate::policy;

/// An action type's marks.
pub(super) struct Marked {
    bundle: Bundle,
    action: String,
    marks: Marks,
}

impl Marked {
    pub(super) fn of(place: &Path, action: &str) -> Result<Self, RedactError> {
        let bundle = policy::open(place)?;
        let entry = bundle.entry(action);
        let entry =
            entry.ok_or_else(|| RedactError::Usage(format!("the bundle has no action type `{action}`")))?;
        let marks =
            entry.marks().map_err(|error| RedactError::Usage(format!("the marks of `{action}`: {error}")))?;
        Ok(Self { action: action.to_owned(), marks, bundle })
    }

    pub(super) fn show(&self, input: &Input, report: &mut Report<'_>) -> Result<(), RedactError> {
        let wrong = |why: &str| RedactError::Usage(format!("`{}`: {why}", input.file.display()));
        if !input.json || !input.value.is_object() {
            return Err(wrong("parameters, or a proposal with them, are one JSON object"));
        }
        let field = |name: &str| input.value.get(name);
        let (parameters, reason) = match (field("type"), field("parameters")) {
            (Some(Value::String(named)), Some(Value::Object(_))) if *named != self.action => {
                return Err(wrong(&format!("this is a proposal of `{named}`, not of `{}`", self.action)));
            }
            (Some(Value::String(_)), Some(parameters @ Value::Object(_))) => match field("reason") {
                None => (parameters, ""),
                Some(Value::String(reason)) => (parameters, reason.as_str()),
                Some(_) => return Err(wrong("the `reason` of a proposal is a text")),
            },
            _ => (&input.value, ""),
        };
        let mut findings = redaction::explain(parameters, "/parameters");
        let mut said = redaction::explain(&Value::String(reason.to_owned()), "/reason");
        // Words reach no call: whatever is found there is masked.
        said.iter_mut().for_each(|finding| finding.in_parameter = true);
        findings.extend(said);
        let refused = |error: RedactionError| (error.code(), error.pointer().to_owned(), error.to_string());
        let shown = match self.redacted(parameters, reason) {
            Ok(redacted) => {
                let findings = told(&redacted.masked, findings, parameters);
                let redacted = json!({ "parameters": redacted.parameters, "reason": redacted.reason });
                report.show(input, &Shown { redacted, findings: &findings, refused: None });
                return Ok(());
            }
            Err(Refused::Schema(pointer, detail)) => ("invalid-parameters", pointer, detail),
            Err(Refused::Redaction(error)) => refused(error),
        };
        // Nothing is stored of what is refused, so nothing of it is shown.
        report.show(input, &Shown { redacted: Value::Null, findings: &findings, refused: Some(shown) });
        Ok(())
    }

    fn redacted(&self, parameters: &Value, reason: &str) -> Result<redaction::Redacted, Refused> {
        redaction::refuse_typed(parameters, reason, &self.marks)?;
        let normalised = redaction::normalised(parameters, &self.marks)?;
        for parameters in [parameters, &normalised] {
            if let Err(wrong) = self.bundle.validate_parameters(&self.action, parameters) {
                let first = wrong.into_iter().next().map(|wrong| (wrong.pointer, wrong.detail));
                let (pointer, detail) =
                    first.unwrap_or_else(|| (String::new(), "does not fit the type's schema".to_owned()));
                return Err(Refused::Schema(pointer, detail));
            }
        }
        Ok(redaction::redact(&normalised, reason, &self.marks)?)
    }
}

enum Refused {
    Schema(String, String),
    Redaction(RedactionError),
}

impl From<RedactionError> for Refused {
    fn from(error: RedactionError) -> Self {
        Self::Redaction(error)
    }
}

/// What is masked, with the rules that found it; what none found is marked in the catalogue.
fn told(masked: &[Mask], mut findings: Vec<ExplainedMask>, parameters: &Value) -> Vec<ExplainedMask> {
    let masks: BTreeSet<(&str, &str)> =
        masked.iter().map(|mask| (mask.pointer.as_str(), mask.kind.as_str())).collect();
    findings.retain(|finding| masks.contains(&(finding.pointer.as_str(), finding.kind.as_str())));
    let found: BTreeSet<(String, String)> =
        findings.iter().map(|finding| (finding.pointer.clone(), finding.kind.clone())).collect();
    let marked = masks
        .into_iter()
        .filter(|(pointer, kind)| !found.contains(&((*pointer).to_owned(), (*kind).to_owned())));
    let marked: Vec<ExplainedMask> = marked
        .map(|(pointer, kind)| {
            let value = pointer.strip_prefix("/parameters").and_then(|below| parameters.pointer(below));
            let length = match value {
                Some(Value::String(text)) => text.chars().count(),
                Some(other) => other.to_string().chars().count(),
                None => 0,
            };
            ExplainedMask {
                pointer: pointer.to_owned(),
                start: 0,
                end: u32::try_from(length).unwrap_or(u32::MAX),
                kind: kind.to_owned(),
                rule: "catalogue".into(),
                in_parameter: true,
            }
        })
        .collect();
    [marked, findings].concat()
}
