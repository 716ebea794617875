//! The provider's answer when it refuses. Its message is shortened and never trusted; this file says what it means.

/// The longest error code and the longest description that are kept, in characters.
const LONGEST: (usize, usize) = (64, 500);

/// A provider's refusal of a sign-in or of a code (RFC 6749 §4.1.2.1, §5.2; OpenID Connect Core §3.1.2.6), as it came:
/// whoever shows it escapes it, and says whose words they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderError {
    error: String,
    description: Option<String>,
}

/// What a refusal means, as far as its code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderRefusal {
    /// A scope that the provider does not know, or does not give to this client.
    InvalidScope,
    /// The person declined, or may not use this application.
    AccessDenied,
    /// The person has to sign in, and the provider did not let them.
    LoginRequired,
    /// The person has to do something at the provider first, as with a second factor.
    InteractionRequired,
    /// The person, or an administrator for everybody, has to agree to what the application asks for.
    ConsentRequired,
    /// The person has to choose one of their accounts.
    AccountSelectionRequired,
    /// The provider cannot ask for the sign-in that is demanded.
    UnmetRequirements,
    /// The provider is overloaded or being repaired.
    TemporarilyUnavailable,
    /// The provider failed.
    ServerError,
    /// The client may not sign people in this way.
    UnauthorizedClient,
    /// The provider does not know the client, or the client's secret is wrong.
    InvalidClient,
    /// The code does not count: too old, used, or of another sign-in.
    InvalidGrant,
    /// The provider does not understand what it is asked.
    InvalidRequest,
    /// The provider gives no codes, or does not exchange them, for this client.
    UnsupportedFlow,
    /// Anything else.
    Other,
}

impl ProviderError {
    /// These words, cut where they are too long.
    #[must_use]
    pub fn new(error: &str, description: Option<&str>) -> Self {
        let description = description.filter(|text| !text.trim().is_empty());
        Self {
            error: shortened(error, LONGEST.0),
            description: description.map(|text| shortened(text, LONGEST.1)),
        }
    }

    /// The provider's own code, as it came.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.error
    }

    /// The provider's own description, as it came.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The code for a log: itself where it is a plain word, else `other`.
    #[must_use]
    pub fn code(&self) -> &str {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if !self.error.is_empty() && self.error.bytes().all(plain) { &self.error } else { "other" }
    }

    /// What it means.
    #[must_use]
    pub fn means(&self) -> ProviderRefusal {
        match self.error.as_str() {
            "invalid_scope" => ProviderRefusal::InvalidScope,
            "access_denied" => ProviderRefusal::AccessDenied,
            "login_required" => ProviderRefusal::LoginRequired,
            "interaction_required" => ProviderRefusal::InteractionRequired,
            "consent_required" => ProviderRefusal::ConsentRequired,
            "account_selection_required" => ProviderRefusal::AccountSelectionRequired,
            "unmet_authentication_requirements" => ProviderRefusal::UnmetRequirements,
            "temporarily_unavailable" => ProviderRefusal::TemporarilyUnavailable,
            "server_error" => ProviderRefusal::ServerError,
            "unauthorized_client" => ProviderRefusal::UnauthorizedClient,
            "invalid_client" => ProviderRefusal::InvalidClient,
            "invalid_grant" => ProviderRefusal::InvalidGrant,
            "invalid_request"
            | "invalid_target"
            | "request_not_supported"
            | "request_uri_not_supported"
            | "registration_not_supported"
            | "invalid_request_uri"
            | "invalid_request_object" => ProviderRefusal::InvalidRequest,
            "unsupported_response_type" | "unsupported_grant_type" => ProviderRefusal::UnsupportedFlow,
            _ => ProviderRefusal::Other,
        }
    }
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
