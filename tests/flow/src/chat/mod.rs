//! People in front of Slack and Teams, as the doubles of the local stack let them press. The doubles make and sign the requests;
//! nothing here knows a platform's secret.

mod link;
mod slack;
mod teams;

use std::time::Duration;

use serde_json::Value;

pub use link::{Linked, link_slack, link_teams};
pub use slack::{SlackMessage, SlackUser};
pub use teams::{TeamsMessage, TeamsUser};

use crate::{FlowResult, FlowStep};

/// How often a double is asked for a message that is still on its way, and how long it is waited for.
const TRIES: usize = 120;
const PAUSE: Duration = Duration::from_millis(250);

async fn get(http: &reqwest::Client, address: &str) -> FlowResult<Value> {
    let answer = http.get(address).send().await.step(address)?.bytes().await.step(address)?;
    wire::json::parse_value(&answer).step(address)
}

async fn post(http: &reqwest::Client, address: &str, body: &Value) -> FlowResult<Value> {
    let request = http.post(address).header("content-type", "application/json").body(body.to_string());
    let answer = request.send().await.step(address)?.bytes().await.step(address)?;
    wire::json::parse_value(&answer).step(address)
}

/// Every text in a value, a line each.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(list) => list.iter().map(texts).collect(),
        Value::Object(fields) => fields.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// The first address in it that begins so.
fn address<'a>(value: &'a Value, begin: &str) -> Option<&'a str> {
    match value {
        Value::String(text) => text.starts_with(begin).then_some(text),
        Value::Array(list) => list.iter().find_map(|one| address(one, begin)),
        Value::Object(fields) => fields.values().find_map(|one| address(one, begin)),
        _ => None,
    }
}
