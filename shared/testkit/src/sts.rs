//! STS.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use credentials::{AssumeRole, Credentials, Session};
use domain::{Fault, Timestamp};
use runtime::Clock;
use secrecy::{ExposeSecret, SecretString};

use crate::Gate;

/// Mints credentials that [`crate::Targets`] recognises. Clones share what was minted.
#[derive(Clone)]
pub struct Sts {
    gate: Gate,
    clock: Arc<dyn Clock>,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    minted: Vec<(Session, Timestamp)>,
    failing: Option<(String, Fault)>,
}

impl Sts {
    /// STS that grants every role.
    #[must_use]
    pub fn new(gate: Gate, clock: Arc<dyn Clock>) -> Self {
        Self { gate, clock, inside: Arc::default() }
    }

    /// The same STS, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// From now on sessions of roles whose ARN contains `part` end in this fault; none grants them again.
    pub fn fail(&self, failing: Option<(&str, Fault)>) {
        self.inside().failing = failing.map(|(part, fault)| (part.to_owned(), fault));
    }

    /// Every session that was minted, in order.
    #[must_use]
    pub fn minted(&self) -> Vec<Session> {
        self.minted_from(0)
    }

    /// Every session from number `from` on, counted from zero.
    #[must_use]
    pub fn minted_from(&self, from: usize) -> Vec<Session> {
        self.inside().minted.iter().skip(from).map(|(session, _)| session.clone()).collect()
    }

    /// The session these credentials belong to, if they were minted here and still hold.
    #[must_use]
    pub fn session(&self, credentials: &Credentials) -> Option<Session> {
        let number: usize = credentials.access_key.strip_prefix("ASIA")?.parse().ok()?;
        let (session, until) = self.inside().minted.get(number)?.clone();
        let genuine = credentials.token.expose_secret() == token(number);
        (genuine && self.clock.now() < until).then_some(session)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mint(&self, session: &Session) -> Result<Credentials, Fault> {
        session.check()?;
        let until = self.clock.now().plus_seconds(i64::from(session.seconds));
        let mut inside = self.inside();
        if let Some((part, fault)) = &inside.failing
            && session.role.contains(part)
        {
            return Err(fault.clone());
        }
        let number = inside.minted.len();
        inside.minted.push((session.clone(), until));
        Ok(Credentials {
            access_key: format!("ASIA{number:016}"),
            secret_key: SecretString::from(format!("secret key {number}")),
            token: SecretString::from(token(number)),
            expires_at: until.seconds(),
        })
    }
}

fn token(number: usize) -> String {
    format!("session token {number}")
}

#[async_trait]
impl AssumeRole for Sts {
    async fn assume(&self, session: &Session) -> Result<Credentials, Fault> {
        let running = session.role.contains("-run-");
        let point = if running { "sts.assume-run" } else { "sts.assume-inspect" };
        self.gate.before(point).await?;
        let minted = self.mint(session);
        self.gate.after(point).await?;
        minted
    }
}
