//! What is outside the deployment: STS and the targets. Every command that reaches a target is kept, whatever the target made of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use connectors::{Command, Findings, Inspect, InspectError, Look, Lost, ProbeAnswer, Ran, RunError, RunPlan};
use credentials::{AssumeRole, Credentials, Session};
use domain::{Digest, Fault, Timestamp};
use runtime::Clock;
use testkit::{Gate, SimulatedClock, Sts, Targets};
use wire::documents::Call;

/// A command that reached a target.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedEffect {
    /// The action, as the credentials' source identity says.
    pub action: String,
    /// The attempt, as the command says.
    pub attempt: String,
    /// What was called, with full values.
    pub calls: Vec<Call>,
    /// Whether the target did it.
    pub done: bool,
    /// When.
    pub at: Timestamp,
}

/// STS and targets. Clones share everything.
#[derive(Clone)]
pub struct Target {
    gate: Gate,
    clock: SimulatedClock,
    sts: Sts,
    targets: Targets,
    effects: Arc<Mutex<Vec<SimulatedEffect>>>,
}

impl Target {
    /// Everything that the kinds of actions are about.
    #[must_use]
    pub fn new(gate: Gate, clock: SimulatedClock) -> Self {
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let sts = Sts::new(Gate::open(), shared.clone());
        let targets = Targets::new(Gate::open(), shared, &sts);
        let target = Self { gate, clock, sts, targets, effects: Arc::default() };
        target.change();
        target
    }

    /// Everything that reached a target, from number `from` on, counted from zero.
    #[must_use]
    pub fn effects_from(&self, from: usize) -> Vec<SimulatedEffect> {
        self.kept().get(from..).unwrap_or_default().to_vec()
    }

    /// Every session minted from number `from` on, counted from zero.
    #[must_use]
    pub fn minted_from(&self, from: usize) -> Vec<Session> {
        self.sts.minted_from(from)
    }

    /// Somebody takes the copies away again, so that the same can be asked for anew.
    pub fn clear(&self) {
        self.targets.things(|things| {
            things.delete_object("analytics", "q3.csv");
            things.delete_object("partner-drop", "q3.csv");
        });
    }

    /// Somebody changes everything that plans pin (D4).
    pub fn change(&self) {
        let arn = |kind: &str, name: &str| format!("arn:aws:iam::000000000000:{kind}/{name}");
        let digest =
            Digest::of(format!("{} {}", self.clock.now().millis(), self.sts.minted().len()).as_bytes());
        self.targets.things(|things| {
            things.put_object("reports", "2026/q3.csv", &format!("region,revenue\nnorth,{}\n", digest.hex()));
            things.put_object("customers", "2026/q3.csv", &format!("email,city\n{},x\n", digest.hex()));
            things.put_role(&arn("role", "etl-nightly"), "AROA1");
            things.put_policy(&arn("policy", "reports-read"), "v1", &digest.hex());
            things.put_policy(&arn("policy", "other-read"), "v1", &digest.hex());
            things.put_function("demo-retrain", "1", &digest.hex());
            things.put_function("demo-retrain", "2", &digest.hex());
        });
    }

    fn kept(&self) -> MutexGuard<'_, Vec<SimulatedEffect>> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AssumeRole for Target {
    async fn assume(&self, session: &Session) -> Result<Credentials, Fault> {
        self.gate.before("sts.assume").await?;
        let minted = self.sts.assume(session).await;
        self.gate.after("sts.assume").await?;
        minted
    }
}

#[async_trait]
impl Inspect for Target {
    async fn inspect(&self, look: &Look<'_>, credentials: &Credentials) -> Result<Findings, InspectError> {
        self.gate.before("target.inspect").await?;
        let found = self.targets.inspect(look, credentials).await;
        self.gate.after("target.inspect").await?;
        found
    }

    async fn probe(&self, lost: &Lost<'_>, credentials: &Credentials) -> Result<ProbeAnswer, InspectError> {
        self.gate.before("target.probe").await?;
        let answer = self.targets.probe(lost, credentials).await;
        self.gate.after("target.probe").await?;
        answer
    }
}

#[async_trait]
impl RunPlan for Target {
    async fn run(&self, command: &Command<'_>, credentials: &Credentials) -> Result<Ran, RunError> {
        let silent = |_: Fault| RunError::NoAnswer;
        self.gate.before("target.run").await.map_err(silent)?;
        let ran = self.targets.run(command, credentials).await;
        let session = self.sts.session(credentials).and_then(|session| session.source_identity);
        self.kept().push(SimulatedEffect {
            action: session.unwrap_or_else(|| "nobody".to_owned()),
            attempt: command.attempt.to_owned(),
            calls: command.calls.to_vec(),
            done: ran.is_ok(),
            at: self.clock.now(),
        });
        self.gate.after("target.run").await.map_err(silent)?;
        ran
    }
}
