//! The notify function: from the queue to people.

use std::sync::Arc;

use fn_notify::{ConsoleChannel, Deliver, NoChannel, Notify};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Settings, aws, sqs, telemetry};

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
    let deliver: Arc<dyn Deliver> = match settings.optional("CONSOLE_CHANNEL") {
        Some(address) => Arc::new(ConsoleChannel::new(address)?),
        None => Arc::new(NoChannel),
    };
    Ok(Notify {
        state: Arc::new(store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?)),
        documents: Arc::new(store::DocumentsTable::new(dynamo.clone(), settings.text("DOCUMENTS_TABLE")?)),
        log: Arc::new(ledger::LogBucket::new(s3, settings.text("LOG_BUCKET")?)),
        channels: Arc::new(store::ChannelsTable::new(dynamo, settings.text("CHANNELS_TABLE")?)),
        deliver,
        public_url: settings.text("PUBLIC_URL")?.trim_end_matches('/').to_owned(),
    })
}
