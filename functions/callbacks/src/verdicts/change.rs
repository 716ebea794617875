//! Which parameters a reviewer may change, and whether a patch may be signed.

use std::sync::Arc;

use bundle::{Bundle, CatalogueEntry};
use domain::VerdictKind;
use redaction::{Marks, RedactionError};
use runtime::Code;
use serde_json::Value;
use wire::Item;
use wire::documents::{Document, DocumentKind, Request};
use wire::http::FieldError;
use wire::patch::{merged, touched};

use super::check::VerdictRequest;
use super::review_context::ReviewContext;
use crate::app::Callbacks;
use crate::refusal::RequestRejection;

/// The parameters that somebody may change, with their schemas from the catalogue in force.
pub(crate) struct Changeable {
    fields: Vec<Field>,
    /// How many more times the action may be changed.
    pub left: u32,
    entry: Option<(Arc<Bundle>, CatalogueEntry)>,
}

/// A parameter that may be changed.
pub(crate) struct Field {
    pub pointer: String,
    /// Its present value; `None` where the request does not have it.
    pub value: Option<Value>,
    /// Its JSON Schema.
    pub schema: Value,
    /// Whether a request may leave it out.
    pub optional: bool,
}

impl Changeable {
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) fn pointers(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.pointer.clone()).collect()
    }
}

impl Callbacks {
    /// The parameters that somebody of these groups may change: those that the requirements allow, that the action type has and
    /// that are not masked.
    pub(crate) async fn changeable(
        &self,
        context: &ReviewContext,
        groups: &[String],
        request: &Request,
    ) -> Result<Changeable, RequestRejection> {
        let allowed = context.review.may_change(&context.speaking_groups(VerdictKind::Modify, groups));
        let left = context.review.proposal.changes_left();
        if allowed.is_empty() || left == 0 {
            return Ok(Changeable { fields: Vec::new(), left, entry: None });
        }
        let bundle = self.capabilities.directory.bundle().await?;
        let Some(entry) = bundle.entry(&request.action_type).cloned() else {
            return Ok(Changeable { fields: Vec::new(), left, entry: None });
        };
        let shown = |pointer: &String| !request.masked.iter().any(|mask| mask.hides(pointer));
        let fields = allowed.into_iter().filter(shown).filter_map(|pointer| field(pointer, &entry, request));
        Ok(Changeable { fields: fields.collect(), left, entry: Some((bundle, entry)) })
    }

    /// The patch of a modification, checked and normalised; `None` for every other verdict.
    ///
    /// # Errors
    /// A refusal where the patch is missing, is not allowed, or comes with another verdict.
    pub(crate) async fn checked_patch(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        patch: Option<Value>,
    ) -> Result<Option<Value>, RequestRejection> {
        match (wanted.kind, patch) {
            (VerdictKind::Modify, Some(patch)) => {
                let context = ReviewContext::of(item).ok_or_else(RequestRejection::not_found)?;
                let patch = self.normalised_patch(item, patch).await?;
                self.changed_request(item, &context, wanted, &patch).await?;
                Ok(Some(patch))
            }
            (VerdictKind::Modify, None) => {
                Err(RequestRejection::input("/patch", "is required: what is to change"))
            }
            (_, Some(_)) => Err(RequestRejection::input("/patch", "belongs to `modify` alone")),
            (_, None) => Ok(None),
        }
    }

    /// The patch with JSON texts in canonical form, so that what is signed is what runs. A patch that cannot be normalised stays as
    /// it is; the checks that follow refuse it.
    async fn normalised_patch(&self, item: &Item, patch: Value) -> Result<Value, RequestRejection> {
        let request = self.action_documents(item).await?.request;
        let bundle = self.capabilities.directory.bundle().await?;
        let Some(entry) = bundle.entry(&request.action_type) else { return Ok(patch) };
        let written = redaction::normalised(&patch, &marks(entry)?);
        Ok(written.unwrap_or(patch))
    }

