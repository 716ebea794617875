//! The seven functions, as their `main.rs` builds them, on the deployment's doubles. Each call builds a process with empty
//! caches.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use async_trait::async_trait;
use axum::Router;
use bundle::OnCallSource;
use domain::{Fault, Timestamp};
use fn_callbacks::{BundleDirectory, Callbacks, Capabilities};
use fn_execution::Execution;
use fn_intake::Intake;
use fn_ledger::Ledger;
use fn_notify::{BundleDestinations, Notify, OnCall};
use fn_policy::Policy;
use fn_sweep::Sweep;
use runtime::{Clock, HandOut, Pause, PostponeMessage};
use secrecy::SecretBox;
use store::LinkedAccounts;
use testkit::SimulatedClock;
use wire::message::Message;

use crate::deployment::{DEPLOYMENT, FINGERPRINT_KEY, PAGES_CLIENT, PUBLIC_URL, SimulatedDeployment};

/// The functions' names.
pub const NAMES: [&str; 7] = ["intake", "policy", "ledger", "notify", "callbacks", "execution", "sweep"];

/// A clock that is off by some milliseconds.
struct Skewed(SimulatedClock, i64);

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.now().millis().saturating_add(self.1))
    }
}

/// Waiting takes no time here: agents never ask to wait, and execution only pauses between two writes.
struct NoPause;

#[async_trait]
impl Pause for NoPause {
    async fn pause(&self, _: u64) {}
}

/// No group of the simulated rules asks who is on call.
struct NobodyOnCall;

#[async_trait]
impl OnCall for NobodyOnCall {
    async fn people(&self, _: &OnCallSource) -> Result<Vec<String>, Fault> {
        Err(Fault::passing("nobody can be asked"))
    }
}

/// Keeping messages back takes no time here.
struct NoPostponing;

#[async_trait]
impl PostponeMessage for NoPostponing {
    async fn postpone(&self, _: Option<&str>, _: &str, _: u32) -> Result<(), Fault> {
        Ok(())
    }
}

/// The directory of the simulation names the console alone, which has no queue of its own.
struct NoOtherQueue;

#[async_trait]
impl HandOut for NoOtherQueue {
    async fn hand_out(&self, channel: &str, _: &Message) -> Result<(), Fault> {
        Err(Fault::lasting(format!("there is no queue for {channel}")))
    }
}

impl SimulatedDeployment {
    fn clock_of(&self, function: usize) -> Arc<dyn Clock> {
        Arc::new(Skewed(self.clock.clone(), self.skews.get(function).copied().unwrap_or(0)))
    }

