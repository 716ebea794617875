//! What people see. One pure renderer makes the review document from the plan and the redacted request, and all its
//! renderings are made from that document. [`what`] and [`context`] are digested apart from anything that changes with
//! time; votes and time left are shown separately.

mod agent;
mod card;
mod changes;
mod confusables;
mod context;
mod differences;
pub mod html;
mod marked;
mod sentence;
mod suspension;
mod view;
mod votes;
mod what;

pub use agent::for_agent;
pub use card::{card, inspectable};
pub use changes::{change_in_words, changes, changes_of_each, parameter, written};
pub use confusables::confusables;
pub use context::{Asked, context, document};
pub use sentence::{approve_label, sentence, summary, who_must_agree};
pub use suspension::{describe_scope, describe_suspension};
pub use view::{fixed, grants, usual_time, view};
pub use votes::{Votes, answered, moved_at, speaker, stood_in_for};
pub use what::{WhatError, what};
