//! Bundles and cases, read from where they were named.

use std::path::{Path, PathBuf};

use bundle::Bundle;
use bundle_build::{Case, Compiled, Sources};

use super::PolicyError;

/// A bundle: its folder, or what `bundle build` made of one.
pub(crate) fn open(place: &Path) -> Result<Bundle, PolicyError> {
    if place.is_dir() {
        return Ok(compile(place)?.1.bundle);
    }
    let bytes = std::fs::read(place).map_err(|error| PolicyError::File(place.to_owned(), error))?;
    Bundle::load(&bytes).map_err(|error| PolicyError::Load(place.to_owned(), error))
}

/// The sources of a folder and the bundle that they make.
pub(super) fn compile(folder: &Path) -> Result<(Sources, Compiled), PolicyError> {
    let sources = Sources::read(folder).map_err(|wrong| PolicyError::Mistakes(wrong, None))?;
    match Compiled::from_sources(&sources, None) {
        Ok(compiled) => Ok((sources, compiled)),
        Err(wrong) => Err(PolicyError::Mistakes(wrong, Some(sources))),
    }
}

/// The cases of these files; without any, those of the bundle's folder.
pub(super) fn cases(files: &[PathBuf], folder: &Path) -> Result<Vec<Case>, PolicyError> {
    let mistakes = |wrong| PolicyError::Mistakes(wrong, None);
    if files.is_empty() {
        return bundle_build::cases(folder).map_err(mistakes);
    }
    let mut found = Vec::new();
    for file in files {
        found.extend(bundle_build::case_file(file, &file.display().to_string()).map_err(mistakes)?);
    }
    Ok(found)
}
