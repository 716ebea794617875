//! Tests that change the same thing at a target run one after another, in whatever processes.

use std::fs::File;

use crate::{FlowResult, FlowStep};

/// Held until it is dropped.
#[derive(Debug)]
pub struct Alone {
    _file: File,
}

/// Waits until nobody else has this name.
///
/// # Errors
/// The file of that name cannot be made or locked.
pub fn alone(name: &str) -> FlowResult<Alone> {
    let path = std::env::temp_dir().join(format!("countersign-{}.lock", name.replace('/', "-")));
    let file = File::options().create(true).truncate(false).write(true).open(path).step("a lock's file")?;
    file.lock().step("a lock")?;
    Ok(Alone { _file: file })
}
