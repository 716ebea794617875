//! Callbacks: people sign in, read what an agent asks for, and decide it, on pages or by the JSON API.
//!
//! The function has four rooms. `sign_in` signs people in at their identity provider and keeps their sessions. `verdicts`
//! checks what a person wants to decide, writes the signed statement and commits it. `pages` shows the inbox, the history and
//! the page of one action. `chat` makes verdicts of presses in Slack and Teams. `sign_in` and `chat` use `verdicts`; `pages` uses
//! `sign_in` and `verdicts`.
//!
//! No code here can run an action, send a message or change a bundle; what it says in chat is its answer to a press. Pages have no scripts, links carry no secrets, and the
//! only GET that leads to a write is the return from the identity provider.

mod accounts;
mod app;
mod chat;
mod directory;
mod form;
mod layout;
mod pages;
mod refusal;
mod router;
mod seal;
mod session;
mod sign_in;
mod start;
mod verdicts;

pub use accounts::{Invitation, LinkRefusal};
pub use app::{Callbacks, Capabilities, Config};
pub use chat::{SlackApp, SlackPlatform, TeamsApp, TeamsPlatform};
pub use directory::{BundleDirectory, Directory, ListedAgent, NamedGroups, SuspensionRules};
pub use router::router;
pub use sign_in::{HttpProvider, ProviderClient};
pub use start::start;