    /// The request that results from this change of the present one. Nothing is stored here.
    pub(crate) async fn changed_request(
        &self,
        item: &Item,
        context: &ReviewContext,
        wanted: &VerdictRequest<'_>,
        patch: &Value,
    ) -> Result<Document, RequestRejection> {
        let request = self.action_documents(item).await?.request;
        let changeable = self.changeable(context, wanted.groups, &request).await?;
        if changeable.left == 0 {
            return Err(RequestRejection::because(Code::TooManyChanges));
        }
        let Some((bundle, entry)) = changeable.entry.as_ref().filter(|_| !changeable.fields.is_empty())
        else {
            return Err(self.refuse_verdict(item, wanted, Code::NotAnApprover).await);
        };
        let next = request.changed(patch);
        check_pointers(patch, &changeable.pointers())?;
        let marks = marks(entry)?;
        redaction::refuse_secret(patch, &marks).map_err(|error| redaction_refusal(&error))?;
        check_differs(patch, &request.parameters)?;
        check_schema(bundle, &request, &next.parameters)?;
        next.document().map_err(|_| RequestRejection::unavailable())
    }
}

fn field(pointer: String, entry: &CatalogueEntry, request: &Request) -> Option<Field> {
    let schema = entry.parameters.pointer(&format!("/properties{pointer}"))?.clone();
    let name = review::parameter(&pointer);
    let required = entry.parameters.get("required").and_then(Value::as_array);
    let optional = !required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(&name)));
    let value = request.parameters.pointer(&pointer).cloned();
    Some(Field { pointer, value, schema, optional })
}

fn check_pointers(patch: &Value, allowed: &[String]) -> Result<(), RequestRejection> {
    let pointers = touched(patch);
    if pointers.is_empty() {
        return Err(RequestRejection::input("/patch", "must be an object that names at least one parameter"));
    }
    let Some(other) = pointers.iter().find(|pointer| !allowed.contains(pointer)) else { return Ok(()) };
    let place: String = other.chars().filter(|c| !c.is_control()).take(60).collect();
    let detail = format!("is not yours to change; you may change {}", allowed.join(", "));
    Err(RequestRejection::input(&format!("/patch{place}"), &detail))
}

/// Every parameter in a patch must differ from its present value.
fn check_differs(patch: &Value, before: &Value) -> Result<(), RequestRejection> {
    let after = merged(before, patch);
    let same = |pointer: &&String| before.pointer(pointer) == after.pointer(pointer);
    match touched(patch).iter().find(same) {
        Some(pointer) => {
            Err(RequestRejection::input(&format!("/patch{pointer}"), "has this value already: leave it out"))
        }
        None => Ok(()),
    }
}

/// The changed parameters must fit the schema. Faults of masked parameters are left out, because their values are not known
/// here; policy knows them and checks all.
fn check_schema(bundle: &Bundle, request: &Request, parameters: &Value) -> Result<(), RequestRejection> {
    let Err(wrong) = bundle.validate_parameters(&request.action_type, parameters) else { return Ok(()) };
    let masked = |pointer: &str| {
        let place = pointer.strip_prefix("/parameters").unwrap_or(pointer);
        request.masked.iter().any(|mask| !place.is_empty() && mask.hides(place))
    };
    let errors: Vec<FieldError> = wrong
        .into_iter()
        .filter(|error| !masked(&error.pointer))
        .map(|error| FieldError { pointer: in_patch(&error.pointer), detail: error.detail })
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    let detail = format!("The changed parameters do not fit the schema of `{}`.", request.action_type);
    Err(RequestRejection { errors, ..RequestRejection::new(Code::InvalidParameters, detail) })
}

fn marks(entry: &CatalogueEntry) -> Result<Marks, RequestRejection> {
    entry.marks().map_err(|_| RequestRejection::unavailable())
}

/// W22, W24, D14: the refusal of a value that people could not see as it is.
fn redaction_refusal(error: &RedactionError) -> RequestRejection {
    let code = match error {
        RedactionError::Hidden { .. }
        | RedactionError::LookAlike { .. }
        | RedactionError::TypedPlaceholder { .. } => Code::HiddenCharacters,
        RedactionError::Unmaskable { .. }
        | RedactionError::Repeated { .. }
        | RedactionError::TooMuch { .. } => Code::SecretInParameter,
        RedactionError::Json { .. } => Code::InvalidParameters,
        RedactionError::SecretInTarget { .. }
        | RedactionError::SecretInChange { .. }
        | RedactionError::SecretInKey { .. } => Code::SecretInTarget,
    };
    RequestRejection { code, ..RequestRejection::input(&in_patch(error.pointer()), &error.to_string()) }
}

/// The pointer into the patch for a pointer into the parameters.
fn in_patch(pointer: &str) -> String {
    format!("/patch{}", pointer.strip_prefix("/parameters").unwrap_or_default())
}
