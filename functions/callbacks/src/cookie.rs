//! `Set-Cookie` lines.
//!
//! Every cookie is `__Host-` (this host alone, no subdomain can set it), `HttpOnly` and `Secure`. `SameSite=Lax` and not
//! `Strict`: the way back from the identity provider is a navigation from another site, and a browser would leave
//! `Strict` cookies at home just when the sign-in has to be finished. Lax cookies do not travel with other sites' POSTs,
//! and every POST carries a token of its session besides.

use axum::http::HeaderValue;

/// A cookie for so many seconds.
pub(crate) fn set(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    line(name, value, seconds.max(0))
}

/// Takes a cookie away.
pub(crate) fn clear(name: &str) -> Option<HeaderValue> {
    line(name, "", 0)
}

fn line(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax");
    HeaderValue::from_str(&text).ok()
}

/// Whether a cookie of this name can only be one of ours: nothing else on this host sets any.
pub(crate) fn is_own_cookie(name: &str) -> bool {
    name.starts_with("__Host-")
}
