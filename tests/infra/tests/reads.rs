//! The column "reads" of ARCHITECTURE.md's table of functions says what the roles of the template let each function read.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

use std::collections::{BTreeMap, BTreeSet};

use infra_tests::{PolicyStatement, statements, text, yaml};

const ROLE: &str = "Role";

/// Stores as the page calls them: the actions that read one, and the name of the resource that they read.
const STORES: [(&str, &[&str], &str); 12] = [
    ("state", &["dynamodb:GetItem", "dynamodb:Query"], "StateTable"),
    ("state", &["dynamodb:Query"], "StateTable/index/due"),
    ("stream", &["dynamodb:GetRecords"], "StateStream"),
    ("documents", &["dynamodb:GetItem", "dynamodb:Query"], "DocumentsTable"),
    ("index", &["dynamodb:GetItem", "dynamodb:Query"], "IndexTable"),
    ("limits", &["dynamodb:GetItem", "dynamodb:Query"], "LimitsTable"),
    ("channels", &["dynamodb:GetItem", "dynamodb:Query"], "ChannelsTable"),
    ("activity", &["dynamodb:GetItem", "dynamodb:Query"], "ActivityTable"),
    ("bundles", &["s3:GetObject"], "s3:::bundles/bundles/*"),
    ("log", &["s3:GetObject"], "s3:::log/log/*"),
    ("claims", &["s3:GetObject"], "s3:::log/claims/*"),
    ("targets", &["sts:AssumeRole"], "-inspect-"),
];

/// Actions that read what is stored nowhere: keys, secrets, and the state of a queue or of a bucket. `ListBucket` and
/// `GetObjectRetention` belong to the objects that are read all the same.
const NO_STORE: [&str; 10] = [
    "dynamodb:DescribeStream",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "kms:Decrypt",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetObjectRetention",
    "s3:ListBucket",
    "secretsmanager:GetSecretValue",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

fn store(statement: &PolicyStatement) -> Option<&'static str> {
    let fits = |resource: &str| match resource {
        "-inspect-" => statement.resource.contains(resource),
        resource => statement.resource == resource,
    };
    let found = STORES
        .iter()
        .find(|(_, actions, resource)| actions.contains(&statement.action.as_str()) && fits(resource));
    found.map(|(name, ..)| *name)
}

fn reads(action: &str) -> bool {
    let verbs = ["BatchGet", "Decrypt", "Describe", "Get", "List", "Query", "Receive", "Scan"];
    action.split_once(':').is_some_and(|(_, name)| verbs.iter().any(|verb| name.starts_with(verb)))
}

/// What each function may read, by the template.
fn granted() -> BTreeMap<String, BTreeSet<String>> {
    let mut granted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for statement in statements(&yaml("infra/template.yaml").unwrap()).unwrap() {
        let Some(function) = statement.role.strip_suffix(ROLE).filter(|_| statement.effect == "Allow") else {
            continue;
        };
        let known = store(&statement);
        let other = known.is_none() && reads(&statement.action) && !NO_STORE.contains(&&*statement.action);
        assert!(!other, "{} reads {}, which has no name here", statement.role, statement.resource);
        granted.entry(function.to_lowercase()).or_default().extend(known.map(str::to_owned));
    }
    granted
}

/// What each function reads, by the page: its cell is a list of stores.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let page = text("ARCHITECTURE.md").unwrap();
    let table = page.lines().skip_while(|line| !line.starts_with("| function | started by |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let name = cells.first().unwrap().trim_matches('`').to_owned();
        let stores = cells.last().unwrap().split([',', ';']).map(|store| store.trim().to_owned());
        (name, stores.collect())
    })
    .collect()
}

/// D1: what the page says that a function reads is what its role lets it read.
#[test]
fn the_page_says_what_each_function_reads() {
    let (granted, documented) = (granted(), documented());
    assert_eq!(documented.len(), 7);
    for (function, stores) in &documented {
        assert_eq!(Some(stores), granted.get(function), "{function}: the page, then the role");
    }
}
