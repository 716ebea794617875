//! Each role may do what its handler holds a capability for, and nothing else.
//!
//! The expected permissions follow from the types of the handlers' fields: every capability trait stands for the
//! permissions it is called with. A field that is not listed here does not compile, nor does one whose trait says nothing.
#![expect(clippy::unwrap_used, reason = "a test's own helper functions fail loudly")]

use std::collections::BTreeSet;

use bundle::Destination;
use infra_tests::{statements, yaml};
use runtime::ChannelQueues;

/// The permissions that a capability stands for, as `service:Action resource`.
trait Permissions {
    const PERMISSIONS: &'static [&'static str];
}

macro_rules! permissions {
    ($($capability:ty => [$($permission:literal),* $(,)?]),* $(,)?) => {
        $(impl Permissions for $capability {
            const PERMISSIONS: &'static [&'static str] = &[$($permission),*];
        })*
    };
}

permissions! {
    // The state table, and what is counted in other tables.
    dyn store::ReadState => ["dynamodb:GetItem StateTable"],
    dyn store::CreateState => ["dynamodb:PutItem StateTable"],
    dyn store::ExtendState => ["dynamodb:UpdateItem StateTable"],
    dyn store::SuspendState => ["dynamodb:UpdateItem StateTable"],
    dyn store::RecordPoll => ["dynamodb:UpdateItem StateTable"],
    dyn store::RecordRefusedVerdict => ["dynamodb:UpdateItem StateTable"],
    dyn store::DueState => ["dynamodb:UpdateItem StateTable", "dynamodb:Query StateTable/index/due"],
    dyn store::ClaimState => [
        "dynamodb:UpdateItem StateTable",
        "dynamodb:ConditionCheckItem StateTable",
        "dynamodb:UpdateItem ActivityTable",
    ],
    dyn store::ReadActivity => ["dynamodb:GetItem ActivityTable"],
    // The other tables.
    dyn store::ReadDocuments => ["dynamodb:GetItem DocumentsTable"],
    dyn store::WriteDocuments => ["dynamodb:PutItem DocumentsTable"],
    dyn store::ReadIndex => ["dynamodb:GetItem IndexTable", "dynamodb:Query IndexTable"],
    dyn store::WriteIndex => [
        "dynamodb:PutItem IndexTable",
        "dynamodb:UpdateItem IndexTable",
        "dynamodb:ConditionCheckItem IndexTable",
    ],
    dyn store::Limit => ["dynamodb:GetItem LimitsTable", "dynamodb:UpdateItem LimitsTable"],
    dyn store::Bodies => ["dynamodb:GetItem LimitsTable", "dynamodb:PutItem LimitsTable"],
    // What is linked is read in the state table, and whether it is recorded in the index.
    dyn store::ReadAccounts => [
        "dynamodb:GetItem StateTable",
        "dynamodb:GetItem IndexTable",
        "dynamodb:Query IndexTable",
    ],
    dyn store::WriteAccounts => ["dynamodb:GetItem StateTable", "dynamodb:UpdateItem StateTable"],
    dyn store::Channels => ["dynamodb:GetItem ChannelsTable", "dynamodb:PutItem ChannelsTable"],
    dyn store::ListChannels => ["dynamodb:Query ChannelsTable"],
    // Buckets. Without `ListBucket` an absent object answers as a forbidden one does.
    dyn ledger::ReadLog => ["s3:GetObject s3:::log/log/*", "s3:ListBucket s3:::log"],
    dyn ledger::ReadLocked => ["s3:GetObject s3:::log/log/*", "s3:GetObjectRetention s3:::log/log/*"],
    dyn ledger::AppendLog => ["s3:PutObject s3:::log/log/*", "s3:GetBucketObjectLockConfiguration s3:::log"],
    dyn ledger::PutClaim => [
        "s3:PutObject s3:::log/claims/*",
        "s3:GetObject s3:::log/claims/*",
        "s3:ListBucket s3:::log",
    ],
    dyn ledger::KeepCheckpoint => ["s3:PutObject s3:::log/checkpoints/*"],
    dyn bundle::ReadBundles => ["s3:GetObject s3:::bundles/bundles/*", "s3:ListBucket s3:::bundles"],
    dyn fn_callbacks::Directory => ["s3:GetObject s3:::bundles/bundles/*", "s3:ListBucket s3:::bundles"],
    dyn fn_notify::Destinations => ["s3:GetObject s3:::bundles/bundles/*", "s3:ListBucket s3:::bundles"],
    // Keys, roles, queues.
    dyn store::SealPayload => ["kms:GenerateDataKey PayloadKey"],
    dyn store::OpenPayload => ["kms:Decrypt PayloadKey"],
    dyn connectors::Inspect => ["sts:AssumeRole each TargetRolePrefixes-inspect-*"],
    dyn connectors::RunPlan => [
        "sts:AssumeRole each TargetRolePrefixes-run-*",
        "sts:SetSourceIdentity each TargetRolePrefixes-run-*",
        "sts:TagSession each TargetRolePrefixes-run-*",
    ],
    // Which roles it may assume is the matter of the two above.
    dyn credentials::AssumeRole => [],
    dyn runtime::SendMessage => [
        "sqs:SendMessage PolicyQueue",
        "sqs:SendMessage ExecutionQueue",
        "sqs:SendMessage NotifyQueue",
    ],
    dyn runtime::HandOut => [
        "sqs:SendMessage Notify?Queue",
    ],
    dyn runtime::PostponeMessage => [
        "sqs:ChangeMessageVisibility NotifyQueue",
        "sqs:ChangeMessageVisibility Notify?Queue",
    ],
    // What needs no permission in AWS.
    identity::Verifier => [],
    dyn identity::Provider => [],
    dyn runtime::Clock => [],
    dyn runtime::Random => [],
    dyn runtime::Pause => [],
}

