//! Warm processes of the functions. One that was killed is gone with all it remembered; the next call starts anew.

use std::rc::Rc;
use std::sync::Arc;

use axum::Router;
use fn_ledger::Ledger;
use fn_sweep::Sweep;
use runtime::Queue;
use runtime::sqs::HandleMessage;

use crate::deployment::SimulatedDeployment;

/// Who does a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the functions")]
pub enum Function {
    Intake,
    Policy,
    Ledger,
    Notify,
    Callbacks,
    Execution,
    Sweep,
}

/// All of them.
pub const FUNCTIONS: [Function; 7] = [
    Function::Intake,
    Function::Policy,
    Function::Ledger,
    Function::Notify,
    Function::Callbacks,
    Function::Execution,
    Function::Sweep,
];

impl From<Queue> for Function {
    fn from(queue: Queue) -> Self {
        match queue {
            Queue::Policy => Self::Policy,
            Queue::Notify => Self::Notify,
            Queue::Execution => Self::Execution,
        }
    }
}

/// One warm process of each function, if there is one.
#[derive(Default)]
pub struct Processes {
    intake: Option<Router>,
    ledger: Option<Arc<Ledger>>,
    callbacks: Option<Router>,
    sweep: Option<Arc<Sweep>>,
    policy: Option<Arc<dyn HandleMessage>>,
    notify: Option<Arc<dyn HandleMessage>>,
    execution: Option<Arc<dyn HandleMessage>>,
}

impl Processes {
    /// A process of intake.
    pub fn intake(&mut self, deployment: &Rc<SimulatedDeployment>) -> Router {
        self.intake.get_or_insert_with(|| deployment.intake()).clone()
    }

    /// A process of callbacks.
    pub fn callbacks(&mut self, deployment: &Rc<SimulatedDeployment>) -> Router {
        self.callbacks.get_or_insert_with(|| deployment.callbacks()).clone()
    }

    /// A process of ledger.
    pub fn ledger(&mut self, deployment: &Rc<SimulatedDeployment>) -> Arc<Ledger> {
        self.ledger.get_or_insert_with(|| deployment.ledger()).clone()
    }

    /// A process of sweep.
    pub fn sweep(&mut self, deployment: &Rc<SimulatedDeployment>) -> Arc<Sweep> {
        self.sweep.get_or_insert_with(|| deployment.sweep()).clone()
    }

    /// A process of the function behind this queue.
    pub fn behind(&mut self, queue: Queue, deployment: &Rc<SimulatedDeployment>) -> Arc<dyn HandleMessage> {
        match queue {
            Queue::Policy => self.policy.get_or_insert_with(|| deployment.policy()).clone(),
            Queue::Notify => self.notify.get_or_insert_with(|| deployment.notify()).clone(),
            Queue::Execution => self.execution.get_or_insert_with(|| deployment.execution()).clone(),
        }
    }

    /// Forgets the process of this function.
    pub fn kill(&mut self, function: Function) {
        match function {
            Function::Intake => self.intake = None,
            Function::Policy => self.policy = None,
            Function::Ledger => self.ledger = None,
            Function::Notify => self.notify = None,
            Function::Callbacks => self.callbacks = None,
            Function::Execution => self.execution = None,
            Function::Sweep => self.sweep = None,
        }
    }
}
