//! Verifying tokens as they come, with cached keys that follow rotation and cannot be used to flood a provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Fault, KeyRef, Timestamp};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::issuers::Issuers;
use crate::keys::FetchKeys;
use crate::settings::IssuerSettings;
use crate::{Invalid, VerifiedCaller, caller_with_key, public_jwk, unverified_key_ref};

/// A provider is asked at most once in so many seconds, whatever key ids arrive.
const PAUSE: i64 = 15;
/// After so many seconds the key set is fetched again.
const FRESH: i64 = 600;
/// With the provider unreachable, keys serve for so many seconds; then everything is refused.
const USABLE: i64 = 3600;

/// Why nobody could be recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The token does not hold: 401, saying no more than [`Invalid::told`].
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The keys cannot be had: 503.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Verifies tokens of the configured issuers.
pub struct Verifier {
    issuers: Issuers,
    fetch: Arc<dyn FetchKeys>,
    caches: BTreeMap<String, Mutex<Cache>>,
}

#[derive(Default)]
struct Cache {
    keys: BTreeMap<String, Value>,
    fetched_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
    failed: Option<Fault>,
}

impl Verifier {
    /// A verifier with empty caches.
    #[must_use]
    pub fn new(issuers: Issuers, fetch: Arc<dyn FetchKeys>) -> Self {
        let caches = issuers.all().map(|issuer| (issuer.issuer.clone(), Mutex::default())).collect();
        Self { issuers, fetch, caches }
    }

    /// The configured issuers.
    #[must_use]
    pub fn issuers(&self) -> &Issuers {
        &self.issuers
    }

    /// Who holds this bearer token.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn caller(&self, bearer: &str, now: Timestamp) -> Result<VerifiedCaller, AuthError> {
        let key_ref = unverified_key_ref(bearer)?;
        let key = match self.find(&key_ref, now).await? {
            Found::Key(key) => key,
            Found::Absent | Found::AskedTooLately => return Err(Invalid::Key.into()),
        };
        Ok(caller_with_key(bearer, &key, &self.issuers, now)?)
    }

    /// The public key with this id, from the issuer itself; `None` if its present key set has no such key or the
    /// issuer
    /// is not configured.
    ///
    /// # Errors
    /// A passing [`Fault`] when the provider cannot be asked, or was asked a moment ago: try again later.
    pub async fn key(&self, key: &KeyRef, now: Timestamp) -> Result<Option<Value>, Fault> {
        match self.find(key, now).await? {
            Found::Key(key) => Ok(Some(key)),
            Found::Absent => Ok(None),
            Found::AskedTooLately => {
                Err(Fault::passing(format!("`{}` was asked for its keys a moment ago", key.issuer)))
            }
        }
    }

    async fn find(&self, key: &KeyRef, now: Timestamp) -> Result<Found, Fault> {
        let (Some(issuer), Some(cache)) = (self.issuers.get(&key.issuer), self.caches.get(&key.issuer))
        else {
            return Ok(Found::Absent);
        };
        let mut cache = cache.lock().await;
        let known = cache.keys.get(&key.kid).cloned();
        if let Some(known) = known.clone().filter(|_| cache.within(FRESH, now)) {
            return Ok(Found::Key(known));
        }
        if !cache.may_ask(now) {
            return cache.without_asking(known, now);
        }
        cache.refill(self.fetch.as_ref(), issuer, now).await;
        match &cache.failed {
            Some(_) => cache.without_asking(known, now),
            None => Ok(cache.keys.get(&key.kid).cloned().map_or(Found::Absent, Found::Key)),
        }
    }
}

enum Found {
    Key(Value),
    /// Not in the key set that was just fetched.
    Absent,
    /// Not in the key set that was fetched a moment ago.
    AskedTooLately,
}

impl Cache {
    /// Whether the keys are at most so old. A clock that jumped back makes them old, not young.
    fn within(&self, seconds: i64, now: Timestamp) -> bool {
        self.fetched_at.is_some_and(|at| at <= now && now < at.plus_seconds(seconds))
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        !self.asked_at.is_some_and(|at| at <= now && now < at.plus_seconds(PAUSE))
    }

    fn without_asking(&self, known: Option<Value>, now: Timestamp) -> Result<Found, Fault> {
        match (known, &self.failed) {
            (Some(key), _) if self.within(USABLE, now) => Ok(Found::Key(key)),
            (_, Some(fault)) => Err(fault.clone()),
            (_, None) => Ok(Found::AskedTooLately),
        }
    }

    async fn refill(&mut self, fetch: &dyn FetchKeys, issuer: &IssuerSettings, now: Timestamp) {
        // Marked before asking: a caller that is dropped meanwhile must not open the door to a flood.
        self.asked_at = Some(now);
        match fetch.keys(issuer).await {
            Ok(keys) => {
                self.keys = by_id(&keys);
                self.fetched_at = Some(now);
                self.failed = None;
            }
            Err(fault) => {
                tracing::warn!(issuer = issuer.issuer, %fault, "the key set cannot be fetched");
                self.failed = Some(fault);
            }
        }
    }
}

/// Usable keys by id. An id with two keys is ambiguous and counts as unknown.
fn by_id(keys: &[Value]) -> BTreeMap<String, Value> {
    let mut found: BTreeMap<String, Option<Value>> = BTreeMap::new();
    for key in keys.iter().filter_map(public_jwk) {
        let Some(kid) = key.get("kid").and_then(Value::as_str).map(str::to_owned) else { continue };
        let slot = found.entry(kid).or_insert_with(|| Some(key.clone()));
        if slot.as_ref() != Some(&key) {
            *slot = None;
        }
    }
    found.into_iter().filter_map(|(kid, key)| key.map(|key| (kid, key))).collect()
}
