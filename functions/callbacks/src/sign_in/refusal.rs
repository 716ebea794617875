//! Why a sign-in failed, in text for the person at the browser: what happened, and what the administrator can change.

use domain::Fault;
use identity::{Invalid, ProviderError, ProviderRefusal};
use runtime::Code;

use super::attempt::Purpose;
use crate::refusal::{PageWords, RequestRejection};

/// Why a sign-in failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignInRefusal {
    /// The response names another issuer (`iss`, RFC 9207).
    OtherIssuer,
    /// The response has neither a code nor an error, or one of them twice.
    NoAnswer,
    /// The same response was received before.
    Used,
    /// The provider refused the sign-in.
    Provider(ProviderError),
    /// The provider refused the code.
    Exchange(ProviderError),
    /// The ID token was refused.
    Token(Invalid),
    /// The provider could not be reached, or its response was not understood.
    ProviderFault(Fault),
}

impl SignInRefusal {
    /// Logs the refusal and returns what the page shows. Where the sign-in was for a decision, the text says that nothing was
    /// decided.
    pub(crate) fn into_page(self, purpose: &Purpose) -> RequestRejection {
        self.log();
        let (title, end) = match purpose {
            Purpose::Enter(_) => ("You are not signed in", "You are not signed in; you can try again."),
            Purpose::Decide { .. } => {
                (Code::StepUpRequired.title(), "Nothing was decided; you can try again.")
            }
            Purpose::Link { .. } => ("Not linked", "Nothing was linked; you can try again."),
        };
        let passes = match &self {
            Self::Provider(error) | Self::Exchange(error) => {
                matches!(
                    error.means(),
                    ProviderRefusal::TemporarilyUnavailable | ProviderRefusal::ServerError
                )
            }
            Self::ProviderFault(_) => true,
            Self::OtherIssuer | Self::NoAnswer | Self::Used | Self::Token(_) => false,
        };
        let code = if passes { Code::Unavailable } else { Code::StepUpRequired };
        let no = RequestRejection::new(code, format!("{} {end}", self.text()));
        let quoted = match self {
            Self::Provider(error) | Self::Exchange(error) => Some(error),
            _ => None,
        };
        RequestRejection { page_words: Some(Box::new(PageWords { title, quoted })), ..no }
    }

    fn log(&self) {
        match self {
            Self::Provider(error) => {
                tracing::warn!(error = error.code(), "the provider refused a sign-in");
            }
            Self::Exchange(error) => {
                tracing::warn!(error = error.code(), "the provider refused to exchange a code");
            }
            Self::Token(invalid) => tracing::warn!(check = invalid.code(), "an ID token was refused"),
            Self::ProviderFault(fault) => {
                tracing::warn!(%fault, passing = fault.is_passing(), "the provider gave no answer");
            }
            Self::OtherIssuer => tracing::warn!("a sign-in came back from another issuer"),
            Self::NoAnswer => tracing::warn!("a sign-in came back without code and error"),
            Self::Used => tracing::warn!("a sign-in came back a second time"),
        }
    }

    fn text(&self) -> &'static str {
        match self {
            Self::OtherIssuer => "The answer came from another identity provider.",
            Self::NoAnswer => {
                "The sign-in was not finished: your identity provider sent you back with neither a code nor an error."
            }
            Self::Used => "This sign-in has been used already.",
            Self::Provider(error) => at_the_provider(error.means()),
            Self::Exchange(error) => at_the_exchange(error.means()),
            Self::Token(invalid) => invalid.at_sign_in(),
            Self::ProviderFault(fault) if fault.is_passing() => {
                "Your identity provider does not answer this service at the moment, or its keys were fetched too recently. Try again in \
                 a minute."
            }
            Self::ProviderFault(_) => {
                "This service does not understand the response of your identity provider. Your administrator finds the \
                 cause in the log of the function `callbacks`, and compares `issuer` and `metadata` of the issuer's settings."
            }
        }
    }
}

