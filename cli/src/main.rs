//! `countersign`: bundles, rules, verifying, pipelines.

use std::process::ExitCode;

use clap::Parser;
use countersign::Arguments;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    Arguments::parse().run().await
}
