//! The claim, the only write of the state table that depends on other items, and the write of the suspension list.

use async_trait::async_trait;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use domain::{ActionId, Chain, Fault};
use wire::{Aggregate, ChainedItem, Item, SuspensionItem};

use crate::activity::{counting, uncounted};
use crate::attributes::{named, text};
use crate::dynamo::{Table, Update, inward, may_pass, outward};
use crate::fault::fault;
use crate::state::{extending, key};
use crate::{
    ClaimConditions, ClaimState, ClaimedState, Extended, StateError, StateTable, SuspendState, image,
};

const WHAT: &str = "claiming an action";

#[async_trait]
impl ClaimState for StateTable {
    async fn claim(
        &self,
        from: Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError> {
        image::apart(item, conditions)?;
        let mut writes =
            vec![self.table.within(extending(from, item)?)?, self.table.suspensions(conditions.suspensions)?];
        if let Some((from, item)) = conditions.grant {
            writes.push(self.table.within(extending(from, item)?)?);
        }
        if let Some(counted) = &conditions.counted {
            let table = self.activity.as_ref().ok_or_else(uncounted)?;
            writes.push(table.within(counting(counted)?)?);
        }
        let call = self.table.client.transact_write_items().set_transact_items(Some(writes));
        let Err(error) = call.send().await else { return Ok(ClaimedState::Updated) };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                found(item, conditions, canceled.cancellation_reasons())
            }
            _ => Err(fault(WHAT, &error).into()),
        }
    }
}

#[async_trait]
impl SuspendState for StateTable {
    async fn suspend(
        &self,
        from: Option<Chain>,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        image::is_suspensions(list)?;
        let update = match from {
            Some(from) => extending(from, list)?,
            None => first(list),
        };
        self.write_suspensions(update, list).await
    }
}

/// An update that makes the item: the role that suspends has no `PutItem`.
pub(crate) fn first<A: Aggregate>(item: &ChainedItem<A>) -> Update<'static> {
    let values = image::created(item).into_iter().filter(|(name, _)| name != "id");
    Update {
        key: key(item.id().as_str()),
        update: "SET #v = :v, #chain = :chain, #seq = :seq, #events = :events, #status = :status, #requeue = :requeue, \
                 #due_shard = :due_shard, #due = :due",
        condition: "attribute_not_exists(#id)",
        names: &["id", "v", "chain", "seq", "events", "status", "requeue", "due_shard", "due"],
        values: values.map(|(name, value)| (format!(":{name}"), value)).collect(),
    }
}

impl Table {
    /// The same write as [`Table::update`], as part of a transaction.
    fn within(&self, update: Update<'_>) -> Result<TransactWriteItem, Fault> {
        let update = aws_sdk_dynamodb::types::Update::builder()
            .table_name(&self.name)
            .set_expression_attribute_names(Some(update.attribute_names()))
            .set_key(Some(outward(update.key)))
            .update_expression(update.update)
            .condition_expression(update.condition)
            .set_expression_attribute_values(Some(outward(update.values)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        Ok(TransactWriteItem::builder().update(update.map_err(unmade)?).build())
    }

    /// The suspension list, as it was read.
    fn suspensions(&self, chain: Option<Chain>) -> Result<TransactWriteItem, Fault> {
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(outward(key(ActionId::suspensions().as_str()))));
        let check = match chain {
            None => check
                .condition_expression("attribute_not_exists(#id)")
                .expression_attribute_names("#id", "id"),
            Some(chain) => check
                .condition_expression("#chain = :chain")
                .expression_attribute_names("#chain", "chain")
                .set_expression_attribute_values(Some(outward(named([(":chain", text(chain.to_string()))])))),
        };
        Ok(TransactWriteItem::builder().condition_check(check.build().map_err(unmade)?).build())
    }
}

fn unmade(_: BuildError) -> Fault {
    Fault::lasting(format!("{WHAT}: the request cannot be made"))
}

/// What the reasons of a cancelled claim say, one for each write in its order. The action's own comes first: when it has
/// this claim already, nothing else matters any more.
fn found(
    item: &Item,
    conditions: &ClaimConditions<'_>,
    reasons: &[CancellationReason],
) -> Result<ClaimedState, StateError> {
    let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
    match reasons {
        [action, ..] if failed(action) => {
            let stored = action.item.clone().filter(|item| !item.is_empty()).map(inward);
            let Some(stored) = stored else { return Ok(ClaimedState::Absent) };
            Ok(match image::extended(item, image::item(&stored)?) {
                Extended::Differs(stored) => ClaimedState::Differs(stored),
                _ => ClaimedState::Updated,
            })
        }
        [_, suspensions, ..] if failed(suspensions) => Ok(ClaimedState::SuspensionsMoved),
        [_, _, grant, ..] if conditions.grant.is_some() && failed(grant) => Ok(ClaimedState::GrantMoved),
        [_, _, .., counted] if conditions.counted.is_some() && failed(counted) => {
            Ok(ClaimedState::HistoryMoved)
        }
        _ if may_pass(reasons) => {
            Err(Fault::passing(format!("{WHAT}: in conflict with another write")).into())
        }
        _ => Err(Fault::lasting(format!("{WHAT}: the transaction was refused")).into()),
    }
}
