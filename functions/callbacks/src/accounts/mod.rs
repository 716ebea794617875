//! Chat accounts become people's: by a link that both sides confirm.
//!
//! 1. Chat: [`Callbacks::invite`](crate::Callbacks) makes an invitation for the account of a verified press.
//! 2. Page: whoever opens it signs in, sees which account would answer in their name, and presses a button.
//! 3. Identity provider: they sign in anew with the digest of their statement as `nonce`.
//! 4. Page: it shows a code of eight letters.
//! 5. Chat: `confirm` takes the code from the same account and gives the person's name; `accept` links.
//!
//! Whoever only follows somebody else's invitation links nothing: the code has to reach the account that was invited, so each side
//! has to agree to the other.

mod code;
mod confirm;
mod invitation;
mod list;
mod page;
mod refusal;

pub use invitation::Invitation;
pub(crate) use invitation::is_reference;
pub(crate) use list::{get_accounts, post_unlink};
pub(crate) use page::{get_link, post_link};
pub use refusal::LinkRefusal;
