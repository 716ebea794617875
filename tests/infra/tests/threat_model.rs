//! `docs/threat-model.md` against the template: what each function may write stands in its row.
#![expect(clippy::unwrap_used, reason = "a test's own helper functions fail loudly")]

use std::collections::BTreeSet;

use infra_tests::{statements, text, yaml};

/// What a permission lets a function write, in the page's words. A permission to write that is not listed here fails the
/// test, so that nobody adds one without saying what it is worth to an attacker.
const WRITES: [(&str, &str, &str); 20] = [
    ("dynamodb:PutItem", "StateTable", "new items"),
    ("dynamodb:UpdateItem", "StateTable", "items"),
    ("dynamodb:PutItem", "DocumentsTable", "documents"),
    ("dynamodb:PutItem", "IndexTable", "the index"),
    ("dynamodb:UpdateItem", "IndexTable", "the index"),
    ("dynamodb:PutItem", "ChannelsTable", "facts of the dialogue"),
    ("dynamodb:PutItem", "LimitsTable", "limits"),
    ("dynamodb:UpdateItem", "LimitsTable", "limits"),
    ("dynamodb:UpdateItem", "ActivityTable", "recent claims"),
    ("kms:GenerateDataKey", "PayloadKey", "sealed payloads"),
    ("kms:Sign", "VerdictKey", "signed envelopes"),
    ("kms:Sign", "CheckpointKey", "checkpoints"),
    ("s3:PutObject", "s3:::log/log/*", "log objects"),
    ("s3:PutObject", "s3:::log/claims/*", "claims"),
    ("s3:PutObject", "s3:::log/checkpoints/*", "checkpoints"),
    ("sqs:SendMessage", "PolicyQueue", "messages"),
    ("sqs:SendMessage", "NotifyQueue", "messages"),
    ("sqs:SendMessage", "ExecutionQueue", "messages"),
    // The queues of channels, and the one of quiet hours.
    ("sqs:SendMessage", "Notify", "its own queues"),
    ("sts:AssumeRole", "-run-", "the targets"),
];
const FUNCTIONS: [&str; 7] = ["intake", "policy", "ledger", "notify", "callbacks", "execution", "sweep"];

/// Permissions that change something or make others believe something.
fn writes(action: &str) -> bool {
    let verbs = ["Put", "Update", "Delete", "Send", "Sign", "Generate", "AssumeRole", "Transact", "Write"];
    let name = action.split(':').nth(1).unwrap();
    let reads_messages = action.starts_with("sqs:Delete") || action.starts_with("logs:");
    verbs.iter().any(|verb| name.starts_with(verb)) && !reads_messages
}

/// The words of a table row's second cell, or none when the page has no such row.
fn cell(page: &str, function: &str) -> Option<BTreeSet<String>> {
    let row = page.lines().find(|line| line.starts_with(&format!("| `{function}` |")))?;
    let cell = row.split('|').nth(2)?;
    Some(cell.split(',').map(|word| word.trim().to_owned()).collect())
}

/// E24: the page has a row for every function, and it names everything that function may write and nothing else.
#[test]
fn the_page_names_what_each_function_may_write() {
    let page = text("docs/threat-model.md").unwrap();
    let all = statements(&yaml("infra/template.yaml").unwrap()).unwrap();
    for function in FUNCTIONS {
        let own = all.iter().filter(|one| one.role.to_lowercase() == format!("{function}role"));
        let mut expected = BTreeSet::new();
        for statement in own.filter(|one| writes(&one.action) && !one.resource.contains("-inspect-")) {
            let found = WRITES.iter().find(|(action, resource, _)| {
                statement.action == *action && statement.resource.contains(resource)
            });
            let (action, resource) = (&statement.action, &statement.resource);
            let (_, _, words) =
                found.unwrap_or_else(|| panic!("{function}: {action} on {resource} has no words"));
            expected.insert((*words).to_owned());
        }
        let told =
            cell(&page, function).unwrap_or_else(|| panic!("docs/threat-model.md has no row for {function}"));
        assert_eq!(told, expected, "docs/threat-model.md: what {function} may write");
    }
}

/// E24: every kind of attacker and every residual risk says what would show it, or that nothing does.
#[test]
fn every_residual_risk_says_what_shows_it() {
    let page = text("docs/threat-model.md").unwrap();
    let risks = page.split("## Residual risks").nth(1).unwrap();
    let rows: Vec<&str> =
        risks.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| risk |")).collect();
    assert!(rows.len() >= 10, "the table of residual risks is gone");
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "an incomplete row: {row}");
    }
}
