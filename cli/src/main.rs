//! `countersign`: bundles, rules, verifying, pipelines.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    countersign::run(std::env::args_os()).await
}
