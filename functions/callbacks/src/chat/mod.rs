//! Chat: a press in Slack or Teams as a verdict of the person to whom the account is linked.
//!
//! A platform's route verifies its own signature, reads who pressed what and judges the account. Everything after that is here,
//! for every platform alike: the reference is looked up, the account becomes a person through its link, and the verdict is checked
//! and committed by the functions that page and API use. Nothing of a message is believed except its reference.

mod context;
mod fields;
mod linking;
mod lookup;
mod press;
mod refusal;
mod request;
mod shown;
mod slack;
mod teams;
mod told;
mod verdict;

pub(crate) use fields::{ChatField, FilledForm};
pub(crate) use linking::{ChatLink, ChatLinkStep};
pub(crate) use press::{ChatForm, ChatPress, ChatWish, Shown, ShownCard};
pub(crate) use refusal::ChatRefusal;
pub(crate) use slack::post_slack;
pub use slack::{SlackApp, SlackPlatform};
pub(crate) use teams::post_teams;
pub use teams::{TeamsApp, TeamsPlatform};
pub(crate) use verdict::ChatVerdict;