/// The permissions of the capability in this field.
fn of<H, T: Permissions + ?Sized>(_field: fn(&H) -> &T) -> &'static [&'static str] {
    T::PERMISSIONS
}

/// The permissions of all fields of a handler's capabilities. A field with `= […]` has these instead of its trait's.
macro_rules! held {
    ($handler:ident { $($field:ident $(= $permissions:expr)?),* $(,)? }) => {{
        use self::$handler::Handler;
        // Never called: it compiles only while every field is named.
        let _exhaustive = |handler: Handler| {
            let Handler { $($field: _),* } = handler;
        };
        let fields: Vec<&'static [&'static str]> = vec![$(held!(@field Handler, $field $(= $permissions)?)),*];
        fields.concat()
    }};
    (@field $handler:ty, $field:ident) => { of(|handler: &$handler| &*handler.$field) };
    (@field $handler:ty, $field:ident = $permissions:expr) => { &$permissions };
}

mod intake {
    pub use fn_intake::Capabilities as Handler;
}
mod policy {
    pub use fn_policy::Capabilities as Handler;
}
mod ledger_function {
    pub use fn_ledger::Capabilities as Handler;
}
mod notify {
    pub use fn_notify::Notify as Handler;
}
mod callbacks {
    pub use fn_callbacks::Capabilities as Handler;
}
mod execution {
    pub use fn_execution::Capabilities as Handler;
}
mod sweep {
    pub use fn_sweep::Sweep as Handler;
}

/// No permission: configuration, or what a function remembers itself.
const NONE: [&str; 0] = [];

/// What each function holds, besides its trigger and its log group.
fn handlers() -> [(&'static str, Vec<&'static str>); 7] {
    [
        (
            "intake",
            held!(intake {
                create,
                state,
                extend,
                attempts,
                limits,
                bodies,
                polls,
                documents,
                document_writer,
                seal,
                index,
                bundles,
                verifier,
                clock,
                random,
                pause,
            }),
        ),
        (
            "policy",
            held!(policy {
                state,
                extend,
                documents,
                document_writer,
                open,
                index,
                bundles,
                assume,
                inspect,
                clock
            }),
        ),
        (
            "ledger",
            held!(ledger_function {
                append,
                log,
                state,
                documents,
                index,
                indexing,
                queues,
                bundles,
                verifier,
                clock,
            }),
        ),
        (
            "notify",
            held!(notify {
                state,
                documents,
                // It reads only records that a message names, so an absent one is an error either way.
                log = ["s3:GetObject s3:::log/log/*"],
                channels,
                copies,
                destinations,
                queues,
                postpone,
                clock,
                random,
                senders = NONE,
                public_url = NONE,
            }),
        ),
        (
            "callbacks",
            held!(callbacks {
                state, extend, suspend, attempts, documents, document_writer, index, channels, undelivered, accounts, account_writer, slack = NONE, teams = NONE, directory, verifier, provider,
                signer = ["kms:Sign VerdictKey"],
                clock, random,
            }),
        ),
        (
            "execution",
            held!(execution {
                state,
                claim,
                activity,
                extend,
                documents,
                document_writer,
                payloads,
                index,
                log,
                claims,
                bundles,
                assume,
                inspect,
                run,
                clock,
                random,
                pause,
            }),
        ),
        (
            "sweep",
            held!(sweep {
                due, state,
                // It reads single rows and lists nothing.
                index = ["dynamodb:GetItem IndexTable"],
                log, checkpoints,
                signer = ["kms:Sign CheckpointKey"],
                clock,
                deployment = NONE,
                checkpointed = NONE,
            }),
        ),
    ]
}

