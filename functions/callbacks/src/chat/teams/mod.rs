//! Teams' route: token, account; then the press as every platform's.

mod account;
mod answer;
mod linking;
mod route;

use std::sync::Arc;

use async_trait::async_trait;
use channel::DeliveryError;
use domain::Fault;
use identity::FetchKeys;
use runtime::{Clock, Random};
use teams::{BotKeys, Credentials, Member, Presser, TeamsChannel, TeamsSettings};

pub(crate) use route::post_teams;

/// What this function does at Teams: it looks up who pressed. It sends no message.
#[async_trait]
pub trait TeamsPlatform: Send + Sync {
    /// The account, looked up now among the members of the conversation in which it pressed.
    ///
    /// # Errors
    /// [`DeliveryError`]; whoever cannot be looked up is refused.
    async fn member(&self, presser: &Presser) -> Result<Member, DeliveryError>;
}

#[async_trait]
impl TeamsPlatform for TeamsChannel {
    async fn member(&self, presser: &Presser) -> Result<Member, DeliveryError> {
        Self::member(self, presser).await
    }
}

/// The deployment's bot in Teams.
pub struct TeamsApp {
    /// The bot as it is registered.
    pub settings: TeamsSettings,
    /// The keys with which requests are signed.
    pub keys: BotKeys,
    /// Teams itself.
    pub platform: Arc<dyn TeamsPlatform>,
}

impl TeamsApp {
    /// The bot that the deployment's secret describes.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the credential cannot be used.
    pub fn new(
        credentials: Credentials,
        keys: Arc<dyn FetchKeys>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Fault> {
        let Credentials { settings, credential } = credentials;
        let keys = BotKeys::new(&settings, keys);
        let platform = Arc::new(TeamsChannel::new(settings.clone(), credential, clock, random)?);
        Ok(Self { settings, keys, platform })
    }
}
