//! A channel that keeps what it delivers.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::Fault;
use fn_notify::{Deliver, Notice};
use testkit::Gate;

/// A channel that keeps what it delivers.
#[derive(Clone)]
pub struct DeliveredNotices(Gate, Arc<Mutex<Vec<Notice>>>);

impl DeliveredNotices {
    /// Nothing told yet.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self(gate, Arc::default())
    }

    /// Everything delivered so far.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Deliver for DeliveredNotices {
    async fn deliver(&self, notice: &Notice) -> Result<(), Fault> {
        self.0.before("channel.post").await?;
        self.1.lock().unwrap_or_else(PoisonError::into_inner).push(notice.clone());
        self.0.after("channel.post").await
    }
}
