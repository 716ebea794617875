//! Seeing and stopping what passes a gate.

use std::future::{Future, pending, poll_fn, ready};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use domain::Fault;
use testkit::{Gate, Moment};

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
}

impl Probe {
    pub fn gate(&self) -> Gate {
        let probe = self.clone();
        Gate::new(move |point, moment| {
            let mut inside = probe.0.lock().unwrap();
            let number = inside.passages.len();
            inside.passages.push((point, moment));
            match inside.strike.filter(|(at, _)| *at == number) {
                Some((_, Strike::Kill)) => Box::pin(pending()),
                Some((_, Strike::Fault)) => Box::pin(ready(Err(Fault::passing("the test says so")))),
                None if inside.held == Some(number) => Box::pin(probe.clone().wait(number)),
                None if inside.staggered => Box::pin(yielded()),
                None => Box::pin(ready(Ok(()))),
            }
        })
    }

    /// Forgets what passed and strikes no more.
    pub fn clear(&self) {
        *self.0.lock().unwrap() = Inside::default();
    }

    /// From here on, strikes at the passage with this number.
    pub fn strike(&self, at: usize, strike: Strike) {
        *self.0.lock().unwrap() = Inside { strike: Some((at, strike)), ..Inside::default() };
    }

    /// From here on every passage lets others go first.
    pub fn stagger(&self) {
        *self.0.lock().unwrap() = Inside { staggered: true, ..Inside::default() };
    }

    /// From here on, the passage with this number waits until [`Probe::release`].
    pub fn hold(&self, at: usize) {
        *self.0.lock().unwrap() = Inside { held: Some(at), ..Inside::default() };
    }

    pub fn release(&self) {
        self.0.lock().unwrap().held = None;
    }

    async fn wait(self, number: usize) -> Result<(), Fault> {
        poll_fn(
            |_| if self.0.lock().unwrap().held == Some(number) { Poll::Pending } else { Poll::Ready(Ok(())) },
        )
        .await
    }

    /// The points passed so far, each effect once.
    pub fn points(&self) -> Vec<&'static str> {
        let inside = self.0.lock().unwrap();
        inside
            .passages
            .iter()
            .filter(|(_, moment)| *moment == Moment::Before)
            .map(|(point, _)| *point)
            .collect()
    }

    /// Every passage so far.
    pub fn passages(&self) -> Vec<(&'static str, Moment)> {
        self.0.lock().unwrap().passages.clone()
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
