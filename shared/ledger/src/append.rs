//! Appending: the bucket's create-only put decides the order.

use bytes::Bytes;
use domain::Fault;

use crate::capabilities::{AppendLog, Put, ReadLog};

/// How often the same bytes are put before somebody looks what is there.
const TRIES: u32 = 3;

/// Who is at the number now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// These bytes.
    Ours,
    /// Others: index them, move on, try again.
    Theirs,
}

/// Puts these bytes at this number, unless something is there. An unclear answer is met with the same bytes again, then
/// with a look.
///
/// # Errors
/// A [`Fault`] when it stays unclear, or the put is refused for good; appending again is safe.
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
    // Taken may be our own earlier put whose answer was lost.
    match reader.object(number).await? {
        Some(found) if found == bytes => Ok(Appended::Ours),
        Some(_) => Ok(Appended::Theirs),
        None => {
            Err(unclear.unwrap_or_else(|| Fault::passing("the log object that was there cannot be read")))
        }
    }
}
