//! Seeing and stopping what passes a gate.

use std::future::{Future, pending, poll_fn, ready};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use domain::Fault;

use crate::{Gate, Moment};

/// Remembers every passage, and strikes at one of them.
#[derive(Clone, Default)]
pub struct Probe(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    passages: Vec<(&'static str, Moment)>,
    strike: Option<(usize, Strike)>,
    staggered: bool,
    held: Option<usize>,
}

/// What happens at the chosen passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// It never ends: the process is killed there.
    Kill,
    /// A fault that may pass; before the effect it has not happened, after it it has.
    Fault,
    /// The same with a fault that lasts.
    Lasting,
}

impl Probe {
    /// A gate that asks this probe; all of its gates share one row of passages.
    #[must_use]
    pub fn gate(&self) -> Gate {
        let probe = self.clone();
        Gate::new(move |point, moment| {
            let mut inside = probe.inside();
            let number = inside.passages.len();
            inside.passages.push((point, moment));
            match inside.strike.filter(|(at, _)| *at == number) {
                Some((_, Strike::Kill)) => Box::pin(pending()),
                Some((_, Strike::Fault)) => Box::pin(ready(Err(Fault::passing("the test says so")))),
                Some((_, Strike::Lasting)) => Box::pin(ready(Err(Fault::lasting("the test says so")))),
                None if inside.held == Some(number) => Box::pin(probe.clone().wait(number)),
                None if inside.staggered => Box::pin(yielded()),
                None => Box::pin(ready(Ok(()))),
            }
        })
    }

    /// Forgets what passed and strikes no more.
    pub fn clear(&self) {
        *self.inside() = Inside::default();
    }

    /// From here on, strikes at the passage with this number.
    pub fn strike(&self, at: usize, strike: Strike) {
        *self.inside() = Inside { strike: Some((at, strike)), ..Inside::default() };
    }

    /// From here on every passage lets others go first.
    pub fn stagger(&self) {
        *self.inside() = Inside { staggered: true, ..Inside::default() };
    }

    /// From here on, the passage with this number waits until [`Probe::release`].
    pub fn hold(&self, at: usize) {
        *self.inside() = Inside { held: Some(at), ..Inside::default() };
    }

    /// Lets go what [`Probe::hold`] keeps.
    pub fn release(&self) {
        self.inside().held = None;
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait(self, number: usize) -> Result<(), Fault> {
        poll_fn(|_| if self.inside().held == Some(number) { Poll::Pending } else { Poll::Ready(Ok(())) })
            .await
    }

    /// The points passed so far, each effect once.
    #[must_use]
    pub fn points(&self) -> Vec<&'static str> {
        let inside = self.inside();
        inside
            .passages
            .iter()
            .filter(|(_, moment)| *moment == Moment::Before)
            .map(|(point, _)| *point)
            .collect()
    }

    /// Every passage so far.
    #[must_use]
    pub fn passages(&self) -> Vec<(&'static str, Moment)> {
        self.inside().passages.clone()
    }
}

/// Runs it until it ends or would wait for ever; then it is dropped, as a killed process drops it.
pub async fn killed<T>(run: impl Future<Output = T>) -> Option<T> {
    let mut run = pin!(run);
    poll_fn(|context| {
        Poll::Ready(match run.as_mut().poll(context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        })
    })
    .await
}

async fn yielded() -> Result<(), Fault> {
    let mut seen = false;
    poll_fn(|context| {
        if std::mem::replace(&mut seen, true) {
            return Poll::Ready(Ok(()));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}
