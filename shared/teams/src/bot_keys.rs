//! The Bot Framework's keys, cached. They follow rotation, and tokens with unknown key ids cannot make us flood the
//! provider.

use std::sync::Arc;

use domain::{Fault, Timestamp};
use identity::{FetchKeys, IssuerSettings, key_by_id, unverified_key_ref};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::settings::TeamsSettings;
use crate::verify::{bearer, issuer};

/// The keys are asked for at most once in so many seconds.
const PAUSE: i64 = 15;
/// After so many seconds they are fetched again. Microsoft advises a day at most.
const FRESH: i64 = 3600;
/// With the provider unreachable they serve for so many seconds; then every press is refused.
const USABLE: i64 = 86_400;

/// The key set, kept between requests.
pub struct BotKeys {
    fetch: Arc<dyn FetchKeys>,
    issuer: IssuerSettings,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    keys: Vec<Value>,
    fetched_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

impl BotKeys {
    /// An empty cache in front of this source; [`identity::HttpKeys`] in production.
    #[must_use]
    pub fn new(settings: &TeamsSettings, fetch: Arc<dyn FetchKeys>) -> Self {
        Self { fetch, issuer: issuer(settings), cache: Mutex::default() }
    }

    /// The keys to verify a request with this `Authorization` header. They are fetched anew when they are old, or when the
    /// token names a key that is not among them.
    ///
    /// # Errors
    /// A [`Fault`] when the provider cannot be asked and no keys of the last day are known.
    pub async fn keys(&self, authorization: Option<&str>, now: Timestamp) -> Result<Vec<Value>, Fault> {
        let kid = bearer(authorization).and_then(|token| unverified_key_ref(token).ok());
        // A token of another issuer is refused whatever the keys are.
        let Some(named) = kid.filter(|named| named.issuer == self.issuer.issuer) else {
            return Ok(Vec::new());
        };
        let mut cache = self.cache.lock().await;
        let known = cache.within(FRESH, now) && key_by_id(&cache.keys, &named.kid).is_some();
        if known || !cache.may_ask(now) {
            return cache.usable(now, || Fault::passing("the keys were asked for a moment ago"));
        }
        // Marked before asking: a caller that is dropped meanwhile must not lead to a flood.
        cache.asked_at = Some(now);
        match self.fetch.keys(&self.issuer).await {
            Ok(keys) => {
                cache.keys = keys;
                cache.fetched_at = Some(now);
                Ok(cache.keys.clone())
            }
            Err(fault) => cache.usable(now, || fault),
        }
    }
}

impl Cache {
    /// Whether the keys are at most so old. A clock that jumped back makes them old, not young.
    fn within(&self, seconds: i64, now: Timestamp) -> bool {
        self.fetched_at.is_some_and(|at| at <= now && now < at.plus_seconds(seconds))
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        !self.asked_at.is_some_and(|at| at <= now && now < at.plus_seconds(PAUSE))
    }

    fn usable(&self, now: Timestamp, fault: impl FnOnce() -> Fault) -> Result<Vec<Value>, Fault> {
        if self.within(USABLE, now) { Ok(self.keys.clone()) } else { Err(fault()) }
    }
}
