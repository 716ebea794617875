//! One table of DynamoDB: attribute maps in and out, errors as faults.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use domain::Fault;

use crate::Attributes;
use crate::fault::fault;

/// A table by name.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
}

/// What a conditional write found.
pub(crate) enum Written {
    /// The condition held; for updates the item as it is now.
    Done(Attributes),
    /// The condition did not hold; the item as it is, `None` if there is none.
    Not(Option<Attributes>),
}

/// One `UpdateItem`: expressions name attributes by `#…` and values by `:…`, so no value is ever syntax.
pub(crate) struct Update<'a> {
    pub(crate) key: Attributes,
    pub(crate) update: &'a str,
    pub(crate) condition: &'a str,
    pub(crate) names: &'a [&'a str],
    pub(crate) values: Attributes,
}

impl Update<'_> {
    pub(crate) fn attribute_names(&self) -> HashMap<String, String> {
        self.names.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect()
    }
}

impl Table {
    /// Reads one item, consistently.
    pub(crate) async fn get(&self, what: &str, key: Attributes) -> Result<Option<Attributes>, Fault> {
        let get =
            self.client.get_item().table_name(&self.name).set_key(Some(outward(key))).consistent_read(true);
        let answer = get.send().await.map_err(|error| fault(what, &error))?;
        Ok(answer.item.map(inward))
    }

    /// Puts an item whose key is free.
    pub(crate) async fn create(&self, what: &str, item: Attributes, key: &str) -> Result<Written, Fault> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(outward(item)))
            .condition_expression("attribute_not_exists(#key)")
            .expression_attribute_names("#key", key)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else { return Ok(Written::Done(Attributes::new())) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(check)) => {
                Ok(Written::Not(check.item.clone().map(inward)))
            }
            _ => Err(fault(what, &error)),
        }
    }

    /// Updates an item under a condition.
    pub(crate) async fn update(&self, what: &str, update: Update<'_>) -> Result<Written, Fault> {
        let call = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_expression_attribute_names(Some(update.attribute_names()))
            .set_key(Some(outward(update.key)))
            .update_expression(update.update)
            .condition_expression(update.condition)
            .set_expression_attribute_values(Some(outward(update.values)).filter(|values| !values.is_empty()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(answer) => Ok(Written::Done(answer.attributes.map(inward).unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(check)) => {
                    Ok(Written::Not(check.item.clone().filter(|item| !item.is_empty()).map(inward)))
                }
                _ => Err(fault(what, &error)),
            },
        }
    }
}

/// Whether a cancelled transaction may succeed a moment later: no reason says that the request itself is wrong.
pub(crate) fn may_pass(reasons: &[CancellationReason]) -> bool {
    let lasting = ["ValidationError", "ItemCollectionSizeLimitExceeded"];
    !reasons.iter().any(|reason| reason.code().is_some_and(|code| lasting.contains(&code)))
}

/// As the SDK wants it.
pub(crate) fn outward(attributes: Attributes) -> HashMap<String, AttributeValue> {
    attributes.into_iter().map(|(name, value)| (name, value.into())).collect()
}

/// As the SDK gives it.
pub(crate) fn inward(attributes: HashMap<String, AttributeValue>) -> Attributes {
    attributes.into_iter().map(|(name, value)| (name, value.into())).collect()
}
