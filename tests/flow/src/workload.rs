//! What the provider of a vendor's stack does for tests: tokens of pipelines and workloads in their recorded shape, and claims left out.

use serde_json::{Value, json};
use url::Url;

use crate::agent::AgentClient;
use crate::stack::Stack;
use crate::{FlowResult, FlowStep};

/// A caller with a token of this issuer (e.g. `github-actions`) in this recorded shape, with these claims written over it.
///
/// # Errors
/// When the provider signs no such token.
pub async fn workload(stack: &Stack, issuer: &str, shape: &str, claims: Value) -> FlowResult<AgentClient> {
    let provider = Url::parse(&stack.issuer).step("the issuer's address")?;
    let address = provider.join(&format!("/workloads/{issuer}/token")).step(issuer)?;
    let asked = json!({ "shape": shape, "claims": claims }).to_string();
    let answer = reqwest::Client::new().post(address).body(asked).send().await.step(issuer)?;
    let answer: Value = wire::json::parse(&answer.bytes().await.step(issuer)?).step(issuer)?;
    let token = answer.get("token").and_then(Value::as_str).step(&format!("{issuer}/{shape}: {answer}"))?;
    Ok(AgentClient::with_token(stack, token))
}

/// Leaves claims out of a person's ID tokens from now on, as a provider does that is not configured to send them; an empty list
/// ends that.
///
/// # Errors
/// When the provider does not do so.
pub async fn leave_out(stack: &Stack, person: &str, claims: &[&str]) -> FlowResult<()> {
    let provider = Url::parse(&stack.issuer).step("the issuer's address")?;
    let address = provider.join("/test/leave-out").step("an address")?;
    let asked = json!({ "person": person, "claims": claims }).to_string();
    let answer = reqwest::Client::new().post(address).body(asked).send().await.step("leave-out")?;
    answer.error_for_status().map(|_| ()).step("leave-out")
}
