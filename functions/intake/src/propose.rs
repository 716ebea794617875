//! Proposing: screened, sealed, stored once.

use aws_lc_rs::hmac;
use axum::body::Body;
use axum::response::Response;
use data_encoding::{BASE64, HEXLOWER};
use domain::{ActionId, Commitment, Event, Key, KeyRef, Timestamp};
use http::{HeaderName, HeaderValue, StatusCode, header};
use runtime::{Code, Problem, http as requests};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::Created;
use wire::Item;
use wire::documents::{Kind, Payload, Provenance, Request};
use wire::http::Proposal;
use wire::json::{self as strict, Canonical};

use crate::Intake;
use crate::call::{Call, action_answer};
use crate::caller::{Proven, Sight};
use crate::screen::{Screened, entry, screen};
use crate::shape;

/// Longer than this nothing waits, whatever a requirement allows; in seconds.
const LONGEST: u32 = 7 * 86_400;
static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static PREFER: HeaderName = HeaderName::from_static("prefer");
static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A proposal that was read, and what is needed to recognise it again.
struct Accepted<'a> {
    caller: &'a Proven<'a>,
    id: ActionId,
    proposal: &'a Proposal,
    screened: Screened,
    fingerprint: String,
}

impl Intake {
    /// `POST /v1/actions`.
    pub(crate) async fn propose(&self, call: &Call, body: Body) -> Result<Response, Problem> {
        let caller = self.agent(call).await?;
        let key = idempotency_key(call)?;
        let body = read_body(call, body).await?;
        let canonical = strict::canonical(&body).map_err(|error| malformed(call, &error))?;
        let id = action_id(call, &caller, key)?;
        let proposal = shape::proposal(call, body)?;
        let rules = self.rules(call).await?;
        let entry = entry(call, &rules.bundle, &proposal)?;
        let screened = screen(call, &rules.bundle, entry, &proposal)?;
        self.require_ledger(call).await?;
        let fingerprint = HEXLOWER.encode(hmac::sign(&self.fingerprint_key(), canonical.as_bytes()).as_ref());
        let accepted = Accepted { caller: &caller, id, proposal: &proposal, screened, fingerprint };
        let (created, item) = self.store(call, &accepted).await?;
        match created {
            Created::New => self.answer(call, item, false).await,
            Created::Exists(item) => {
                self.require_same_body(call, &item, &canonical).await?;
                self.mark(&caller.agent.principal, &item).await;
                self.answer(call, *item, true).await
            }
        }
    }

    /// Both documents before the item that names them; the item once.
    async fn store(&self, call: &Call, accepted: &Accepted<'_>) -> Result<(Created, Item), Problem> {
        let now = self.can.clock.now();
        let (payload, commitment) = self.payload(call, accepted)?;
        let sealed =
            self.can.seal.seal(&payload, &accepted.id, 1).await.map_err(|fault| call.fault(&fault))?;
        let sealed = sealed.document().map_err(|error| call.unavailable(&error.to_string()))?;
        let request = request(accepted, commitment);
        let request = request.document().map_err(|error| call.unavailable(&error.to_string()))?;
        for document in [&sealed, &request] {
            self.can.keep.keep(document).await.map_err(|fault| call.fault(&fault))?;
        }
        let agent = &accepted.caller.agent;
        let event = Event::Proposed {
            action_type: accepted.proposal.action_type.clone(),
            principal: agent.principal.clone(),
            payload: sealed.digest(),
            request: request.digest(),
            token_key: KeyRef { issuer: agent.key.issuer.clone(), kid: agent.key.kid.clone() },
            expires_at: expires_at(now, accepted.proposal.expires_in),
        };
        let item = Item::new(accepted.id.clone()).extend(event, now);
        let (item, _) = item.map_err(|refusal| call.unavailable(&format!("proposing: {refusal}")))?;
        let created = self.can.create.create(&item).await.map_err(|error| call.state(&error))?;
        Ok((created, item))
    }

    fn payload(&self, call: &Call, accepted: &Accepted<'_>) -> Result<(Payload, Commitment), Problem> {
        let mut key = [0; 32];
        self.can.random.fill(&mut key).map_err(|fault| call.fault(&fault))?;
        let parameters = &accepted.proposal.parameters;
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

    /// P7: the key's first body is the only one it ever stands for. Compared in constant time.
    async fn require_same_body(&self, call: &Call, item: &Item, body: &Canonical) -> Result<(), Problem> {
        let stored = self.first_fingerprint(call, item).await?;
        let same = HEXLOWER
            .decode(stored.as_bytes())
            .is_ok_and(|tag| hmac::verify(&self.fingerprint_key(), body.as_bytes(), &tag).is_ok());
        match same {
            true => Ok(()),
            false => {
                let detail =
                    "This Idempotency-Key was used with another body. Use a new key for a new action.";
                Err(call.problem(Code::KeyReused, detail))
            }
        }
    }

    async fn first_fingerprint(&self, call: &Call, item: &Item) -> Result<String, Problem> {
        let missing = || call.unavailable("the first request of an action is not there");
        let Some(Event::Proposed { request, .. }) = item.entries().first().map(|entry| &entry.event) else {
            return Err(missing());
        };
        let document = self.can.documents.document(*request).await.map_err(|error| call.document(&error))?;
        let request: Request = document.ok_or_else(missing)?.open().map_err(|_| missing())?;
        Ok(request.fingerprint)
    }

    fn fingerprint_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.config.fingerprint.expose_secret())
    }

    /// The action as it stands, after waiting as long as the caller prefers.
    async fn answer(&self, call: &Call, item: Item, replayed: bool) -> Result<Response, Problem> {
        let wait = call.header(&PREFER).map_or(0, preferred_wait);
        let location = format!("/v1/actions/{}", item.id());
        // Only agents propose, so only an agent reads this.
        let principal = item.state().proposal().map(|proposal| proposal.principal.clone());
        let sight = Sight::Agent(principal.ok_or_else(|| call.not_found())?);
        let view = self.watch(call, (item, &sight), wait, None).await?;
        let status = if view.is_final { StatusCode::OK } else { StatusCode::ACCEPTED };
        let mut response = action_answer(status, &view, self.can.clock.now());
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

fn action_id(call: &Call, caller: &Proven<'_>, key: &str) -> Result<ActionId, Problem> {
    let agent = &caller.agent;
    let on_behalf_of = agent.on_behalf_of.as_ref().map(|person| json!([person.issuer, person.subject]));
    let name = json!([agent.principal.issuer, agent.principal.subject, on_behalf_of, key]);
    let canonical = strict::canonical(&name).map_err(|error| call.unavailable(&error.to_string()))?;
    Ok(ActionId::of(canonical.as_bytes()))
}

fn request(accepted: &Accepted<'_>, commitment: Commitment) -> Request {
    let (agent, redacted) = (&accepted.caller.agent, &accepted.screened.redacted);
    let proven: Vec<Provenance> = agent.claims.clone();
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
        fingerprint: accepted.fingerprint.clone(),
    }
}

fn expires_at(now: Timestamp, expires_in: Option<u32>) -> Timestamp {
    now.plus_seconds(i64::from(expires_in.unwrap_or(LONGEST).min(LONGEST)))
}

/// The seconds of `Prefer: wait=N`; a preference that is not understood is none.
fn preferred_wait(prefer: &str) -> u32 {
    let mut preferences = prefer.split([',', ';']).filter_map(|one| one.trim().split_once('='));
    let wait = preferences.find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"));
    wait.and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok()).unwrap_or(0)
}
