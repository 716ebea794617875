//! The log: format, appending, proofs, verification. The verifier needs no AWS.

mod append;
mod bucket;
pub mod capabilities;
pub mod evidence;
mod object;
pub mod record;
mod tail;
pub mod tree;
pub mod verify;

pub use append::{Appended, append};
pub use bucket::{LogBucket, log_key, log_number};
pub use capabilities::*;
pub use object::{
    EventRecord, MAX_OBJECT_BYTES, MAX_RECORDS, Object, ObjectError, RecordError, RecordLine, link,
};
pub use tail::{ComposeError, FollowedObject, LineBytes, Tail, document_line, record_line};
