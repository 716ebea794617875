//! Notify: tells people that they are asked, what was recorded in their name, and how an action ended.
//!
//! It decides nothing. A message only leads to a page that asks who you are; it contains no secret and changes
//! nothing. Receipts are made from the locked record, not from what callbacks says.
//!
//! A message of the ledger comes to one queue. From there it is handed to the queue of each channel that it may concern, so
//! that no channel waits for another; the console has no queue of its own and is served at once.

mod compose;
mod console;
mod copies;
mod delivered;
mod delivery;
mod destinations;
mod notice;
mod on_call;
mod opened;
mod pace;
mod queues;
mod quiet;
mod receipt;
mod reference;
mod slack;
mod start;
mod teams;
mod webhook;

use std::sync::Arc;

use channel::Channel;
use ledger::ReadLog;
use runtime::{Clock, HandOut, PostponeMessage, Random};
use store::{Channels, ListChannels, ReadDocuments, ReadState};

pub use self::slack::SlackSender;
pub use self::teams::TeamsSender;
pub use console::ConsoleChannel;
pub use destinations::{AskedGroup, BundleDestinations, Destinations};
pub use notice::Notice;
pub use on_call::{HttpOnCall, OnCall};
pub use queues::AtChannel;
pub use start::start;
pub use webhook::WebhookChannel;

/// The capabilities of this function's role.
pub struct Notify {
    /// Items.
    pub state: Arc<dyn ReadState>,
    /// Review documents.
    pub documents: Arc<dyn ReadDocuments>,
    /// The locked record, for receipts.
    pub log: Arc<dyn ReadLog>,
    /// What was delivered already, and what the references on cards stand for.
    pub channels: Arc<dyn Channels>,
    /// Every copy of an action's messages.
    pub copies: Arc<dyn ListChannels>,
    /// Who is told where.
    pub destinations: Arc<dyn Destinations>,
    /// Handing a message to the queue of a channel.
    pub queues: Arc<dyn HandOut>,
    /// Keeping a message back for as long as a platform asks.
    pub postpone: Arc<dyn PostponeMessage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The references on cards.
    pub random: Arc<dyn Random>,
    /// The channels of this deployment. Without any, nothing ever counts as delivered.
    pub senders: Vec<Arc<dyn Channel>>,
    /// The address links begin with.
    pub public_url: String,
}