/// What starts a function, and the secrets it reads once at its start.
fn triggers(function: &str) -> &'static [&'static str] {
    match function {
        "intake" => &["secretsmanager:GetSecretValue FingerprintSecret"],
        "callbacks" => &[
            "secretsmanager:GetSecretValue ClientSecret",
            "secretsmanager:GetSecretValue CookieSecret",
            "secretsmanager:GetSecretValue ChatSecret",
        ],
        "notify" => &["secretsmanager:GetSecretValue ChatSecret"],
        "ledger" => &[
            "dynamodb:DescribeStream StateStream",
            "dynamodb:GetShardIterator StateStream",
            "dynamodb:GetRecords StateStream",
            "dynamodb:ListStreams StateTable/stream/*",
        ],
        _ => &[],
    }
}

fn queues(function: &str) -> &'static [&'static str] {
    match function {
        "policy" => &["PolicyQueue"],
        "execution" => &["ExecutionQueue"],
        "notify" => &["NotifyQueue", "Notify?Queue"],
        _ => &[],
    }
}

/// The permission; `?` stands for each channel with a queue of its own, and for quiet hours.
fn for_each_queue(permission: String) -> Vec<String> {
    let named = |name: &str| {
        let (first, rest) = name.split_at(1);
        permission.replace('?', &(first.to_uppercase() + rest))
    };
    match permission.contains('?') {
        true => Destination::QUEUED
            .into_iter()
            .map(|(name, _)| name)
            .chain([ChannelQueues::QUIET])
            .map(named)
            .collect(),
        false => vec![permission],
    }
}

fn expected(function: &str, held: &[&str]) -> BTreeSet<String> {
    let logs = ["logs:CreateLogStream own log group", "logs:PutLogEvents own log group"];
    let named = held.iter().chain(triggers(function)).chain(&logs).map(|one| (*one).to_owned());
    let received = queues(function).iter().flat_map(|queue| {
        ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]
            .map(|action| format!("sqs:{action} {queue}"))
    });
    named.chain(received).flat_map(for_each_queue).collect()
}

/// What the template's role of this function allows; the roles of action types are one line of each kind.
fn granted(function: &str) -> BTreeSet<String> {
    let all = statements(&yaml("infra/template.yaml").unwrap()).unwrap();
    let own = all.iter().filter(|one| one.role.to_lowercase() == format!("{function}role"));
    own.filter(|one| one.effect == "Allow")
        .map(|one| {
            let mut resource = one.resource.clone();
            if resource.to_lowercase() == format!("{function}logs") {
                "own log group".clone_into(&mut resource);
            }
            for kind in ["-inspect-", "-run-"] {
                if let Some((prefix, _)) = resource.clone().split_once(kind) {
                    resource = format!("{prefix}{kind}*");
                }
            }
            format!("{} {resource}", one.action)
        })
        .collect()
}

/// D1, P5: a role allows exactly what its handler holds: nothing is missing, and nothing is left from what it once held.
#[test]
fn each_role_allows_what_its_handler_holds() {
    let mut wrong = Vec::new();
    for (function, held) in handlers() {
        let (expected, granted) = (expected(function, &held), granted(function));
        wrong.extend(granted.difference(&expected).map(|one| format!("{function} may {one} and never does")));
        wrong.extend(expected.difference(&granted).map(|one| format!("{function} needs {one} and may not")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
