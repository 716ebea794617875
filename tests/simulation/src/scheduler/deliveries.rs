//! The stream and the queues: once and twice, late and out of order, or for a while not at all.

use runtime::{Clock, Queue};

use super::{Parcel, Scheduler, Work};
use crate::processes::Function;

/// The most records of the stream in one batch.
const BATCH: usize = 10;

impl Scheduler {
    /// The next batch of the shard, unless it is being handled or there is none; whether one was started.
    pub fn deliver_stream(&mut self) -> bool {
        let end = self.deployment.states.stream().len();
        let busy = self.executor.any(|(work, _)| matches!(work, Work::Stream { own: true, .. }));
        if busy || self.acknowledged >= end || self.is_throttled(Function::Ledger) {
            return false;
        }
        let to = end.min(self.acknowledged + 1 + self.chance.below(BATCH));
        self.start(Work::Stream { from: self.acknowledged, to, own: true });
        true
    }

    /// A batch that was delivered before comes again, perhaps at the same time as the shard's own.
    pub fn repeat_stream(&mut self) {
        if self.acknowledged > 0 {
            let from = self.chance.below(self.acknowledged);
            let to = from + 1 + self.chance.below(self.acknowledged - from);
            self.start(Work::Stream { from, to, own: false });
        }
    }

    /// The stream loses what it has not delivered yet.
    pub fn lose_stream(&mut self) {
        let busy = self.executor.any(|(work, _)| matches!(work, Work::Stream { own: true, .. }));
        if !busy {
            self.acknowledged = self.deployment.states.stream().len();
            self.note("the stream loses everything undelivered".to_owned());
        }
    }

    /// Any message on its way; `again` leaves a copy there. Whether one was started.
    pub fn deliver_message(&mut self, again: bool) -> bool {
        self.collect();
        let open =
            |(place, parcel): (usize, &Parcel)| (!self.is_throttled(parcel.queue.into())).then_some(place);
        let open: Vec<usize> = self.parcels.iter().enumerate().filter_map(open).collect();
        let Some(place) = self.chance.pick(&open).copied() else { return false };
        let parcel = self.parcels.swap_remove(place);
        if again {
            self.parcels.push(parcel.clone());
        }
        self.start(Work::Message(parcel));
        true
    }

    fn collect(&mut self) {
        for queue in [Queue::Policy, Queue::Notify, Queue::Execution] {
            while let Some(message) = self.deployment.queues.take(queue) {
                self.parcels.push(Parcel { queue, message, receipts: 0 });
            }
        }
    }

    /// Some message on its way is held up: nobody gets it before [`Scheduler::bring_back`].
    pub fn hold_up(&mut self) {
        self.collect();
        if !self.parcels.is_empty() {
            let place = self.chance.below(self.parcels.len());
            let parcel = self.parcels.swap_remove(place);
            self.note(format!("held up: {parcel:?}"));
            self.late.push(parcel);
        }
    }

    /// Everything that was held up or put aside is on its way again.
    pub fn bring_back(&mut self) {
        let again = std::mem::take(&mut self.late);
        self.parcels.extend(again.into_iter().map(|parcel| Parcel { receipts: 0, ..parcel }));
    }

    /// For so many seconds no call of this function is begun (F25).
    pub fn throttle(&mut self, function: Function, seconds: i64) {
        self.note(format!("{function:?} is throttled to zero for {seconds} s"));
        self.throttled = Some((function, self.deployment.clock.now().plus_seconds(seconds)));
    }

    /// Nothing is throttled any more.
    pub fn release(&mut self) {
        self.throttled = None;
    }

    /// Whether calls of this function wait.
    pub(super) fn is_throttled(&self, function: Function) -> bool {
        let now = self.deployment.clock.now();
        self.throttled.is_some_and(|(of, until)| of == function && now < until)
    }
}
