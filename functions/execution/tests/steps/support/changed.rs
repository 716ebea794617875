//! The sample bundle with one thing changed.

use std::path::Path;

use bundle::{Compiled, Sources};

/// The sample with `to` instead of `from` in this file.
pub fn changed(file: &str, from: &str, to: &str) -> Compiled {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    let mut sources = Sources::read(&sample).unwrap();
    let text = sources.0.get_mut(file).unwrap();
    let changed = text.replace(from, to);
    assert_ne!(*text, changed, "the change changes something");
    *text = changed;
    Compiled::from_sources(&sources, None).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}
