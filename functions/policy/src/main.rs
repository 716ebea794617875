//! The policy function: from the queue to the decision.

use std::sync::Arc;

use bundle::PublisherKey;
use bundle_s3::S3Bundles;
use fn_policy::{Capabilities, Policy};
use identity::{HttpKeys, Issuers, Verifier};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Clock, Settings, SystemClock, aws, sqs, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let policy = build(&settings).await?;
    let policy = &policy;
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| async move {
        sqs::handle_batch(&event.payload, policy).await.map_err(Error::from)
    }))
    .await
}

async fn build(settings: &Settings) -> Result<Policy, Error> {
    let configuration = aws::configuration().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&configuration);
    let state = Arc::new(store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?));
    let documents = Arc::new(store::DocumentsTable::new(dynamo.clone(), settings.text("DOCUMENTS_TABLE")?));
    let deployment = settings.text("DEPLOYMENT")?;
    let kms = aws_sdk_kms::Client::new(&configuration);
    let s3 = aws_sdk_s3::Client::new(&configuration);
    let capabilities = Capabilities {
        state: state.clone(),
        extend: state,
        documents: documents.clone(),
        document_writer: documents,
        open: Arc::new(store::OpeningKey::new(kms, deployment, || SystemClock.now())),
        index: Arc::new(store::IndexTable::new(dynamo, settings.text("INDEX_TABLE")?)),
        bundles: Arc::new(S3Bundles::new(s3, settings.text("BUNDLES_BUCKET")?.to_owned())),
        assume: Arc::new(credentials::Sts::new(aws_sdk_sts::Client::new(&configuration))),
        inspect: Arc::new(connectors::Aws::new(configuration)),
        clock: Arc::new(SystemClock),
    };
    let verifier = Verifier::new(Issuers::parse(settings.text("ISSUERS")?)?, Arc::new(HttpKeys::new()?));
    Ok(Policy::new(capabilities, verifier, PublisherKey::parse(settings.text("PUBLISHER_KEY")?)?, deployment))
}
