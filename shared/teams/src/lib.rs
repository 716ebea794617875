//! The Microsoft Teams channel: messages as Adaptive Cards by plain REST, and presses that come back as signed activities.
//!
//! OUT: [`render`] makes a card of a review, [`TeamsChannel`] delivers it. IN: [`verify`] checks the token of a request,
//! [`read`] says who pressed what, [`judge`] refuses accounts that are not the organisation's own people, and [`Reply`]
//! is the answer. Rendering, verifying, reading and judging are pure; [`TeamsChannel`] and [`BotKeys`] reach outside.
//!
//! A card says only what the service looks up again: an opaque reference. A signed press proves an account, not a human
//! being, and nothing here decides whether the account may vote.

mod activity;
mod answer;
mod assertion;
mod bot_keys;
mod channel;
mod cloud;
mod connector;
mod conversation;
mod credentials;
mod element;
mod form;
mod json;
mod limits;
mod linking;
mod member;
mod refused;
mod render;
mod reply;
mod settings;
mod token;
mod verify;

pub use activity::{Account, Input, Press, Presser, Wish, is_guid, read};
pub use assertion::{Credential, FederatedToken};
pub use bot_keys::BotKeys;
pub use channel::TeamsChannel;
pub use cloud::{Cloud, ServiceUrl};
pub use conversation::Conversation;
pub use credentials::Credentials;
pub use form::{ChangeField, Form};
pub use limits::{MAX_MESSAGE, utf16_bytes};
pub use linking::{LinkPress, LinkStep, link_agree, link_code, read_link};
pub use member::{Member, judge};
pub use refused::Refused;
pub use render::{Rendered, activity, notice, render};
pub use reply::{Invoke, Reply};
pub use settings::TeamsSettings;
pub use verify::{MAX_BODY, Verified, verify};
