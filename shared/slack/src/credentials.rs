//! What the deployment's secret `chat` holds for Slack.

use channel::ChatSecret;
use domain::Fault;
use secrecy::SecretString;
use serde::Deserialize;

use crate::account::Home;
use crate::address::is_id;
use crate::client::SLACK_API;
use crate::transport::is_safe;
use crate::verify::SigningSecrets;

/// Everything that a deployment says about its app.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The bot token, for [`SlackChannel::new`](crate::SlackChannel::new).
    pub token: SecretString,
    /// The signing secrets, for [`verify`](crate::verify).
    pub signing: SigningSecrets,
    /// The app's id (`A…`), for [`read`](crate::read).
    pub app: String,
    /// Which accounts belong to the organisation, for [`judge`](crate::judge).
    pub home: Home,
    /// The address of the Web API: [`SLACK_API`], or another that is HTTPS or on this machine.
    pub api: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    token: String,
    signing_secret: String,
    previous_signing_secret: Option<String>,
    app: String,
    workspace: String,
    organisation: Option<String>,
    api: Option<String>,
}

impl Credentials {
    /// Reads the member `slack` of the secret; `None` when there is none.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it is not what `docs/channels/slack.md` describes; it repeats nothing of the secret.
    pub fn parse(secret: &ChatSecret) -> Result<Option<Self>, Fault> {
        let Some(stored) = secret.slack::<Stored>()? else { return Ok(None) };
        let wrong = |what: &str| Fault::lasting(format!("the secret `chat`: {what}"));
        let previous = stored.previous_signing_secret.map(SecretString::from);
        let signing = SigningSecrets::new(&SecretString::from(stored.signing_secret), previous.as_ref());
        let signing = signing.map_err(|_| wrong("a signing secret of Slack is empty"))?;
        if stored.token.trim().is_empty() {
            return Err(wrong("the token of Slack is empty"));
        }
        if !is_id(&stored.app, &['A']) {
            return Err(wrong("`app` of Slack is not the id of an app"));
        }
        if !is_id(&stored.workspace, &['T']) {
            return Err(wrong("`workspace` of Slack is not the id of a workspace"));
        }
        if stored.organisation.as_ref().is_some_and(|id| !is_id(id, &['E'])) {
            return Err(wrong("`organisation` of Slack is not the id of an organisation"));
        }
        let api = stored.api.unwrap_or_else(|| SLACK_API.to_owned());
        if !is_safe(&api) {
            return Err(wrong("`api` of Slack is neither HTTPS nor on this machine"));
        }
        Ok(Some(Self {
            token: SecretString::from(stored.token.trim().to_owned()),
            signing,
            app: stored.app,
            home: Home { team: Some(stored.workspace), enterprise: stored.organisation },
            api,
        }))
    }
}
