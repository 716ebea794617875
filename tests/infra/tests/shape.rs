//! How the stacks are built: what is kept, how queues and streams retry, what the API routes, what each function is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use infra_tests::{resources, text, yaml};
use serde_json::Value;

fn functions(template: &Value) -> BTreeMap<&str, &Value> {
    resources(template, "AWS::Serverless::Function").map(|(id, body)| (id, &body["Properties"])).collect()
}

/// D11, D12: what is kept survives the deletion of its stack, and nothing that is kept is in the other template. Only what
/// a first deployment made before it failed is removed with it: its names would be taken at the second try.
#[test]
fn state_is_retained_and_apart() {
    let state = yaml("infra/state.yaml").unwrap();
    for (id, body) in state["Resources"].as_object().unwrap() {
        assert_eq!(
            (&body["DeletionPolicy"], &body["UpdateReplacePolicy"]),
            (&"RetainExceptOnCreate".into(), &"Retain".into()),
            "{id}"
        );
    }
    let template = yaml("infra/template.yaml").unwrap();
    for (id, body) in template["Resources"].as_object().unwrap() {
        let kind = body["Type"].as_str().unwrap();
        let kept =
            ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SecretsManager::Secret"];
        assert!(!kept.contains(&kind), "{id} is a {kind}");
    }
}

/// P4, P9, D12: the log and the bundles are under COMPLIANCE by default, versioned, and encrypted by S3's own key.
#[test]
fn buckets_are_write_once() {
    let state = yaml("infra/state.yaml").unwrap();
    let buckets: Vec<_> = resources(&state, "AWS::S3::Bucket").collect();
    assert_eq!(buckets.len(), 2);
    for (id, bucket) in buckets {
        let bucket = &bucket["Properties"];
        assert_eq!(bucket["ObjectLockEnabled"], true, "{id}");
        let retention = bucket.pointer("/ObjectLockConfiguration/Rule/DefaultRetention").unwrap();
        assert_eq!(
            (&retention["Mode"], &retention["Days"]),
            (&"COMPLIANCE".into(), &"LogRetentionDays".into()),
            "{id}"
        );
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled", "{id}");
        let encryption = bucket
            .pointer("/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault")
            .unwrap();
        assert_eq!(encryption, &serde_json::json!({ "SSEAlgorithm": "AES256" }), "{id}");
        assert!(
            bucket["PublicAccessBlockConfiguration"].as_object().unwrap().values().all(|on| on == true),
            "{id}"
        );
    }
}

/// Retention is said by whoever deploys: one day in development, years in production, never by default.
#[test]
fn retention_is_stated_for_each_environment() {
    let state = yaml("infra/state.yaml").unwrap();
    assert_eq!(state["Parameters"]["LogRetentionDays"].get("Default"), None);
    let configuration = text("samconfig.toml").unwrap();
    let days: Vec<u32> = configuration
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"LogRetentionDays=")?.strip_suffix("\",")?.parse().ok())
        .collect();
    assert_eq!(days, [1, 2557], "development, production (seven years)");
}

/// P8: DynamoDB deletes sealed payloads and what the dialogue with people needs for a time; every other table keeps everything.
#[test]
fn only_documents_and_facts_of_the_dialogue_expire() {
    let state = yaml("infra/state.yaml").unwrap();
    let expiring = ["DocumentsTable", "ChannelsTable"];
    for (id, table) in resources(&state, "AWS::DynamoDB::Table") {
        let expires =
            table.pointer("/Properties/TimeToLiveSpecification/AttributeName").and_then(Value::as_str);
        assert_eq!(expires, expiring.contains(&id).then_some("expires"), "{id}");
        let streams = table.pointer("/Properties/StreamSpecification/StreamViewType").and_then(Value::as_str);
        assert_eq!(streams, (id == "StateTable").then_some("NEW_AND_OLD_IMAGES"), "{id}");
        let indexes =
            table.pointer("/Properties/GlobalSecondaryIndexes").and_then(Value::as_array).map_or(0, Vec::len);
        assert_eq!(indexes, usize::from(id == "StateTable"), "{id}");
        let recovery =
            table.pointer("/Properties/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled").unwrap();
        assert_eq!(recovery, true, "{id}");
    }
}

