//! Why a request that came from Slack counts for nothing.

use thiserror::Error;

/// A request, or the account behind it, that is refused. The text is for logs and holds nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refused {
    /// There is no signing secret.
    #[error("no signing secret is configured")]
    NoSecret,
    /// A header is missing, there twice, or not of its form.
    #[error("the signature's headers are not as Slack writes them")]
    Headers,
    /// The time is more than five minutes away, in either direction.
    #[error("the request's time is more than five minutes away")]
    Time,
    /// The signature is not that of this body.
    #[error("the signature is wrong")]
    Signature,
    /// The body is too long.
    #[error("the body is too long")]
    TooLong,
    /// The body is not a form with exactly one payload of strict JSON in Slack's shape.
    #[error("the payload is not in Slack's shape")]
    Malformed,
    /// The request is for another app.
    #[error("the request is for another app")]
    OtherApp,
    /// The payload names no organisation of the person.
    #[error("the payload does not say which organisation the person belongs to")]
    NoOrganisation,
    /// The kind of interaction, the button or the view is none of ours.
    #[error("the interaction is none of ours")]
    NotOurs,
    /// The account could not be looked up.
    #[error("the account could not be looked up")]
    Unknown,
    /// The look-up's answer is about somebody else, or lacks what must be known.
    #[error("the answer about the account is incomplete")]
    Incomplete,
    /// The account belongs to another organisation.
    #[error("the account belongs to another organisation")]
    OtherOrganisation,
    /// The account is a guest's: restricted to some channels.
    #[error("the account is a guest's")]
    Guest,
    /// The account is a bot's.
    #[error("the account is a bot's")]
    Bot,
    /// The account is deactivated, or its invitation not yet accepted.
    #[error("the account is not active")]
    Inactive,
    /// The conversation is shared with another organisation, or about to be.
    #[error("the conversation is shared with another organisation")]
    SharedConversation,
    /// The conversation is archived, or the app is no member of it.
    #[error("the conversation cannot be written to")]
    ClosedConversation,
    /// It is not configured which workspace or organisation is ours.
    #[error("no workspace or organisation is configured")]
    NoHome,
}
