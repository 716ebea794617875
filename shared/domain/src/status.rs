//! The table of statuses: what a state is called, for programs and for people, and how far an action of it has come.
//! Pages, notices, the API and the command line read it, so that a new status gets one row here and no words elsewhere.

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nobody has decided: it waits for policy or for people.
    Undecided,
    /// It is decided and waits to be begun.
    Allowed,
    /// It was begun and is not over.
    Running,
    /// It was begun and is over, or nobody knows what it did.
    Ran,
    /// It is over and was never begun.
    NotBegun,
}

impl Phase {
    /// Whether it may still begin, until its deadline.
    #[must_use]
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Undecided | Self::Allowed)
    }
}

/// How a page colours a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// It happened as asked.
    Good,
    /// Something that people should look at.
    Bad,
    /// Neither.
    Plain,
}

/// What is known of one status.
struct Row {
    /// The lower-case name of the API.
    name: &'static str,
    /// As people read it.
    words: &'static str,
    phase: Phase,
    tone: Tone,
    /// Whether a function is expected to move it on within a minute.
    soon: bool,
    /// The end of the sentence that tells people how it ended.
    ended: &'static str,
    /// What the agent reads; a name in braces stands for a part that `shared/review` fills in.
    agent: &'static str,
}

const UNDER_WAY: &str = "it is still under way";

macro_rules! statuses {
    ($absent:ident { $($of_absent:tt)* } $($status:ident { $($fields:tt)* })*) => {
        /// The name of a state, as the API writes it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the names say it, and `State` documents each")]
        pub enum Status {
            $absent,
            $($status,)*
        }

        impl Status {
            /// Those an action can have, as the API names them.
            pub const OF_ACTIONS: [Self; [$(stringify!($status)),*].len()] = [$(Self::$status),*];

            fn row(self) -> Row {
                match self {
                    Self::$absent => Row { $($of_absent)* },
                    $(Self::$status => Row { $($fields)* },)*
                }
            }
        }
    };
}

statuses! {
    Absent {
        name: "absent", words: "Waiting for policy",
        phase: Phase::Undecided, tone: Tone::Plain, soon: false,
        ended: UNDER_WAY,
        agent: "",
    }
    Proposed {
        name: "proposed", words: "Waiting for policy",
        phase: Phase::Undecided, tone: Tone::Plain, soon: true,
        ended: UNDER_WAY,
        agent: "Nothing has run. Policy is looking at it. {ask}",
    }
    Pending {
        name: "pending", words: "Waiting",
        phase: Phase::Undecided, tone: Tone::Plain, soon: false,
        ended: UNDER_WAY,
        agent: "Nothing has run. {missing} must agree before {deadline}. Silence is not a refusal.{keep_asking} {ask}",
    }
    Approved {
        name: "approved", words: "Approved, about to run",
        phase: Phase::Allowed, tone: Tone::Plain, soon: true,
        ended: "people agreed; it is about to run",
        agent: "Nothing has run yet. It is allowed and about to begin. {ask}",
    }
    Executing {
        name: "executing", words: "Running",
        phase: Phase::Running, tone: Tone::Plain, soon: false,
        ended: "people agreed; it is running",
        agent: "It is running now; what came of it is not known yet.{usual} Do not propose it again. {ask}",
    }
    Held {
        name: "held", words: "Ran; the result is held back",
        phase: Phase::Running, tone: Tone::Plain, soon: false,
        ended: "it ran; its result waits to be released",
        agent: "It ran. Its result is held until a person releases it, at the latest at {release_by}; then it is withheld. \
            Do not propose it again. {ask}",
    }
    Succeeded {
        name: "succeeded", words: "Succeeded",
        phase: Phase::Ran, tone: Tone::Good, soon: false,
        ended: "it ran",
        agent: "It ran and succeeded at {at}. Its result is in `outcome`.",
    }
    Released {
        name: "released", words: "Ran; the result was released",
        phase: Phase::Ran, tone: Tone::Good, soon: false,
        ended: "it ran and its result was released",
        agent: "It ran, and its result was released. It is in `outcome`.",
    }
    Failed {
        name: "failed", words: "Failed",
        phase: Phase::Ran, tone: Tone::Bad, soon: false,
        ended: "it was tried and did not happen",
        agent: "It was tried and had no effect{error}. {new_key}",
    }
    Unknown {
        name: "unknown", words: "Nobody knows whether it ran",
        phase: Phase::Ran, tone: Tone::Bad, soon: false,
        ended: "it was tried and nobody can say yet whether it happened",
        agent: "It may have run or not: nobody can say yet. Do not propose it again before this is cleared up, or it could \
            happen twice.",
    }
    Denied {
        name: "denied", words: "Denied",
        phase: Phase::NotBegun, tone: Tone::Bad, soon: false,
        ended: "it was denied; nothing ran",
        agent: "{denied}",
    }
    Withheld {
        name: "withheld", words: "Ran; the result was withheld",
        phase: Phase::Ran, tone: Tone::Bad, soon: false,
        ended: "it ran and its result was withheld",
        agent: "It ran, but its result is withheld and stays so. Do not propose it again to see it.",
    }
    Expired {
        name: "expired", words: "Ran out of time",
        phase: Phase::NotBegun, tone: Tone::Plain, soon: false,
        ended: "nobody decided in time; nothing ran",
        agent: "Nothing has run. The deadline, {deadline}, passed. {too_late} {new_key}",
    }
    Cancelled {
        name: "cancelled", words: "Taken back",
        phase: Phase::NotBegun, tone: Tone::Plain, soon: false,
        ended: "it was taken back; nothing ran",
        agent: "Nothing has run. Its proposer took it back at {at}.",
    }
}

impl Status {
    /// The lower-case name of the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The status of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::OF_ACTIONS.into_iter().find(|status| status.name() == name)
    }

    /// As people read it: on pages, in notices, at the command line.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.row().words
    }

    /// How far an action of this status has come.
    #[must_use]
    pub fn phase(self) -> Phase {
        self.row().phase
    }

    /// How a page colours it.
    #[must_use]
    pub fn tone(self) -> Tone {
        self.row().tone
    }

    /// Whether a function is expected to move it on within a minute. Where people decide or an attempt runs, it may take until
    /// the deadline.
    #[must_use]
    pub fn changes_soon(self) -> bool {
        self.row().soon
    }

    /// How it ended, as the end of a sentence: `it ran`.
    #[must_use]
    pub fn ended(self) -> &'static str {
        self.row().ended
    }

    /// What the agent that proposed the action reads: whole sentences, in which a name in braces such as `{deadline}` stands for
    /// a part that is filled in from the action.
    #[must_use]
    pub fn agent_message(self) -> &'static str {
        self.row().agent
    }

    /// Whether waiting longer is pointless. `unknown` counts: what is found out about it may take days.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self.phase(), Phase::Ran | Phase::NotBegun)
    }
}
