//! Proposing: a proposal is checked, sealed and stored once.

use axum::body::Body;
use axum::response::Response;
use data_encoding::BASE64;
use domain::{ActionId, Commitment, Event, Key, KeyRef, Timestamp};
use http::{HeaderName, HeaderValue, StatusCode, header};
use identity::AgentCaller;
use runtime::{Code, Problem, http as requests};
use secrecy::ExposeSecret;
use serde_json::Value;
use store::{Created, FirstBody, RefusedVerdict};
use wire::Item;
use wire::documents::{DocumentKind, Payload, Request};
use wire::http::ProposalBody;
use wire::json::{self as strict, Canonical};
use wire::text::Identity;

use crate::Intake;
use crate::call::{Call, action_answer};
use crate::caller::Proven;
use crate::limits::Counted;
use crate::read::Waiting;
use crate::screen::{Screened, entry, screen};
use crate::{keyed, shape};

/// The longest time that an action may wait, in seconds, whatever a requirement allows.
const LONGEST: u32 = 7 * 86_400;
static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static PREFER: HeaderName = HeaderName::from_static("prefer");
static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A proposal that was read.
struct Accepted<'a> {
    caller: &'a Proven<'a>,
    id: ActionId,
    proposal: &'a ProposalBody,
    screened: Screened,
}

impl Intake {
    /// `POST /v1/actions`. A repeated key stores nothing.
    pub(crate) async fn propose(&self, call: &Call, body: Body) -> Result<Response, Problem> {
        let caller = self.agent(call).await?;
        let key = idempotency_key(call)?;
        let body = read_body(call, body).await?;
        let canonical = strict::canonical(&body).map_err(|error| malformed(call, &error))?;
        let id = self.action_id(call, &caller.agent, key)?;
        let proposal = shape::proposal(call, body)?;
        if let Some(item) = self.item(call, &id).await? {
            let agent = (&caller.agent.principal).into();
            self.repeat(call, &agent).await?;
            self.require_same_body(call, (&agent, &id), &canonical).await?;
            self.record_poll(&caller.agent.principal, &item).await;
            return self.answer(call, &caller, item, true).await;
        }
        let rules = self.rules(call).await?;
        let entry = entry(call, &rules.bundle, &proposal)?;
        let screened = screen(call, &rules.bundle, entry, &proposal)?;
        self.require_ledger(call).await?;
        let agent: Identity = (&caller.agent.principal).into();
        self.admit(call, &Counted::of(&rules.bundle, &caller.agent.principal), &id).await?;
        self.keep_body(call, (&agent, &id), &canonical).await?;
        let accepted = Accepted { caller: &caller, id, proposal: &proposal, screened };
        match self.store(call, &accepted).await? {
            (Created::New, item) => self.answer(call, &caller, item, false).await,
            (Created::Exists(item), _) => self.answer(call, &caller, *item, true).await,
        }
    }

    fn action_id(&self, call: &Call, agent: &AgentCaller, key: &str) -> Result<ActionId, Problem> {
        let human: Option<Identity> = agent.on_behalf_of.as_ref().map(Into::into);
        let secret = self.config.fingerprint.expose_secret();
        let id = keyed::action_id(secret, &(&agent.principal).into(), human.as_ref(), key);
        id.map_err(|error| call.unavailable(&error.to_string()))
    }

    /// Both documents before the item that names them; the item once.
    async fn store(&self, call: &Call, accepted: &Accepted<'_>) -> Result<(Created, Item), Problem> {
        let now = self.capabilities.clock.now();
        let (payload, commitment) = self.payload(call, accepted)?;
        let expires_at = expires_at(now, accepted.proposal.expires_in);
        let sealed = self.capabilities.seal.seal(&payload, &accepted.id, 1, expires_at).await;
        let sealed = sealed.map_err(|fault| call.fault(&fault))?;
        let sealed = sealed.document().map_err(|error| call.unavailable(&error.to_string()))?;
        let request = request(accepted, commitment);
        let request = request.document().map_err(|error| call.unavailable(&error.to_string()))?;
        for document in [&sealed, &request] {
            self.capabilities.document_writer.put(document).await.map_err(|fault| call.fault(&fault))?;
        }
        let agent = &accepted.caller.agent;
        let event = Event::Proposed {
            action_type: accepted.proposal.action_type.clone(),
            principal: agent.principal.clone(),
            payload: sealed.digest(),
            request: request.digest(),
            token_key: KeyRef { issuer: agent.key.issuer.clone(), kid: agent.key.kid.clone() },
            expires_at,
        };
        let item = Item::new(accepted.id.clone()).extend(event, now);
        let (item, _) = item.map_err(|refusal| call.unavailable(&format!("proposing: {refusal}")))?;
        let created = self.capabilities.create.create(&item).await.map_err(|error| call.state(&error))?;
        Ok((created, item))
    }

    fn payload(&self, call: &Call, accepted: &Accepted<'_>) -> Result<(Payload, Commitment), Problem> {
        let mut key = [0; 32];
        self.capabilities.random.fill(&mut key).map_err(|fault| call.fault(&fault))?;
        let parameters = &accepted.screened.parameters;
        let canonical = strict::canonical(parameters).map_err(|error| malformed(call, &error))?;
        let payload = Payload {
            format: Payload::FORMAT.to_owned(),
            parameters: parameters.clone(),
            reason: accepted.proposal.reason.clone(),
            token: accepted.caller.token.to_owned(),
            commitment_key: BASE64.encode(&key),
        };
        Ok((payload, Commitment::of(&Key::from_bytes(key), canonical.as_bytes())))
    }

