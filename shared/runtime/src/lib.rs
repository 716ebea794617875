//! The shell around the handlers: configuration, clock, randomness, queues, secrets, telemetry, HTTP plumbing and
//! error answers.

pub mod aws;
mod capabilities;
pub mod http;
mod problem;
mod queues;
pub mod secrets;
mod settings;
pub mod sqs;
pub mod telemetry;

pub use capabilities::{
    Clock, HandOut, Pause, PostponeMessage, Queue, Random, SendMessage, SystemClock, SystemPause,
    SystemRandom,
};
pub use problem::{Code, Problem, documentation};
pub use queues::{ChannelQueues, SqsQueues};
pub use settings::{Settings, SettingsError};
