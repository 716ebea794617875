//! A conversation's address.

use channel::Address;

use crate::cloud::{Cloud, ServiceUrl};

/// One conversation at the Connector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conversation {
    /// The Connector's address for it.
    pub service: ServiceUrl,
    /// What Teams calls it: `19:…@thread.tacv2` for a channel, `a:…` for a chat with one person.
    pub id: String,
}

impl Conversation {
    /// The conversation with this id; `None` if no conversation of Teams is called so.
    #[must_use]
    pub fn new(service: ServiceUrl, id: &str) -> Option<Self> {
        is_id(id).then(|| Self { service, id: id.to_owned() })
    }

    /// Reads an address: the Connector's URL of the conversation, or only its id, which is then looked for at the
    /// cloud's own Connector address. `None` if the URL's host is not allowed.
    #[must_use]
    pub fn parse(address: &Address, cloud: &Cloud) -> Option<Self> {
        let Some((service, id)) = address.0.split_once("/v3/conversations/") else {
            return Self::new(ServiceUrl::allowed(&cloud.service_url, cloud)?, &address.0);
        };
        Self::new(ServiceUrl::allowed(service, cloud)?, &decoded(id)?)
    }

    /// The address by which it is stored: [`Conversation::parse`] reads it.
    #[must_use]
    pub fn address(&self) -> Address {
        Address(self.url(&[]))
    }

    /// The address of something below the conversation.
    pub(crate) fn url(&self, below: &[&str]) -> String {
        let mut url = format!("{}v3/conversations/{}", self.service.as_str(), encoded(&self.id));
        for part in below {
            url.push('/');
            url.push_str(&encoded(part));
        }
        url
    }
}

/// Whether this can be an id of Teams: of a conversation, a person or a message.
pub(crate) fn is_id(text: &str) -> bool {
    let graphic = text.bytes().all(|byte| byte.is_ascii_graphic());
    (1..=1024).contains(&text.len()) && graphic && !matches!(text, "." | "..") && !text.contains("/v3/")
}

/// One segment of a path: everything but letters, digits, `-`, `.`, `_` and `~` is percent-encoded.
fn encoded(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// The inverse of [`encoded`]; `None` for anything that it never writes, so that a conversation has one address.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(byte) = rest.bytes().next() {
        let (length, byte) = match byte {
            b'%' => (3, u8::from_str_radix(rest.get(1..3)?, 16).ok()?),
            _ => (1, byte),
        };
        bytes.push(byte);
        rest = rest.get(length..)?;
    }
    String::from_utf8(bytes).ok().filter(|text| encoded(text) == segment)
}
