//! The parameters that somebody may change in chat.

use serde_json::Value;
use wire::Item;

use crate::app::Callbacks;
use crate::refusal::RequestRejection;
use crate::verdicts::{Changeable, ReviewContext, VerdictRequest, shown, typed_patch};

/// One parameter that may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChatField {
    /// Its JSON pointer.
    pub pointer: String,
    /// Its name, as the page shows it.
    pub label: String,
    /// Its value as it is written now.
    pub value: String,
}

/// A form as somebody may fill it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilledForm {
    /// The parameters that they may change; empty for every other form.
    pub fields: Vec<ChatField>,
    /// The address of the page on which the same can be done.
    pub page: String,
}

impl ChatField {
    pub(super) fn all(changeable: &Changeable) -> Vec<Self> {
        let field = |field: &crate::verdicts::Field| Self {
            pointer: field.pointer.clone(),
            label: review::parameter(&field.pointer),
            value: shown(field),
        };
        changeable.fields().iter().map(field).collect()
    }
}

impl Callbacks {
    /// What this person may change of the action; empty where it is nothing.
    pub(super) async fn changeable_in_chat(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
    ) -> Result<Changeable, RequestRejection> {
        let review = ReviewContext::of(item).ok_or_else(RequestRejection::not_found)?;
        let request = self.action_documents(item).await?.request;
        self.changeable(&review, wanted.groups, &request).await
    }

    /// The patch of what was typed, checked as a form of the page is.
    pub(super) async fn patch_in_chat(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        typed: &std::collections::BTreeMap<String, String>,
    ) -> Result<Option<Value>, RequestRejection> {
        let changeable = self.changeable_in_chat(item, wanted).await?;
        let patch = match changeable.fields().is_empty() {
            true => Value::Null,
            false => typed_patch(&changeable, |pointer| typed.get(pointer).map(String::as_str))?,
        };
        self.checked_patch(item, wanted, Some(patch)).await
    }
}
