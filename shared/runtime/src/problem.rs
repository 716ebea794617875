//! Rejections over HTTP: one table of stable codes, one form (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use wire::http::FieldError;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $status:ident $name:literal $title:literal),* $(,)?) => {
        /// A stable code: programs may branch on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is named as it is written, and its title says what it means")]
        pub enum Code { $($variant),* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as written.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The HTTP status it comes with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),* }
            }

            /// What it means, in a few words; always the same.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }
        }
    };
}

codes! {
    MalformedJson BAD_REQUEST "malformed-json" "The body is not acceptable JSON",
    MissingIdempotencyKey BAD_REQUEST "missing-idempotency-key" "An Idempotency-Key header is required",
    BadCursor BAD_REQUEST "bad-cursor" "The cursor or a filter is not valid",
    MissingToken UNAUTHORIZED "missing-token" "A bearer token is required",
    InvalidToken UNAUTHORIZED "invalid-token" "The token is not accepted",
    OwnRequest FORBIDDEN "own-request" "Nobody decides about their own request",
    OwnChange FORBIDDEN "own-change" "Whoever changed an action cannot approve it",
    NotAnApprover FORBIDDEN "not-an-approver" "No requirement of this action asks this person",
    AgentCannotDecide FORBIDDEN "agent-cannot-decide" "Agents cannot decide",
    NotAnAgent FORBIDDEN "not-an-agent" "Only agents can propose",
    InsufficientScope FORBIDDEN "insufficient-scope" "The token may be used to read, not to decide",
    StepUpRequired FORBIDDEN "step-up-required" "This decision must be proven by signing in",
    NotFound NOT_FOUND "not-found" "Nothing at this address is visible to this caller",
    MethodNotAllowed METHOD_NOT_ALLOWED "method-not-allowed" "The address does not support this method",
    KeyReused CONFLICT "key-reused" "The idempotency key belongs to another body",
    StaleDigest CONFLICT "stale-digest" "The action has changed since it was shown",
    NotShownWhole CONFLICT "not-shown-whole" "The changes cannot be shown completely, so they cannot be approved",
    AlreadyVoted CONFLICT "already-voted" "This person has already given another verdict",
    AlreadyDecided CONFLICT "already-decided" "The action has already been decided",
    TooEarly CONFLICT "too-early" "The attempt may still be under way",
    NothingToResolve CONFLICT "nothing-to-resolve" "No outcome is missing here",
    AlreadyStarted CONFLICT "already-started" "The action has already begun to run",
    Expired CONFLICT "expired" "The deadline has passed",
    TooManyChanges CONFLICT "too-many-changes" "The action has reached the limit of changes",
    ActionFull CONFLICT "action-full" "The action has no space for more verdicts or changes",
    TooLarge PAYLOAD_TOO_LARGE "too-large" "The request is too large",
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" "The body must be application/json",
    UnknownType UNPROCESSABLE_ENTITY "unknown-type" "The catalogue has no such action type",
    InvalidParameters UNPROCESSABLE_ENTITY "invalid-parameters" "The body does not have the required form",
    HiddenCharacters UNPROCESSABLE_ENTITY "hidden-characters" "The body has characters that people cannot see",
    SecretInTarget UNPROCESSABLE_ENTITY "secret-in-target" "A target contains a secret",
    SecretInParameter UNPROCESSABLE_ENTITY "secret-in-parameter" "A mask in a parameter could hide what would run",
    UnknownField UNPROCESSABLE_ENTITY "unknown-field" "The body has an unknown field",
    RateLimited TOO_MANY_REQUESTS "rate-limited" "Too many requests",
    Unavailable SERVICE_UNAVAILABLE "unavailable" "The service cannot answer safely at the moment",
}

/// Seconds after which trying again makes sense, unless a problem says otherwise.
const RETRY_AFTER: u32 = 5;

/// A rejection or fault for a caller. It says what is wrong and what to do, and nothing internal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: String,
    instance: String,
    errors: Vec<FieldError>,
    page: Option<String>,
    scope: Option<Box<str>>,
    retry_after: u32,
}

impl Problem {
    /// A problem of this code; `instance` is the id to quote.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>, instance: &str) -> Self {
        let (detail, instance) = (detail.into(), instance.to_owned());
        let (errors, page, scope) = (Vec::new(), None, None);
        Self { code, detail, instance, errors, page, scope, retry_after: RETRY_AFTER }
    }

    /// The parts of the input that are meant.
    #[must_use]
    pub fn errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// The page to go on with.
    #[must_use]
    pub fn page(self, page: impl Into<String>) -> Self {
        Self { page: Some(page.into()), ..self }
    }

    /// The scope that a token would need; sent in the challenge of `insufficient-scope` (RFC 6750).
    #[must_use]
    pub fn scope(self, scope: impl Into<Box<str>>) -> Self {
        Self { scope: Some(scope.into()), ..self }
    }

    /// Seconds until trying again makes sense; sent with 429 and 503 only.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: seconds, ..self }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> wire::http::ProblemBody {
        wire::http::ProblemBody {
            kind: documentation(self.code),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail.clone(),
            code: self.code.name().to_owned(),
            instance: self.instance.clone(),
            errors: self.errors.clone(),
            page: self.page.clone(),
        }
    }
}

/// Where a code is documented: a response of the OpenAPI document.
#[must_use]
pub fn documentation(code: Code) -> String {
    format!("/openapi.json#/components/responses/{}", code.name())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.code.status(), axum::Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let bearer = "Bearer realm=\"countersign\"";
        let challenge = match self.code {
            Code::MissingToken => Some(bearer.to_owned()),
            Code::InvalidToken => Some(format!("{bearer}, error=\"invalid_token\"")),
            Code::InsufficientScope => {
                let scope = self.scope.map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
                Some(format!("{bearer}, error=\"insufficient_scope\"{scope}"))
            }
            _ => None,
        };
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if matches!(self.code, Code::RateLimited | Code::Unavailable) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.retry_after));
        }
        response
    }
}
