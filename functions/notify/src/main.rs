//! The notify function: from its queues to people.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::{Settings, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let notify = fn_notify::start(&settings).await?;
    let notify = &notify;
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| async move {
        notify.handle_event(&event.payload).await.map_err(Error::from)
    }))
    .await
}
