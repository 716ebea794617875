//! Builds the handler from the environment.

use std::sync::Arc;

use bundle::PublisherKey;
use bundle_s3::S3Bundles;
use channel::{Channel, ChatSecret};
use domain::Fault;
use lambda_runtime::Error;
use runtime::{ChannelQueues, Settings, SystemClock, SystemPause, SystemRandom, aws, secrets};
use store::Channels;

use crate::queues::queued;
use crate::{
    BundleDestinations, ConsoleChannel, HttpOnCall, Notify, SlackSender, TeamsSender, WebhookChannel,
};

/// Builds the handler over the AWS clients.
///
/// # Errors
/// The setting or secret that is missing or malformed; the function then does not start.
pub async fn start(settings: &Settings) -> Result<Notify, Error> {
    let configuration = aws::configuration().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&configuration);
    let s3 = aws_sdk_s3::Client::new(&configuration);
    let vault = aws_sdk_secretsmanager::Client::new(&configuration);
    let public_url = settings.text("PUBLIC_URL")?.trim_end_matches('/').to_owned();
    let secret = ChatSecret::parse(&secrets::text(&vault, settings.text("CHAT_SECRET")?).await?)?;
    let channels = Arc::new(store::ChannelsTable::new(dynamo.clone(), settings.text("CHANNELS_TABLE")?));
    let bundles = Arc::new(S3Bundles::new(s3.clone(), settings.text("BUNDLES_BUCKET")?.to_owned()));
    let publisher = PublisherKey::parse(settings.text("PUBLISHER_KEY")?)?;
    let on_call = HttpOnCall::new(secret.pagerduty(), is_local(&public_url))?;
    let queues = Arc::new(ChannelQueues::new(aws_sdk_sqs::Client::new(&configuration), settings, queued())?);
    let senders = senders(settings, &secret, &public_url, &(channels.clone() as Arc<dyn Channels>))?;
    Ok(Notify {
        state: Arc::new(store::StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?)),
        documents: Arc::new(store::DocumentsTable::new(dynamo, settings.text("DOCUMENTS_TABLE")?)),
        log: Arc::new(ledger::LogBucket::new(s3, settings.text("LOG_BUCKET")?)),
        channels: channels.clone(),
        copies: channels,
        destinations: Arc::new(BundleDestinations::new(bundles, publisher, Arc::new(on_call))),
        queues: queues.clone(),
        postpone: queues,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        senders,
        public_url,
    })
}

/// Whether this is the local stack, whose own machine may be called.
fn is_local(public_url: &str) -> bool {
    public_url.starts_with("http://127.0.0.1:")
}

/// The channels that this deployment has.
fn senders(
    settings: &Settings,
    secret: &ChatSecret,
    public_url: &str,
    channels: &Arc<dyn Channels>,
) -> Result<Vec<Arc<dyn Channel>>, Fault> {
    let mut senders: Vec<Arc<dyn Channel>> = Vec::new();
    if let Some(address) = settings.optional("CONSOLE_CHANNEL") {
        senders.push(Arc::new(ConsoleChannel::new(address)?));
    }
    if let Some(key) = secret.webhook() {
        senders.push(Arc::new(WebhookChannel::new(&key, Arc::new(SystemClock), is_local(public_url))?));
    }
    let (clock, pause) = (Arc::new(SystemClock), Arc::new(SystemPause));
    if let Some(credentials) = slack::Credentials::parse(secret)? {
        let sender = SlackSender::new(credentials, channels.clone(), clock.clone(), pause.clone())?;
        senders.push(Arc::new(sender));
    }
    if let Some(credentials) = teams::Credentials::parse(secret)? {
        let random = Arc::new(SystemRandom);
        senders.push(Arc::new(TeamsSender::new(credentials, channels.clone(), clock, pause, random)?));
    }
    Ok(senders)
}
