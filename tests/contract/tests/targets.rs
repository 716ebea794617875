//! Connectors and credentials on the emulator: looked at with a role that only looks, acted on with a session narrowed
//! to one plan.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::collections::BTreeMap;
use std::sync::Arc;

use bundle::{InForce, ReadBundles};
use connectors::{Aws, Command, Findings, Inspect, InspectError, Look, RunError, RunPlan, calls};
use contract::emulator::{allow, role_arn, root, s3, unique};
use credentials::{AssumeRole, Credentials, Session, Sts, narrowed};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use testkit::{Bundles, Gate, Publisher, sample_bundle};
use tokio::sync::OnceCell;
use wire::documents::Call;

const PLACE: (&str, &str) = ("000000000000", "us-east-1");

type Values = BTreeMap<String, String>;

static RULES: OnceCell<(InForce, Bundles)> = OnceCell::const_new();

/// The sample's rules in force, and the same staged once more.
async fn rules() -> (InForce, Bundles) {
    let (bundles, publisher) = (Bundles::new(Gate::open(), Arc::new(SystemClock)), Publisher::new());
    let sample = sample_bundle();
    publisher.publish(&bundles, &sample, SystemClock.now()).await.unwrap();
    let about = ("carol", Some("example"));
    bundle_build::stage(&bundles, publisher.signer(), &sample, about, SystemClock.now()).await.unwrap();
    (InForce::load(&bundles, &publisher.key(), None).await.unwrap(), bundles)
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Credentials of a new role that may do anything of these services, narrowed to this session policy.
async fn credentials(services: &[&str], policy: Option<&Value>) -> Credentials {
    let until = SystemClock.now().plus_seconds(300);
    let session = Session {
        role: role_arn(&allow(services, &["*"])).await,
        name: "countersign-act_contract".to_owned(),
        policy: policy.map(|policy| narrowed(&policy.to_string(), until).unwrap()),
        source_identity: policy.map(|_| "act_contract".to_owned()),
        tags: Vec::new(),
        seconds: 900,
    };
    Sts::new(aws_sdk_sts::Client::new(&root().await)).assume(&session).await.unwrap()
}

async fn look(connector: &str, values: &Values, credentials: &Credentials) -> Result<Findings, InspectError> {
    let (rules, _) = RULES.get_or_init(rules).await;
    let look = Look { connector, account: PLACE.0, region: PLACE.1, values, rules };
    Aws::new(root().await).inspect(&look, credentials).await
}

async fn run(calls: &[Call], attempt: &str, credentials: &Credentials) -> Result<Value, RunError> {
    let command = Command { account: PLACE.0, region: PLACE.1, calls, attempt };
    Aws::new(root().await).run(&command, credentials).await.map(|ran| ran.result)
}

fn refused(answer: Result<Value, RunError>) -> String {
    match answer {
        Err(RunError::NotDone { code, .. }) => code,
        other => panic!("not refused: {:?}", other.map_err(|error| error.to_string())),
    }
}

async fn buckets() -> (String, String) {
    use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
    let own = s3(&root().await);
    let (source, destination) = (unique("source"), unique("destination"));
    for bucket in [&source, &destination] {
        own.create_bucket().bucket(bucket).send().await.unwrap();
        let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        own.put_bucket_versioning().bucket(bucket).versioning_configuration(on).send().await.unwrap();
    }
    (source, destination)
}

/// D4, P11, P12: exactly the version that was looked at is copied, to exactly that key, or nothing is.
#[tokio::test]
async fn one_version_of_one_object() {
    let own = s3(&root().await);
    let (source, destination) = buckets().await;
    let put = async |body: &str| {
        let put = own.put_object().bucket(&source).key("2026/q3 (1).csv");
        put.body(body.as_bytes().to_vec().into()).send().await.unwrap();
    };
    put("first").await;
    let values = values(&[
        ("source_bucket", &source),
        ("source_key", "2026/q3 (1).csv"),
        ("destination_bucket", &destination),
        ("destination_key", "q3.csv"),
        ("resource_account", PLACE.0),
    ]);
    let looking = credentials(&["s3:ListBucketVersions"], None).await;
    let found = look("s3-export", &values, &looking).await.unwrap();
    assert_eq!(found.effects["source_size"], "5");
    assert!(found.effects["source_encryption"].starts_with("not seen"), "this role may not see headers");
    assert_eq!(found.pins["destination_state"], "absent");
    let planned = calls("s3-export", PLACE, &values, &found.pins).unwrap();
    let object = |bucket: &str, key: &str| format!("arn:aws:s3:::{bucket}/{key}");
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "s3:GetObjectVersion", "Resource": object(&source, "2026/q3 (1).csv") },
        { "Effect": "Allow", "Action": "s3:PutObject", "Resource": object(&destination, "q3.csv") },
    ] });
    let acting = credentials(&["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], Some(&policy)).await;

    for (name, value) in [("Key", "other.csv"), ("SourceKey", "other.csv"), ("CopySourceIfMatch", "0000")] {
        let mut other = planned.clone();
        other[0].input.insert(name.to_owned(), value.to_owned());
        let code = refused(run(&other, "a", &acting).await);
        assert!(matches!(code.as_str(), "AccessDenied" | "PreconditionFailed"), "{name}: {code}");
    }
    // What was put after the look is not what is copied.
    put("second").await;
    let result = run(&planned, "a", &acting).await.unwrap();
    assert_eq!(result["copied_version"], json!(found.pins["source_version"]));
    let copy = own.get_object().bucket(&destination).key("q3.csv").send().await.unwrap();
    assert_eq!(copy.body.collect().await.unwrap().into_bytes().as_ref(), b"first");

    let again = look("s3-export", &values, &looking).await;
    assert!(matches!(again, Err(InspectError::Cannot(why)) if why.contains("already")));
    let mut gone = values.clone();
    gone.insert("source_key".to_owned(), "2026/q3".to_owned());
    let none = look("s3-export", &gone, &looking).await;
    assert!(matches!(none, Err(InspectError::Cannot(why)) if why.contains("no object")));
    let blind = credentials(&["s3:GetObject"], None).await;
    let denied = look("s3-export", &values, &blind).await;
    assert!(matches!(denied, Err(InspectError::Cannot(why)) if why.contains("AccessDenied")));
}

/// A bucket without versions holds nothing fixed, so nothing is planned.
#[tokio::test]
async fn a_bucket_without_versions_is_refused() {
    let own = s3(&root().await);
    let (bucket, (_, destination)) = (unique("plain"), buckets().await);
    own.create_bucket().bucket(&bucket).send().await.unwrap();
    own.put_object().bucket(&bucket).key("k").body(b"x".to_vec().into()).send().await.unwrap();
    let values = values(&[
        ("source_bucket", &bucket),
        ("source_key", "k"),
        ("destination_bucket", &destination),
        ("destination_key", "k"),
    ]);
    let found = look("s3-export", &values, &credentials(&["s3:ListBucketVersions"], None).await).await;
    assert!(matches!(found, Err(InspectError::Cannot(why)) if why.contains("no versions")));
}

/// F9, P11: one attempt makes one version of a secret however often it is sent; another secret is refused.
#[tokio::test]
async fn a_secrets_new_value() {
    let own = aws_sdk_secretsmanager::Client::new(&root().await);
    let (name, other) = (unique("secret"), unique("other"));
    for secret in [&name, &other] {
        own.create_secret().name(secret).secret_string("before").send().await.unwrap();
    }
    let values = values(&[("secret", &name), ("value", "after")]);
    let looking = credentials(&["secretsmanager:DescribeSecret"], None).await;
    let found = look("secret-put-value", &values, &looking).await.unwrap();
    let policy = allow(&["secretsmanager:PutSecretValue"], &[&found.pins["secret_arn"]]);
    let acting = credentials(&["secretsmanager:PutSecretValue"], Some(&policy)).await;
    let planned = calls("secret-put-value", PLACE, &values, &found.pins).unwrap();
    let first = run(&planned, "attempt", &acting).await.unwrap();
    let second = run(&planned, "attempt", &acting).await.unwrap();
    assert_eq!(first["version"], second["version"]);
    let current = own.get_secret_value().secret_id(&name).send().await.unwrap();
    assert_eq!((current.secret_string(), current.version_id()), (Some("after"), first["version"].as_str()));
    let now = look("secret-put-value", &values, &looking).await.unwrap();
    assert_ne!(now.pins["current_version"], found.pins["current_version"], "the pin moves with the value");

    let arn = own.describe_secret().secret_id(&other).send().await.unwrap().arn.unwrap();
    let mut neighbour = planned;
    neighbour[0].input.insert("SecretId".to_owned(), arn);
    assert!(refused(run(&neighbour, "attempt", &acting).await).contains("AccessDenied"));
}

/// D4: a policy's default version and text are pinned; attaching is what the call says and nothing else.
#[tokio::test]
async fn a_role_and_a_policy() {
    let own = aws_sdk_iam::Client::new(&root().await);
    let role = role_arn(&allow(&["s3:ListAllMyBuckets"], &["*"])).await;
    let role_name = role.rsplit('/').next().unwrap();
    let document = allow(&["s3:GetObject"], &["arn:aws:s3:::reports/*"]).to_string();
    let create = own.create_policy().policy_name(unique("policy")).policy_document(&document);
    let policy = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    let values = values(&[("role", &role), ("role_name", role_name), ("policy", &policy)]);
    let looking = credentials(
        &["iam:GetRole", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListAttachedRolePolicies"],
        None,
    );
    let looking = looking.await;
    let found = look("iam-attach-role-policy", &values, &looking).await.unwrap();
    let canonical = wire::json::canonical(&wire::json::parse_value(document.as_bytes()).unwrap()).unwrap();
    assert_eq!(found.pins["policy_digest"], canonical.digest().to_string());
    assert_eq!(found.effects["attached"], "not yet attached");
    let narrowed_to_role = allow(&["iam:AttachRolePolicy"], &[&role]);
    let acting = credentials(&["iam:AttachRolePolicy"], Some(&narrowed_to_role));
    let acting = acting.await;
    let planned = calls("iam-attach-role-policy", PLACE, &values, &found.pins).unwrap();
    run(&planned, "a", &acting).await.unwrap();
    let found = look("iam-attach-role-policy", &values, &looking).await.unwrap();
    assert_eq!(found.effects["attached"], "already attached");
    let mut neighbour = planned;
    neighbour[0].input.insert("RoleName".to_owned(), "etl-nightly".to_owned());
    assert!(refused(run(&neighbour, "a", &acting).await).contains("AccessDenied"));
}

/// D4, P11: one published version; another, or the unpublished one, is refused. Needs the stack's demo function.
#[tokio::test]
async fn one_version_of_a_function() {
    let values =
        values(&[("function", "demo-retrain"), ("version", "1"), ("payload", "{\"model\":\"churn\"}")]);
    let looking =
        credentials(&["lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"], None).await;
    let found =
        look("lambda-invoke", &values, &looking).await.expect("the demo function: run `make up` first");
    assert!(!found.pins["code_sha256"].is_empty());
    let planned = calls("lambda-invoke", PLACE, &values, &found.pins).unwrap();
    let arn = planned[0].input["FunctionName"].clone();
    let policy = allow(&["lambda:InvokeFunction"], &[&arn]);
    let acting = credentials(&["lambda:InvokeFunction"], Some(&policy)).await;
    let result = run(&planned, "a", &acting).await.unwrap();
    assert_eq!(result["status_code"], json!(200));
    let mut neighbour = planned;
    let latest = arn.replace(":1", ":$LATEST");
    neighbour[0].input.insert("FunctionName".to_owned(), latest);
    assert!(refused(run(&neighbour, "a", &acting).await).contains("AccessDenied"));
    let mut unpublished = values.clone();
    unpublished.insert("version".to_owned(), "$LATEST".to_owned());
    let look = look("lambda-invoke", &unpublished, &looking).await;
    assert!(matches!(look, Err(InspectError::Request(_))));
}

/// D2, P10: staged rules are read in the version that is pinned, with what they name; what is missing or no manifest is
/// refused with a sentence.
#[tokio::test]
async fn staged_rules_are_read_and_judged() {
    let (_, bundles) = RULES.get_or_init(rules).await;
    let (own, (bucket, _)) = (s3(&root().await), buckets().await);
    let staged = "bundles/staged/example.json";
    let put = async |key: &str, bytes: Vec<u8>| {
        own.put_object().bucket(&bucket).key(key).body(bytes.into()).send().await.unwrap();
    };
    let of = async |key: &str| bundles.get(key).await.unwrap().unwrap().bytes;
    let values = values(&[
        ("source_bucket", &bucket),
        ("source_key", staged),
        ("destination_bucket", &bucket),
        ("destination_key", "bundles/00000000000000000002"),
    ]);
    let looking = credentials(&["s3:ListBucketVersions", "s3:GetObjectVersion", "s3:GetObject"], None).await;
    let refused = async || match look("bundle-publish", &values, &looking).await {
        Err(InspectError::Cannot(why)) => why,
        other => panic!("not refused: {other:?}"),
    };
    assert!(refused().await.contains("no object at the source"));
    put(staged, of(staged).await).await;
    assert!(refused().await.contains("is missing"));
    for key in bundles.keys().iter().filter(|key| key.starts_with("bundles/content/")) {
        put(key, of(key).await).await;
    }
    let found = look("bundle-publish", &values, &looking).await.unwrap();
    assert_eq!((found.effects["number"].as_str(), found.effects["changes"].as_str()), ("2", "nothing"));
    assert_eq!(found.pins["destination_state"], "absent");
    let planned = calls("bundle-publish", PLACE, &values, &found.pins).unwrap();
    assert_eq!(planned[0].input["SourceVersionId"], found.pins["source_version"]);
    put(staged, b"{}".to_vec()).await;
    assert!(refused().await.contains("no manifest for number 2"));
    let blind = credentials(&["s3:ListBucketVersions"], None).await;
    let denied = look("bundle-publish", &values, &blind).await;
    assert!(matches!(denied, Err(InspectError::Cannot(why)) if why.contains("AccessDenied")));
}

/// C14: an object under a key of KMS is seen at the plan by a role that may see headers, and refused in words; tags and metadata
/// do not travel.
#[tokio::test]
async fn only_content_travels_and_keys_are_seen() {
    use aws_sdk_s3::types::ServerSideEncryption;
    let own = s3(&root().await);
    let (source, destination) = buckets().await;
    let put = || own.put_object().bucket(&source).body(b"x".to_vec().into());
    put()
        .key("tagged")
        .tagging("team=a")
        .metadata("team", "a")
        .content_type("text/csv")
        .send()
        .await
        .unwrap();
    let key = aws_sdk_kms::Client::new(&root().await).create_key().send().await.unwrap();
    let key = key.key_metadata().unwrap().key_id().to_owned();
    let locked = put().key("locked").server_side_encryption(ServerSideEncryption::AwsKms);
    locked.ssekms_key_id(key).send().await.unwrap();
    let of = |key: &str| {
        values(&[
            ("source_bucket", &source),
            ("source_key", key),
            ("destination_bucket", &destination),
            ("destination_key", key),
        ])
    };
    let looking = credentials(&["s3:ListBucketVersions", "s3:GetObjectVersion"], None).await;
    let locked = look("s3-export", &of("locked"), &looking).await;
    assert!(matches!(&locked, Err(InspectError::Cannot(why)) if why.contains("KMS key")), "{locked:?}");
    let found = look("s3-export", &of("tagged"), &looking).await.unwrap();
    assert_eq!(found.effects["source_encryption"], "with S3's own keys");
    let planned = calls("s3-export", PLACE, &of("tagged"), &found.pins).unwrap();
    let acting = credentials(&["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], None).await;
    run(&planned, "a", &acting).await.unwrap();
    let tags = own.get_object_tagging().bucket(&destination).key("tagged").send().await.unwrap();
    assert!(tags.tag_set().is_empty(), "{tags:?}");
    let head = own.head_object().bucket(&destination).key("tagged").send().await.unwrap();
    assert!(head.metadata().is_none_or(std::collections::HashMap::is_empty), "{head:?}");
}
