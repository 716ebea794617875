//! The query of a list, read strictly.

use domain::{Status, Timestamp};
use runtime::{Code, Problem};
use store::IndexRow;

use crate::call::Call;

/// Items of one page unless asked otherwise, and at most.
const USUAL_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// The filters of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub status: Option<String>,
    pub action_type: Option<String>,
    pub principal: Option<String>,
    pub correlation: Option<String>,
    pub after: Option<Timestamp>,
    pub before: Option<Timestamp>,
    pub cursor: Option<String>,
    pub limit: u32,
    /// Only actions with a grant; this is not a parameter of a query.
    pub granting: bool,
}

impl Filter {
    /// The filters in this query. A parameter that is unknown or repeated is refused, because a misspelt filter
    /// must not look like one that matched everything.
    pub fn read(call: &Call, query: Option<&str>) -> Result<Self, Problem> {
        let mut filter = Self { limit: USUAL_LIMIT, ..Self::default() };
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or("").as_bytes()) {
            let wrong = |detail: &str| {
                let name: String = name.chars().filter(|char| !char.is_control()).take(40).collect();
                call.problem(Code::BadCursor, format!("`{name}` {detail}"))
            };
            if seen.contains(&name) {
                return Err(wrong("comes twice"));
            }
            filter.set(&name, &value).map_err(|detail| wrong(&detail))?;
            seen.push(name);
        }
        Ok(filter)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "status" if is_status(value) => self.status = Some(value.to_owned()),
            "status" => return Err("is no status of an action".to_owned()),
            "type" => self.action_type = Some(value.to_owned()),
            "principal" => self.principal = Some(value.to_owned()),
            "correlation" => self.correlation = Some(value.to_owned()),
            "after" => self.after = Some(instant(value)?),
            "before" => self.before = Some(instant(value)?),
            "cursor" => self.cursor = Some(value.to_owned()),
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                self.limit = limit.ok_or_else(|| format!("is a number from 1 to {MAX_LIMIT}"))?;
            }
            _ => return Err("is no filter of this list".to_owned()),
        }
        Ok(())
    }

    /// Whether a row fits. `principal` is a subject, or `issuer|subject`.
    pub fn admits(&self, row: &IndexRow) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let full = format!("{}|{}", row.principal.issuer, row.principal.subject);
        (!self.granting || row.grants)
            && is(&self.status, &row.status)
            && is(&self.action_type, &row.action_type)
            && (is(&self.principal, &row.principal.subject) || is(&self.principal, &full))
            && self.correlation.as_ref().is_none_or(|wanted| row.correlation.as_ref() == Some(wanted))
            && self.after.is_none_or(|after| row.created_at > after)
            && self.before.is_none_or(|before| row.created_at < before)
    }

    /// Everything except cursor and limit: the query for which a cursor was given.
    pub fn scope(&self) -> String {
        let without = Self { cursor: None, limit: 0, ..self.clone() };
        format!("{without:?}")
    }
}

/// The `wait` of a query, in seconds; the one parameter reading an action knows.
pub(crate) fn wait(call: &Call, query: Option<&str>) -> Result<u32, Problem> {
    let mut wait = None;
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or("").as_bytes()) {
        let seconds = value.parse().ok().filter(|_| name == "wait" && wait.is_none());
        let detail = "Reading an action knows one parameter, `wait`: 0 to 25 seconds.";
        wait = Some(seconds.ok_or_else(|| call.problem(Code::BadCursor, detail))?);
    }
    Ok(wait.unwrap_or(0))
}

fn is_status(name: &str) -> bool {
    Status::named(name).is_some()
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let instant: jiff::Timestamp =
        text.parse().map_err(|_| "is no time like 2026-11-21T14:47:31Z".to_owned())?;
    Ok(Timestamp::from_millis(instant.as_millisecond()))
}