/// F2, F6, F20: messages come back after at least six time-outs, one by one, and end in a queue that keeps them longer.
#[test]
fn queues_retry_and_keep_what_failed() {
    let template = yaml("infra/template.yaml").unwrap();
    let functions = functions(&template);
    let queue = |name: &str| &template["Resources"][name]["Properties"];
    for name in ["Policy", "Notify", "Execution"] {
        let own = queue(&format!("{name}Queue"));
        let dead = queue(&format!("{name}DeadLetters"));
        let seconds = functions[format!("{name}Function").as_str()]["Timeout"].as_u64().unwrap();
        assert!(own["VisibilityTimeout"].as_u64().unwrap() >= 6 * seconds, "{name}");
        assert_eq!(own["RedrivePolicy"]["deadLetterTargetArn"], format!("{name}DeadLetters.Arn"));
        assert_eq!(own["RedrivePolicy"]["maxReceiveCount"], 5, "{name}");
        assert!(dead["MessageRetentionPeriod"].as_u64() > own["MessageRetentionPeriod"].as_u64(), "{name}");
        let mapping = queue(&format!("{name}Messages"));
        assert_eq!(mapping["EventSourceArn"], format!("{name}Queue.Arn"));
        assert_eq!(
            mapping["FunctionResponseTypes"],
            serde_json::json!(["ReportBatchItemFailures"]),
            "{name}"
        );
        assert_eq!(mapping["BatchSize"], if name == "Execution" { 1 } else { 10 });
        assert!(mapping["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap() >= 2, "{name}");
        assert_eq!(
            queue(&format!("{name}DeadLetterAlarm"))["Dimensions"][0]["Value"],
            format!("{name}DeadLetters.QueueName")
        );
    }
}

/// C42: each channel whose platform may be slow has a queue of its own, with an end of its own that raises an alarm. Together they
/// leave the ledger's queue its share of the function.
#[test]
fn each_channel_has_a_queue_of_its_own() {
    let template = yaml("infra/template.yaml").unwrap();
    let of = |name: &str| &template["Resources"][name]["Properties"];
    let at_once = |name: &str| of(&format!("{name}Messages"))["ScalingConfig"]["MaximumConcurrency"].as_u64();
    let mut together = at_once("Notify").unwrap();
    for name in ["Slack", "Teams", "Webhook"].map(|name| format!("Notify{name}")) {
        let (own, dead) = (of(&format!("{name}Queue")), of(&format!("{name}DeadLetters")));
        assert!(own["VisibilityTimeout"].as_u64().unwrap() >= 180, "{name}");
        assert_eq!(own["RedrivePolicy"]["deadLetterTargetArn"], format!("{name}DeadLetters.Arn"));
        assert_eq!(own["RedrivePolicy"]["maxReceiveCount"], 20, "{name}");
        assert!(dead["MessageRetentionPeriod"].as_u64() > own["MessageRetentionPeriod"].as_u64(), "{name}");
        let mapping = of(&format!("{name}Messages"));
        assert_eq!(mapping["EventSourceArn"], format!("{name}Queue.Arn"));
        assert_eq!(mapping["FunctionName"], "NotifyFunction");
        assert_eq!((&mapping["BatchSize"], at_once(&name)), (&1.into(), Some(2)), "{name}");
        let alarm = of(&format!("{name}DeadLetterAlarm"));
        assert_eq!(alarm["Dimensions"][0]["Value"], format!("{name}DeadLetters.QueueName"));
        together += 2;
    }
    let least = template["Parameters"]["NotifyConcurrency"]["MinValue"].as_u64();
    assert!(Some(together) <= least, "{together}");
}

/// F19, P1: a stream batch is tried until it is written, whole and in order; none is given up or split.
#[test]
fn the_stream_is_never_given_up() {
    let template = yaml("infra/template.yaml").unwrap();
    let mapping = &template["Resources"]["StateStream"]["Properties"];
    assert_eq!(mapping["FunctionName"], "LedgerFunction");
    assert_eq!(mapping["StartingPosition"], "TRIM_HORIZON");
    assert_eq!(
        (&mapping["MaximumRetryAttempts"], &mapping["MaximumRecordAgeInSeconds"]),
        (&(-1).into(), &(-1).into())
    );
    assert_eq!((&mapping["ParallelizationFactor"], &mapping["BatchSize"]), (&1.into(), &100.into()));
    assert_eq!(mapping["BisectBatchOnFunctionError"], false);
    assert_eq!(mapping.get("FunctionResponseTypes"), None, "the ledger fails a batch whole");
    assert_eq!(mapping.get("DestinationConfig"), None, "nothing may be set aside");
}

/// Each function: its runtime, its own role and log group, what it is told, and where its package comes from.
#[test]
fn functions_are_told_what_they_need() {
    let template = yaml("infra/template.yaml").unwrap();
    let shared = &template["Globals"]["Function"];
    assert_eq!((&shared["Runtime"], &shared["MemorySize"]), (&"provided.al2023".into(), &256.into()));
    assert_eq!(template["Parameters"]["ARCH"]["Default"], "arm64");
    let functions = functions(&template);
    assert_eq!(functions.len(), 7);
    let mut out = String::new();
    for (id, function) in functions {
        let name = id.strip_suffix("Function").unwrap();
        let small = name.to_lowercase();
        assert_eq!(function["Role"], format!("{name}Role.Arn"));
        assert_eq!(function["CodeUri"], format!("../dist/package/{small}.zip"));
        assert_eq!(function["FunctionName"], format!("countersign-${{Deployment}}-{small}"));
        assert_eq!(
            template["Resources"][format!("{name}Role")]["Properties"]["RoleName"],
            function["FunctionName"]
        );
        let logs = &template["Resources"][format!("{name}Logs")]["Properties"];
        assert_eq!(logs["LogGroupName"], format!("/aws/lambda/countersign-${{Deployment}}-{small}"));
        assert_eq!(logs["RetentionInDays"], "LogGroupDays");
        writeln!(out, "{small}, {} s", function["Timeout"]).unwrap();
        for variable in function["Environment"]["Variables"].as_object().unwrap().keys() {
            writeln!(out, "    {variable}").unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

/// E9: every function has a reservation of its own, agents' calls cannot take another's, and no queue's consumers are more
/// than its function may be; together they leave Lambda's 100 in an account of 1,000.
#[test]
fn every_function_has_concurrency_of_its_own() {
    let template = yaml("infra/template.yaml").unwrap();
    let default = |name: &str| template["Parameters"][name]["Default"].as_u64().unwrap();
    assert_eq!(template["Parameters"]["ReserveConcurrency"]["Default"], "on");
    let mut together = 0;
    for (id, function) in functions(&template) {
        let name = id.strip_suffix("Function").unwrap();
        let reserved = function["ReservedConcurrentExecutions"].as_array().unwrap();
        let parameter = format!("{name}Concurrency");
        assert_eq!((&reserved[0], &reserved[1]), (&"ReservesConcurrency".into(), &parameter.as_str().into()));
        together += default(&parameter);
        if let Some(mapping) = template["Resources"].get(format!("{name}Messages")) {
            let consumers = mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap();
            let least = template["Parameters"][&parameter]["MinValue"].as_u64().unwrap();
            assert!(least >= consumers, "{name}: a throttled consumer wears its messages out");
        }
    }
    let text = text("infra/template.yaml").unwrap();
    assert!(text.contains(&format!("By default {together} together")), "{together}");
    assert!(text.contains(&format!("must be at least {}", together + 100)) && together + 100 < 1_000);
    assert!(default("WaitsPerCaller") * 2 <= default("IntakeConcurrency"), "one caller's waits leave room");
}

/// Every route of the HTTP contract and the function behind it.
#[test]
fn routes_are_written_out() {
    let template = yaml("infra/template.yaml").unwrap();
    let mut lines: Vec<_> = resources(&template, "AWS::ApiGatewayV2::Route")
        .map(|(_, route)| &route["Properties"])
        .map(|route| {
            let target = route["Target"]
                .as_str()
                .unwrap()
                .trim_start_matches("integrations/${")
                .trim_end_matches("Integration}");
            format!("{:<9} {}", target.to_lowercase(), route["RouteKey"].as_str().unwrap())
        })
        .collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

/// A method that an address of intake does not know reaches intake, which answers 405: with a route for each method it would
/// reach callbacks by the default route, and be answered 404.
#[test]
fn every_method_reaches_the_function_of_its_address() {
    let template = yaml("infra/template.yaml").unwrap();
    let intake = resources(&template, "AWS::ApiGatewayV2::Route")
        .map(|(_, route)| &route["Properties"])
        .filter(|route| route["Target"].as_str().unwrap().contains("Intake"));
    let keys: Vec<&str> = intake.map(|route| route["RouteKey"].as_str().unwrap()).collect();
    assert!(keys.len() > 5 && keys.iter().all(|key| key.starts_with("ANY /")), "{keys:?}");
}

/// A key of one's own, and a bucket for access logs, reach everything that they are for, and nothing without being asked for.
#[test]
fn keys_and_access_logs_reach_everything() {
    let chosen = |found: &Value, condition: &str, parameter: &str, id: &str| {
        let all = found.as_array().unwrap_or_else(|| panic!("{id} takes no {parameter}"));
        assert_eq!((&all[0], &all[2]), (&condition.into(), &"AWS::NoValue".into()), "{id}");
        assert!(all[1].to_string().contains(&format!("\"{parameter}\"")), "{id}: {}", all[1]);
    };
    let state = yaml("infra/state.yaml").unwrap();
    for (id, table) in resources(&state, "AWS::DynamoDB::Table") {
        chosen(&table["Properties"]["SSESpecification"], "HasStorageKey", "StorageKey", id);
    }
    for (id, secret) in resources(&state, "AWS::SecretsManager::Secret") {
        chosen(&secret["Properties"]["KmsKeyId"], "HasStorageKey", "StorageKey", id);
    }
    for (id, bucket) in resources(&state, "AWS::S3::Bucket") {
        let logging = &bucket["Properties"]["LoggingConfiguration"];
        chosen(logging, "HasAccessLogBucket", "AccessLogBucket", id);
    }
    let template = yaml("infra/template.yaml").unwrap();
    assert_eq!(resources(&template, "AWS::Logs::LogGroup").count(), 8);
    for (id, group) in resources(&template, "AWS::Logs::LogGroup") {
        chosen(&group["Properties"]["KmsKeyId"], "HasLogGroupKey", "LogGroupKey", id);
    }
    for (template, name) in [(&state, "StorageKey"), (&state, "AccessLogBucket"), (&template, "LogGroupKey")]
    {
        assert_eq!(template["Parameters"][name]["Default"], "", "{name}");
    }
}
