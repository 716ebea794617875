//! What a person decided, and the proof that it was them.

use domain::{ActionId, DecisionKind, Digest, GrantTerms, Proof, Timestamp, VerdictKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{self, Canonical, JsonError};
use crate::text::{self, Identity};

/// A person's decision about one action digest. Its own digest is the `nonce` of the sign-in that proves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `countersign-statement/1`.
    pub format: String,
    /// The deployment's name.
    pub deployment: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// Its revision.
    pub revision: u32,
    /// The action digest that was shown.
    #[serde(with = "text")]
    pub action_digest: Digest,
    /// The review document that was shown.
    #[serde(with = "text")]
    pub review_digest: Digest,
    /// What they say.
    pub verdict: VerdictName,
    /// One of the fixed codes.
    pub reason_code: Option<String>,
    /// The person's comment, redacted.
    pub reason: Option<String>,
    /// What an approval grants beyond its own action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantTermsJson>,
    /// What a suspension covers: `all`, `type:…` or `agent:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What a modification changes: a JSON merge patch (RFC 7396) of the shown parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Value>,
    /// The person expected to prove this.
    pub person: Identity,
    /// The client through which they said it.
    pub client: String,
    /// `page`, `api` or one of [`Statement::CHAT`].
    pub channel: String,
    /// The account that pressed, where the channel is one of [`Statement::CHAT`]: a platform signed for it, and nothing proves
    /// that a human being sat before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<StatedAccount>,
    /// When they pressed the button.
    #[serde(with = "text::time")]
    pub at: Timestamp,
    /// 128 random bits, 32 hex digits.
    pub salt: String,
}

/// An account of a chat platform, and how it came to stand for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedAccount {
    /// The account as the platform's signature names it: `T…/U…` of Slack, `tenant/object` of Teams.
    pub id: String,
    /// The statement of the link between the account and the person.
    #[serde(with = "text")]
    pub link: Digest,
}

impl Statement {
    /// The channels in which an account of a platform speaks for a person.
    pub const CHAT: [&'static str; 2] = ["slack", "teams"];
}

/// An approval that holds for like actions of the same agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantTermsJson {
    /// The end.
    #[serde(with = "text::time")]
    pub until: Timestamp,
    /// How many actions it may cover beyond its own.
    pub uses: u32,
    /// Pointers of parameters that must be the same.
    pub fixed: Vec<String>,
}

impl From<&GrantTerms> for GrantTermsJson {
    fn from(terms: &GrantTerms) -> Self {
        Self { until: terms.until, uses: terms.uses, fixed: terms.fixed.clone() }
    }
}

impl From<GrantTermsJson> for GrantTerms {
    fn from(terms: GrantTermsJson) -> Self {
        Self { until: terms.until, uses: terms.uses, fixed: terms.fixed }
    }
}

/// The envelope without its signature: these canonical bytes are signed. Its size does not depend on what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsignedEnvelope {
    /// `countersign-envelope/1`.
    pub format: String,
    /// The statement.
    #[serde(with = "text")]
    pub statement: Digest,
    /// How the person is proven.
    pub proof: Proof,
    /// The proof document; absent for `service`.
    #[serde(with = "text::option")]
    pub proof_document: Option<Digest>,
    /// When it was committed.
    #[serde(with = "text::time")]
    pub at: Timestamp,
}

/// The signed envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// `countersign-envelope/1`.
    pub format: String,
    /// The statement.
    #[serde(with = "text")]
    pub statement: Digest,
    /// How the person is proven.
    pub proof: Proof,
    /// The proof document; absent for `service`.
    #[serde(with = "text::option")]
    pub proof_document: Option<Digest>,
    /// When it was committed.
    #[serde(with = "text::time")]
    pub at: Timestamp,
    /// Ed25519 over the canonical bytes of everything above, base64 of 64 bytes.
    pub signature: String,
}

/// The ID token whose `nonce` is the statement's digest (as `sha256:…` text).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdTokenProof {
    /// `countersign-id-token/1`.
    pub format: String,
    /// The compact JWS as the provider sent it.
    pub id_token: String,
}

impl UnsignedEnvelope {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// When it has no canonical form.
    pub fn message(&self) -> Result<Canonical, JsonError> {
        json::canonical(self)
    }

    /// With its signature.
    #[must_use]
    pub fn signed(self, signature: String) -> Envelope {
        let Self { format, statement, proof, proof_document, at } = self;
        Envelope { format, statement, proof, proof_document, at, signature }
    }
}

impl Envelope {
    /// What was signed.
    #[must_use]
    pub fn unsigned(&self) -> UnsignedEnvelope {
        UnsignedEnvelope {
            format: self.format.clone(),
            statement: self.statement,
            proof: self.proof,
            proof_document: self.proof_document,
            at: self.at,
        }
    }
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident for $domain:ty { $($(#[$vdoc:meta])* $variant:ident => $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),* }
            }
        }

        impl $name {
            /// Every one, in this order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

names! {
    /// A verdict's name.
    VerdictName for VerdictKind {
        /// Yes.
        Approve => "approve",
        /// No.
        Deny => "deny",
        /// Yes to something else.
        Modify => "modify",
        /// Yes, by the human the agent acts for.
        Confirm => "confirm",
        /// Run it now.
        Emergency => "emergency",
        /// An emergency's review is closed.
        Close => "close",
        /// A grant is revoked.
        Revoke => "revoke",
        /// Nothing of a scope runs.
        Suspend => "suspend",
        /// A lost attempt took effect.
        Happened => "happened",
        /// A lost attempt did not take effect.
        DidNotHappen => "did_not_happen",
    }
}
names! {
    /// A decision's name.
    OutcomeKind for DecisionKind {
        /// Run it.
        Permit => "permit",
        /// Never.
        Forbid => "forbid",
        /// Once people agreed.
        RequireApproval => "require_approval",
    }
}
