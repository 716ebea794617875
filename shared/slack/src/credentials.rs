//! What the deployment's secret for chat holds for Slack.

use domain::Fault;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::verify::SigningSecrets;

/// The bot token and the signing secrets of the app.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The bot token, for [`SlackChannel::new`](crate::SlackChannel::new).
    pub token: SecretString,
    /// The signing secrets, for [`verify`](crate::verify).
    pub signing: SigningSecrets,
}

#[derive(Deserialize)]
struct ChatSecret {
    slack: Option<SlackSecret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlackSecret {
    token: String,
    signing_secret: String,
    previous_signing_secret: Option<String>,
}

impl Credentials {
    /// Reads the secret's text: a JSON object whose member `slack` has `token`, `signing_secret` and, while that is being
    /// replaced, `previous_signing_secret`. `None` when there is no such member.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the text is something else or a value is empty; it repeats nothing of the text.
    pub fn parse(secret: &SecretString) -> Result<Option<Self>, Fault> {
        let wrong =
            || Fault::lasting("the chat secret's `slack` is not what docs/channels/slack.md describes");
        let text = secret.expose_secret().as_bytes();
        let read: ChatSecret = wire::json::parse_stored(text).map_err(|_| wrong())?;
        let Some(slack) = read.slack else { return Ok(None) };
        let previous = slack.previous_signing_secret.map(SecretString::from);
        let signing = SigningSecrets::new(&SecretString::from(slack.signing_secret), previous.as_ref());
        if slack.token.trim().is_empty() {
            return Err(wrong());
        }
        let token = SecretString::from(slack.token.trim().to_owned());
        Ok(Some(Self { token, signing: signing.map_err(|_| wrong())? }))
    }
}
