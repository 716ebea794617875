//! The callbacks function.

use lambda_http::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let settings = runtime::Settings::from_environment();
    runtime::telemetry::start(&settings);
    let callbacks = fn_callbacks::start(&settings).await?;
    lambda_http::run(fn_callbacks::router(callbacks)).await
}
