//! What the deployment's secret `chat` holds for Teams.

use std::fmt;

use channel::ChatSecret;
use domain::Fault;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::activity::is_guid;
use crate::assertion::Credential;
use crate::cloud::{Cloud, ServiceUrl};
use crate::settings::TeamsSettings;

/// Everything that a deployment says about its bot, for [`TeamsChannel::new`](crate::TeamsChannel::new).
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The bot as it is registered.
    pub settings: TeamsSettings,
    /// What it proves itself with.
    pub credential: Credential,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    app: String,
    tenant: String,
    cloud: StoredCloud,
    certificate: Option<String>,
    key: Option<String>,
    client_secret: Option<String>,
}

/// A cloud by its name, or with its addresses.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredCloud {
    Named(String),
    Addresses(Addresses),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Addresses {
    login: String,
    scope: String,
    issuer: String,
    metadata: String,
    service_url: String,
    service_hosts: Vec<String>,
}

impl Credentials {
    /// Reads the member `teams` of the secret; `None` when there is none.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it is not what `docs/channels/teams.md` describes; it repeats nothing of the secret.
    pub fn parse(secret: &ChatSecret) -> Result<Option<Self>, Fault> {
        let Some(stored) = secret.teams::<Stored>()? else { return Ok(None) };
        if !is_guid(&stored.app) || !is_guid(&stored.tenant) {
            return Err(wrong("`app` or `tenant` of Teams is not an id of Entra ID"));
        }
        let credential = match (stored.certificate, stored.key, stored.client_secret) {
            (Some(certificate), Some(key), None) => {
                Credential::certificate(&certificate, &SecretString::from(key))?
            }
            (None, None, Some(secret)) if !secret.trim().is_empty() => {
                Credential::secret(SecretString::from(secret.trim().to_owned()))
            }
            _ => return Err(wrong("Teams needs either `certificate` and `key`, or `client_secret`")),
        };
        let settings = TeamsSettings { app: stored.app, tenant: stored.tenant, cloud: cloud(stored.cloud)? };
        Ok(Some(Self { settings, credential }))
    }
}

/// The cloud, if its addresses can be used: the bot's token is sent there.
fn cloud(stored: StoredCloud) -> Result<Cloud, Fault> {
    let cloud = match stored {
        StoredCloud::Named(name) => {
            Cloud::named(&name).ok_or_else(|| wrong("`cloud` of Teams is no name of a cloud"))?
        }
        StoredCloud::Addresses(given) => Cloud {
            login: given.login.trim_end_matches('/').to_owned(),
            scope: given.scope,
            issuer: given.issuer,
            metadata: given.metadata,
            service_url: given.service_url,
            service_hosts: given.service_hosts,
        },
    };
    if !is_safe(&cloud.login) || !is_safe(&cloud.metadata) {
        return Err(wrong("an address of Teams' cloud is neither HTTPS nor on this machine"));
    }
    if cloud.scope.is_empty() || cloud.issuer.is_empty() {
        return Err(wrong("`scope` or `issuer` of Teams' cloud is empty"));
    }
    if ServiceUrl::allowed(&cloud.service_url, &cloud).is_none() {
        return Err(wrong("`service_url` of Teams' cloud is missing or its host is not in `service_hosts`"));
    }
    Ok(cloud)
}

fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let bare = url.username().is_empty() && url.password().is_none();
    let local = url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    bare && (url.scheme() == "https" || local)
}

fn wrong(what: impl fmt::Display) -> Fault {
    Fault::lasting(format!("the secret `chat`: {what}"))
}
