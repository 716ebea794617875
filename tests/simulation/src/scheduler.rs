//! What is at work and what may happen next: deliveries once and twice, late and out of order, steps of people, sweeps.

mod deliveries;

use std::rc::Rc;

use domain::{Fault, Timestamp};
use runtime::{Clock, Queue};
use wire::message::Message;

use crate::chance::Chance;
use crate::deployment::SimulatedDeployment;
use crate::executor::{End, Executor, Fates};
use crate::oracle::{Broken, Oracle};
use crate::people::{self, PersonStep, Reply};
use crate::processes::{Function, Processes};

/// After so many seconds the platform ends a call.
const TIME_OUT: i64 = 60;
/// After so many receipts a queue puts a message aside.
const RECEIPTS: u32 = 5;

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Records of the stream, for ledger; the shard's own delivery, or one that comes again.
    Stream {
        /** First. */
        from: usize,
        /** One past the last. */
        to: usize,
        /** The shard's own. */
        own: bool,
    },
    /// A message, for the function behind its queue.
    Message(Parcel),
    /// What a person or an agent does.
    Step(PersonStep),
    /// One run of sweep.
    Sweep,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its queue.
    pub queue: Queue,
    /// What it says.
    pub message: Message,
    /// How often it was received.
    pub receipts: u32,
}

impl Work {
    fn function(&self) -> Function {
        match self {
            Self::Stream { .. } => Function::Ledger,
            Self::Message(parcel) => parcel.queue.into(),
            Self::Step(PersonStep::Propose { .. } | PersonStep::Cancel { .. }) => Function::Intake,
            Self::Step(
                PersonStep::Suspend { .. }
                | PersonStep::Page { .. }
                | PersonStep::Change { .. }
                | PersonStep::Api { .. },
            ) => Function::Callbacks,
            Self::Sweep => Function::Sweep,
        }
    }
}

/// How a piece of work ended.
pub enum WorkAnswer {
    /// A handler's own result.
    Handled(Result<(), Fault>),
    /// An HTTP answer.
    Replied(Reply),
}

/// The deployment and everything at work in it.
pub struct Scheduler {
    /// The deployment.
    pub deployment: Rc<SimulatedDeployment>,
    /// All choices.
    pub chance: Chance,
    /// What must hold.
    pub oracle: Oracle,
    /// What happened, line by line.
    pub trace: Vec<String>,
    /// Messages on their way.
    pub parcels: Vec<Parcel>,
    /// Messages that are held up for days (F4), and those that were put aside after too many receipts (F20).
    pub late: Vec<Parcel>,
    throttled: Option<(Function, Timestamp)>,
    executor: Executor<(Work, Timestamp), WorkAnswer>,
    processes: Processes,
    acknowledged: usize,
    failed: bool,
}

impl Scheduler {
    /// Nothing at work yet; gates begin to count.
    #[must_use]
    pub fn new(seed: u64, deployment: SimulatedDeployment) -> Self {
        deployment.fates.begin();
        Self {
            deployment: Rc::new(deployment),
            chance: Chance::new(seed),
            oracle: Oracle::default(),
            trace: Vec::new(),
            parcels: Vec::new(),
            late: Vec::new(),
            throttled: None,
            executor: Executor::default(),
            processes: Processes::default(),
            acknowledged: 0,
            failed: false,
        }
    }

    /// The gates.
    #[must_use]
    pub fn fates(&self) -> &Fates {
        &self.deployment.fates
    }

