//! Where a double can be stopped: before and after every effect.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::Fault;

/// What happens at a point.
pub type Passage = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>>;

/// A gate every double passes before and after each effect. The simulation delays, fails or never answers there; a
/// handler whose future is dropped at a gate was killed at that await.
#[derive(Clone)]
pub struct Gate(Arc<dyn Fn(&'static str, Moment) -> Passage + Send + Sync>);

/// On which side of the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has happened yet.
    Before,
    /// It has happened; only the answer is missing.
    After,
}

impl Gate {
    /// A gate that lets everything pass.
    #[must_use]
    pub fn open() -> Self {
        Self::new(|_, _| Box::pin(std::future::ready(Ok(()))))
    }

    /// A gate that asks this function.
    #[must_use]
    pub fn new(decide: impl Fn(&'static str, Moment) -> Passage + Send + Sync + 'static) -> Self {
        Self(Arc::new(decide))
    }

    /// Before the effect called `point`, e.g. `state.extend`.
    ///
    /// # Errors
    /// The fault the double answers with; the effect has not happened.
    pub async fn before(&self, point: &'static str) -> Result<(), Fault> {
        (self.0)(point, Moment::Before).await
    }

    /// After the effect.
    ///
    /// # Errors
    /// The fault the double answers with; the effect has happened all the same.
    pub async fn after(&self, point: &'static str) -> Result<(), Fault> {
        (self.0)(point, Moment::After).await
    }
}
