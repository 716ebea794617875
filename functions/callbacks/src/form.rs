//! What a browser sends: the fields of a form, and the parameters of a query.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, header};
use runtime::Code;
use runtime::http::bounded_body;

use crate::refusal::RequestRejection;

/// The fields of a form, by name.
pub(crate) type Fields = BTreeMap<String, String>;

/// The value of a query's parameter; `None` when it is absent or occurs twice.
pub(crate) fn query_parameter(raw: Option<&str>, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
    let mut values = pairs.filter(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// The fields of a form of this site.
///
/// # Errors
/// A refusal when the browser says that the form was sent from another site (`Sec-Fetch-Site`; then the body is not read),
/// when the body is not a form or too long, or when a field occurs twice.
pub(crate) async fn read_form(headers: &HeaderMap, body: Body) -> Result<Fields, RequestRejection> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return Err(RequestRejection::new(
            Code::StaleDigest,
            "The form came from another site. Nothing was decided.",
        ));
    }
    let kind = text(header::CONTENT_TYPE).and_then(|kind| kind.split(';').next()).map(str::trim);
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Err(RequestRejection::new(Code::UnsupportedMediaType, "Use the form on the page."));
    }
    let body = bounded_body(body).await?;
    let mut fields = Fields::new();
    for (name, value) in url::form_urlencoded::parse(&body) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(RequestRejection::input("", "A field came twice. Use the form on the page."));
        }
    }
    Ok(fields)
}

/// Whether a query has this parameter, once or more often.
pub(crate) fn has_parameter(raw: Option<&str>, name: &str) -> bool {
    url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).any(|(found, _)| found == name)
}
