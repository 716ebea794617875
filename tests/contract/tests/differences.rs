//! Where the emulator differs from AWS. Each test holds a difference that something of ours works round: when one fails,
//! the difference is gone, and so should the workaround be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's steps fail loudly"
)]

use aws_sdk_dynamodb::Client as Dynamo;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeySpec, KeyUsageType, MessageType, SigningAlgorithmSpec};
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{BucketVersioningStatus, ObjectLockMode, VersioningConfiguration};
use contract::emulator::{allow, kit, locked_bucket, role, role_arn, root, s3, unique};
use serde_json::json;

fn bytes(text: &str) -> ByteStream {
    ByteStream::from(text.as_bytes().to_vec())
}

/// F12: our own check refuses such durations.
#[tokio::test]
async fn sts_accepts_a_duration_below_its_minimum() {
    let role = role_arn(&allow(&["s3:GetObject"], &["*"])).await;
    let sts = aws_sdk_sts::Client::new(&root().await);
    for seconds in [60, 40_000] {
        let assume = sts.assume_role().role_arn(&role).role_session_name("brief");
        assert!(assume.duration_seconds(seconds).send().await.is_ok(), "{seconds} seconds");
    }
}

/// Our own signer refuses longer messages.
#[tokio::test]
async fn kms_signs_messages_over_its_limit() {
    let kms = aws_sdk_kms::Client::new(&root().await);
    let create = kms.create_key().key_spec(KeySpec::EccNistEdwards25519).key_usage(KeyUsageType::SignVerify);
    let key = create.send().await.unwrap().key_metadata.unwrap().key_id;
    let sign = kms.sign().key_id(key).message(Blob::new(vec![0; 4097])).message_type(MessageType::Raw);
    assert!(sign.signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512).send().await.is_ok());
}

/// Retention comes from the bucket's default alone; that no role may put one is tested as text of the template.
#[tokio::test]
async fn retention_headers_need_no_permission_and_may_lie_in_the_past() {
    let bucket = locked_bucket(&root().await).await;
    let may = allow(&["s3:PutObject"], &[&format!("arn:aws:s3:::{bucket}/*")]);
    let writer = s3(&role(&may).await);
    for until in [4_000_000_000, 1_000_000_000] {
        let put = writer.put_object().bucket(&bucket).key(until.to_string()).body(bytes("x"));
        let put = put.object_lock_mode(ObjectLockMode::Governance);
        assert!(
            put.object_lock_retain_until_date(DateTime::from_secs(until)).send().await.is_ok(),
            "{until}"
        );
    }
}

/// Functions have `list` where absence means something, and only 404 is absence.
#[tokio::test]
async fn a_missing_key_is_404_without_the_permission_to_list() {
    let bucket = locked_bucket(&root().await).await;
    let reader = s3(&role(&allow(&["s3:GetObject"], &[&format!("arn:aws:s3:::{bucket}/*")])).await);
    let read = reader.get_object().bucket(&bucket).key("missing").send().await.unwrap_err();
    assert_eq!(read.raw_response().map(|response| response.status().as_u16()), Some(404));
}

/// Nobody of ours may change a bucket's versioning; tested as text of the template.
#[tokio::test]
async fn versioning_of_a_locked_bucket_can_be_suspended() {
    let root = root().await;
    let bucket = locked_bucket(&root).await;
    let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    let put = s3(&root).put_bucket_versioning().bucket(&bucket).versioning_configuration(suspended);
    assert!(put.send().await.is_ok());
}

/// The bucket policy that refuses every other put is a parameter that the local stack switches off.
#[tokio::test]
async fn a_create_only_bucket_policy_refuses_every_put() {
    let bucket = locked_bucket(&root().await).await;
    let deny = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
        "Condition": { "Null": { "s3:if-none-match": "true" } } }] });
    let writer = s3(&role(&allow(&["s3:PutObject"], &[&format!("arn:aws:s3:::{bucket}/*")])).await);
    let put = |key| writer.put_object().bucket(&bucket).key(key).body(bytes("x")).if_none_match("*").send();
    assert!(put("before").await.is_ok());
    let policy = s3(&root().await);
    policy.put_bucket_policy().bucket(&bucket).policy(deny.to_string()).send().await.unwrap();
    assert!(put("after").await.is_err());
}

