//! What may be configured of an issuer at all.

/// What may be allowed at all: public keys only, so that no key set can ever serve as a shared secret.
pub(crate) const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// https, or plain http to this very machine (the local stack).
pub(crate) fn is_reachable_safely(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let plain = url.username().is_empty() && url.password().is_none();
    let local = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    plain && (url.scheme() == "https" || local)
}
