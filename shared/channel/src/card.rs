//! The review document as a message shows it.

use domain::Timestamp;

/// A part of a sentence: fixed text, or a value from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text, hidden characters spelled out.
    pub text: String,
    /// Whether it is a value: set apart from the sentence's own words.
    pub value: bool,
}

/// The agent's reason, quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Whose words they are, and what proves where they come from.
    pub introduction: String,
    /// The redacted words, hidden characters spelled out. They may have several lines.
    pub words: String,
}

/// One fact that could change the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// E.g. `Can be undone`.
    pub label: String,
    /// The value on one line, hidden characters spelled out.
    pub value: String,
    /// What is said of the value, a line each. A channel shows each on a line of its own, which no value can imitate.
    pub notes: Vec<String>,
}

impl Fact {
    /// A fact without notes.
    #[must_use]
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), notes: Vec::new() }
    }
}

/// A time within a sentence, so that a platform can show it in the reader's own zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The sentence up to the time: `One of data-owners must agree before `.
    pub before: String,
    /// The time.
    pub at: Timestamp,
    /// The rest: `. Nobody has yet.`
    pub after: String,
}

/// What a reader can do, in the order in which it is shown. Approve and deny have the same weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// A link to the page; the label says for what.
    Open {
        /// E.g. `Review and approve`.
        label: String,
    },
    /// One press approves. Only where the requirement takes the service's word, and the card shows everything.
    Approve {
        /// Says the consequence: `Approve: customer data leaves`.
        label: String,
    },
    /// Asks for a reason, then denies.
    Deny,
    /// Shows the parameters that may be changed.
    Change,
    /// Asks the agent's owner a question.
    Ask,
}

/// A review as one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The heading: the consequence in a few words.
    pub title: String,
    /// What will run, as one sentence.
    pub sentence: Vec<Span>,
    /// The agent's words.
    pub quotation: Option<Quotation>,
    /// The deciding facts, the most important first.
    pub facts: Vec<Fact>,
    /// Who must agree until when, while it waits.
    pub deadline: Option<Deadline>,
    /// How it stands, once it no longer waits: `Denied by bob at 15:02 UTC. Nothing ran.`
    pub ending: Option<String>,
    /// What can be done here; empty once it has ended.
    pub controls: Vec<Control>,
    /// An opaque reference to this card's action, revision and recipient, used once; absent without controls.
    pub reference: Option<String>,
    /// Whether the card shows everything that the page shows, with nothing hidden, cut or disguised.
    pub whole: bool,
}

impl Card {
    /// The card for a channel that cannot show it whole: whoever wants to approve is led to the page.
    #[must_use]
    pub fn without_approval(mut self) -> Self {
        self.whole = false;
        for control in &mut self.controls {
            if matches!(control, Control::Approve { .. }) {
                *control = Control::Open { label: "Review and approve".to_owned() };
            }
        }
        self
    }
}
