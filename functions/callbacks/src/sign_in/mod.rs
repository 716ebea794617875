//! Signing in at the identity provider of people, and sessions.

mod attempt;
mod cookie;
mod finish;
mod groups;
mod provider;
mod redirect;
mod refusal;
mod routes;
mod session;

pub(crate) use attempt::Purpose;
pub use provider::{HttpProvider, ProviderClient};
pub(crate) use redirect::{redirect_to_sign_in_by_page, see_other};
pub(crate) use routes::{get_return, get_signin, post_signout};
