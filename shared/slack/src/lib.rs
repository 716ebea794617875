//! Slack as a channel.
//!
//! Out: [`render`] makes the message of a card and [`SlackChannel`] sends and updates it through Slack's Web API.
//! In: [`verify`] checks that Slack signed a request, [`read`] takes from it who pressed what, and [`judge`] decides
//! whether that account belongs to the organisation. What a press means is decided elsewhere, from the opaque reference
//! that it names.

mod account;
mod address;
mod client;
mod codes;
mod credentials;
mod elements;
mod fit;
mod limits;
mod linking;
mod payload;
mod read;
mod refused;
mod render;
mod reply;
mod transport;
mod verify;
mod views;

pub use account::{Account, Conversation, Home, User, judge};
pub use address::is_user;
pub use client::{SLACK_API, SlackChannel};
pub use credentials::Credentials;
pub use linking::{CODE_INPUT, LinkStep, LinkSubmission, link_agree, link_code, read_link};
pub use read::{Answer, Interaction, Press, Pressed, Presser, Submission, read};
pub use refused::Refused;
pub use render::{Rendered, Unrenderable, render, render_notice};
pub use reply::Reply;
pub use verify::{SigningSecrets, Verified, verify};
pub use views::{ChangeField, NotInSlack, View, ask, change, deny, notice};
