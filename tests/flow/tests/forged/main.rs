//! What a function under foreign control tries with its own role. Every attack leaves a violation in the log, and the log of
//! the other tests has none: so these are ignored unless asked for, and `infra/local/run-tests` runs them on a stack of their
//! own, which it forgets afterwards.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test's steps fail loudly")]

mod made_up;
mod voting;

use std::time::Duration;

use flow::agent::AgentClient;
use flow::stack::Stack;
use flow::{aws, fresh, log};
use serde_json::{Value, json};

/// An export of customer data, of which its owners are asked: its id, and the key it would have at the partner's.
async fn asked(agent: &AgentClient) -> (domain::ActionId, String) {
    let key = format!("{}.csv", fresh::name("forged"));
    let id = proposed(agent, "s3://customers/2026/q3.csv", &format!("s3://partner-drop/{key}")).await;
    agent.wait_for(id.as_str(), &["pending"]).await.expect("pending");
    (id, key)
}

async fn proposed(agent: &AgentClient, source: &str, destination: &str) -> domain::ActionId {
    let parameters = json!({ "source": source, "destination": destination });
    let body = json!({ "type": "s3-export", "parameters": parameters, "reason": "Quarterly report" });
    let answer = agent.propose(&fresh::name("forged"), &body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.text("id").parse().expect("an action id")
}

/// Waits until the ledger has recorded a violation of this action; its code. An action that ended first has none.
async fn violation(stack: &Stack, id: &domain::ActionId) -> String {
    let s3 = aws::s3(&aws::root(stack).await);
    for _ in 0..40 {
        for (_, bytes) in aws::download(&s3, &stack.log_bucket, "log/").await.expect("the log") {
            let lines = String::from_utf8(bytes).expect("text");
            let records = lines.lines().filter_map(|line| wire::json::parse_value(line.as_bytes()).ok());
            let of_it = |record: &Value| record["record"] == "violation" && record["action"] == id.as_str();
            if let Some(found) = records.into_iter().find(of_it) {
                return found["code"].as_str().expect("a code").to_owned();
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    "none".to_owned()
}

/// Nothing ran: the destination is empty and no attempt has claimed the action, some seconds after the ledger has seen it.
async fn nothing_ran(stack: &Stack, id: &domain::ActionId, (bucket, key): (&str, &str)) {
    tokio::time::sleep(Duration::from_secs(3)).await;
    let s3 = aws::s3(&aws::root(stack).await);
    assert_eq!(aws::object(&s3, bucket, key).await.expect("the bucket"), None);
    let claim = format!("claims/{id}");
    assert_eq!(aws::object(&s3, &stack.log_bucket, &claim).await.expect("the log"), None);
}

/// The verifier, with nothing but the log, says that this was found of this action.
async fn verifier_says(stack: &Stack, id: &domain::ActionId, code: &str) {
    let folder = std::env::temp_dir().join(fresh::name("forged-log"));
    log::download(stack, &folder).await.expect("the log");
    let (exit, text) = log::verify(&folder).await.expect("the CLI");
    std::fs::remove_dir_all(&folder).expect("the download");
    let says = text.lines().any(|line| line.contains(id.as_str()) && line.contains(code));
    assert!(exit == 1 && says, "{exit}: {text}");
}
