//! Intake's own table: how much of its limits each caller has used, and for which body an idempotency key stands.
//!
//! | item | attributes |
//! |---|---|
//! | `rate#<name>` | `due`: when the bucket is full again, epoch µs |
//! | `set#<name>` | `members`: a string set; absent when it is empty |
//! | `body#<action>` | `fingerprint`: HMAC of action id and body, 64 hex digits |
//!
//! Every write either adds to the item or is refused by its condition, so callers never wait for each other.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::{ActionId, Fault, Timestamp};

use crate::attributes::{AttributeError, AttributeValue, Attributes, Reader, named, number, text};
use crate::dynamo::{Table, Update, Written};
use crate::{Bodies, Entered, FirstBody, Limit, Rate, Taken};

/// How often a bucket that others empty and time fills is tried.
const TRIES: u32 = 5;

/// The table of limits.
#[derive(Clone)]
pub struct LimitsTable {
    table: Table,
}

impl LimitsTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { table: Table { client, name: table.into() } }
    }

    /// One update under a condition; returns the item as it is then.
    async fn update(&self, what: &str, id: String, change: Change<'_>) -> Result<Written, Fault> {
        let Change { update, condition, names, values } = change;
        let key = named([("id", text(id))]);
        self.table.update(what, Update { key, update, condition, names, values }).await
    }
}

struct Change<'a> {
    update: &'a str,
    condition: &'a str,
    names: &'a [&'a str],
    values: Attributes,
}

#[async_trait]
impl Limit for LimitsTable {
    async fn take(&self, name: &str, rate: Rate, many: u32, now: Timestamp) -> Result<Taken, Fault> {
        let (what, id, names) = ("taking from a limit", format!("rate#{name}"), &["due"]);
        let (start, cost) = (rate.micros(now), rate.time_for(many));
        for _ in 0..TRIES {
            // Most callers ask seldom, and find their bucket full.
            let values = named([(":now", number(start)), (":next", number(start.saturating_add(cost)))]);
            let condition = "attribute_not_exists(#due) OR #due < :now";
            let full = Change { update: "SET #due = :next", condition, names, values };
            if let Written::Done(_) = self.update(what, id.clone(), full).await? {
                return Ok(Taken::Granted);
            }
            let values =
                named([(":cost", number(cost)), (":now", number(start)), (":most", number(rate.most(now)))]);
            let condition = "#due >= :now AND #due <= :most";
            let some = Change { update: "SET #due = #due + :cost", condition, names, values };
            match self.update(what, id.clone(), some).await? {
                Written::Done(_) => return Ok(Taken::Granted),
                Written::Not(Some(stored)) => {
                    let due = Reader(&stored).number("due").map_err(Fault::from)?;
                    if let Some(wait) = rate.wait(due, now) {
                        return Ok(Taken::Wait(wait));
                    }
                }
                Written::Not(None) => {}
            }
        }
        Err(Fault::passing(format!("{what}: it keeps moving")))
    }

    async fn enter(&self, name: &str, member: &str, most: u32) -> Result<Entered, Fault> {
        let values = named([(":one", AttributeValue::Ss(vec![member.to_owned()])), (":most", number(most))]);
        let condition = "attribute_not_exists(#members) OR size(#members) < :most";
        let add = Change { update: "ADD #members :one", condition, names: &["members"], values };
        Ok(match self.update("entering a limit", format!("set#{name}"), add).await? {
            Written::Done(stored) => Entered::In(members(&stored)?),
            Written::Not(stored) => Entered::Full(members(&stored.unwrap_or_default())?),
        })
    }

    async fn leave(&self, name: &str, gone: &[String]) -> Result<(), Fault> {
        if gone.is_empty() {
            return Ok(());
        }
        let values = named([(":gone", AttributeValue::Ss(gone.to_vec()))]);
        let condition = "attribute_exists(#members)";
        let change = Change { update: "DELETE #members :gone", condition, names: &["members"], values };
        self.update("leaving a limit", format!("set#{name}"), change).await.map(|_| ())
    }
}

#[async_trait]
impl Bodies for LimitsTable {
    async fn body(&self, action: &ActionId) -> Result<Option<String>, Fault> {
        let key = named([("id", text(body_key(action)))]);
        let stored = self.table.get("reading which body a key stands for", key).await?;
        Ok(stored.as_ref().map(fingerprint).transpose()?)
    }

    async fn keep_body(&self, action: &ActionId, body: &str) -> Result<FirstBody, Fault> {
        let item = named([("id", text(body_key(action))), ("fingerprint", text(body))]);
        match self.table.create("keeping which body a key stands for", item, "id").await? {
            Written::Done(_) => Ok(FirstBody::This),
            Written::Not(Some(stored)) if fingerprint(&stored)? == body => Ok(FirstBody::This),
            Written::Not(Some(_)) => Ok(FirstBody::Other),
            Written::Not(None) => {
                Err(Fault::passing("keeping which body a key stands for: nothing was shown"))
            }
        }
    }
}

fn body_key(action: &ActionId) -> String {
    format!("body#{action}")
}

fn fingerprint(stored: &Attributes) -> Result<String, AttributeError> {
    Reader(stored).text("fingerprint").map(str::to_owned)
}

fn members(stored: &Attributes) -> Result<Vec<String>, AttributeError> {
    match stored.get("members") {
        Some(AttributeValue::Ss(members)) => Ok(members.clone()),
        None => Ok(Vec::new()),
        _ => Err(AttributeError::other("members", "set of texts")),
    }
}
