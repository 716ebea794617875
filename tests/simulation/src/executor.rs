//! Runs handlers side by side, one poll at a time in an order chance decides, and kills them where a gate says so.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use domain::Fault;
use testkit::{Gate, Moment};

use crate::chance::Chance;

/// What happens at one gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Pass,
    /// The call fails: before the effect it has not happened, after it only the answer is lost.
    Fail,
    /// The process dies here.
    Kill,
}

/// Decides the fate of every call and remembers what was passed.
#[derive(Clone)]
pub struct Fates(Arc<Mutex<Inner>>);

struct Inner {
    decide: Box<dyn FnMut(&'static str, Moment) -> Fate + Send>,
    quiet: bool,
    stale: usize,
    killed: bool,
    passed: Vec<(&'static str, Moment)>,
}

impl Fates {
    /// Nothing ever goes wrong.
    #[must_use]
    pub fn kind() -> Self {
        Self::new(|_, _| Fate::Pass)
    }

    /// Every gate asks this function, from [`Fates::begin`] on.
    #[must_use]
    pub fn new(decide: impl FnMut(&'static str, Moment) -> Fate + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            decide: Box::new(decide),
            quiet: true,
            stale: 0,
            killed: false,
            passed: Vec::new(),
        })))
    }

    /// The gate the doubles get. It lets the others go first once, so that handlers interleave at every call.
    #[must_use]
    pub fn gate(&self) -> Gate {
        let fates = self.clone();
        Gate::new(move |point, moment| {
            let fates = fates.clone();
            let mut asked = false;
            Box::pin(std::future::poll_fn(move |context| {
                if !asked {
                    asked = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                fates.meet(point, moment)
            }))
        })
    }

    fn meet(&self, point: &'static str, moment: Moment) -> Poll<Result<(), Fault>> {
        let Ok(mut inner) = self.0.lock() else { return Poll::Pending };
        if inner.quiet {
            return Poll::Ready(Ok(()));
        }
        inner.passed.push((point, moment));
        if moment == Moment::Before && inner.stale > 0 {
            inner.stale -= 1;
            return Poll::Ready(Err(Fault::passing(format!("{point}: the connection is gone"))));
        }
        match (inner.decide)(point, moment) {
            Fate::Pass => Poll::Ready(Ok(())),
            Fate::Fail => Poll::Ready(Err(Fault::passing(format!("{point} did not answer")))),
            Fate::Kill => {
                inner.killed = true;
                Poll::Pending
            }
        }
    }

    /// From now on gates are counted and asked about.
    pub fn begin(&self) {
        self.set_quiet(false);
    }

    /// From now on everything passes uncounted.
    pub fn end(&self) {
        self.set_quiet(true);
    }

    /// Like [`Fates::end`], for a moment; gives what [`Fates::resume`] needs.
    #[must_use]
    pub fn pause(&self) -> bool {
        let was = self.0.lock().is_ok_and(|inner| inner.quiet);
        self.end();
        was
    }

    /// Ends a pause.
    pub fn resume(&self, was: bool) {
        self.set_quiet(was);
    }

    fn set_quiet(&self, quiet: bool) {
        if let Ok(mut inner) = self.0.lock() {
            inner.quiet = quiet;
            inner.stale = 0;
        }
    }

    /// The next so many calls find their connections gone (F24).
    pub fn lose_connections(&self, calls: usize) {
        if let Ok(mut inner) = self.0.lock() {
            inner.stale = calls;
        }
    }

    /// Forgets the gates passed so far.
    pub fn forget(&self) {
        if let Ok(mut inner) = self.0.lock() {
            inner.passed.clear();
        }
    }

    /// Whether the poll that just ended killed its handler; asking forgets it.
    fn take_killed(&self) -> bool {
        self.0.lock().is_ok_and(|mut inner| std::mem::take(&mut inner.killed))
    }

    /// Every gate passed while they were counted.
    #[must_use]
    pub fn passed(&self) -> Vec<(&'static str, Moment)> {
        self.0.lock().map(|inner| inner.passed.clone()).unwrap_or_else(|_| Vec::new())
    }
}

/// A handler at work. Its output says what to do with what it was working on.
pub type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// How a task ended.
#[derive(Debug)]
pub enum End<T> {
    /// It answered.
    Answered(T),
    /// It was killed at a gate.
    Killed,
}

/// Handlers at work, by a name for each.
pub struct Executor<N, T> {
    tasks: Vec<(N, Task<T>)>,
}

impl<N, T> Default for Executor<N, T> {
    fn default() -> Self {
        Self { tasks: Vec::new() }
    }
}

impl<N, T> Executor<N, T> {
    /// Starts one.
    pub fn start(&mut self, name: N, task: Task<T>) {
        self.tasks.push((name, task));
    }

    /// How many are at work.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether this is so of the name of any at work.
    #[must_use]
    pub fn any(&self, is: impl Fn(&N) -> bool) -> bool {
        self.tasks.iter().any(|(name, _)| is(name))
    }

    /// Whether none is at work.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Drops those whose name this accepts, as if killed between two polls, and gives their names.
    pub fn cut(&mut self, cut: impl Fn(&N) -> bool) -> Vec<N> {
        let (gone, kept) = std::mem::take(&mut self.tasks).into_iter().partition(|(name, _)| cut(name));
        self.tasks = kept;
        let gone: Vec<(N, Task<T>)> = gone;
        gone.into_iter().map(|(name, _)| name).collect()
    }

    /// Polls one of them once; answers its name and end if that was its last poll.
    pub fn step(&mut self, chance: &Chance, fates: &Fates) -> Option<(N, End<T>)> {
        let index = chance.below(self.tasks.len());
        let (_, task) = self.tasks.get_mut(index)?;
        let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let killed = fates.take_killed();
        let end = match polled {
            Poll::Ready(answer) => End::Answered(answer),
            Poll::Pending if killed => End::Killed,
            Poll::Pending => return None,
        };
        let (name, _) = self.tasks.swap_remove(index);
        Some((name, end))
    }
}