/// Both are sent all the same; the source is pinned by version and ETag, which are enforced.
#[tokio::test]
async fn a_copy_overwrites_what_it_was_told_not_to() {
    let root = root().await;
    let (s3, bucket) = (s3(&root), locked_bucket(&root).await);
    let put = |key| s3.put_object().bucket(&bucket).key(key).body(bytes(key)).send();
    let source = put("source").await.unwrap();
    put("destination").await.unwrap();
    let copy = || s3.copy_object().bucket(&bucket).key("destination").copy_source(format!("{bucket}/source"));
    assert!(copy().if_none_match("*").send().await.is_ok(), "If-None-Match on the destination");
    let owner = copy().expected_bucket_owner("111111111111").send().await;
    assert!(owner.is_ok(), "x-amz-expected-bucket-owner");
    let tag = source.e_tag.unwrap();
    assert!(copy().copy_source_if_match(&tag).send().await.is_ok());
    assert!(copy().copy_source_if_match("\"another\"").send().await.is_err(), "the pin holds");
}

/// So session policies never name it.
#[tokio::test]
async fn the_version_of_an_object_is_no_condition() {
    let root = root().await;
    let (own, bucket) = (s3(&root), locked_bucket(&root).await);
    let put = own.put_object().bucket(&bucket).key("pinned").body(bytes("x")).send().await.unwrap();
    let version = put.version_id.unwrap();
    let mut may = allow(&["s3:GetObjectVersion"], &[&format!("arn:aws:s3:::{bucket}/*")]);
    may["Statement"][0]["Condition"] = json!({ "StringEquals": { "s3:VersionId": version } });
    let reader = s3(&role(&may).await);
    let read = reader.get_object().bucket(&bucket).key("pinned").version_id(&version).send().await;
    assert!(read.is_err(), "AWS allows exactly this");
}

/// Separation is between tables, not rows.
#[tokio::test]
async fn a_condition_on_leading_keys_is_not_evaluated() {
    let condition = json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["another"] } });
    let (state, scenario) = under_condition("dynamodb:GetItem", condition).await;
    let read = store::ReadState::item(&state, scenario.item.id()).await;
    assert_eq!(read, Ok(Some(scenario.item.clone())), "AWS refuses exactly this");
}

/// Payloads are sealed by the client, because no table permission can tell putting from reading.
#[tokio::test]
async fn the_return_values_of_a_write_are_no_condition() {
    let condition = json!({ "StringEquals": { "dynamodb:ReturnValues": "ALL_NEW" } });
    let (state, scenario) = under_condition("dynamodb:UpdateItem", condition).await;
    let requeued = store::DueState::requeue(&state, scenario.item.id(), scenario.now).await;
    assert!(requeued.is_err(), "AWS allows exactly this");
}

async fn under_condition(
    action: &str,
    condition: serde_json::Value,
) -> (store::StateTable, testkit::Scenario) {
    let kit = kit().await;
    let mut scenario = testkit::Scenario::new("conditions");
    scenario.propose();
    kit.state.create(&scenario.item).await.unwrap();
    let table = kit.behind.state_table();
    let mut may = allow(&[action], &[&format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}")]);
    may["Statement"][0]["Condition"] = condition;
    (store::StateTable::new(Dynamo::new(&role(&may).await), table), scenario)
}

/// Redriving is receiving and sending here.
#[tokio::test]
async fn messages_cannot_be_moved_back_from_a_dead_letter_queue() {
    let sqs = aws_sdk_sqs::Client::new(&root().await);
    let arn = format!("arn:aws:sqs:us-east-1:000000000000:{}", unique("dead"));
    let name = arn.rsplit(':').next().unwrap().to_owned();
    sqs.create_queue().queue_name(name).send().await.unwrap();
    assert!(sqs.start_message_move_task().source_arn(arn).send().await.is_err());
}
