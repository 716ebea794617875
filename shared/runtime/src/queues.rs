//! Sending to the queues.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::Fault;
use wire::json;
use wire::message::Message;

use crate::settings::{Settings, SettingsError};
use crate::{HandOut, PostponeMessage, Queue, SendMessage, aws};

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
        send(&self.client, self.url(queue), message).await
    }
}

/// The queues that notify reads: its first one, from the ledger, one for each channel that can delay others, and one for what
/// waits for the end of a group's quiet hours.
#[derive(Debug, Clone)]
pub struct ChannelQueues {
    client: Client,
    first: String,
    others: Vec<(&'static str, String)>,
}

impl ChannelQueues {
    /// The queue of what waits for the end of quiet hours.
    pub const QUIET: &'static str = "quiet";

    /// The queues that `NOTIFY_QUEUE`, `NOTIFY_QUIET_QUEUE` and, for each of these channels, e.g. `NOTIFY_SLACK_QUEUE` name.
    ///
    /// # Errors
    /// [`SettingsError`] when one is missing.
    pub fn new(
        client: Client,
        settings: &Settings,
        channels: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, SettingsError> {
        let url = |name: &'static str| {
            let setting = format!("NOTIFY_{}_QUEUE", name.to_uppercase());
            Ok((name, settings.text(&setting)?.to_owned()))
        };
        let others = channels.into_iter().chain([Self::QUIET]).map(url);
        let others = others.collect::<Result<_, SettingsError>>()?;
        Ok(Self { client, first: settings.text("NOTIFY_QUEUE")?.to_owned(), others })
    }

    fn url(&self, channel: &str) -> Result<&str, Fault> {
        let found = self.others.iter().find(|(name, _)| *name == channel);
        found.map(|(_, url)| url.as_str()).ok_or_else(|| Fault::lasting("the channel has no queue"))
    }
}

#[async_trait]
impl HandOut for ChannelQueues {
    async fn hand_out(&self, channel: &str, message: &Message) -> Result<(), Fault> {
        send(&self.client, self.url(channel)?, message).await
    }
}

#[async_trait]
impl PostponeMessage for ChannelQueues {
    async fn postpone(&self, channel: Option<&str>, receipt: &str, seconds: u32) -> Result<(), Fault> {
        let url = channel.map_or(Ok(self.first.as_str()), |channel| self.url(channel))?;
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let change = self.client.change_message_visibility().queue_url(url).receipt_handle(receipt);
        let sent = change.visibility_timeout(seconds).send().await;
        sent.map(drop).map_err(|error| aws::fault("postponing a message", &error))
    }
}

async fn send(client: &Client, url: &str, message: &Message) -> Result<(), Fault> {
    let body = json::canonical(message)
        .map_err(|error| Fault::lasting(format!("the message has no JSON form: {error}")))?;
    let sending = client.send_message().queue_url(url).message_body(body.into_string());
    sending.send().await.map(drop).map_err(|error| aws::fault("sending a message", &error))
}
