//! The emulator: throwaway tables, buckets, keys and roles, made with its root key.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client as Dynamo;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use aws_sdk_s3::types::{
    DefaultRetention, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule,
};
use credentials::{AssumeRole, Session, Sts};
use domain::Digest;
use ledger::LogBucket;
use runtime::{Clock, SystemClock};
use store::{
    AttributeValue, Attributes, ChannelsTable, DocumentsTable, IndexTable, LimitsTable, OpeningKey,
    SealingKey, StateTable,
};

use crate::{Kit, PastWrites};

/// The deployment's name in encryption contexts.
pub const DEPLOYMENT: &str = "contract";

/// The emulator's address: `COUNTERSIGN_EMULATOR`, else this machine at `GATEWAY_PORT`, else at 4566.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a test asks where the emulator is")]
pub fn endpoint() -> String {
    let port = || std::env::var("GATEWAY_PORT").unwrap_or_else(|_| "4566".to_owned());
    std::env::var("COUNTERSIGN_EMULATOR").unwrap_or_else(|_| format!("http://127.0.0.1:{}", port()))
}

/// The SDK's configuration with the root key.
pub async fn root() -> SdkConfig {
    with(Credentials::new("test", "test", None, None, "root")).await
}

/// The SDK's configuration with these credentials.
///
/// # Panics
/// When no emulator answers.
pub async fn with(credentials: Credentials) -> SdkConfig {
    let endpoint = endpoint();
    let address = endpoint.trim_start_matches("http://").trim_end_matches('/');
    if tokio::net::TcpStream::connect(address).await.is_err() {
        panic!("no emulator answers at {endpoint}: run `make up` first");
    }
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(60)).build();
    aws_config::defaults(aws_config::BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(aws_config::Region::new("us-east-1"))
        .credentials_provider(credentials)
        .timeout_config(timeouts)
        .load()
        .await
}

/// A name nobody else uses: tests run at the same time, and again on the same emulator.
#[must_use]
pub fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    format!("contract-{what}-{}-{}-{count}", SystemClock.now().millis(), std::process::id())
}

/// Empty tables and a new key on the emulator.
pub async fn kit() -> Kit {
    let config = root().await;
    let (dynamo, kms) = (Dynamo::new(&config), aws_sdk_kms::Client::new(&config));
    let state = state_table(&dynamo).await;
    let documents = table(&dynamo, "documents", &["digest"]).await;
    let index = table(&dynamo, "index", &["pk", "sk"]).await;
    let channels = table(&dynamo, "channels", &["pk", "sk"]).await;
    let channels = ChannelsTable::new(dynamo.clone(), channels);
    let activity = table(&dynamo, "activity", &["history"]).await;
    let counting = StateTable::new(dynamo.clone(), &state).counting(activity);
    let limits = LimitsTable::new(dynamo.clone(), table(&dynamo, "limits", &["id"]).await);
    let key = payload_key(&kms).await;
    let documents_table = DocumentsTable::new(dynamo.clone(), &documents);
    let index = IndexTable::new(dynamo.clone(), index);
    Kit {
        activity: Arc::new(counting.clone()),
        state: Arc::new(counting),
        documents: Arc::new(documents_table.clone()),
        document_writer: Arc::new(documents_table),
        index: Arc::new(index.clone()),
        record: Arc::new(index),
        channels: Arc::new(channels.clone()),
        copies: Arc::new(channels),
        limits: Arc::new(limits.clone()),
        bodies: Arc::new(limits),
        seal: Arc::new(SealingKey::new(kms.clone(), key, DEPLOYMENT, || SystemClock.now())),
        open: Arc::new(OpeningKey::new(kms, DEPLOYMENT, || SystemClock.now())),
        log: Arc::new(LogBucket::new(s3(&config), locked_bucket(&config).await)),
        clock: Arc::new(SystemClock),
        behind: Arc::new(BehindTables { dynamo, state, documents }),
    }
}

/// An S3 client that addresses buckets by path, as the emulator wants it.
#[must_use]
pub fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// A new bucket under COMPLIANCE for one day by default.
///
/// # Panics
/// When the emulator makes none.
pub async fn locked_bucket(config: &SdkConfig) -> String {
    let (s3, name) = (s3(config), unique("log"));
    s3.create_bucket().bucket(&name).object_lock_enabled_for_bucket(true).send().await.unwrap();
    let default = DefaultRetention::builder().mode(ObjectLockRetentionMode::Compliance).days(1).build();
    let lock = ObjectLockConfiguration::builder()
        .object_lock_enabled(ObjectLockEnabled::Enabled)
        .rule(ObjectLockRule::builder().default_retention(default).build())
        .build();
    let put = s3.put_object_lock_configuration().bucket(&name).object_lock_configuration(lock);
    put.send().await.unwrap();
    name
}

