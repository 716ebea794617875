//! The webhook channel: a signed request to an address of the directory, as Standard Webhooks has it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use data_encoding::{BASE64, BASE64_NOPAD};
use domain::{Fault, Timestamp};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::RETRY_AFTER;
use reqwest::{StatusCode, Url};
use runtime::Clock;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

const NAME: &str = "webhook";

/// POSTs each message, signed with the deployment's key.
pub struct WebhookChannel {
    http: reqwest::Client,
    key: hmac::Key,
    clock: Arc<dyn Clock>,
    local: bool,
}

impl WebhookChannel {
    /// Signs with this secret: `whsec_` and the base64 of 24 to 64 random bytes. Only where `local` is true, plain http to
    /// 127.0.0.1 is an address too: anywhere else that is the machine of the function itself.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the secret has another form, or no HTTP client can be made.
    pub fn new(secret: &SecretString, clock: Arc<dyn Clock>, local: bool) -> Result<Self, Fault> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(PublicAddresses))
            .timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| Fault::lasting(format!("no HTTP client: {error}")))?;
        Ok(Self { http, key: key(secret)?, clock, local })
    }
}

/// An address of the directory, if it may be called; plain http to 127.0.0.1 only where `local` is true. The directory's
/// publisher is trusted; a host's own services are refused anyway.
pub(crate) fn callable(address: &str, local: bool) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let named = url.domain().is_some() && url.scheme() == "https";
    let here = local && url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    let bare = url.username().is_empty() && url.password().is_none();
    (bare && (named || here)).then_some(url)
}

fn key(secret: &SecretString) -> Result<hmac::Key, Fault> {
    let wrong = || Fault::lasting("the webhook secret is not `whsec_` and the base64 of 24 to 64 bytes");
    let text = secret.expose_secret().strip_prefix("whsec_").ok_or_else(wrong)?;
    let bytes = BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| wrong())?;
    match bytes.len() {
        24..=64 => Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes)),
        _ => Err(wrong()),
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; the timestamp in whole seconds.
fn signature(key: &hmac::Key, id: &str, seconds: i64, body: &str) -> String {
    let tag = hmac::sign(key, format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(tag.as_ref()))
}

fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000)
}

fn passing(code: String, retry_after: u32) -> DeliveryError {
    DeliveryError::Passing { channel: NAME, code, retry_after }
}

fn permanent(code: &str) -> DeliveryError {
    DeliveryError::Permanent { channel: NAME, code: code.to_owned() }
}

#[async_trait]
impl Channel for WebhookChannel {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let url = callable(&to.0, self.local).ok_or_else(|| permanent("address refused"))?;
        let about = &message.about;
        let body = json!({
            "type": format!("action.{}", about.kind),
            "timestamp": wire::text::rfc3339(about.at),
            "data": {
                "action": about.action,
                "kind": about.kind,
                "audience": about.audience,
                "text": about.words,
                "link": message.link,
            },
        })
        .to_string();
        // The signature's time is that of the attempt, so that a receiver can refuse what is older than five minutes.
        let now = seconds(self.clock.now());
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.key)
            .header("webhook-timestamp", now)
            .header("webhook-signature", signature(&self.key, &message.key, now, &body))
            .body(body);
        let answer = request.send().await;
        let answer = answer.map_err(|error| passing(format!("no answer: {}", error.without_url()), 0))?;
        match answer.status() {
            status if status.is_success() => {
                Ok(Copy { conversation: to.0.clone(), message: message.key.clone() })
            }
            StatusCode::GONE => Err(permanent("gone")),
            status => {
                let after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let after = after.and_then(|value| value.trim().parse().ok()).unwrap_or(0);
                Err(passing(format!("answered {}", status.as_u16()), after))
            }
        }
    }

    /// What was received cannot be changed.
    async fn update(&self, _copy: &Copy, _message: &Message) -> Result<bool, DeliveryError> {
        Ok(false)
    }
}

/// Resolves names to public addresses. One other address among them refuses the name: the connection goes to what was
/// looked at here and to nothing else.
pub(crate) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
                return Err("the name does not lead to public addresses alone".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is on the public internet, as far as its number says.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match (address.to_ipv4_mapped(), address.segments()) {
            (Some(inner), _) => is_public_v4(inner),
            // NAT64: the last 32 bits are an address of the other kind.
            (None, [0x64, 0xff9b, 0, 0, 0, 0, high, low]) => {
                is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
            }
            (None, [first, ..]) => is_public_v6(address, first),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let special = address.is_loopback() || address.is_link_local() || address.is_private();
    let nobody = first == 0 || address.is_multicast() || first >= 240;
    !(shared || special || nobody)
}

fn is_public_v6(address: Ipv6Addr, first: u16) -> bool {
    let local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
    !(local || address.is_loopback() || address.is_unspecified() || address.is_multicast())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of another implementation: `standardwebhooks` 1.1.0 of the Python Package Index.
    #[test]
    fn signatures_are_those_of_another_implementation() {
        let secret = SecretString::from("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX".to_owned());
        let key = key(&secret).unwrap();
        for (id, seconds, body, expected) in [
            ("msg_1", 1_795_000_000, "{}", "v1,q8Hv629jMMFVw5pLroPxGMqOUR8ncCG9W5AhgsEw0Ak="),
            (
                "msg_2",
                1_795_000_001,
                "{\"text\":\"Copy q3.csv – ‹email 1›\"}",
                "v1,ZdXxLdqPNF+jYkrB8hrCsoKLJSihX0/kOHG/hTvEkjo=",
            ),
        ] {
            assert_eq!(signature(&key, id, seconds, body), expected, "{id}");
        }
    }

    #[test]
    fn a_weak_or_malformed_secret_is_refused() {
        for text in ["", "whsec_", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "whsec_AAEC", "whsec_not base64!"] {
            assert!(key(&SecretString::from(text.to_owned())).is_err(), "{text}");
        }
    }

    /// The addresses of a host's own services, of its network and of nobody.
    #[test]
    fn only_public_addresses_are_called() {
        let refused = [
            "127.0.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
        ];
        for text in refused {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
