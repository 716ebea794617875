//! Addresses that a token or a secret may be sent to.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// An address written in the one way there is: https, or http to this machine; no user, no query, no fragment, a host in
/// ASCII as it is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    origin: String,
}

/// Why something is no such address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl Address {
    /// The address of something below it; `path` begins with `/`.
    pub(crate) fn below(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// As written: without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: where a secret may be sent.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether a request there crosses no network.
    pub(crate) fn is_plain(&self) -> bool {
        self.text.starts_with("http://")
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = |why: &str| AddressError(format!("not an address to send a token to: {why}"));
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        match url.scheme() {
            "https" => {}
            "http" if is_here(&url) => {}
            "http" => return Err(wrong("it must be https (http only to 127.0.0.1, [::1] or localhost)")),
            _ => return Err(wrong("it must be https")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a query or a fragment"));
        }
        let host = url.host_str().ok_or_else(|| wrong("it has no host"))?;
        if host.ends_with('.') {
            return Err(wrong("its host ends in a dot"));
        }
        // The parser forgives a lot: other letters, numbers for addresses, backslashes, users. What was typed must be
        // what it understood.
        let written = format!("{}://{}", url.scheme(), host);
        let with_port = url.port_or_known_default().map(|port| format!("{written}:{port}"));
        let path = url.path().trim_end_matches('/');
        let typed = text.trim_end_matches('/');
        let typed = typed.strip_suffix(path).unwrap_or(typed).to_ascii_lowercase();
        if typed != written && Some(&typed) != with_port.as_ref() {
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            return Err(wrong(&format!("if `{written}{port}{path}` is meant, write it so")));
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { text: format!("{origin}{path}"), origin })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// This machine, by address or by the one name that is always its own.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E19: one address has one text, and nothing that only looks like it is taken for it.
    #[test]
    fn addresses() {
        for (typed, read) in [
            ("https://api.example.com", "https://api.example.com"),
            ("HTTPS://API.Example.com/", "https://api.example.com"),
            ("https://api.example.com:443", "https://api.example.com"),
            ("https://api.example.com:8443/prod/", "https://api.example.com:8443/prod"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost:8080/", "http://localhost:8080"),
        ] {
            assert_eq!(typed.parse::<Address>().unwrap().as_str(), read, "{typed}");
        }
        for typed in [
            "http://api.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://2130706433:8080",
            "http://0x7f.1",
            "http://127.1:8080",
            "http://127.0.0.1:8080@example.com",
            "https://api.example.com@evil.example",
            "https://user:word@api.example.com",
            "https://@api.example.com",
            "https://api.example.com.",
            "https://аpi.example.com",
            "https://api。example.com",
            "https://api%2eexample.com",
            "https://api.example.com\\@evil.example",
            "https:api.example.com",
            "https:///api.example.com",
            "https://api.exa\tmple.com",
            " https://api.example.com",
            "https://api.example.com?x=1",
            "https://api.example.com/#x",
            "ftp://api.example.com",
            "file:///etc/passwd",
            "api.example.com",
            "",
        ] {
            assert!(typed.parse::<Address>().is_err(), "{typed}");
        }
    }

    #[test]
    fn origins_differ_by_scheme_host_and_port() {
        let origin = |text: &str| text.parse::<Address>().unwrap().origin().to_owned();
        assert_eq!(origin("https://A.example/x"), origin("https://a.example:443/y"));
        assert_ne!(origin("https://a.example"), origin("https://a.example:444"));
        assert_ne!(origin("https://a.example"), origin("https://b.a.example"));
    }
}
