//! Sending to the three queues.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::Fault;
use wire::json;
use wire::message::Message;

use crate::settings::{Settings, SettingsError};
use crate::{PostponeMessage, Queue, SendMessage, aws};

/// The queues behind their URLs.
#[derive(Debug, Clone)]
pub struct SqsQueues {
    client: Client,
    policy: String,
    notify: String,
    execution: String,
}

impl SqsQueues {
    /// The queues that `POLICY_QUEUE`, `NOTIFY_QUEUE` and `EXECUTION_QUEUE` name.
    ///
    /// # Errors
    /// [`SettingsError`] when one is missing.
    pub fn new(client: Client, settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            client,
            policy: settings.text("POLICY_QUEUE")?.to_owned(),
            notify: settings.text("NOTIFY_QUEUE")?.to_owned(),
            execution: settings.text("EXECUTION_QUEUE")?.to_owned(),
        })
    }

    fn url(&self, queue: Queue) -> &str {
        match queue {
            Queue::Policy => &self.policy,
            Queue::Notify => &self.notify,
            Queue::Execution => &self.execution,
        }
    }
}

#[async_trait]
impl SendMessage for SqsQueues {
    async fn send(&self, queue: Queue, message: &Message) -> Result<(), Fault> {
        let body = json::canonical(message)
            .map_err(|error| Fault::lasting(format!("the message has no JSON form: {error}")))?;
        let sending = self.client.send_message().queue_url(self.url(queue)).message_body(body.into_string());
        sending.send().await.map(drop).map_err(|error| aws::fault("sending a message", &error))
    }
}

/// The queue that a function reads.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue with this URL.
    #[must_use]
    pub fn new(client: Client, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl PostponeMessage for SqsQueue {
    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Fault> {
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let change = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
        let sent = change.visibility_timeout(seconds).send().await;
        sent.map(drop).map_err(|error| aws::fault("postponing a message", &error))
    }
}
