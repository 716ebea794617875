//! The sweep function: once a minute.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use fn_sweep::Sweep;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Settings, SystemClock, aws, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let sweep = build(&settings).await?;
    let sweep = &sweep;
    run(service_fn(move |_: LambdaEvent<serde_json::Value>| async move {
        sweep.run().await.map(|_| ()).map_err(Error::from)
    }))
    .await
}

async fn build(settings: &Settings) -> Result<Sweep, Error> {
    let configuration = aws::configuration().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&configuration);
    let state = Arc::new(store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?));
    let log = ledger::LogBucket::new(aws_sdk_s3::Client::new(&configuration), settings.text("LOG_BUCKET")?);
    let log = Arc::new(log);
    let kms = aws_sdk_kms::Client::new(&configuration);
    Ok(Sweep {
        due: state.clone(),
        state,
        index: Arc::new(store::IndexTable::new(dynamo, settings.text("INDEX_TABLE")?)),
        log: log.clone(),
        checkpoints: log,
        signer: Arc::new(identity::KmsSigner::new(kms, settings.text("CHECKPOINT_KEY")?)),
        clock: Arc::new(SystemClock),
        deployment: settings.text("DEPLOYMENT")?.to_owned(),
        checkpointed: AtomicU64::new(0),
    })
}
