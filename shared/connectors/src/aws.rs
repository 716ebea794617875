//! Targets in AWS, each client made for one look or one command and its credentials.

mod iam;
mod inputs;
mod lambda;
mod rules;
mod s3;
mod secret;

use std::time::Duration;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use aws_sdk_s3::config::SharedCredentialsProvider;
use credentials::Credentials;

use crate::answer::not_done;
use crate::calls::account;
use crate::{Command, Findings, Inspect, InspectError, Look, Lost, ProbeAnswer, Ran, RunError, RunPlan};

/// How long a target may take to answer a command. Execution has two minutes for everything.
const CALL_TIMEOUT: Duration = Duration::from_secs(80);

/// AWS. The configuration gives endpoint, HTTP client and time-outs; never its credentials.
#[derive(Debug, Clone)]
pub struct Aws(SdkConfig);

impl Aws {
    /// AWS as this configuration reaches it.
    #[must_use]
    pub fn new(configuration: SdkConfig) -> Self {
        Self(configuration)
    }

    fn looking(&self, region: &str, credentials: &Credentials) -> SdkConfig {
        let provider = SharedCredentialsProvider::new(credentials.provider());
        self.0.to_builder().region(Region::new(region.to_owned())).credentials_provider(provider).build()
    }

    /// One attempt and no more: a repetition that meets its own effect would report a failure that never was.
    fn acting(&self, region: &str, credentials: &Credentials) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3))
            .operation_attempt_timeout(CALL_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        self.looking(region, credentials)
            .to_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .build()
    }
}

#[async_trait]
impl Inspect for Aws {
    async fn inspect(&self, look: &Look<'_>, credentials: &Credentials) -> Result<Findings, InspectError> {
        let configuration = self.looking(look.region, credentials);
        match look.connector {
            "s3-export" => {
                let destination = account(look.values, "destination_account");
                s3::inspect(&aws_sdk_s3::Client::new(&configuration), look, destination).await
            }
            "bundle-publish" => rules::inspect(&aws_sdk_s3::Client::new(&configuration), look).await,
            "iam-attach-role-policy" => iam::inspect(&aws_sdk_iam::Client::new(&configuration), look).await,
            "secret-put-value" => {
                secret::inspect(&aws_sdk_secretsmanager::Client::new(&configuration), look).await
            }
            "lambda-invoke" => lambda::inspect(&aws_sdk_lambda::Client::new(&configuration), look).await,
            other => Err(InspectError::Request(format!("there is no connector `{other}`"))),
        }
    }

    async fn probe(&self, lost: &Lost<'_>, credentials: &Credentials) -> Result<ProbeAnswer, InspectError> {
        let [call] = lost.plan.calls.as_slice() else { return Ok(ProbeAnswer::CannotTell) };
        let configuration = self.looking(lost.region, credentials);
        match (call.service.as_str(), call.operation.as_str()) {
            ("s3", "CopyObject") => s3::probe(&aws_sdk_s3::Client::new(&configuration), call).await,
            ("iam", "AttachRolePolicy") => {
                iam::probe(&aws_sdk_iam::Client::new(&configuration), call, lost.plan).await
            }
            ("secretsmanager", "PutSecretValue") => {
                secret::probe(&aws_sdk_secretsmanager::Client::new(&configuration), call, lost).await
            }
            _ => Ok(ProbeAnswer::CannotTell),
        }
    }
}

#[async_trait]
impl RunPlan for Aws {
    async fn run(&self, command: &Command<'_>, credentials: &Credentials) -> Result<Ran, RunError> {
        // With several calls a refusal of the second would prove nothing about the first.
        let [call] = command.calls else {
            return Err(not_done("plan-unknown", "the plan is not one call"));
        };
        let configuration = self.acting(command.region, credentials);
        match (call.service.as_str(), call.operation.as_str()) {
            ("s3", "CopyObject") => s3::copy(&aws_sdk_s3::Client::new(&configuration), call).await,
            ("iam", "AttachRolePolicy") => iam::attach(&aws_sdk_iam::Client::new(&configuration), call).await,
            ("secretsmanager", "PutSecretValue") => {
                let client = aws_sdk_secretsmanager::Client::new(&configuration);
                secret::put(&client, call, command.attempt).await
            }
            ("lambda", "Invoke") => lambda::invoke(&aws_sdk_lambda::Client::new(&configuration), call).await,
            _ => Err(not_done("plan-unknown", "the plan's call is not known")),
        }
    }
}
