//! The notify function: from the queue to people.

use std::sync::Arc;

use bundle::PublisherKey;
use bundle_s3::S3Bundles;
use channel::Channel;
use fn_notify::{BundleDestinations, ConsoleChannel, Notify};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Settings, SqsQueue, SystemClock, aws, sqs, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let notify = build(&settings).await?;
    let notify = &notify;
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| async move {
        sqs::handle_batch(&event.payload, notify).await.map_err(Error::from)
    }))
    .await
}

async fn build(settings: &Settings) -> Result<Notify, Error> {
    let configuration = aws::configuration().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&configuration);
    let s3 = aws_sdk_s3::Client::new(&configuration);
    let mut senders: Vec<Arc<dyn Channel>> = Vec::new();
    if let Some(address) = settings.optional("CONSOLE_CHANNEL") {
        senders.push(Arc::new(ConsoleChannel::new(address)?));
    }
    let channels = Arc::new(store::ChannelsTable::new(dynamo.clone(), settings.text("CHANNELS_TABLE")?));
    let bundles = Arc::new(S3Bundles::new(s3.clone(), settings.text("BUNDLES_BUCKET")?.to_owned()));
    let publisher = PublisherKey::parse(settings.text("PUBLISHER_KEY")?)?;
    let queue = SqsQueue::new(aws_sdk_sqs::Client::new(&configuration), settings.text("NOTIFY_QUEUE")?);
    Ok(Notify {
        state: Arc::new(store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?)),
        documents: Arc::new(store::DocumentsTable::new(dynamo, settings.text("DOCUMENTS_TABLE")?)),
        log: Arc::new(ledger::LogBucket::new(s3, settings.text("LOG_BUCKET")?)),
        channels: channels.clone(),
        copies: channels,
        destinations: Arc::new(BundleDestinations::new(bundles, publisher)),
        postpone: Arc::new(queue),
        clock: Arc::new(SystemClock),
        senders,
        public_url: settings.text("PUBLIC_URL")?.trim_end_matches('/').to_owned(),
    })
}
