//! The bundle: catalogue, Cedar policies, requirements and directory in one content-addressed document, and the signed
//! manifests that say which content is in force.
//!
//! [`Bundle::load`] reads what was compiled; [`InForce::load`] finds the last validly signed manifest before the first
//! absent number. Anything but a clear answer denies. This crate does no I/O: [`ReadBundles`] is a capability.
//! `bundle-build` compiles, checks, signs and publishes; `bundle-s3` reads the bucket.

mod approvals;
mod asking;
mod behind;
mod bundle;
mod calendar;
mod canonical;
mod catalogue;
mod changes;
mod channels;
pub mod content;
mod directory;
mod field_error;
mod json_texts;
mod manifest;
mod names;
mod parameters;
mod publisher;
mod remembered;
mod rules;
mod schema;
mod schema_errors;
mod session;
mod staged;
mod store;
mod subject;
mod target;
mod template;
mod timeline;

pub use approvals::{Abandoned, ConfirmRule, EmergencyAccess, EscalationRule, GrantRule, RequirementRule};
pub use asking::{Notify, OnCallSource, PagerDutySchedule, QuietHours};
pub use behind::{Behind, UNMAPPED_HUMAN};
pub use bundle::{Bundle, LoadError};
pub use calendar::{BusinessHours, CalendarRule, Day, WallTime, Weekday, Zone};
pub use canonical::NameFormat;
pub use catalogue::{
    CatalogueEntry, Exempt, FieldRule, HeldBy, Idempotency, Marked, Pin, RESUME_CONNECTOR, RedactionRules,
    ResourceRule, Reversible, Sensitivity, probes,
};
pub use changes::{differences, summary};
pub use channels::{ChannelRules, Destination};
pub use directory::{
    Account, AgentRule, ChangeFreeze, Delegation, Directory, Group, LinkedIdentity, Repeated, ResourceEntry,
};
pub use field_error::FieldError;
pub use manifest::{KeyError, Manifest, PublisherKey};
pub use publisher::{OtherKey, check_publisher_key};
pub use remembered::Remembered;
pub use rules::Rules;
pub use schema::check_schema;
pub use session::{session_names, texts};
pub use staged::{StagedRejection, number_of};
pub use store::{
    BundleFault, End, InForce, Placed, PublishBundles, ReadBundles, Stored, content_key, load_content,
    manifest_key,
};
pub use subject::is_subject;
pub use target::{RequestContext, TargetAccount, TargetError};
pub use template::{Part, Template};
pub use timeline::{Around, Counting, Remark, Timeline};