/// A new role that may do what this policy says, and that the account's root may assume, name and tag.
///
/// # Panics
/// When the emulator makes none.
pub async fn role_arn(policy: &serde_json::Value) -> String {
    let name = unique("role");
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Action":["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"],
        "Principal":{"AWS":"arn:aws:iam::000000000000:root"}}]}"#;
    let iam = aws_sdk_iam::Client::new(&root().await);
    let role = iam.create_role().role_name(&name).assume_role_policy_document(trust).send().await.unwrap();
    let put = iam.put_role_policy().role_name(&name).policy_name("may").policy_document(policy.to_string());
    put.send().await.unwrap();
    role.role.unwrap().arn
}

/// The SDK's configuration with a session of a new role that may do what this policy says.
///
/// # Panics
/// When the emulator mints none.
pub async fn role(policy: &serde_json::Value) -> SdkConfig {
    let session = Session {
        role: role_arn(policy).await,
        name: "contract".to_owned(),
        policy: None,
        source_identity: None,
        tags: Vec::new(),
        seconds: 900,
    };
    let sts = Sts::new(aws_sdk_sts::Client::new(&root().await));
    with(sts.assume(&session).await.unwrap().provider()).await
}

/// A policy that allows these actions on these resources.
#[must_use]
pub fn allow(actions: &[&str], resources: &[&str]) -> serde_json::Value {
    let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
    serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// A new key for payloads.
///
/// # Panics
/// When the emulator makes none.
pub async fn payload_key(kms: &aws_sdk_kms::Client) -> String {
    let made = kms.create_key().send().await.unwrap();
    made.key_metadata.unwrap().arn.unwrap()
}

struct BehindTables {
    dynamo: Dynamo,
    state: String,
    documents: String,
}

#[async_trait]
impl PastWrites for BehindTables {
    async fn state_item(&self, key: &str) -> Option<Attributes> {
        let get = self.dynamo.get_item().table_name(&self.state).consistent_read(true);
        let key = aws_sdk_dynamodb::types::AttributeValue::S(key.to_owned());
        let item = get.key("id", key).send().await.unwrap().item?;
        Some(item.into_iter().map(|(name, value)| (name, value.into())).collect())
    }

    async fn forge_item(&self, key: &str, mut attributes: Attributes) {
        attributes.insert("id".to_owned(), AttributeValue::S(key.to_owned()));
        put(&self.dynamo, &self.state, attributes).await;
    }

    async fn forge_document(&self, digest: Digest, body: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let document = [("digest".to_owned(), text(&digest.to_string())), ("body".to_owned(), text(body))];
        put(&self.dynamo, &self.documents, Attributes::from(document)).await;
    }

    fn state_table(&self) -> &str {
        &self.state
    }
}

async fn put(dynamo: &Dynamo, table: &str, attributes: Attributes) {
    let item = attributes.into_iter().map(|(name, value)| (name, value.into())).collect();
    dynamo.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

async fn table(dynamo: &Dynamo, what: &str, keys: &[&str]) -> String {
    let name = unique(what);
    let create = dynamo
        .create_table()
        .table_name(&name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(keys)))
        .set_attribute_definitions(Some(
            keys.iter().map(|key| attribute(key, ScalarAttributeType::S)).collect(),
        ));
    create.send().await.unwrap();
    name
}

async fn state_table(dynamo: &Dynamo) -> String {
    let name = unique("state");
    let due = GlobalSecondaryIndex::builder()
        .index_name("due")
        .set_key_schema(Some(schema(&["due_shard", "due"])))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .unwrap();
    let create = dynamo
        .create_table()
        .table_name(&name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(&["id"])))
        .attribute_definitions(attribute("id", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_shard", ScalarAttributeType::S))
        .attribute_definitions(attribute("due", ScalarAttributeType::N))
        .global_secondary_indexes(due);
    create.send().await.unwrap();
    name
}

fn schema(keys: &[&str]) -> Vec<KeySchemaElement> {
    let types = [KeyType::Hash, KeyType::Range];
    let element = |(key, kind): (&&str, KeyType)| {
        KeySchemaElement::builder().attribute_name(*key).key_type(kind).build()
    };
    keys.iter().zip(types).map(|pair| element(pair).unwrap()).collect()
}

fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
}
