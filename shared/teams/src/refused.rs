//! Why a request or a press is refused.

use identity::Invalid;

/// The check that failed. Its text repeats nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// No `Authorization: Bearer …`.
    #[error("the request has no bearer token")]
    NoToken,
    /// The token does not hold.
    #[error("the request's token does not hold: {0}")]
    Token(#[from] Invalid),
    /// The body is too long, or no JSON object.
    #[error("the body is not an activity")]
    Body,
    /// The activity is from another channel than `msteams`, or the signing key is not for that one.
    #[error("the activity or the key that signed its token is not Teams'")]
    Channel,
    /// The token was issued for another service address than the activity names.
    #[error("the token is for another service address")]
    ServiceUrl,
    /// The service address is not on the configured list.
    #[error("the service address is not on the list")]
    ServiceNotAllowed,
    /// An activity that is no press.
    #[error("the activity is no press of a button of ours")]
    NotAPress,
    /// The client refreshed the card by itself; nobody pressed anything.
    #[error("the client sent it by itself")]
    Automatic,
    /// The press lacks a reference, or has one of another shape.
    #[error("the press has no reference of ours")]
    Reference,
    /// A field of a form is missing, too long or no text.
    #[error("a field of the form is missing or too long")]
    Field,
    /// The conversation or the account is another organisation's.
    #[error("the account is of another organisation")]
    OtherTenant,
    /// The account is an agent's, a bot's, or nobody's.
    #[error("the account is not a person's")]
    NotAPerson,
    /// The account is a guest's, or cannot be told from a guest's.
    #[error("the account is a guest's")]
    Guest,
    /// Teams could not say whose account it is, or says something else than the press.
    #[error("the account could not be confirmed")]
    NotConfirmed,
}

impl Refused {
    /// What the person reads. It says what to do, and nothing about the request.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::OtherTenant => "Nothing was recorded: only people of this organisation can answer here.",
            Self::NotAPerson => "Nothing was recorded: only a person can answer.",
            Self::Guest => "Nothing was recorded: guests cannot answer here.",
            Self::NotConfirmed => {
                "Nothing was recorded: Teams did not confirm your account. Try again, or open the review."
            }
            Self::Field => "Nothing was recorded: a field is empty or too long.",
            _ => "Nothing was recorded. Open the review to answer.",
        }
    }

    /// The HTTP status for a request that is not answered as an invoke: its sender is not shown to be Teams, or it is no
    /// press.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NoToken | Self::Token(_) => 401,
            Self::Body => 400,
            _ => 403,
        }
    }
}
