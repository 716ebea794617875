//! Why something does not hold. For our logs and the verifier's findings; callers of the API never learn which.

/// The check that failed. Its text names the check and repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Invalid {
    /// Not a compact JWS of strict JSON, or longer than is read.
    #[error("the token is malformed")]
    Malformed,
    /// No key id, or one that cannot be compared.
    #[error("the token names no usable key id")]
    KeyId,
    /// A header extension that must be understood, or a key brought along.
    #[error("the token's header asks for something that is not done")]
    Header,
    /// The `typ` is that of another kind of token.
    #[error("the token is of another type")]
    Type,
    /// An issuer that is not configured, or not the one expected.
    #[error("the issuer is not the one expected")]
    Issuer,
    /// The algorithm is not in the issuer's list.
    #[error("the algorithm is not in the issuer's list")]
    Algorithm,
    /// The key is unknown, is not for signatures, or fits neither token nor algorithm.
    #[error("the key does not fit")]
    Key,
    /// The signature is wrong.
    #[error("the signature does not hold")]
    Signature,
    /// Another audience, or several without saying to whom it was issued.
    #[error("the audience is another")]
    Audience,
    /// Issued to another client.
    #[error("the client is another")]
    Client,
    /// No subject, or one that cannot be kept.
    #[error("the subject is missing or malformed")]
    Subject,
    /// The delegation in it contradicts itself.
    #[error("the actor claim contradicts the token")]
    Actor,
    /// Past its `exp`, or without one.
    #[error("the token has expired")]
    Expired,
    /// Before its `nbf` or `iat`.
    #[error("the token is not yet valid")]
    NotYetValid,
    /// The nonce is not the statement's digest.
    #[error("the nonce is another")]
    Nonce,
    /// The person signed in too long ago.
    #[error("the sign-in is not as fresh as demanded")]
    NotFresh,
    /// How fresh the sign-in is matters, and the provider does not say when it was.
    #[error("the token has no `auth_time`")]
    NoSignInTime,
    /// The issuer's settings require what the token does not say.
    #[error("the token does not say what its issuer's settings require")]
    Required,
    /// The claims that name the agent are not all there.
    #[error("a claim that names the agent is missing")]
    Principal,
    /// The groups claim is no list of names.
    #[error("the groups claim is malformed")]
    Groups,
    /// A document is not the one the event names, or of another kind.
    #[error("a document is not the one that is named")]
    Document,
    /// The statement says something else than the event, or about something else.
    #[error("the statement does not say what was recorded")]
    Statement,
    /// The envelope does not belong to statement, proof or time.
    #[error("the envelope does not fit")]
    Envelope,
    /// The envelope's signature is wrong.
    #[error("the envelope's signature does not hold")]
    EnvelopeSignature,
    /// The person stands on the asking side.
    #[error("the person is on the asking side")]
    OwnRequest,
    /// The person changed what they approve, and no requirement lets them.
    #[error("the person has changed what they approve")]
    OwnChange,
    /// The person has no say in it.
    #[error("the person is not asked")]
    NotAnApprover,
    /// The person is not of the people's issuer, or not the one who proved themselves.
    #[error("the person is another")]
    Person,
    /// A group is claimed that neither token nor directory gives.
    #[error("a group is claimed that nothing proves")]
    UnprovenGroup,
    /// The requirement demands a stronger proof.
    #[error("the proof is weaker than demanded")]
    Proof,
}

impl Invalid {
    /// A stable code for findings and violations.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "token-malformed",
            Self::KeyId => "token-key-id",
            Self::Header => "token-header",
            Self::Type => "token-type",
            Self::Issuer => "token-issuer",
            Self::Algorithm => "token-algorithm",
            Self::Key => "token-key",
            Self::Signature => "token-signature",
            Self::Audience => "token-audience",
            Self::Client => "token-client",
            Self::Subject => "token-subject",
            Self::Actor => "token-actor",
            Self::Expired => "token-expired",
            Self::NotYetValid => "token-not-yet-valid",
            Self::Nonce => "nonce-differs",
            Self::NotFresh => "sign-in-not-fresh",
            Self::NoSignInTime => "sign-in-time-missing",
            Self::Required => "token-not-allowed",
            Self::Principal => "token-principal",
            Self::Groups => "token-groups",
            Self::Document => "document-differs",
            Self::Statement => "statement-differs",
            Self::Envelope => "envelope-differs",
            Self::EnvelopeSignature => "envelope-invalid",
            Self::OwnRequest => "own-request",
            Self::OwnChange => "own-change",
            Self::NotAnApprover => "not-an-approver",
            Self::Person => "person-differs",
            Self::UnprovenGroup => "group-unproven",
            Self::Proof => "proof-too-weak",
        }
    }

    /// What whoever holds the token can do about it, where the signature held and the token is merely not fit for us: nothing
    /// is given away to somebody who made it up.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Audience => {
                "The token was issued for another service. Ask for one with the audience that this API is configured with."
            }
            Self::Expired => "The token has expired. Get a new one.",
            Self::NotYetValid => "The token is not valid yet. Compare the clocks.",
            Self::Required => {
                "The issuer is known, but the token lacks a claim, or the value of one, that is required of all its tokens here."
            }
            Self::Principal => {
                "The token lacks a claim that names the agent. Its issuer's settings say which one; ask the issuer to add it."
            }
            Self::Subject => {
                "The token lacks the claim that is a person's subject here. The issuer's settings say which one it is."
            }
            Self::Groups => {
                "The token's groups are no list of names. The issuer's settings say which claim is read."
            }
            _ => return None,
        })
    }
}
