//! What an answer says that is no result: a problem of the API (RFC 9457), or an error of OAuth.

use std::fmt;

use identity::ProviderError;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::refused;

/// More parts of the input than this are counted and not listed on a terminal.
const LISTED: usize = 20;

/// A refusal in the API's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRefusal {
    /// Status, code and detail on one line.
    summary: String,
    /// The parts of the input that are meant: JSON pointer, if it is given, and what is wrong there.
    fields: Vec<(Option<String>, String)>,
    document: Value,
}

impl ApiRefusal {
    /// Reads the body of an answer with this status. A page of HTML says nothing but its status.
    pub(super) fn read(status: StatusCode, bytes: &[u8]) -> Self {
        match wire::json::parse_value(bytes) {
            Ok(document) => Self::of(status, document, "no reason given"),
            Err(_) => Self::of(status, Value::Null, "the answer is no JSON that gives a reason"),
        }
    }

    /// An answer with this status whose body did not arrive whole.
    pub(super) fn cut_off(status: StatusCode) -> Self {
        Self::of(status, Value::Null, "the text of the answer was cut off")
    }

    /// `otherwise` stands in for a reason that is not there.
    fn of(status: StatusCode, document: Value, otherwise: &str) -> Self {
        let field = |name: &str| document.get(name).and_then(Value::as_str);
        let name = status.canonical_reason().map_or_else(String::new, |name| format!(" {name}"));
        let summary = if let (None, Some(error)) = (field("code"), field("error")) {
            let error = ProviderError::new(error, field("error_description"));
            format!("{}{name} {}", status.as_str(), refused::told(&error))
        } else {
            let code = field("code").map_or_else(String::new, |code| format!(" {code}"));
            format!("{}{name}{code}: {}", status.as_str(), field("detail").unwrap_or(otherwise))
        };
        let errors = document.get("errors").and_then(Value::as_array).into_iter().flatten();
        let part = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let fields = errors.map(|error| {
            let detail = part(error, "detail").unwrap_or_else(|| "no detail given".to_owned());
            (part(error, "pointer"), detail)
        });
        let fields = fields.collect();
        let document = if document.is_object() { document } else { json!({ "status": status.as_u16() }) };
        Self { summary, fields, document }
    }

    /// One line for each part of the input that the summary does not name itself.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let place = |pointer: &Option<String>| match pointer.as_deref() {
            None => "some part of the input".to_owned(),
            Some("") => "the whole body".to_owned(),
            Some(pointer) => pointer.to_owned(),
        };
        let new = |(pointer, detail): &&(Option<String>, String)| {
            let told = |pointer: &String| self.summary.ends_with(&format!(": {pointer}: {detail}"));
            !pointer.as_ref().is_some_and(told)
        };
        let all: Vec<String> = self
            .fields
            .iter()
            .filter(new)
            .map(|(pointer, detail)| format!("{}: {detail}", place(pointer)))
            .collect();
        let more = all.len().saturating_sub(LISTED);
        let rest = (more > 0).then(|| format!("and {more} more; `--json` lists all of them"));
        all.into_iter().take(LISTED).chain(rest).collect()
    }

    /// The problem document, as the API sent it; only its status where it sent none.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Everything on one line.
    pub(super) fn sentence(&self) -> String {
        let parts = std::iter::once(self.summary.clone()).chain(self.lines());
        parts.collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for ApiRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(value: &Value) -> ApiRefusal {
        ApiRefusal::read(StatusCode::UNPROCESSABLE_ENTITY, value.to_string().as_bytes())
    }

    /// An answer without a reason says why there is none.
    #[test]
    fn no_reason() {
        let of = |bytes: &[u8]| ApiRefusal::read(StatusCode::NOT_FOUND, bytes).to_string();
        assert_eq!(of(b"{}"), "404 Not Found: no reason given");
        assert_eq!(of(b"<html>"), "404 Not Found: the answer is no JSON that gives a reason");
        let cut_off = ApiRefusal::cut_off(StatusCode::NOT_FOUND);
        assert_eq!(cut_off.to_string(), "404 Not Found: the text of the answer was cut off");
        assert_eq!(cut_off.document(), &json!({ "status": 404 }));
    }

    /// Every part of the input is listed with its place, also where the detail repeats its words; what the detail already
    /// names with its place is not repeated.
    #[test]
    fn each_part_has_its_line() {
        let error = |pointer: &str, detail: &str| json!({ "pointer": pointer, "detail": detail });
        let detail = "Some fields are missing.";
        let both =
            [error("/reason", "missing"), error("/type", "is no text"), error("", "must be an object")];
        let found = refusal(&json!({ "code": "invalid-parameters", "detail": detail, "errors": both }));
        assert_eq!(
            found.to_string(),
            "422 Unprocessable Entity invalid-parameters: Some fields are missing."
        );
        assert_eq!(
            found.lines(),
            ["/reason: missing", "/type: is no text", "the whole body: must be an object"]
        );
        let named = json!({ "detail": "/type: is no text", "errors": [error("/type", "is no text")] });
        assert_eq!(refusal(&named).sentence(), "422 Unprocessable Entity: /type: is no text");
        let nothing = refusal(&json!({ "detail": detail, "errors": [{}] }));
        assert_eq!(nothing.lines(), ["some part of the input: no detail given"]);
        let many = vec![error("/a", "b"); LISTED + 2];
        let lines = refusal(&json!({ "detail": detail, "errors": many })).lines();
        assert_eq!((lines.len(), lines.last().unwrap().starts_with("and 2 more")), (LISTED + 1, true));
    }
}
