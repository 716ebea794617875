//! Every operation of the contract, for agents and for people, and the bodies that they take and answer with.

mod people;

use runtime::Code;
use serde_json::{Value, json};
use utoipa::OpenApi;
use wire::http as body;

pub use people::people;

/// The bodies that operations take and answer with.
#[derive(OpenApi)]
#[openapi(components(schemas(
    body::ProposalBody,
    body::ActionView,
    body::ActionList,
    body::GrantList,
    body::Preflight,
    body::Catalog,
    body::RecordList,
    body::ReviewView,
    body::VerdictBody,
    body::ResolutionBody,
    body::SuspensionList,
    body::CoverageView,
    body::OpenActionsView,
    body::SuspensionBody,
    body::ProblemBody,
)))]
pub struct Schemas;

/// One operation: method, path, id, what it does, parameters, body, answers, problems.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub id: &'static str,
    /// Who it is for.
    pub tag: &'static str,
    pub summary: &'static str,
    pub parameters: Vec<Value>,
    pub body: Option<&'static str>,
    pub answers: &'static [(&'static str, &'static str, &'static str)],
    pub problems: &'static [Code],
}

impl Operation {
    /// Whether a person's token needs the scope for deciding.
    pub fn decides(&self) -> bool {
        self.problems.contains(&Code::InsufficientScope)
    }
}

const READING: &[Code] =
    &[Code::MissingToken, Code::InvalidToken, Code::NotFound, Code::Unavailable, Code::RateLimited];
const SENDING: &[Code] = &[
    Code::MalformedJson,
    Code::MissingToken,
    Code::InvalidToken,
    Code::NotAnAgent,
    Code::TooLarge,
    Code::UnsupportedMediaType,
    Code::UnknownType,
    Code::InvalidParameters,
    Code::HiddenCharacters,
    Code::SecretInTarget,
    Code::SecretInParameter,
    Code::UnknownField,
    Code::RateLimited,
    Code::Unavailable,
];

fn query(name: &str, kind: &str, about: &str) -> Value {
    json!({ "in": "query", "name": name, "description": about, "schema": { "type": kind } })
}

fn status(about: &str) -> Value {
    let schema = json!({ "type": "string", "enum": crate::contract::closed::statuses() });
    json!({ "in": "query", "name": "status", "description": about, "schema": schema })
}

fn header(name: &str, required: bool, about: &str) -> Value {
    json!({ "in": "header", "name": name, "required": required, "description": about, "schema": { "type": "string" } })
}

fn id() -> Value {
    json!({ "in": "path", "name": "id", "required": true, "description": "The action's id.", "schema": { "type": "string" } })
}

