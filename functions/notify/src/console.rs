//! The console channel of the local stack: a line with the sentence and the link.

use std::time::Duration;

use async_trait::async_trait;
use domain::Fault;

use crate::{Deliver, Notice};

/// POSTs each notice as JSON to one configured address.
pub struct ConsoleChannel {
    http: reqwest::Client,
    address: String,
}

impl ConsoleChannel {
    /// The channel at this address: no redirects, no proxy, five seconds.
    ///
    /// # Errors
    /// A lasting [`Fault`] when no HTTP client can be made.
    pub fn new(address: &str) -> Result<Self, Fault> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| Fault::lasting(format!("no HTTP client: {error}")))?;
        Ok(Self { http, address: address.to_owned() })
    }
}

#[async_trait]
impl Deliver for ConsoleChannel {
    async fn deliver(&self, notice: &Notice) -> Result<(), Fault> {
        let sent = self.http.post(&self.address).json(&notice.body()).send().await;
        let answer = sent.map_err(|error| Fault::passing(format!("the channel does not answer: {error}")))?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(Fault::passing(format!("the channel answered {}", answer.status()))),
        }
    }
}

/// No channel is configured: nothing is ever delivered. Each message comes again and ends in the dead-letter queue, from
/// where it can be sent once there is a channel; the inbox shows everything all the same.
pub struct NoChannel;

#[async_trait]
impl Deliver for NoChannel {
    async fn deliver(&self, notice: &Notice) -> Result<(), Fault> {
        tracing::error!(
            alarm = true,
            kind = notice.kind,
            link = notice.link,
            "no channel is configured; nobody was told"
        );
        Err(Fault::passing("no channel is configured"))
    }
}
