//! Why an account is not linked, in words for both sides.

/// Why an account is not linked. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkRefusal {
    /// There is no such invitation.
    Unknown,
    /// The invitation is older than ten minutes.
    Expired,
    /// It was used.
    Used,
    /// Five codes were wrong.
    TooManyTries,
    /// Nobody has confirmed it on the page yet.
    NotConfirmed,
    /// The code is another one; this many tries are left.
    WrongCode {
        /// How many.
        left: usize,
    },
    /// It was made for another account.
    OtherAccount,
    /// The account is linked already.
    Linked,
    /// Somebody else has opened the invitation.
    OpenedByAnother,
    /// Another system did not answer, or the sign-in proves the link no longer.
    Unavailable,
}

impl LinkRefusal {
    /// What happened and what to do, for the person and for the user of the account.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Unknown => {
                "There is no such invitation. Press a button of a message in chat to get a new one."
            }
            Self::Expired => {
                "This invitation is older than ten minutes. Press a button of a message in chat to get a new one."
            }
            Self::Used => "This invitation was used. Each one links an account once.",
            Self::TooManyTries => {
                "Five codes were wrong, so this invitation has ended. Press a button of a message in chat to get a new one."
            }
            Self::NotConfirmed => {
                "Nobody has confirmed this invitation on its page yet. Open the page, sign in, and type the code that it shows."
            }
            Self::WrongCode { left: 1 } => "The code is another one. You have one try left.",
            Self::WrongCode { left: 2 } => "The code is another one. You have two tries left.",
            Self::WrongCode { left: 3 } => "The code is another one. You have three tries left.",
            Self::WrongCode { .. } => "The code is another one. You have four tries left.",
            Self::OtherAccount => "This invitation was made for another account.",
            Self::Linked => {
                "This account is linked already. Whoever it is linked to can unlink it on the page \u{201c}Linked accounts\u{201d}."
            }
            Self::OpenedByAnother => {
                "Somebody else has opened this invitation, so it is not yours. Press a button of a message in chat to get a new one."
            }
            Self::Unavailable => "Nothing was linked. Try again in a few seconds.",
        }
    }
}
