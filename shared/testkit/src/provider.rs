//! The people's provider, at its front: sign-ins, codes and their exchange.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use data_encoding::BASE64URL_NOPAD;
use domain::{Digest, Fault, Timestamp};
use identity::{Exchanged, Provider, ProviderError, SignIn};
use runtime::Clock;
use serde_json::{Value, json};

use crate::{Gate, IdToken, Issuer};

/// A provider at which a test signs people in. Clones share its sign-ins.
#[derive(Clone)]
pub struct SignInDesk {
    gate: Gate,
    issuer: Issuer,
    client: String,
    clock: Arc<dyn Clock>,
    desk: Arc<Mutex<Desk>>,
}

#[derive(Default)]
struct Desk {
    asked: Vec<SignIn>,
    codes: BTreeMap<String, (String, String)>,
    away: bool,
    refuses: Option<ProviderError>,
}

impl SignInDesk {
    /// The desk of this issuer for this client.
    #[must_use]
    pub fn new(issuer: Issuer, client: &str, clock: Arc<dyn Clock>, gate: Gate) -> Self {
        Self { gate, issuer, client: client.to_owned(), clock, desk: Arc::default() }
    }

    /// Every sign-in asked for so far.
    #[must_use]
    pub fn asked(&self) -> Vec<SignIn> {
        self.desk().asked.clone()
    }

    /// From now on the provider does not answer, or answers again.
    pub fn set_away(&self, away: bool) {
        self.desk().away = away;
    }

    /// From now on the provider refuses every code in these words.
    pub fn refuse_codes(&self, error: ProviderError) {
        self.desk().refuses = Some(error);
    }

    /// Somebody signs in for this `state`, having typed their password at that time: the code the browser brings back.
    /// A provider that ignores `max_age` and `prompt` is one whose `auth_time` is older than they allow.
    ///
    /// # Panics
    /// When nobody asked for this sign-in.
    #[must_use]
    pub fn sign_in(
        &self,
        state: &str,
        subject: &str,
        groups: &[&str],
        auth_time: Option<Timestamp>,
    ) -> String {
        self.sign_in_with(state, (subject, groups), auth_time, &json!({}))
    }

    /// The same with an ID token that has these claims over the usual ones; null takes one away.
    ///
    /// # Panics
    /// When nobody asked for this sign-in.
    #[must_use]
    pub fn sign_in_with(
        &self,
        state: &str,
        (subject, groups): (&str, &[&str]),
        auth_time: Option<Timestamp>,
        claims: &Value,
    ) -> String {
        let asked = self.asked_for(state);
        let token = IdToken {
            subject,
            groups,
            client: &self.client,
            nonce: &asked.nonce,
            at: self.clock.now(),
            auth_time,
        };
        self.hand_out(state, self.issuer.id_token_with(&token, claims))
    }

    /// The same with this in place of an ID token.
    ///
    /// # Panics
    /// When nobody asked for this sign-in.
    #[must_use]
    pub fn hand_out(&self, state: &str, token: String) -> String {
        let verifier = self.asked_for(state).verifier;
        let mut desk = self.desk();
        let code = format!("code-{}", desk.codes.len());
        desk.codes.insert(code.clone(), (challenge(&verifier), token));
        code
    }

    #[expect(clippy::expect_used, reason = "a test that signs in unasked must fail loudly")]
    fn asked_for(&self, state: &str) -> SignIn {
        self.desk().asked.iter().find(|asked| asked.state == state).expect("a sign-in").clone()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for SignInDesk {
    async fn address(&self, sign_in: &SignIn) -> Result<String, Fault> {
        self.gate.before("provider.address").await?;
        let mut desk = self.desk();
        if desk.away {
            return Err(Fault::passing("the provider is away"));
        }
        desk.asked.push(sign_in.clone());
        let max_age = sign_in.max_age.map(|age| format!("&max_age={age}")).unwrap_or_default();
        let prompt = if sign_in.prompt_login { "&prompt=login" } else { "" };
        let (name, state, nonce) = (self.issuer.name(), &sign_in.state, &sign_in.nonce);
        Ok(format!("{name}/authorize?state={state}&nonce={nonce}{max_age}{prompt}"))
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Result<Exchanged, Fault> {
        self.gate.before("provider.exchange").await?;
        let found = {
            let mut desk = self.desk();
            if desk.away {
                return Err(Fault::passing("the provider is away"));
            }
            if let Some(error) = &desk.refuses {
                return Ok(Exchanged::Refused(error.clone()));
            }
            desk.codes.remove(code)
        };
        self.gate.after("provider.exchange").await?;
        Ok(match found {
            Some((expected, token)) if expected == challenge(verifier) => Exchanged::IdToken(token),
            _ => Exchanged::Refused(ProviderError::new("invalid_grant", None)),
        })
    }
}

fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(Digest::of(verifier.as_bytes()).as_bytes())
}