/// The text for a refusal of the authorization request.
fn at_the_provider(refusal: ProviderRefusal) -> &'static str {
    match refusal {
        ProviderRefusal::InvalidScope => {
            "The sign-in was not finished: your identity provider does not know a scope that is asked for, or does not give it \
             to this application. Your administrator sets `scopes` of the issuer's settings to scopes that the provider has."
        }
        ProviderRefusal::AccessDenied => {
            "The sign-in was not finished: it was declined, or you may not use this application. If you did not decline, your \
             administrator assigns you to this application at your identity provider."
        }
        ProviderRefusal::LoginRequired => {
            "The sign-in was not finished: your identity provider wants you to sign in there and did not let you. Sign in at \
             your identity provider first, then come back."
        }
        ProviderRefusal::InteractionRequired => {
            "The sign-in was not finished: your identity provider requires something else of you first, such as a second factor or \
             a new password. Sign in at your identity provider, do what it asks, then come back."
        }
        ProviderRefusal::ConsentRequired => {
            "The sign-in was not finished: nobody has agreed yet to what this application asks for. Agree when your identity \
             provider asks; where people may not, your administrator agrees for everybody."
        }
        ProviderRefusal::AccountSelectionRequired => {
            "The sign-in was not finished: your identity provider wants you to choose one of your accounts and did not let you. \
             Sign out of the others at your identity provider, then come back."
        }
        ProviderRefusal::UnmetRequirements => {
            "The sign-in was not finished: your identity provider cannot ask for the kind of sign-in that is demanded."
        }
        ProviderRefusal::TemporarilyUnavailable => {
            "The sign-in was not finished: your identity provider is overloaded or under repair. Try again in a few minutes."
        }
        ProviderRefusal::ServerError => {
            "The sign-in was not finished: your identity provider failed. Try again in a few minutes; if it goes on, its own \
             log says why."
        }
        ProviderRefusal::UnauthorizedClient | ProviderRefusal::UnsupportedFlow => {
            "The sign-in was not finished: this application may not sign people in with a code at your identity provider. Your \
             administrator registers it there as a web application with the authorization code flow and PKCE."
        }
        ProviderRefusal::InvalidClient => {
            "The sign-in was not finished: your identity provider does not know this application. Your administrator compares \
             the client id of the pages (`PagesClient`) with the application at the provider."
        }
        ProviderRefusal::InvalidRequest | ProviderRefusal::InvalidGrant => {
            "The sign-in was not finished: your identity provider does not accept what it is asked. Your administrator compares \
             the redirect address and the client id of the pages (`PagesClient`) with the application at the provider."
        }
        ProviderRefusal::Other => {
            "The sign-in was not finished: your identity provider refused it for a reason of its own. Your administrator looks \
             the reason up in the provider's log or manual."
        }
    }
}

/// The text for a refusal of the token request.
fn at_the_exchange(refusal: ProviderRefusal) -> &'static str {
    match refusal {
        ProviderRefusal::InvalidClient => {
            "Your identity provider did not accept the secret of this application, or does not know the application. Your \
             administrator stores the client's present secret, which may have expired, and compares the client id of the pages \
             (`PagesClient`)."
        }
        ProviderRefusal::InvalidGrant => {
            "Your identity provider took the sign-in back: its code was too old, used already, or of another sign-in. If this \
             happens again, your administrator compares the redirect address at the provider with the address of these pages."
        }
        ProviderRefusal::UnauthorizedClient | ProviderRefusal::UnsupportedFlow => {
            "Your identity provider does not let this application exchange codes. Your administrator registers it there as a web \
             application with the authorization code flow and PKCE."
        }
        ProviderRefusal::InvalidScope => {
            "Your identity provider does not give this application a scope that is asked for. Your administrator sets `scopes` \
             of the issuer's settings to scopes that the provider has."
        }
        ProviderRefusal::InvalidRequest => {
            "Your identity provider does not accept how the code is exchanged. Your administrator lets the application \
             authenticate with its secret in the header (`client_secret_basic`), and compares the redirect address."
        }
        ProviderRefusal::TemporarilyUnavailable | ProviderRefusal::ServerError => {
            "Your identity provider failed when the sign-in was to be finished. Try again in a few minutes."
        }
        ProviderRefusal::AccessDenied
        | ProviderRefusal::LoginRequired
        | ProviderRefusal::InteractionRequired
        | ProviderRefusal::ConsentRequired
        | ProviderRefusal::AccountSelectionRequired
        | ProviderRefusal::UnmetRequirements
        | ProviderRefusal::Other => {
            "Your identity provider refused to finish the sign-in for a reason of its own. Your administrator looks the reason \
             up in the provider's log or manual."
        }
    }
}
