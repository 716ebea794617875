//! Reading HTTP requests: each part through one function.

use axum::body::Body;
use bytes::Bytes;
use data_encoding::BASE32_NOPAD;
use http::{HeaderMap, header};

use crate::{Code, Random};

/// The largest body that is read.
pub const MAX_BODY: usize = 32 * 1024;
/// The largest bearer token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// An id to quote: what one problem is called in the answer and in our logs.
#[must_use]
pub fn instance(random: &dyn Random) -> String {
    let mut bytes = [0; 10];
    match random.fill(&mut bytes) {
        Ok(()) => format!("req_{}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()),
        Err(_) => "req_without-randomness".to_owned(),
    }
}

/// The bearer token of the one `Authorization` header.
///
/// # Errors
/// [`Code::MissingToken`] without one, [`Code::InvalidToken`] when there are several or it is no bearer token.
pub fn bearer(headers: &HeaderMap) -> Result<&str, Code> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (values.next().ok_or(Code::MissingToken)?, values.next());
    let text = first.to_str().map_err(|_| Code::InvalidToken)?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Code::MissingToken);
    }
    let token = token.trim_matches(' ');
    let shaped = !token.is_empty() && token.len() <= MAX_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
    if second.is_some() || !shaped { Err(Code::InvalidToken) } else { Ok(token) }
}

/// Every cookie, from the header lines and from the list that version 2 events carry (each an own `name=value`).
pub fn cookies<'a>(
    headers: &'a HeaderMap,
    list: &'a [String],
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .chain(list.iter().map(String::as_str))
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
}

/// The one value of a cookie; none when it is absent or comes with different values.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, list: &'a [String], name: &str) -> Option<&'a str> {
    let mut values = cookies(headers, list).filter(|(found, _)| *found == name).map(|(_, value)| value);
    let first = values.next()?;
    values.all(|other| other == first).then_some(first)
}

/// The bytes of a JSON body.
///
/// # Errors
/// [`Code::UnsupportedMediaType`] unless it says `application/json` (in UTF-8), [`Code::TooLarge`] beyond [`MAX_BODY`].
pub async fn json_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Code> {
    if !is_json(headers) {
        return Err(Code::UnsupportedMediaType);
    }
    bounded_body(body).await
}

/// The bytes of any body.
///
/// # Errors
/// [`Code::TooLarge`] beyond [`MAX_BODY`].
pub async fn bounded_body(body: Body) -> Result<Bytes, Code> {
    axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| Code::TooLarge)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && parts.all(|part| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}
