//! `Set-Cookie` values.
//!
//! Every cookie is `__Host-` (no subdomain can set it), `HttpOnly` and `Secure`. It is `SameSite=Lax` and not `Strict`: the
//! return from the identity provider is a navigation from another site, on which browsers send no `Strict` cookies, and the
//! cookies are needed there. Browsers send no Lax cookies with POST requests of other sites; besides, every POST must contain
//! the CSRF token of its session.

use axum::http::HeaderValue;

/// Sets a cookie that lasts this many seconds.
pub(crate) fn set(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    set_cookie(name, value, seconds.max(0))
}

/// Removes a cookie.
pub(crate) fn clear(name: &str) -> Option<HeaderValue> {
    set_cookie(name, "", 0)
}

fn set_cookie(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax");
    HeaderValue::from_str(&text).ok()
}

/// Whether a cookie of this name is one of this function: nothing else on this host sets `__Host-` cookies.
pub(crate) fn is_own_cookie(name: &str) -> bool {
    name.starts_with("__Host-")
}
