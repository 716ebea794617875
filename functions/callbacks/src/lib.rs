//! Callbacks: who is answering, and one signed verdict. The two JSON calls of the contract and the pages.
//!
//! What is absent: no function here can run anything, send anything or change a bundle. A page has no script, a link no
//! secret, and no GET but the return from the identity provider leads to a write.

mod app;
mod attempt;
mod change;
mod check;
mod commit;
mod cookie;
mod coverage;
mod decide;
mod directory;
mod grant;
mod pages;
mod provider;
mod refusal;
mod review_context;
mod router;
mod seal;
mod session;
mod session_groups;
mod sign_in;
mod sign_in_refusal;
mod start;
mod suspensions;
mod verdicts;

pub use app::{Callbacks, Capabilities, Config};
pub use directory::{BundleDirectory, Directory, ListedAgent, NamedGroups, SuspensionRules};
pub use provider::HttpProvider;
pub use router::router;
pub use start::start;
