//! Appends to the log. The bucket's create-only put decides the order.

use bytes::Bytes;
use domain::Fault;

use crate::capabilities::{AppendLog, Put, ReadLog};

/// How often the same bytes are put before the object is read instead.
const TRIES: u32 = 3;

/// Whose object has the number now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// These bytes.
    Ours,
    /// Others: index them, move on, try again.
    Theirs,
}

/// Puts these bytes at this number, unless an object is there. After an unclear answer the same bytes are put again, and
/// then the object is read.
///
/// # Errors
/// A [`Fault`] when the answer stays unclear, or a lasting one when the put is refused. Appending again is safe.
pub async fn append(
    log: &dyn AppendLog,
    reader: &dyn ReadLog,
    number: u64,
    bytes: &Bytes,
) -> Result<Appended, Fault> {
    let mut unclear = None;
    for _ in 0..TRIES {
        match log.put_new(number, bytes.clone()).await {
            Ok(Put::Created) => return Ok(Appended::Ours),
            Ok(Put::Taken) => break,
            Err(fault) if fault.is_passing() => unclear = Some(fault),
            Err(fault) => return Err(fault),
        }
    }
    // The object may be our own earlier put, whose answer was lost.
    match reader.object(number).await? {
        Some(found) if found == bytes => Ok(Appended::Ours),
        Some(_) => Ok(Appended::Theirs),
        None => {
            Err(unclear.unwrap_or_else(|| Fault::passing("the log object that was there cannot be read")))
        }
    }
}
