//! A labelled corpus for redaction: secrets and personal data in many ways of writing, and ordinary texts. It depends on its
//! seed alone. The forms of secrets are described here, apart from redaction's own tables, so that one judges the other.

mod carriers;
mod corpus;
mod measure;
mod names;
mod ordinary;
mod personal;
mod random;
mod secrets;

pub use corpus::{Class, Label, Sample, generate};
pub use measure::{Kind, Measured, Missed, Share, left};
pub use random::SeededDraw;
