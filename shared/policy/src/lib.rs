//! Policy: evaluates Cedar rules three times.
//!
//! Pure. Rules are plain Cedar, and the schema they are checked against follows from the catalogue's [`Vocabulary`]. A
//! *hold* is a `forbid` with `@approval("X")` that `unless { context.approvals.contains("X") }` lifts. Cedar is asked
//! without approvals, then with the approvals that the matching holds name ([`Engine::decide`]), and at the claim with the
//! approvals that were given ([`Engine::confirm`]). Every error is a denial.

mod check;
mod cover;
mod decision;
mod diagnostic;
mod engine;
mod explain;
mod facts;
mod finding;
mod history;
mod meaning;
mod parse;
mod rule;
mod slice;
mod text;
mod tree;
mod vocabulary;

pub use decision::{Decision, ForbidCode, Reason};
pub use diagnostic::{Diagnostic, locate};
pub use engine::Engine;
pub use explain::{Explained, RuleChange, RuleOutcome, RuleView};
pub use facts::{Agent, Calendar, Counts, EvaluationContext, Fact, Facts, History, Resource};
pub use meaning::{Rewording, rewording};
pub use parse::Source;
pub use rule::{RuleHeader, RuleScope};
pub use vocabulary::{
    ActionWords, CONTEXT, PRINCIPAL_TYPE, PROVENANCE, ParameterKind, ParameterWords, RequirementWords,
    TEAM_TYPE, Vocabulary,
};
