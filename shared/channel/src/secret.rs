//! The deployment's secret `chat`: one JSON object with a member for each channel that needs credentials.

use std::fmt;

use domain::Fault;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::json;

/// The secret, its members not read yet. Each channel's crate reads its own; a member of any other name is refused here,
/// so that a misspelt one never looks like a channel that is not configured.
pub struct ChatSecret(Members);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    webhook: Option<String>,
    pagerduty: Option<String>,
    slack: Option<Value>,
    teams: Option<Value>,
}

impl ChatSecret {
    /// Reads the text of the secret; `{}` is a deployment without such channels.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it is no JSON object or has a member of another name; it repeats nothing of the text.
    pub fn parse(text: &SecretString) -> Result<Self, Fault> {
        let members = json::parse(text.expose_secret().as_bytes());
        members.map(Self).map_err(|_| {
            Fault::lasting("the secret `chat` is not a JSON object with `webhook`, `pagerduty`, `slack` and `teams` alone")
        })
    }

    /// The key that signs webhooks, `whsec_…`.
    #[must_use]
    pub fn webhook(&self) -> Option<SecretString> {
        self.0.webhook.clone().map(SecretString::from)
    }

    /// The API token by which PagerDuty is asked who is on call.
    #[must_use]
    pub fn pagerduty(&self) -> Option<SecretString> {
        self.0.pagerduty.clone().map(SecretString::from)
    }

    /// The member `slack`, as the channel's crate describes it.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it has another shape; it repeats nothing of the secret.
    pub fn slack<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        read(self.0.slack.as_ref(), "slack")
    }

    /// The member `teams`, as the channel's crate describes it.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it has another shape; it repeats nothing of the secret.
    pub fn teams<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        read(self.0.teams.as_ref(), "teams")
    }
}

fn read<T: DeserializeOwned>(member: Option<&Value>, name: &str) -> Result<Option<T>, Fault> {
    let read = member.cloned().map(json::from_value).transpose();
    read.map_err(|_| {
        Fault::lasting(format!("the secret `chat`: `{name}` is not what docs/channels/{name}.md describes"))
    })
}

impl fmt::Debug for ChatSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatSecret(..)")
    }
}