    /// An intake process.
    pub fn intake(&self) -> Router {
        let capabilities = fn_intake::Capabilities {
            create: Arc::new(self.states.clone()),
            state: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            polls: Arc::new(self.states.clone()),
            attempts: Arc::new(self.states.clone()),
            limits: Arc::new(self.limits.clone()),
            bodies: Arc::new(self.limits.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            seal: Arc::new(self.seal.clone()),
            index: Arc::new(self.index.clone()),
            bundles: Arc::new(self.bundles.clone()),
            verifier: Arc::new(self.verifier()),
            clock: self.clock_of(0),
            random: Arc::new(self.random.clone()),
            pause: Arc::new(NoPause),
        };
        let config = fn_intake::Config {
            public_url: PUBLIC_URL.to_owned(),
            publisher: self.publisher_key(),
            fingerprint: SecretBox::new(Box::new(FINGERPRINT_KEY)),
            limits: fn_intake::Limits::default(),
        };
        fn_intake::router(Arc::new(Intake::new(capabilities, config)))
    }

    /// A policy process.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        let capabilities = fn_policy::Capabilities {
            state: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            open: Arc::new(self.seal.clone()),
            index: Arc::new(self.index.clone()),
            bundles: Arc::new(self.bundles.clone()),
            assume: Arc::new(self.target.clone()),
            inspect: Arc::new(self.target.clone()),
            clock: self.clock_of(1),
        };
        Arc::new(Policy::new(capabilities, self.verifier(), self.publisher_key(), DEPLOYMENT))
    }

    /// A ledger process.
    #[must_use]
    pub fn ledger(&self) -> Arc<Ledger> {
        let capabilities = fn_ledger::Capabilities {
            append: Arc::new(self.log.clone()),
            log: Arc::new(self.log.clone()),
            state: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            index: Arc::new(self.index.clone()),
            indexing: Arc::new(self.index.clone()),
            queues: Arc::new(self.queues.clone()),
            bundles: Arc::new(self.bundles.clone()),
            verifier: Arc::new(self.verifier()),
            clock: self.clock_of(2),
        };
        let config = fn_ledger::Config {
            deployment: DEPLOYMENT.to_owned(),
            verdict_key: self.verdict.public_key(),
            pages_client: PAGES_CLIENT.to_owned(),
            publisher: self.publisher_key(),
            retention_days: 1,
            announced_formats: Vec::new(),
        };
        Arc::new(Ledger::new(capabilities, config))
    }

    /// A notify process.
    #[must_use]
    pub fn notify(&self) -> Arc<Notify> {
        Arc::new(Notify {
            state: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            log: Arc::new(self.log.clone()),
            channels: Arc::new(self.channels.clone()),
            copies: Arc::new(self.channels.clone()),
            destinations: Arc::new(BundleDestinations::new(
                Arc::new(self.bundles.clone()),
                self.publisher_key(),
                Arc::new(NobodyOnCall),
            )),
            queues: Arc::new(NoOtherQueue),
            postpone: Arc::new(NoPostponing),
            clock: self.clock_of(3),
            random: Arc::new(self.references.clone()),
            senders: vec![Arc::new(self.told.clone())],
            public_url: PUBLIC_URL.to_owned(),
        })
    }

    fn accounts(&self) -> Arc<LinkedAccounts> {
        Arc::new(LinkedAccounts::new(Arc::new(self.states.clone()), Arc::new(self.index.clone())))
    }

    /// A callbacks process.
    pub fn callbacks(&self) -> Router {
        let parts = Capabilities {
            state: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            suspend: Arc::new(self.states.clone()),
            attempts: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            index: Arc::new(self.index.clone()),
            channels: Arc::new(self.channels.clone()),
            undelivered: Arc::new(self.channels.clone()),
            accounts: self.accounts(),
            account_writer: self.accounts(),
            slack: None,
            teams: None,
            directory: Arc::new(BundleDirectory::new(Arc::new(self.bundles.clone()), self.publisher_key())),
            verifier: Arc::new(self.verifier()),
            provider: Arc::new(self.desk.clone()),
            signer: Arc::new(self.verdict.clone()),
            clock: self.clock_of(4),
            random: Arc::new(self.random.clone()),
        };
        let config = fn_callbacks::Config {
            deployment: DEPLOYMENT.to_owned(),
            public_url: PUBLIC_URL.to_owned(),
            pages_client: PAGES_CLIENT.to_owned(),
            log_bucket: "log".to_owned(),
            verdict_key: self.verdict.public_key(),
        };
        fn_callbacks::router(Callbacks::new(config, &[4; 32], parts).expect("32 bytes are a key"))
    }

    /// An execution process.
    #[must_use]
    pub fn execution(&self) -> Arc<Execution> {
        let capabilities = fn_execution::Capabilities {
            state: Arc::new(self.states.clone()),
            claim: Arc::new(self.states.clone()),
            activity: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            payloads: Arc::new(self.seal.clone()),
            index: Arc::new(self.index.clone()),
            log: Arc::new(self.log.clone()),
            claims: Arc::new(self.log.clone()),
            bundles: Arc::new(self.bundles.clone()),
            assume: Arc::new(self.target.clone()),
            inspect: Arc::new(self.target.clone()),
            run: Arc::new(self.target.clone()),
            clock: self.clock_of(5),
            random: Arc::new(self.random.clone()),
            pause: Arc::new(NoPause),
        };
        let config = fn_execution::Config {
            deployment: DEPLOYMENT.to_owned(),
            publisher: self.publisher_key(),
            verdict_key: self.verdict.public_key(),
            issuers: self.issuers(),
            pages_client: PAGES_CLIENT.to_owned(),
            retention_days: 1,
        };
        Arc::new(Execution::new(capabilities, config))
    }

    /// A sweep process.
    #[must_use]
    pub fn sweep(&self) -> Arc<Sweep> {
        Arc::new(Sweep {
            due: Arc::new(self.states.clone()),
            state: Arc::new(self.states.clone()),
            index: Arc::new(self.index.clone()),
            log: Arc::new(self.log.clone()),
            checkpoints: Arc::new(self.log.clone()),
            signer: Arc::new(self.checkpoint.clone()),
            clock: self.clock_of(6),
            deployment: DEPLOYMENT.to_owned(),
            checkpointed: AtomicU64::new(0),
        })
    }
}