    /// Whether nothing is at work.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.executor.is_empty()
    }

    /// Starts a piece of work, unless its function is throttled.
    pub fn start(&mut self, work: Work) {
        if self.is_throttled(work.function()) {
            return;
        }
        self.note(format!("start {work:?}"));
        let deployment = self.deployment.clone();
        let task: crate::executor::Task<WorkAnswer> = match work.clone() {
            Work::Stream { from, to, .. } => {
                let ledger = self.processes.ledger(&deployment);
                let records = self.records(from, to);
                Box::pin(async move { WorkAnswer::Handled(ledger.handle(&records).await) })
            }
            Work::Message(parcel) => {
                let handler = self.processes.behind(parcel.queue, &deployment);
                Box::pin(async move { WorkAnswer::Handled(handler.handle(&parcel.message).await) })
            }
            Work::Sweep => {
                let sweep = self.processes.sweep(&deployment);
                Box::pin(async move { WorkAnswer::Handled(sweep.run().await.map(drop)) })
            }
            Work::Step(step) => self.step_of(step),
        };
        self.executor.start((work, self.deployment.clock.now()), task);
    }

    fn step_of(&mut self, step: PersonStep) -> crate::executor::Task<WorkAnswer> {
        let deployment = self.deployment.clone();
        match step {
            PersonStep::Propose { kind, key, other } => {
                let intake = self.processes.intake(&deployment);
                self.oracle.expect(deployment.action(&key), kind);
                let body = kind.body(other);
                Box::pin(
                    async move { WorkAnswer::Replied(people::propose(deployment, intake, key, body).await) },
                )
            }
            PersonStep::Cancel { key } => {
                let (intake, id) = (self.processes.intake(&deployment), deployment.action(&key));
                Box::pin(async move { WorkAnswer::Replied(people::cancel(deployment, intake, id).await) })
            }
            PersonStep::Suspend { person, jobs } => {
                let callbacks = self.processes.callbacks(&deployment);
                Box::pin(async move {
                    WorkAnswer::Replied(people::suspend(deployment, callbacks, person, jobs).await)
                })
            }
            PersonStep::Page { person, key, approve } => {
                let (callbacks, id) = (self.processes.callbacks(&deployment), deployment.action(&key));
                Box::pin(async move {
                    WorkAnswer::Replied(people::by_page(deployment, callbacks, person, id, approve).await)
                })
            }
            PersonStep::Change { person, key } => {
                let (callbacks, id) = (self.processes.callbacks(&deployment), deployment.action(&key));
                Box::pin(async move {
                    WorkAnswer::Replied(people::change(deployment, callbacks, person, id).await)
                })
            }
            PersonStep::Api { person, key, approve } => {
                let (callbacks, id) = (self.processes.callbacks(&deployment), deployment.action(&key));
                Box::pin(async move {
                    WorkAnswer::Replied(people::by_api(deployment, callbacks, person, id, approve).await)
                })
            }
        }
    }

    fn records(&self, from: usize, to: usize) -> Vec<fn_ledger::StreamRecord> {
        let taken = self.deployment.states.stream_from(from).into_iter().take(to.saturating_sub(from));
        let record = |record: testkit::WrittenImage| fn_ledger::StreamRecord {
            image: record.image,
            kept: record.kept,
            at: record.at,
        };
        taken.map(record).collect()
    }

    /// Polls one piece of work once and looks at everything that is new.
    ///
    /// # Errors
    /// A promise that does not hold.
    pub fn poll(&mut self) -> Result<(), Broken> {
        let end = self.executor.step(&self.chance, &self.deployment.fates);
        self.oracle.look(&self.deployment)?;
        match end {
            Some(((work, _), end)) => self.ended(work, end),
            None => Ok(()),
        }
    }

    fn ended(&mut self, work: Work, end: End<WorkAnswer>) -> Result<(), Broken> {
        let function = work.function();
        let answer = match end {
            End::Answered(answer) => Some(answer),
            End::Killed => None,
        };
        let told = match &answer {
            None => "killed".to_owned(),
            Some(WorkAnswer::Handled(result)) => format!("{result:?}"),
            Some(WorkAnswer::Replied(reply)) => {
                format!(
                    "{} {}",
                    reply.status,
                    reply.text("code").or(reply.text("status")).unwrap_or_default()
                )
            }
        };
        self.note(format!("  end {function:?}: {told}"));
        let well = matches!(answer, Some(WorkAnswer::Handled(Ok(())) | WorkAnswer::Replied(_)));
        // Now and then a process survives what its call did not: what a dropped call leaves behind in memory is met too.
        if answer.is_none() && !self.chance.once_in(3) {
            self.processes.kill(function);
        }
        self.failed |= !well;
        match work {
            Work::Stream { to, own: true, .. } if well => self.acknowledged = self.acknowledged.max(to),
            Work::Message(parcel) if !well => {
                let parcel = Parcel { receipts: parcel.receipts + 1, ..parcel };
                match parcel.receipts < RECEIPTS {
                    true => self.parcels.push(parcel),
                    false => self.late.push(parcel),
                }
            }
            Work::Step(PersonStep::Propose { key, other, .. }) => {
                if let Some(WorkAnswer::Replied(reply)) = answer
                    && (200..300).contains(&reply.status)
                {
                    self.oracle.acknowledge(&self.deployment.action(&key), other)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Lets time pass; calls that last too long are ended by the platform.
    ///
    /// # Errors
    /// A promise that does not hold.
    pub fn pass(&mut self, seconds: i64) -> Result<(), Broken> {
        self.deployment.clock.pass(seconds);
        let now = self.deployment.clock.now();
        self.note(format!("time {seconds:+} s"));
        let cut = self.executor.cut(|(_, started)| now.seconds() - started.seconds() > TIME_OUT);
        cut.into_iter().try_for_each(|(work, _)| self.ended(work, End::Killed))
    }

    /// Whether anything ended badly since this was last asked.
    pub fn take_failed(&mut self) -> bool {
        std::mem::take(&mut self.failed)
    }

    /// A process ends while nobody looks.
    pub fn kill(&mut self, function: Function) {
        self.processes.kill(function);
    }

    /// Whether every action in the table is over and recorded to its end, and nothing is on its way.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let rows = self.deployment.index.rows();
        let actions = self.deployment.states.contents();
        let actions = actions.iter().filter(|(key, _)| key.starts_with("act_"));
        self.is_idle()
            && actions.filter_map(|(_, stored)| store::image::any_item(stored).ok()).all(|item| {
                let row = rows.iter().find(|row| row.action == *item.id());
                let recorded = row.is_some_and(|row| row.quarantined || row.sequence == item.sequence());
                // A lost attempt is not left alone before its target was asked, or cannot be.
                let over = item.action().is_none_or(|action| {
                    action.state().status().is_final() && domain::standing_effects(action.state()).is_empty()
                });
                recorded && (over || row.is_some_and(|row| row.quarantined))
            })
    }

    /// Adds a line to the trace.
    pub fn note(&mut self, line: String) {
        self.trace.push(line);
    }

    /// The state of the action under this key; none before it is there, or when it is no item any more.
    #[must_use]
    pub fn state(&self, key: &str) -> Option<domain::State> {
        let id = self.deployment.action(key);
        let stored = self.deployment.states.contents().get(id.as_str()).cloned()?;
        Some(store::image::item(&stored).ok()?.state().clone())
    }
}
