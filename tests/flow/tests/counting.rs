//! A rule that counts, and those who ask at once.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use std::fs;
use std::path::Path;

use flow::agent::AgentClient;
use flow::stack::Stack;
use flow::{aws, cli, fresh};
use futures::future::join_all;
use serde_json::{Value, json};

const AT_ONCE: usize = 16;
const ALLOWED: usize = 3;

/// The sample's rules, and one more after the exports'.
fn rules(stack: &Stack, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&stack.policies, folder.path());
    let exports = folder.path().join("policies/exports.cedar");
    let text = fs::read_to_string(&exports).expect("the exports' rules");
    fs::write(&exports, text + more).expect("written");
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

async fn publish(stack: &Stack, folder: &Path) {
    let folder = folder.to_str().expect("a plain path");
    let arguments = ["bundle", "publish", "--dir", folder, "--bucket", &stack.bundles_bucket];
    let key = ["--key", &stack.publisher_key_file, "--issuer", &stack.issuer];
    let (code, text) = cli::run_on(stack, &[&arguments[..], &key[..]].concat()).await.expect("the CLI");
    assert_eq!(code, 0, "{text}");
}

async fn propose(agent: &AgentClient, source: &str, n: usize) -> String {
    let body = json!({
        "type": "s3-export",
        "parameters": { "source": source, "destination": format!("s3://analytics/{}-{n}.csv", fresh::name("counted")) },
        "reason": "The same report to many places",
    });
    let answer = agent.propose(&fresh::name("counting"), &body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.text("id").to_owned()
}

/// E4: sixteen exports of one object at once, of which a rule allows three a day: exactly three run, and the others are
/// denied with the rule's reason, whoever was claimed beside whom and in whatever order the log has them.
#[tokio::test]
async fn sixteen_exports_at_once() {
    let stack = Stack::running().expect("a running stack");
    let _alone = fresh::alone_with_the_rules().expect("nobody else publishes");
    let source = format!("s3://reports/2026/{}.csv", fresh::name("counted"));
    let rule = format!(
        "\n@id(\"three-a-day\") @reason(\"Three a day are enough\")\n\
         forbid (principal, action == Action::\"s3-export\", resource)\n\
         when {{ resource.path == \"{source}\" && context.history.executed_day >= {ALLOWED} }};\n"
    );
    publish(&stack, rules(&stack, &rule).path()).await;
    let s3 = aws::s3(&aws::root(&stack).await);
    let key = source.trim_start_matches("s3://reports/");
    aws::put(&s3, "reports", key, b"quarter,revenue\n3,7\n".to_vec()).await.expect("an object");
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let ids = join_all((0..AT_ONCE).map(|n| propose(&agent, &source, n))).await;
    let ended = join_all(ids.iter().map(|id| agent.wait_for(id, &["succeeded", "denied"]))).await;
    publish(&stack, &stack.policies).await;
    let ended: Vec<Value> = ended.into_iter().map(|ended| ended.expect("an end")).collect();
    let ran = ended.iter().filter(|action| action["status"] == "succeeded").count();
    assert_eq!(ran, ALLOWED, "{ended:#?}");
    for denied in ended.iter().filter(|action| action["status"] == "denied") {
        let message = denied["denial"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("Three a day are enough"), "{denied}");
    }
}
