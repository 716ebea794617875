//! The console channel of the local stack: a line with the sentence and the link.

use std::time::Duration;

use async_trait::async_trait;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::Fault;
use serde_json::json;

const NAME: &str = "console";

/// POSTs each message as JSON to one configured address.
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

fn passing(code: String) -> DeliveryError {
    DeliveryError::Passing { channel: NAME, code, retry_after: 0 }
}

#[async_trait]
impl Channel for ConsoleChannel {
    fn name(&self) -> &'static str {
        NAME
    }

    /// There is one address, so `to` says nothing. Whatever is answered but success may pass: somebody can mend the address.
    async fn send(&self, _to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let about = &message.about;
        let body = json!({ "audience": about.audience, "text": about.words, "link": message.link });
        let sent = self.http.post(&self.address).json(&body).send().await;
        let answer = sent.map_err(|error| passing(format!("no answer: {}", error.without_url())))?;
        match answer.status().is_success() {
            true => Ok(Copy { conversation: String::new(), message: message.key.clone() }),
            false => Err(passing(format!("answered {}", answer.status().as_u16()))),
        }
    }

    async fn update(&self, _copy: &Copy, _message: &Message) -> Result<bool, DeliveryError> {
        Ok(false)
    }
}