/// What agents call, answered by this door.
pub fn agents() -> Vec<Operation> {
    let key = header(
        "Idempotency-Key",
        true,
        "1 to 255 visible ASCII characters; the same key means the same action.",
    );
    let prefer = header(
        "Prefer",
        false,
        "`wait=N`: answer as soon as it is final, at most N seconds later (0 to 25).",
    );
    let match_ =
        header("If-None-Match", false, "With `wait`: answer as soon as the action differs from this tag.");
    vec![
        Operation {
            method: "post",
            path: "/v1/actions",
            id: "propose",
            tag: "agents",
            summary: "Propose one exact action",
            parameters: vec![key, prefer],
            body: Some("Proposal"),
            answers: &[
                ("202", "ActionView", "Accepted; decided later."),
                ("200", "ActionView", "It is final already."),
            ],
            problems: const {
                &[
                    Code::MissingIdempotencyKey,
                    Code::KeyReused,
                    Code::MalformedJson,
                    Code::MissingToken,
                    Code::InvalidToken,
                    Code::NotAnAgent,
                    Code::TooLarge,
                    Code::UnsupportedMediaType,
                    Code::UnknownType,
                    Code::InvalidParameters,
                    Code::HiddenCharacters,
                    Code::SecretInTarget,
                    Code::SecretInParameter,
                    Code::UnknownField,
                    Code::RateLimited,
                    Code::Unavailable,
                ]
            },
        },
        Operation {
            method: "get",
            path: "/v1/actions",
            id: "list",
            tag: "agents",
            summary: "Actions the caller may see, newest first",
            parameters: vec![
                status("A status."),
                query("type", "string", "An action type."),
                query("principal", "string", "Who asked: a subject, or `issuer|subject`."),
                query("correlation", "string", "The agent's own handle."),
                query("after", "string", "Proposed after this time."),
                query("before", "string", "Proposed before this time."),
                query("cursor", "string", "`next` of the page before."),
                query("limit", "integer", "1 to 100; usually 20."),
            ],
            body: None,
            answers: &[("200", "ActionList", "A page; it may lag a second.")],
            problems: &[
                Code::BadCursor,
                Code::MissingToken,
                Code::InvalidToken,
                Code::Unavailable,
                Code::RateLimited,
            ],
        },
        Operation {
            method: "get",
            path: "/v1/grants",
            id: "grants",
            tag: "agents",
            summary: "What approvals granted beyond their own action, those of the newest action first",
            parameters: vec![
                status("A status of the action that was approved."),
                query("type", "string", "An action type."),
                query("principal", "string", "Who asked: a subject, or `issuer|subject`."),
                query("correlation", "string", "The agent's own handle."),
                query("after", "string", "Proposed after this time."),
                query("before", "string", "Proposed before this time."),
                query("cursor", "string", "`next` of the page before."),
                query("limit", "integer", "Actions looked at, 1 to 100; usually 20."),
            ],
            body: None,
            answers: &[("200", "GrantList", "A page; it may lag a second.")],
            problems: &[
                Code::BadCursor,
                Code::MissingToken,
                Code::InvalidToken,
                Code::Unavailable,
                Code::RateLimited,
            ],
        },
        Operation {
            method: "get",
            path: "/v1/actions/{id}",
            id: "read",
            tag: "agents",
            summary: "One action as it stands",
            parameters: vec![
                id(),
                query("wait", "integer", "Seconds to wait until it is final, 0 to 25."),
                match_,
            ],
            body: None,
            answers: &[
                ("200", "ActionView", "The action."),
                ("304", "", "It does not differ from the given tag."),
            ],
            problems: READING,
        },
        Operation {
            method: "post",
            path: "/v1/actions/{id}/cancel",
            id: "cancel",
            tag: "agents",
            summary: "Take a proposal back before it runs",
            parameters: vec![id()],
            body: None,
            answers: &[("200", "ActionView", "Taken back.")],
            problems: &[
                Code::MissingToken,
                Code::InvalidToken,
                Code::NotAnAgent,
                Code::NotFound,
                Code::AlreadyStarted,
                Code::AlreadyDecided,
                Code::Expired,
                Code::Unavailable,
                Code::RateLimited,
            ],
        },
        Operation {
            method: "get",
            path: "/v1/actions/{id}/records",
            id: "records",
            tag: "agents",
            summary: "Its records in the log",
            parameters: vec![id()],
            body: None,
            answers: &[("200", "RecordList", "Oldest first.")],
            problems: READING,
        },
        Operation {
            method: "post",
            path: "/v1/preflight",
            id: "preflight",
            tag: "agents",
            summary: "What policy would say; nothing is stored, nobody is asked",
            parameters: vec![],
            body: Some("Proposal"),
            answers: &[("200", "Preflight", "What it would say.")],
            problems: SENDING,
        },
        Operation {
            method: "get",
            path: "/v1/catalog",
            id: "catalog",
            tag: "agents",
            summary: "What the caller may propose",
            parameters: vec![],
            body: None,
            answers: &[("200", "Catalog", "Types with schema and example.")],
            problems: &[Code::MissingToken, Code::InvalidToken, Code::Unavailable, Code::RateLimited],
        },
        Operation {
            method: "get",
            path: "/openapi.json",
            id: "openapi",
            tag: "agents",
            summary: "This document",
            parameters: vec![],
            body: None,
            answers: &[("200", "", "This document.")],
            problems: &[],
        },
        Operation {
            method: "get",
            path: "/healthz",
            id: "healthz",
            tag: "agents",
            summary: "Whether the door answers",
            parameters: vec![],
            body: None,
            answers: &[("200", "", "It does.")],
            problems: &[],
        },
    ]
}
