//! The kinds of actions that a run asks for.

use serde_json::{Value, json};

/// What is asked for in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// Internal data that stays inside: nobody is asked.
    Inside,
    /// A job: one of sre, `service` is enough.
    Job,
    /// Customer data to a partner: one of data-owners, signed by the provider just now.
    Export,
    /// A role gains rights: two of sre, signed by the provider just now.
    Rights,
    /// The end of a suspension of everything: two of sre, signed by the provider just now.
    Resume,
}

/// All kinds that have a target.
pub const KINDS: [ActionKind; 4] =
    [ActionKind::Inside, ActionKind::Job, ActionKind::Export, ActionKind::Rights];

impl ActionKind {
    /// What the agent sends; `other` is another body.
    #[must_use]
    pub fn body(self, other: bool) -> Value {
        let reason = "Quarterly report for the partner programme";
        let file = if other { "other.csv" } else { "q3.csv" };
        let (action, parameters) = match self {
            Self::Inside => {
                let (source, destination) = ("s3://reports/2026/q3.csv", format!("s3://analytics/{file}"));
                ("s3-export", json!({ "source": source, "destination": destination }))
            }
            Self::Job => {
                let version = if other { "2" } else { "1" };
                ("lambda-invoke", json!({ "function": "demo-retrain", "version": version }))
            }
            Self::Export => {
                let (source, destination) =
                    ("s3://customers/2026/q3.csv", format!("s3://partner-drop/{file}"));
                ("s3-export", json!({ "source": source, "destination": destination }))
            }
            Self::Rights => {
                let policy = if other { "other-read" } else { "reports-read" };
                let policy = format!("arn:aws:iam::000000000000:policy/{policy}");
                let role = "arn:aws:iam::000000000000:role/etl-nightly";
                ("iam-attach-role-policy", json!({ "role": role, "policy": policy }))
            }
            Self::Resume => {
                let scope = if other { "type:s3-export" } else { "all" };
                ("countersign-resume", json!({ "scope": scope }))
            }
        };
        json!({ "type": action, "parameters": parameters, "reason": reason, "expires_in": 7200 })
    }

    /// Who may agree and how many of them must, told here once more so that nothing of the product is asked.
    #[must_use]
    pub fn must_agree(self) -> (&'static [&'static str], usize) {
        match self {
            Self::Inside => (&[], 0),
            Self::Job => (&["bob", "carol"], 1),
            Self::Export => (&["alice"], 1),
            Self::Rights | Self::Resume => (&["bob", "carol"], 2),
        }
    }

    /// Whether every approval must be signed by the provider.
    #[must_use]
    pub fn needs_idp(self) -> bool {
        matches!(self, Self::Export | Self::Rights | Self::Resume)
    }

    /// What in its calls tells the asked-for body from the other.
    #[must_use]
    pub fn mark(self, other: bool) -> &'static str {
        match (self, other) {
            (Self::Inside | Self::Export, false) => "q3.csv",
            (Self::Inside | Self::Export, true) => "other.csv",
            (Self::Job, false) => "demo-retrain:1",
            (Self::Job, true) => "demo-retrain:2",
            (Self::Resume, false) => "all",
            (Self::Resume, true) => "type:s3-export",
            (Self::Rights, false) => "reports-read",
            (Self::Rights, true) => "other-read",
        }
    }
}
