//! What actions take effect on.

mod permissions;
mod things;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use connectors::{Command, Findings, Inspect, InspectError, Look, Lost, ProbeAnswer, Ran, RunError, RunPlan};
use credentials::{Credentials, Session};
use domain::{Fault, Timestamp};
use runtime::Clock;

use crate::{Gate, Sts};
pub use things::Things;

/// Buckets, roles, secrets and functions that check permissions as AWS does: the session's role, its policy, its time.
/// Clones share them.
#[derive(Clone)]
pub struct Targets {
    gate: Gate,
    clock: Arc<dyn Clock>,
    sts: Sts,
    inside: Arc<Mutex<Inside>>,
}

struct Inside {
    things: Things,
    manner: Manner,
    effects: Vec<TargetEffect>,
    inspected: Option<InspectError>,
    said: Option<String>,
}

/// How the targets answer commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// They act and say so.
    Obliging,
    /// They refuse with this code and message, and do nothing.
    Refusing(String, String),
    /// They never answer; whether they acted is the flag.
    Silent(bool),
}

/// Something that took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetEffect {
    /// The session's source identity: the action.
    pub action: String,
    /// The attempt.
    pub attempt: String,
    /// E.g. `s3:CopyObject`.
    pub call: String,
    /// When.
    pub at: Timestamp,
}

impl Targets {
    /// Targets that hold nothing yet and believe credentials of this STS.
    #[must_use]
    pub fn new(gate: Gate, clock: Arc<dyn Clock>, sts: &Sts) -> Self {
        let inside = Inside {
            things: Things::default(),
            manner: Manner::Obliging,
            effects: Vec::new(),
            inspected: None,
            said: None,
        };
        Self { gate, clock, sts: sts.clone(), inside: Arc::new(Mutex::new(inside)) }
    }

    /// The same targets, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Looks at or changes what is there, as its owner can at any time.
    pub fn things<T>(&self, change: impl FnOnce(&mut Things) -> T) -> T {
        change(&mut self.inside().things)
    }

    /// How commands are answered from now on.
    pub fn set_manner(&self, manner: Manner) {
        self.inside().manner = manner;
    }

    /// From now on every look ends so; none makes targets visible again.
    pub fn hide(&self, error: Option<InspectError>) {
        self.inside().inspected = error;
    }

    /// From now on every look adds these words to all that it tells of the target.
    pub fn say(&self, words: &str) {
        self.inside().said = Some(words.to_owned());
    }

    /// Everything that took effect, in order.
    #[must_use]
    pub fn effects(&self) -> Vec<TargetEffect> {
        self.inside().effects.clone()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, look: &Look<'_>, credentials: &Credentials) -> Result<Findings, InspectError> {
        let session = self.sts.session(credentials);
        let role = format!("-inspect-{}", look.connector);
        if !session.is_some_and(|session| session.role.ends_with(&role)) {
            return Err(InspectError::Cannot("looking: the target answered `AccessDenied`".to_owned()));
        }
        let inside = self.inside();
        match &inside.inspected {
            Some(error) => Err(error.clone()),
            None => {
                let mut found = inside.things.inspect(look)?;
                if let Some(words) = &inside.said {
                    found.effects.values_mut().for_each(|effect| *effect = format!("{effect}; {words}"));
                }
                Ok(found)
            }
        }
    }

    fn tell(&self, lost: &Lost<'_>, credentials: &Credentials) -> Result<ProbeAnswer, InspectError> {
        let session = self.sts.session(credentials);
        if !session.is_some_and(|session| session.role.contains("-inspect-")) {
            return Err(InspectError::Cannot("looking: the target answered `AccessDenied`".to_owned()));
        }
        let inside = self.inside();
        match &inside.inspected {
            Some(error) => Err(error.clone()),
            None => Ok(inside.things.probe(lost)),
        }
    }

    fn act(&self, command: &Command<'_>, credentials: &Credentials) -> Result<Ran, RunError> {
        let denied =
            |detail: &str| RunError::NotDone { code: "AccessDenied".to_owned(), detail: detail.to_owned() };
        let session = self.sts.session(credentials).ok_or_else(|| denied("the credentials do not hold"))?;
        let [call] = command.calls else { return Err(denied("not one call")) };
        let now = self.clock.now();
        if !session.role.contains("-run-") || !permissions::allow(session.policy.as_deref(), call, now) {
            return Err(denied("the session does not allow this"));
        }
        let mut inside = self.inside();
        let manner = inside.manner.clone();
        if let Manner::Refusing(code, detail) = manner {
            return Err(RunError::NotDone { code, detail });
        }
        if manner != Manner::Silent(false) {
            let ran = inside.things.change(call, command.attempt)?;
            inside.effects.push(effect(&session, command, now));
            if manner == Manner::Obliging {
                return Ok(ran);
            }
        }
        Err(RunError::NoAnswer)
    }
}

fn effect(session: &Session, command: &Command<'_>, at: Timestamp) -> TargetEffect {
    let call = command.calls.first().map(|call| format!("{}:{}", call.service, call.operation));
    TargetEffect {
        action: session.source_identity.clone().unwrap_or_default(),
        attempt: command.attempt.to_owned(),
        call: call.unwrap_or_default(),
        at,
    }
}

#[async_trait]
impl Inspect for Targets {
    async fn inspect(&self, look: &Look<'_>, credentials: &Credentials) -> Result<Findings, InspectError> {
        self.gate.before("target.inspect").await?;
        let found = self.look(look, credentials);
        self.gate.after("target.inspect").await?;
        found
    }

    async fn probe(&self, lost: &Lost<'_>, credentials: &Credentials) -> Result<ProbeAnswer, InspectError> {
        self.gate.before("target.probe").await?;
        let answer = self.tell(lost, credentials);
        self.gate.after("target.probe").await?;
        answer
    }
}

#[async_trait]
impl RunPlan for Targets {
    async fn run(&self, command: &Command<'_>, credentials: &Credentials) -> Result<Ran, RunError> {
        // Whatever stands in the way, the caller only sees that no answer comes.
        let silent = |_: Fault| RunError::NoAnswer;
        self.gate.before("target.run").await.map_err(silent)?;
        let ran = self.act(command, credentials);
        self.gate.after("target.run").await.map_err(silent)?;
        ran
    }
}
