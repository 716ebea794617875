//! Reads files that people wrote, with messages about what is wrong in them.

use std::io::Read;
use std::path::Path;

use crate::api::ApiError;

/// A proposal, as bytes to be sent as they are: whether they are JSON as the API reads it is said here already, with the
/// file's name.
///
/// # Errors
/// [`ApiError::File`] and [`ApiError::Usage`].
pub(crate) fn proposal(file: &Path) -> Result<Vec<u8>, ApiError> {
    let bytes = read(file).map_err(|error| ApiError::file(file, error))?;
    match wire::json::parse_value(&bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(ApiError::Usage(format!("`{}`: {error}", file.display()))),
    }
}

/// The bytes of a file, of standard input where it is called `-`.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, std::io::Error> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
