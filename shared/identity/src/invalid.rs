//! Why a token or a proof is not valid. For logs and the verifier's findings; callers of the API learn only
//! [`Invalid::told`].

/// The check that failed. Its text names the check and repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Invalid {
    /// Not a compact JWS of strict JSON.
    #[error("the token is malformed")]
    Malformed,
    /// Longer than [`crate::MAX_TOKEN`].
    #[error("the token is too long")]
    TooLong,
    /// No key id, or one that cannot be compared.
    #[error("the token names no usable key id")]
    KeyId,
    /// A header extension that must be understood, or a key brought along.
    #[error("the token's header has an extension that is not supported")]
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
    #[error("the key is unknown or does not fit the token")]
    Key,
    /// The signature is wrong.
    #[error("the signature does not hold")]
    Signature,
    /// Another audience, or several without saying to whom it was issued.
    #[error("the audience is another")]
    Audience,
    /// Issued to another client.
    #[error("the client is not an allowed one")]
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
    /// `exp`, `nbf`, `iat` or `auth_time` is no time.
    #[error("a time in the token is no number of seconds")]
    Time,
    /// The nonce is not the statement's digest.
    #[error("the nonce is not the expected one")]
    Nonce,
    /// The person signed in too long ago.
    #[error("the sign-in is older than allowed")]
    NotFresh,
    /// The freshness of the sign-in matters, and the provider does not say when it was.
    #[error("the token has no `auth_time`")]
    NoSignInTime,
    /// The issuer's settings require a claim that the token does not have.
    #[error("the token lacks a claim that its issuer's settings require")]
    Required,
    /// The claims that name the agent are not all there.
    #[error("a claim that names the agent is missing")]
    Principal,
    /// A fact of the run is longer than can be stored, or contains hidden characters.
    #[error("a claim that proves a fact is too long or has hidden characters")]
    Fact,
    /// The groups claim is no list of names.
    #[error("the groups claim is malformed")]
    Groups,
    /// A document is not the one the event names, or of another kind.
    #[error("a document is not the one that is named")]
    Document,
    /// The statement says something else than the event, or is about something else.
    #[error("the statement does not say what was recorded")]
    Statement,
    /// The envelope does not belong to statement, proof or time.
    #[error("the envelope does not belong to this statement or proof")]
    Envelope,
    /// The envelope's signature is wrong.
    #[error("the envelope's signature does not hold")]
    EnvelopeSignature,
    /// The person is in the requester set.
    #[error("the person is in the requester set")]
    OwnRequest,
    /// The person changed what they approve, and no requirement lets them.
    #[error("the person has changed what they approve")]
    OwnChange,
    /// The person has no say in it.
    #[error("no requirement asks the person")]
    NotAnApprover,
    /// The person is not of the people's issuer, or not the one who proved themselves.
    #[error("the person is not the one of the event")]
    Person,
    /// A group is claimed that neither token nor directory gives.
    #[error("nothing proves that the person belongs to a group that they name")]
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
            Self::TooLong => "token-too-long",
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
            Self::Time => "token-time",
            Self::Nonce => "nonce-differs",
            Self::NotFresh => "sign-in-not-fresh",
            Self::NoSignInTime => "sign-in-time-missing",
            Self::Required => "token-not-allowed",
            Self::Principal => "token-principal",
            Self::Fact => "token-fact",
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

    /// What a caller is told: [`Invalid::advice`] if the token does not fit the issuer's settings. In all other
    /// cases the caller gets one general sentence.
    #[must_use]
    pub fn told(self) -> Option<&'static str> {
        match self {
            Self::Required | Self::Principal | Self::Subject | Self::Groups | Self::Fact => self.advice(),
            _ => None,
        }
    }

    /// What the holder of the token can do, if its signature is valid and it merely does not fit this service.
    /// Somebody who invented the token learns nothing.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Audience => {
                "The token was issued for another service. Ask for one with the audience that this API is configured with."
            }
            Self::Expired => "The token has expired. Get a new one.",
            Self::NotYetValid => "The token is not valid yet. Compare the clocks.",
            Self::Fact => {
                "A claim of the token about the run is no text or number, has more than 512 bytes, or control characters."
            }
            Self::Time => "A time in the token is no number of seconds.",
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

    /// What a person is told whose sign-in fails this check: the cause, and the setting that the administrator
    /// changes. Nothing of the token is repeated, so that somebody who invented it learns nothing.
    #[must_use]
    pub fn at_sign_in(self) -> &'static str {
        match self {
            Self::Audience => {
                "Your identity provider issued the ID token for another application, for further ones that are not trusted \
                 here, or for several without saying (`azp`) which of them asked. Your administrator compares the client id of \
                 the pages (`PagesClient`), and adds further audiences to `trusted_audiences` of the issuer's settings."
            }
            Self::Client => {
                "Your identity provider issued the ID token to another client (`azp`). Your administrator compares the client \
                 id of the pages (`PagesClient`) with the application at the provider; it is also one of `person_clients` of \
                 the issuer's settings."
            }
            Self::Required => {
                "The ID token lacks a claim, or the value of one, that is required here of everybody, such as your tenant. Your \
                 administrator compares the token's claims with `require` of the issuer's settings."
            }
            Self::Subject => {
                "The ID token lacks the claim that says who you are, or has something in it that cannot be kept. Your \
                 administrator sets `subject.id` of the issuer's settings to a claim that the provider puts into ID tokens."
            }
            Self::Groups => {
                "The groups in the ID token are no list of names. Your administrator sets `groups_claim` of the issuer's \
                 settings to the claim that has them, or changes the claim at the provider."
            }
            Self::NoSignInTime => {
                "Your identity provider does not state when you signed in (`auth_time`), and this decision depends on it. Your \
                 administrator adds that claim to the ID token."
            }
            Self::NotFresh => {
                "Your identity provider did not ask you to sign in again just now, as this decision demands. Your administrator \
                 makes the provider keep to `max_age` and `prompt=login`, or raises `sign_in_seconds` of the issuer's settings \
                 where a second factor takes longer."
            }
            Self::Nonce => {
                "The ID token answers another sign-in than the one that was begun here (`nonce`). Begin again in one tab. If it \
                 goes on, your administrator makes the provider repeat the `nonce` in its ID tokens."
            }
            Self::Expired => {
                "The ID token has expired by the clock here, or says not until when it counts (`exp`). Begin again. If it goes \
                 on, your administrator compares the clock of the provider: it may differ by five minutes at most."
            }
            Self::NotYetValid => {
                "The ID token begins to count only later by the clock here, or says not when it was issued (`iat`). Your \
                 administrator compares the clock of the provider: it may differ by five minutes at most."
            }
            Self::Time => {
                "A time in the ID token (`exp`, `iat`, `nbf` or `auth_time`) is no number of seconds. Your administrator has the \
                 provider write these claims as numbers."
            }
            Self::Key | Self::KeyId => {
                "The ID token is signed with a key that is not in the key set of your identity provider. If it changed its keys \
                 just now, try again in a minute. If it goes on, your administrator compares `issuer` and `metadata` of the \
                 issuer's settings with the provider."
            }
            Self::Algorithm => {
                "The ID token is signed with an algorithm that is not allowed here. Your administrator chooses another one for \
                 this application at the provider, or adds it to `algorithms` of the issuer's settings."
            }
            Self::Signature => {
                "The signature of the ID token does not hold. Begin again. If it goes on, your administrator compares the key \
                 set that the provider publishes with the keys that it signs with."
            }
            Self::Issuer => {
                "The ID token names another issuer than the one that is configured. Your administrator sets `issuer` of the \
                 issuer's settings to exactly the `iss` of the provider's tokens."
            }
            Self::TooLong => {
                "The ID token is longer than the 16 KiB that are read here, usually because it names very many groups. Ask your \
                 administrator to send only the groups assigned to this application."
            }
            Self::Malformed | Self::Header | Self::Type => {
                "Your identity provider sent something that is no signed ID token as it is read here. Your administrator \
                 switches off encryption and unusual formats of ID tokens for this application at the provider."
            }
            Self::Actor
            | Self::Fact
            | Self::Principal
            | Self::Document
            | Self::Statement
            | Self::Envelope
            | Self::EnvelopeSignature
            | Self::OwnRequest
            | Self::OwnChange
            | Self::NotAnApprover
            | Self::Person
            | Self::UnprovenGroup
            | Self::Proof => "The sign-in does not prove this decision.",
        }
    }
}
