//! The ledger function: from the table's stream to the log.

use std::sync::Arc;

use fn_ledger::{Capabilities, Config, Ledger, stream};
use identity::{HttpKeys, Issuers, PublicKey, Verifier};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Settings, SqsQueues, SystemClock, aws, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let ledger = &build(&settings).await?;
    ledger.check_retention().await?;
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| async move {
        ledger.handle(&stream::read(&event.payload)?).await.map_err(Error::from)
    }))
    .await
}

async fn build(settings: &Settings) -> Result<Ledger, Error> {
    let sdk = aws::configuration().await?;
    let (dynamo, s3) = (aws_sdk_dynamodb::Client::new(&sdk), aws_sdk_s3::Client::new(&sdk));
    let log = Arc::new(ledger::LogBucket::new(s3.clone(), settings.text("LOG_BUCKET")?));
    let index = Arc::new(store::IndexTable::new(dynamo.clone(), settings.text("INDEX_TABLE")?));
    let issuers = Issuers::parse(settings.text("ISSUERS")?)?;
    let capabilities = Capabilities {
        append: log.clone(),
        log,
        state: Arc::new(store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?)),
        documents: Arc::new(store::DocumentsTable::new(dynamo, settings.text("DOCUMENTS_TABLE")?)),
        index: index.clone(),
        indexing: index,
        queues: Arc::new(SqsQueues::new(aws_sdk_sqs::Client::new(&sdk), settings)?),
        bundles: Arc::new(bundle_s3::S3Bundles::new(s3, settings.text("BUNDLES_BUCKET")?.to_owned())),
        verifier: Arc::new(Verifier::new(issuers, Arc::new(HttpKeys::new()?))),
        clock: Arc::new(SystemClock),
    };
    let config = Config {
        deployment: settings.text("DEPLOYMENT")?.to_owned(),
        verdict_key: PublicKey::parse(settings.text("VERDICT_PUBLIC_KEY")?)?,
        pages_client: settings.text("PAGES_CLIENT")?.to_owned(),
        publisher: bundle::PublisherKey::parse(settings.text("PUBLISHER_KEY")?)?,
        retention_days: settings.parsed("LOG_RETENTION_DAYS", "a number of days")?,
        announced_formats: settings.list("ANNOUNCED_FORMATS"),
    };
    Ok(Ledger::new(capabilities, config))
}
