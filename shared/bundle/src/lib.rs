//! The bundle: catalogue, Cedar policies, requirements and directory, compiled into one content-addressed document, and
//! the signed manifests that say which content is in force.
//!
//! [`compile()`] checks everything and names every mistake with its place; [`Bundle::load`] reads what was compiled;
//! [`InForce::load`] finds the last validly signed manifest before the first absent number. Anything but a clear answer
//! denies.

mod answer;
mod approvals;
mod behind;
mod bundle;
mod calendar;
mod canonical;
mod case;
mod catalogue;
mod changes;
mod check;
mod compile;
mod content;
mod directory;
mod held;
mod json_texts;
mod manifest;
mod names;
mod rules;
mod s3;
mod schema;
mod sources;
mod staged;
mod store;
mod target;
mod template;
mod text;
mod timeline;

pub use answer::{Answer, Answered, Question};
pub use approvals::RequirementRule;
pub use behind::{Behind, LinkedIdentity, UNMAPPED_HUMAN};
pub use bundle::{Bundle, FieldError, LoadError};
pub use calendar::{BusinessHours, CalendarRule, Day, WallTime, Weekday, Zone};
pub use canonical::NameFormat;
pub use case::{Case, CaseFacts, CaseRequest, Expectation, case_file, cases};
pub use catalogue::{
    CatalogueEntry, Exempt, FieldRule, HeldBy, Idempotency, Marked, Pin, RESUME_CONNECTOR, RedactionRules,
    ResourceRule, Reversible, Sensitivity,
};
pub use changes::{differences, summary};
pub use compile::{Compiled, compile};
pub use directory::{Account, AgentRule, ChangeFreeze, Delegation, Directory, Group, ResourceEntry};
pub use held::{connectors, held};
pub use manifest::{KeyError, Manifest, PublisherKey, Signer};
pub use policy::Diagnostic;
pub use rules::Rules;
pub use s3::S3Bundles;
pub use sources::Sources;
pub use staged::{StageError, Staged, StagedRejection, number_of, stage};
pub use store::{BundleFault, InForce, Placed, PublishBundles, Published, ReadBundles, Stored, publish};
pub use target::{RequestContext, TargetAccount, TargetError};
pub use template::{Part, Template};
pub use timeline::{Around, Counting, Remark, Timeline};
