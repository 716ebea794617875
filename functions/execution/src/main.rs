//! The execution function: from the queue to the target, one at a time.

use std::sync::Arc;

use aws_sdk_dynamodb::Client as Dynamo;
use fn_execution::{Capabilities, Config, Execution};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Clock, Settings, SystemClock, SystemPause, SystemRandom, aws, sqs, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let execution = &Execution::new(capabilities(&settings).await?, Config::read(&settings)?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| async move {
        sqs::handle_batch(&event.payload, execution).await.map_err(Error::from)
    }))
    .await
}

async fn capabilities(settings: &Settings) -> Result<Capabilities, Error> {
    let sdk = aws::configuration().await?;
    let (dynamo, s3) = (Dynamo::new(&sdk), aws_sdk_s3::Client::new(&sdk));
    let state = store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?);
    let state = Arc::new(state.counting(settings.text("ACTIVITY_TABLE")?));
    let documents = Arc::new(store::DocumentsTable::new(dynamo.clone(), settings.text("DOCUMENTS_TABLE")?));
    let log = Arc::new(ledger::LogBucket::new(s3.clone(), settings.text("LOG_BUCKET")?));
    let (kms, deployment) = (aws_sdk_kms::Client::new(&sdk), settings.text("DEPLOYMENT")?);
    let targets = Arc::new(connectors::Aws::new(sdk.clone()));
    Ok(Capabilities {
        claim: state.clone(),
        activity: state.clone(),
        extend: state.clone(),
        state,
        document_writer: documents.clone(),
        documents,
        payloads: Arc::new(store::OpeningKey::new(kms, deployment, || SystemClock.now())),
        index: Arc::new(store::IndexTable::new(dynamo, settings.text("INDEX_TABLE")?)),
        claims: log.clone(),
        log,
        bundles: Arc::new(bundle_s3::S3Bundles::new(s3, settings.text("BUNDLES_BUCKET")?.to_owned())),
        assume: Arc::new(credentials::Sts::new(aws_sdk_sts::Client::new(&sdk))),
        inspect: targets.clone(),
        run: targets,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        pause: Arc::new(SystemPause),
    })
}
