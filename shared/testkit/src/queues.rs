//! The queues that the ledger sends to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::Fault;
use runtime::{Queue, SendMessage};
use wire::message::Message;

use crate::Gate;

/// Queues that keep everything ever sent and hand it out when asked. Clones share them.
#[derive(Clone)]
pub struct Queues {
    gate: Gate,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    sent: Vec<(Queue, Message)>,
    waiting: Vec<(Queue, Message)>,
}

impl Queues {
    /// Empty queues.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self { gate, inside: Arc::default() }
    }

    /// The same queues, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Everything ever sent, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<(Queue, Message)> {
        self.inside().sent.clone()
    }

    /// Everything sent from number `from` on, counted from zero.
    #[must_use]
    pub fn sent_from(&self, from: usize) -> Vec<(Queue, Message)> {
        self.inside().sent.get(from..).unwrap_or_default().to_vec()
    }

    /// How many messages of a queue wait.
    #[must_use]
    pub fn waiting(&self, queue: Queue) -> usize {
        self.inside().waiting.iter().filter(|(of, _)| *of == queue).count()
    }

    /// Takes the oldest waiting message of a queue.
    #[must_use]
    pub fn take(&self, queue: Queue) -> Option<Message> {
        let mut inside = self.inside();
        let place = inside.waiting.iter().position(|(of, _)| *of == queue)?;
        Some(inside.waiting.remove(place).1)
    }

    /// Puts a message back at the end, as a queue does with one whose receiver failed.
    pub fn put_back(&self, queue: Queue, message: Message) {
        self.inside().waiting.push((queue, message));
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SendMessage for Queues {
    async fn send(&self, queue: Queue, message: &Message) -> Result<(), Fault> {
        self.gate.before("queues.send").await?;
        {
            let mut inside = self.inside();
            inside.sent.push((queue, message.clone()));
            inside.waiting.push((queue, message.clone()));
        }
        self.gate.after("queues.send").await
    }
}
