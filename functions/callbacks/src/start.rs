//! Builds the handlers from the environment.

use std::sync::Arc;

use bundle::PublisherKey;
use bundle_s3::S3Bundles;
use channel::ChatSecret;
use identity::{HttpKeys, Issuers, KmsSigner, Verifier};
use runtime::{Settings, SystemClock, SystemRandom, secrets};
use secrecy::ExposeSecret;
use store::{ChannelsTable, DocumentsTable, IndexTable, LinkedAccounts, StateTable};

use crate::app::{Callbacks, Capabilities, Config};
use crate::chat::{SlackApp, TeamsApp};
use crate::directory::BundleDirectory;
use crate::sign_in::{HttpProvider, ProviderClient};

/// Builds the handlers over the AWS clients.
///
/// # Errors
/// The setting or secret that is missing or malformed; the function then does not start.
pub async fn start(settings: &Settings) -> Result<Callbacks, lambda_http::Error> {
    let aws = runtime::aws::configuration().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&aws);
    let vault = aws_sdk_secretsmanager::Client::new(&aws);
    let issuers = Issuers::parse(settings.text("ISSUERS")?)?;
    let config = Config {
        deployment: settings.text("DEPLOYMENT")?.to_owned(),
        public_url: settings.text("PUBLIC_URL")?.trim_end_matches('/').to_owned(),
        pages_client: settings.text("PAGES_CLIENT")?.to_owned(),
        log_bucket: settings.text("LOG_BUCKET")?.to_owned(),
        verdict_key: settings.parsed("VERDICT_PUBLIC_KEY", "the base64 of 32 bytes")?,
    };
    let http = HttpKeys::new()?;
    let secret = secrets::text(&vault, settings.text("CLIENT_SECRET")?).await?;
    let redirect_uri = format!("{}/signin/return", config.public_url);
    let client = ProviderClient { id: config.pages_client.clone(), secret, redirect_uri };
    let provider = HttpProvider::new(http.clone(), issuers.people().clone(), client);
    let cookie_key = secrets::key(&vault, settings.text("COOKIE_SECRET")?).await?;
    let chat = ChatSecret::parse(&secrets::text(&vault, settings.text("CHAT_SECRET")?).await?)?;
    let slack = slack::Credentials::parse(&chat)?.map(SlackApp::new).transpose()?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let teams = teams::Credentials::parse(&chat)?
        .map(|bot| TeamsApp::new(bot, Arc::new(http.clone()), clock.clone(), random.clone()))
        .transpose()?;
    let bundles = S3Bundles::new(aws_sdk_s3::Client::new(&aws), settings.text("BUNDLES_BUCKET")?.to_owned());
    let publisher = PublisherKey::parse(settings.text("PUBLISHER_KEY")?)?;
    let state = Arc::new(StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?));
    let documents = Arc::new(DocumentsTable::new(dynamo.clone(), settings.text("DOCUMENTS_TABLE")?));
    let index = Arc::new(IndexTable::new(dynamo.clone(), settings.text("INDEX_TABLE")?));
    let accounts = Arc::new(LinkedAccounts::new(state.clone(), index.clone()));
    let signer = KmsSigner::new(aws_sdk_kms::Client::new(&aws), settings.text("VERDICT_KEY")?);
    let channels = Arc::new(ChannelsTable::new(dynamo.clone(), settings.text("CHANNELS_TABLE")?));
    let parts = Capabilities {
        state: state.clone(),
        extend: state.clone(),
        suspend: state.clone(),
        attempts: state,
        documents: documents.clone(),
        document_writer: documents,
        index,
        channels: channels.clone(),
        undelivered: channels,
        accounts: accounts.clone(),
        account_writer: accounts,
        slack: slack.map(Arc::new),
        teams: teams.map(Arc::new),
        directory: Arc::new(BundleDirectory::new(Arc::new(bundles), publisher)),
        verifier: Arc::new(Verifier::new(issuers, Arc::new(http))),
        provider: Arc::new(provider),
        signer: Arc::new(signer),
        clock,
        random,
    };
    Ok(Callbacks::new(config, cookie_key.expose_secret(), parts)?)
}
