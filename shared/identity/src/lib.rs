//! Who is calling, who decided, and what proves it: OIDC tokens, key sets, statements and their envelopes.
//!
//! Checks are pure functions of bytes, a key and a time ("as of"), so the door, the ledger, execution and the offline
//! verifier run the very same ones. Only [`HttpKeys`] and [`KmsSigner`] reach outside. There is no clock here, and no
//! secret key: what signs is a capability ([`SignEnvelope`]).

mod allowed;
mod caller;
mod checks;
mod claim;
mod claims;
mod envelope;
mod id_token;
mod invalid;
mod issuers;
mod issuers_error;
mod jwk;
mod jws;
mod keys;
mod kms;
mod link;
mod names;
mod provider;
mod refused;
mod service_token;
mod settings;
mod template;
mod verdict;
mod verifier;

pub use caller::{AgentCaller, PersonCaller, VerifiedCaller, caller_with_key};
pub use checks::{PersonCheck, person_checks};
pub use claim::{ClaimPath, ClaimTest, Extract, HumanClaim, OneOf};
pub use claims::Groups;
pub use envelope::{MAX_MESSAGE, PublicKey, SignEnvelope, envelope_holds};
pub use id_token::{IdTokenExpected, IdTokenFacts, id_token};
pub use invalid::Invalid;
pub use issuers::Issuers;
pub use issuers_error::IssuersError;
pub use jwk::public_jwk;
pub use jws::{MAX_TOKEN, unverified_key_ref};
pub use keys::{Endpoints, FetchKeys, HttpKeys};
pub use kms::KmsSigner;
pub use link::{LINK_SECONDS, LinkContext, LinkDocuments, link_holds};
pub use names::is_name;
pub use provider::{Exchanged, Provider, SignIn};
pub use refused::{ProviderError, ProviderRefusal};
pub use service_token::{key_by_id, service_claims};
pub use settings::{AudienceBy, HumanMark, IssuerSettings, SubjectClaims};
pub use template::NameTemplate;
pub use verdict::{Freshness, VerdictContext, VerdictDocuments, freshness, freshness_of, verdict_holds};
pub use verifier::{AuthError, Verifier};

/// How far clocks may be apart, in seconds: for `exp`, `nbf` and `iat`.
pub const SKEW: i64 = 300;
/// The greatest difference between clocks, in seconds, where the freshness of a sign-in is judged.
pub const FRESH_SKEW: i64 = 60;
