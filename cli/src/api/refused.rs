//! Explains an issuer's refusal to the user, and what to change.

use identity::{ProviderError, ProviderRefusal};

/// The refusal in one line: the issuer's code and message, and what they mean.
pub(crate) fn told(error: &ProviderError) -> String {
    format!(
        "{}: {}; {}",
        plain(error.error()),
        plain(error.description().unwrap_or("no reason given")),
        meaning(error)
    )
}

/// An issuer's message for a terminal: visible ASCII only.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect()
}

fn meaning(error: &ProviderError) -> &'static str {
    match error.means() {
        ProviderRefusal::InvalidScope => {
            "the issuer does not know a scope that is asked for, or does not give it to this client: choose others with --scope \
             and --decide-scope"
        }
        ProviderRefusal::AccessDenied => {
            "it was declined, or you may not use this client: then an administrator assigns you to it at the issuer"
        }
        ProviderRefusal::LoginRequired
        | ProviderRefusal::InteractionRequired
        | ProviderRefusal::AccountSelectionRequired => {
            "the issuer wants something of you first: sign in there with your browser, then try again"
        }
        ProviderRefusal::ConsentRequired => {
            "nobody has agreed yet to what is asked for: agree when the issuer asks, or an administrator agrees for everybody"
        }
        ProviderRefusal::UnmetRequirements => {
            "the issuer cannot ask for the kind of sign-in that is demanded"
        }
        ProviderRefusal::TemporarilyUnavailable | ProviderRefusal::ServerError => {
            "the issuer failed or is under repair: try again in a few minutes"
        }
        ProviderRefusal::UnauthorizedClient | ProviderRefusal::UnsupportedFlow => {
            "this client may not do that at the issuer: it is registered there for other flows"
        }
        ProviderRefusal::InvalidClient => {
            "the issuer does not know this client, or its secret is wrong: compare --client with the issuer"
        }
        ProviderRefusal::InvalidGrant => "what was exchanged counts no longer: sign in again",
        ProviderRefusal::InvalidRequest => {
            "the issuer does not accept what it is asked: a client for `countersign login` is public and has loopback redirects \
             (`http://127.0.0.1/return`, any port)"
        }
        ProviderRefusal::Other => "a reason of the issuer's own: its log or manual says more",
    }
}