    /// P7, E10: the first body of a key is the only one that it ever stands for. It is stored before the action, so
    /// that no action exists without it.
    async fn keep_body(
        &self,
        call: &Call,
        (agent, id): (&Identity, &ActionId),
        body: &Canonical,
    ) -> Result<(), Problem> {
        let fingerprint = keyed::fingerprint(self.config.fingerprint.expose_secret(), id, body);
        match self
            .capabilities
            .bodies
            .keep_body(id, &fingerprint)
            .await
            .map_err(|fault| call.fault(&fault))?
        {
            FirstBody::This => Ok(()),
            FirstBody::Other => Err(self.other_body(call, agent).await?),
        }
    }

    async fn require_same_body(
        &self,
        call: &Call,
        (agent, id): (&Identity, &ActionId),
        body: &Canonical,
    ) -> Result<(), Problem> {
        let kept = self.capabilities.bodies.body(id).await.map_err(|fault| call.fault(&fault))?;
        if kept.is_none() {
            tracing::error!(alarm = true, action = %id, "the fingerprint of an idempotency key is missing");
        }
        let secret = self.config.fingerprint.expose_secret();
        if kept.is_some_and(|kept| keyed::is_of(secret, id, body, &kept)) {
            return Ok(());
        }
        let refused = self.other_body(call, agent).await?;
        let (at, code) = (self.capabilities.clock.now(), Code::KeyReused.name().to_owned());
        let attempt = RefusedVerdict { action: id.clone(), person: agent.clone(), code, at };
        // The refusal stands whether or not it could be kept.
        if let Err(fault) = self.capabilities.attempts.attempt(&attempt).await {
            tracing::error!(%fault, action = %id, "an attempt was not kept");
        }
        Err(refused)
    }

    /// The refusal, or that there were too many.
    async fn other_body(&self, call: &Call, agent: &Identity) -> Result<Problem, Problem> {
        self.mismatch(call, agent).await?;
        let detail = "This Idempotency-Key was used with another body. Use a new key for a new action.";
        Ok(call.problem(Code::KeyReused, detail))
    }

    /// The action in its present state, after waiting as long as the caller prefers.
    async fn answer(
        &self,
        call: &Call,
        caller: &Proven<'_>,
        item: Item,
        replayed: bool,
    ) -> Result<Response, Problem> {
        let wait = call.header(&PREFER).map_or(0, preferred_wait);
        let location = format!("/v1/actions/{}", item.id());
        let who = (&caller.agent.principal).into();
        let waiting = Waiting { who: &who, viewer: None, seconds: wait, known: None };
        let view = self.watch(call, &waiting, item).await?;
        let status = if view.is_final { StatusCode::OK } else { StatusCode::ACCEPTED };
        let mut response = action_answer(status, &view, self.capabilities.clock.now());
        let headers = response.headers_mut();
        if let Ok(location) = HeaderValue::from_str(&location) {
            headers.insert(header::LOCATION, location);
        }
        if replayed {
            headers.insert(REPLAYED.clone(), HeaderValue::from_static("true"));
        }
        Ok(response)
    }
}

/// The body as strictly read JSON.
pub(crate) async fn read_body(call: &Call, body: Body) -> Result<Value, Problem> {
    let bytes = requests::json_body(&call.headers, body).await.map_err(|code| {
        call.problem(
            code,
            match code {
                Code::TooLarge => "A body has at most 32 KiB.",
                _ => "Send the body as application/json in UTF-8.",
            },
        )
    })?;
    strict::parse_value(&bytes).map_err(|error| malformed(call, &error))
}

fn malformed(call: &Call, error: &strict::JsonError) -> Problem {
    call.problem(Code::MalformedJson, error.to_string())
}

fn idempotency_key(call: &Call) -> Result<&str, Problem> {
    let key = call.header(&IDEMPOTENCY_KEY);
    let shaped = |key: &&str| (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    key.filter(shaped).ok_or_else(|| {
        let detail = "Send one Idempotency-Key of 1 to 255 visible ASCII characters; the same key means the same action.";
        call.problem(Code::MissingIdempotencyKey, detail)
    })
}

fn request(accepted: &Accepted<'_>, commitment: Commitment) -> Request {
    let (agent, redacted) = (&accepted.caller.agent, &accepted.screened.redacted);
    let proven = accepted.screened.proven(agent);
    Request {
        format: Request::FORMAT.to_owned(),
        action: accepted.id.clone(),
        revision: 1,
        action_type: accepted.proposal.action_type.clone(),
        parameters: redacted.parameters.clone(),
        commitment,
        reason: redacted.reason.clone(),
        masked: redacted.masked.clone(),
        principal: (&agent.principal).into(),
        on_behalf_of: agent.on_behalf_of.as_ref().map(Into::into),
        provenance: proven.into_iter().chain(accepted.screened.said.clone()).collect(),
        correlation: accepted.proposal.correlation.clone(),
    }
}

fn expires_at(now: Timestamp, expires_in: Option<u32>) -> Timestamp {
    now.plus_seconds(i64::from(expires_in.unwrap_or(LONGEST).min(LONGEST)))
}

/// The seconds of `Prefer: wait=N`; a preference that is not understood counts as absent.
fn preferred_wait(prefer: &str) -> u32 {
    let mut preferences = prefer.split([',', ';']).filter_map(|one| one.trim().split_once('='));
    let wait = preferences.find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"));
    wait.and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok()).unwrap_or(0)
}
