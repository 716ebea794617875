//! What a deployment says about its bot.

use crate::cloud::Cloud;

/// The bot as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamsSettings {
    /// The application (client) id of the bot.
    pub app: String,
    /// The organisation's tenant id.
    pub tenant: String,
    /// The cloud.
    pub cloud: Cloud,
}
