//! Slack's route: signature, single use, account; then the press as every platform's.

mod account;
mod answer;
mod answered;
mod linking;
mod route;
mod told;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use channel::DeliveryError;
use domain::Fault;
use slack::{Credentials, Home, SigningSecrets, SlackChannel, User, View};

use crate::chat::request::within;

pub(crate) use route::post_slack;

/// How long one call may take: a look-up, a modal and the commit fit into the three seconds that Slack waits.
const LONGEST: Duration = Duration::from_secs(1);

/// What this function does at Slack: it looks up who pressed, and opens a modal for whoever has just pressed. It sends no message.
#[async_trait]
pub trait SlackPlatform: Send + Sync {
    /// The account, looked up now.
    ///
    /// # Errors
    /// [`DeliveryError`]; whoever cannot be looked up is refused.
    async fn user(&self, id: &str) -> Result<User, DeliveryError>;

    /// Opens a modal with the trigger of a press.
    ///
    /// # Errors
    /// [`DeliveryError`].
    async fn open_view(&self, trigger: &str, view: &View) -> Result<(), DeliveryError>;
}

#[async_trait]
impl SlackPlatform for SlackChannel {
    async fn user(&self, id: &str) -> Result<User, DeliveryError> {
        Self::user(self, id).await
    }

    async fn open_view(&self, trigger: &str, view: &View) -> Result<(), DeliveryError> {
        Self::open_view(self, trigger, view).await
    }
}

/// The deployment's Slack app.
pub struct SlackApp {
    /// The secrets with which Slack signs.
    pub signing: SigningSecrets,
    /// The app's id.
    pub app: String,
    /// Which accounts belong to the organisation.
    pub home: Home,
    /// Slack itself.
    pub platform: Arc<dyn SlackPlatform>,
}

impl SlackApp {
    /// The app that the deployment's secret describes.
    ///
    /// # Errors
    /// A lasting [`Fault`] when address or token cannot be used.
    pub fn new(credentials: Credentials) -> Result<Self, Fault> {
        let Credentials { token, signing, app, home, api } = credentials;
        Ok(Self { signing, app, home, platform: Arc::new(SlackChannel::new(&api, token)?) })
    }

    /// The account as Slack knows it now; no answer within a second is none.
    async fn looked_up(&self, id: &str) -> Result<User, DeliveryError> {
        within("slack", LONGEST, self.platform.user(id)).await
    }

    /// Whether the modal was opened.
    async fn shows(&self, trigger: Option<&str>, view: &View) -> bool {
        let Some(trigger) = trigger else { return false };
        match within("slack", LONGEST, self.platform.open_view(trigger, view)).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "a modal was not opened");
                false
            }
        }
    }
}
