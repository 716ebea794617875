//! One HTTP client: no proxy but the one that was asked for, no redirects, bounded in time and size.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Proxy, RequestBuilder, Response, StatusCode};
use runtime::{Clock, SystemClock};
use serde_json::Value;
use url::Url;

use super::retry_after::{http_date, retry_after};
use super::{Address, ApiError, ApiRefusal};
use crate::console::chain;

/// The longest answer that is read, in bytes; the API's are shorter than Lambda's 6 MB.
const MOST: usize = 8 * 1024 * 1024;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// What stands in the way of an answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It may be gone in a moment; with the pause that was asked for.
    Passing(String, Option<Duration>),
    /// The token does not count.
    Unauthorized(String),
    /// Trying again changes nothing.
    Lasting(ApiError),
}

/// A JSON answer, and what came with it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) value: Value,
    /// `Idempotent-Replayed: true`.
    pub(crate) replayed: bool,
    /// `Retry-After`.
    pub(crate) retry_after: Option<Duration>,
    /// `Date`, in seconds since 1970.
    pub(crate) date: Option<i64>,
}

/// The client.
pub(crate) struct Http {
    client: Client,
    proxied: bool,
}

impl Trouble {
    pub(crate) fn passing(why: impl Into<String>) -> Self {
        Self::Passing(why.into(), None)
    }
}

impl Trouble {
    /// For what is tried only once.
    pub(crate) fn into_error(self) -> ApiError {
        match self {
            Self::Passing(why, _) => ApiError::NoAnswer(why),
            Self::Unauthorized(why) => ApiError::TokenEnded(why),
            Self::Lasting(error) => error,
        }
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Lasting(error)
    }
}

impl Http {
    /// A client that goes through this proxy, or through none. What it sends to `places` is secret.
    ///
    /// # Errors
    /// [`ApiError::Usage`] for a proxy that is none, or that would read what goes to a place without TLS.
    pub(crate) fn new(proxy: Option<&str>, places: &[&Address]) -> Result<Self, ApiError> {
        // Only this machine is ever meant by this name, whatever a resolver says.
        let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let here = here.map(|address| SocketAddr::new(address, 0));
        let mut builder = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .resolve_to_addrs("localhost", &here)
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .no_proxy();
        if let Some(proxy) = proxy {
            let address = Url::parse(proxy).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
            let all = address.and_then(|address| Proxy::all(address).ok());
            let wrong =
                || ApiError::Usage("--proxy must be `http://host:port` or `https://host:port`".to_owned());
            builder = builder.proxy(all.ok_or_else(wrong)?);
        }
        let client =
            builder.build().map_err(|error| ApiError::Usage(format!("no HTTP client: {}", chain(&error))))?;
        let http = Self { client, proxied: proxy.is_some() };
        places.iter().try_for_each(|place| http.admits(place))?;
        Ok(http)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// A proxy reads whatever goes through it without TLS.
    pub(crate) fn admits(&self, place: &Address) -> Result<(), ApiError> {
        match self.proxied && place.is_plain() {
            true => Err(ApiError::Usage(format!("`{place}` is not https: the proxy would read the token"))),
            false => Ok(()),
        }
    }

    /// Sends this and reads the JSON that answers it.
    pub(crate) async fn json(&self, request: RequestBuilder, within: Duration) -> Result<Reply, Trouble> {
        let response = request.timeout(within).send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let date = header(&headers, DATE.as_str()).and_then(http_date);
        let now = date.unwrap_or_else(|| SystemClock.now().seconds());
        let retry_after = header(&headers, RETRY_AFTER.as_str()).and_then(|value| retry_after(value, now));
        let replayed =
            header(&headers, "idempotent-replayed").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let bytes = read(response).await;
        if status.is_success() {
            let bytes = bytes?;
            let value = wire::json::parse_stored_value(&bytes);
            let value = value.map_err(|error| Trouble::passing(format!("{status}, but {error}")))?;
            return Ok(Reply { value, replayed, retry_after, date });
        }
        if status.is_redirection() {
            return Err(ApiError::Answer(elsewhere(status, &headers)).into());
        }
        // An error says itself what is wrong, even where its text was cut off.
        let refusal = match bytes {
            Ok(bytes) => ApiRefusal::read(status, &bytes),
            Err(_) => ApiRefusal::cut_off(status),
        };
        Err(match status.as_u16() {
            401 => Trouble::Unauthorized(refusal.sentence()),
            408 | 425 | 429 => Trouble::Passing(refusal.sentence(), retry_after),
            501 | 505 => Trouble::Lasting(ApiError::Refused(Box::new(refusal))),
            500.. => Trouble::Passing(refusal.sentence(), retry_after),
            _ => Trouble::Lasting(ApiError::Refused(Box::new(refusal))),
        })
    }
}

/// A request that cannot even be made fails for good; whatever happens on the way may pass.
fn failed(error: reqwest::Error) -> Trouble {
    let lasting = error.is_builder();
    let said = chain(&error.without_url());
    if lasting { Trouble::Lasting(ApiError::Usage(said)) } else { Trouble::passing(said) }
}

async fn read(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if bytes.len().saturating_add(chunk.len()) > MOST {
            return Err(Trouble::passing(format!("the answer is longer than {MOST} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Where a redirect leads, without what it may carry.
fn elsewhere(status: StatusCode, headers: &HeaderMap) -> String {
    let place = header(headers, LOCATION.as_str()).and_then(|text| Url::parse(text).ok());
    let place = place.map_or_else(|| "elsewhere".to_owned(), |url| url.origin().ascii_serialization());
    format!(
        "{status}: it leads to {place}, and is not followed: what is sent here goes nowhere else; check the address"
    )
}
