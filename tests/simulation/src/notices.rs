//! A channel that keeps what it delivers.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::Fault;
use testkit::Gate;

/// A channel that keeps what it delivers.
#[derive(Clone)]
pub struct DeliveredMessages(Gate, Arc<Mutex<Vec<Message>>>);

impl DeliveredMessages {
    /// Nothing told yet.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self(gate, Arc::default())
    }

    /// Everything delivered so far.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn passing(_: Fault) -> DeliveryError {
    DeliveryError::Passing { channel: "console", code: "no answer".to_owned(), retry_after: 0 }
}

#[async_trait]
impl Channel for DeliveredMessages {
    fn name(&self) -> &'static str {
        "console"
    }

    fn has_cards(&self) -> bool {
        true
    }

    async fn send(&self, _: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        self.0.before("channel.post").await.map_err(passing)?;
        self.1.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        self.0.after("channel.post").await.map_err(passing)?;
        Ok(Copy { conversation: String::new(), message: message.key.clone() })
    }

    async fn update(&self, _: &Copy, _: &Message) -> Result<bool, DeliveryError> {
        self.0.before("channel.update").await.map_err(passing)?;
        Ok(true)
    }
}
