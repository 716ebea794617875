//! What a state is called, for programs and for people, and how far an action of it has come.

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It waits for policy, for people, or to be begun.
    Waiting,
    /// It was begun and is not over.
    Running,
    /// It is over, or nobody knows whether it happened.
    Over,
}

/// The name of a state, as the API writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it, and `State` documents each")]
pub enum Status {
    Absent,
    Proposed,
    Pending,
    Approved,
    Executing,
    Held,
    Succeeded,
    Released,
    Failed,
    Unknown,
    Denied,
    Withheld,
    Expired,
    Cancelled,
}

impl Status {
    /// Those an action can have, as the API names them.
    pub const OF_ACTIONS: [Self; 13] = [
        Self::Proposed,
        Self::Pending,
        Self::Approved,
        Self::Executing,
        Self::Held,
        Self::Succeeded,
        Self::Released,
        Self::Failed,
        Self::Unknown,
        Self::Denied,
        Self::Withheld,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The lower-case name of the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Proposed => "proposed",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::Held => "held",
            Self::Succeeded => "succeeded",
            Self::Released => "released",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Denied => "denied",
            Self::Withheld => "withheld",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::OF_ACTIONS.into_iter().find(|status| status.name() == name)
    }

    /// As people read it: on pages, in notices, at the command line.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Absent | Self::Proposed => "Waiting for policy",
            Self::Pending => "Waiting",
            Self::Approved => "Approved, about to run",
            Self::Executing => "Running",
            Self::Held => "Ran; the result is held back",
            Self::Succeeded => "Succeeded",
            Self::Released => "Ran; the result was released",
            Self::Failed => "Failed",
            Self::Unknown => "Nobody knows whether it ran",
            Self::Denied => "Denied",
            Self::Withheld => "Ran; the result was withheld",
            Self::Expired => "Ran out of time",
            Self::Cancelled => "Taken back",
        }
    }

    /// How far an action of this status has come.
    #[must_use]
    pub fn phase(self) -> Phase {
        match self {
            Self::Absent | Self::Proposed | Self::Pending | Self::Approved => Phase::Waiting,
            Self::Executing | Self::Held => Phase::Running,
            Self::Succeeded
            | Self::Released
            | Self::Failed
            | Self::Unknown
            | Self::Denied
            | Self::Withheld
            | Self::Expired
            | Self::Cancelled => Phase::Over,
        }
    }

    /// Whether waiting longer is pointless. `unknown` counts: what is found out about it may take days.
    #[must_use]
    pub fn is_final(self) -> bool {
        self.phase() == Phase::Over
    }
}
