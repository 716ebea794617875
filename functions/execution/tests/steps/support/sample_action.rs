//! What is asked for, and the one thing somebody on the way may do otherwise.

use domain::Proof;
use serde_json::{Value, json};
use testkit::Targets;
use wire::documents::Differences;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleAction {
    /// Customer data to a partner: one of data-owners, by `idp`.
    Export,
    /// Internal data that stays inside: nobody is asked.
    Summary,
    /// A secret's new value: one of sre, by `idp`.
    Secret,
    /// A job: one of sre, by `service`.
    Job,
    /// The same of another version.
    OtherJob,
    /// The end of a suspension of everything: two of sre, by `idp`.
    Resume,
    /// What is staged as `example`, in force: two of sre, by `idp`.
    Rules,
}

impl SampleAction {
    pub fn action_type(self) -> &'static str {
        match self {
            Self::Export | Self::Summary => "s3-export",
            Self::Secret => "secret-put-value",
            Self::Job | Self::OtherJob => "lambda-invoke",
            Self::Resume => "countersign-resume",
            Self::Rules => "bundle-publish",
        }
    }

    pub fn parameters(self) -> Value {
        match self {
            Self::Export => {
                json!({"source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv"})
            }
            Self::Summary => {
                json!({"source": "s3://reports/2026/revenue-q3.csv", "destination": "s3://analytics/q3.csv"})
            }
            Self::Secret => json!({"secret": "prod/payments/db", "value": "correct-horse-battery-staple"}),
            Self::Resume => json!({"scope": "all"}),
            Self::Rules => json!({
                "manifest": "s3://countersign-local-bundles-000000000000/bundles/staged/example.json",
                "destination": "s3://countersign-local-bundles-000000000000/bundles/00000000000000000002",
            }),
            Self::Job => {
                json!({"function": "demo-retrain", "version": "1", "payload": "{\"model\":\"churn\"}"})
            }
            Self::OtherJob => json!({"function": "demo-retrain", "version": "2"}),
        }
    }

    pub fn requirement(self) -> Option<&'static str> {
        match self {
            Self::Export => Some("data-owners"),
            Self::Summary => None,
            Self::Secret => Some("sre-signed"),
            Self::Job | Self::OtherJob => Some("sre"),
            Self::Resume | Self::Rules => Some("two-of-sre"),
        }
    }

    /// Who asks for it.
    pub fn agent(self) -> &'static str {
        if self == Self::Rules { "ci-agent" } else { "demo-agent" }
    }

    pub fn voter(self) -> (&'static str, &'static str, Proof) {
        match self {
            Self::Export | Self::Summary => ("alice", "data-owners", Proof::Idp),
            Self::Secret | Self::Resume | Self::Rules => ("bob", "sre", Proof::Idp),
            Self::Job | Self::OtherJob => ("bob", "sre", Proof::Service),
        }
    }
}

/// One thing that somebody on the way did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tampering {
    None,
    /// Intake seals another agent's token.
    OtherToken,
    /// Intake seals a token nobody signed.
    ForgedToken,
    /// Intake stores a provenance that no token proves.
    FalseProvenance,
    /// Intake seals other parameters than it stores.
    OtherParameters,
    /// Policy shows people something else.
    HarmlessReview,
    /// Policy shows another reason.
    OtherReason,
    /// Policy asks people about what cannot be shown whole.
    NotWhole,
    /// Policy writes wider permissions into the plan.
    WiderPlan,
    /// Policy permits what needs approval.
    Unasked,
    /// The same, for another agent.
    UnaskedOther,
    /// The same, for the agent of a human.
    UnaskedBehind,
    /// Nobody is asked, and others than the rules name may say what a lost attempt did.
    OtherResolvers,
    /// Policy asks for a weaker proof.
    WeakerProof,
    /// Policy leaves the owner out of the requester set, and the owner approves.
    OwnerApproves,
    /// Somebody signs the envelope with another key.
    ForgedEnvelope,
    /// Somebody of no listed group votes, and callbacks says otherwise.
    Outsider,
    /// Callbacks leads somebody through the provider without a word, who signed in 75 seconds before.
    Silent,
    /// The same, to run it at once.
    SilentEmergency,
    /// Policy asks people although nobody answers for the agent.
    Ownerless,
    /// Policy asks people although a human behind the token is of an issuer no people come from.
    Unmapped,
    /// Intake seals a token that speaks for another issuer, signed with the recorded key.
    OtherIssuer,
    /// Intake seals a token that is valid only from ten minutes after the proposal on.
    LaterToken,
    /// Intake seals a token that expires a minute after the proposal.
    ShortToken,
    /// Intake seals the payload for ten minutes.
    ShortPayload,
    /// The ID token gives no group, the directory does.
    ListedOnly,
    /// Erin stands in for Bob, and votes on his seat.
    StandIn,
    /// Nobody has lent Erin the seat she votes on.
    SeatNotLent,
    /// Erin stands in for Bob, who answers for the agent; policy leaves him out of the requester set.
    SeatOfOwner,
    /// Bob runs it at once, as the requirement allows.
    Emergency,
    /// Bob would have run it at once, but the envelope is signed with another key.
    ForgedEmergency,
    /// Policy leaves the owner out of the requester set, and the owner runs it at once.
    OwnerHurries,
    /// Frank, for whom the agent acts, confirms in addition to the vote.
    Confirmed,
    /// Policy names Mallory as the human behind the agent, and Mallory confirms.
    ConfirmedByAnother,
    /// Alice changes the destination, and approves what became of it.
    Changed,
    /// The same, but the change's envelope is signed with another key.
    ChangedUnsigned,
    /// Policy leaves the owner out of the requester set, and the owner changes it.
    ChangedByOwner,
    /// Policy lets Alice change what the rules do not let her change.
    ChangedElsewhere,
    /// Policy makes something else of the change than Alice said.
    ChangedOtherwise,
}

impl Tampering {
    /// What the targets show from the beginning.
    pub fn prepare(self, targets: &Targets) {
        if self == Self::NotWhole {
            let part = Differences { whole: false, items: Vec::new(), left_out: 60 };
            targets.things(|things| things.show_differences(Some(part)));
        }
    }

    pub fn unasked(self) -> bool {
        matches!(self, Self::Unasked | Self::UnaskedOther | Self::UnaskedBehind)
    }

    pub fn changes(self) -> bool {
        use Tampering::{Changed, ChangedByOwner, ChangedElsewhere, ChangedOtherwise, ChangedUnsigned};
        matches!(self, Changed | ChangedUnsigned | ChangedByOwner | ChangedElsewhere | ChangedOtherwise)
    }

    pub fn stands_in(self) -> bool {
        matches!(self, Self::StandIn | Self::SeatNotLent | Self::SeatOfOwner)
    }

    pub fn hurries(self) -> bool {
        matches!(self, Self::Emergency | Self::ForgedEmergency | Self::OwnerHurries | Self::SilentEmergency)
    }

    pub fn confirms(self) -> bool {
        matches!(self, Self::Confirmed | Self::ConfirmedByAnother)
    }
}
