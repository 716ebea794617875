//! Intake: the HTTP API for agents. It accepts proposals and shows actions.
//!
//! It makes no decision, has no key that opens sealed payloads, and sends no messages. A proposal becomes two
//! documents and one new item; everything that follows comes from the table's stream.

mod ask;
mod call;
mod caller;
mod cancel;
mod cursor;
mod filter;
mod keyed;
mod last_polled;
mod limits;
mod list;
mod propose;
mod read;
mod recorded_polls;
mod router;
mod rules;
mod screen;
mod shape;

use std::sync::Arc;

use bundle::{PublisherKey, ReadBundles, Remembered};
use identity::Verifier;
use runtime::{Clock, Pause, Random};
use secrecy::SecretBox;
use store::{
    Bodies, CreateState, ExtendState, Limit, ReadDocuments, ReadIndex, ReadState, RecordPoll,
    RecordRefusedVerdict, SealPayload, WriteDocuments,
};

pub use keyed::action_id;
pub use limits::Limits;
pub use router::router;

/// The OpenAPI document, generated and compared by a test.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// Plain configuration.
pub struct Config {
    /// The beginning of every link.
    pub public_url: String,
    /// The key whose signature makes a manifest valid.
    pub publisher: PublisherKey,
    /// The key for ids and fingerprints; no other function has it.
    pub fingerprint: SecretBox<[u8; 32]>,
    /// The limits of one caller.
    pub limits: Limits,
}

/// The capabilities of this function's role.
pub struct Capabilities {
    /// Creating an item once.
    pub create: Arc<dyn CreateState>,
    /// Reading one item.
    pub state: Arc<dyn ReadState>,
    /// Adds the proposer's cancellation.
    pub extend: Arc<dyn ExtendState>,
    /// Stores refused verdicts of callers.
    pub attempts: Arc<dyn RecordRefusedVerdict>,
    /// How much of its limits a caller has used.
    pub limits: Arc<dyn Limit>,
    /// Which body an idempotency key stands for.
    pub bodies: Arc<dyn Bodies>,
    /// Marking that its proposer asks for it.
    pub polls: Arc<dyn RecordPoll>,
    /// Reading what an item names.
    pub documents: Arc<dyn ReadDocuments>,
    /// Storing the sealed payload and the redacted request.
    pub document_writer: Arc<dyn WriteDocuments>,
    /// Seals payloads; this function cannot open them.
    pub seal: Arc<dyn SealPayload>,
    /// Lists, positions and the ledger's heartbeat.
    pub index: Arc<dyn ReadIndex>,
    /// The rules.
    pub bundles: Arc<dyn ReadBundles>,
    /// Who is calling.
    pub verifier: Arc<Verifier>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Commitment keys and ids to quote.
    pub random: Arc<dyn Random>,
    /// Waiting between two looks.
    pub pause: Arc<dyn Pause>,
}

/// The function.
pub struct Intake {
    capabilities: Capabilities,
    config: Config,
    in_force: Remembered,
    recorded_polls: recorded_polls::RecordedPolls,
}

impl Intake {
    /// The function with these capabilities.
    #[must_use]
    pub fn new(capabilities: Capabilities, config: Config) -> Self {
        Self {
            capabilities,
            config,
            in_force: Remembered::default(),
            recorded_polls: recorded_polls::RecordedPolls::default(),
        }
    }
}
