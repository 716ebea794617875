//! The sample bundle with one thing changed.

use std::path::Path;

use bundle::Compiled;
use domain::Digest;

/// The sample with `to` instead of `from` in this file.
pub fn changed(file: &str, from: &str, to: &str) -> Compiled {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    let name = Digest::of(format!("{file} {from} {to} {:?}", std::thread::current().id()).as_bytes()).hex();
    let copy = std::env::temp_dir().join(format!("countersign-execution-{name}"));
    copy_folder(&sample, &copy);
    let path = copy.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = text.replace(from, to);
    assert_ne!(text, changed, "the change changes something");
    std::fs::write(&path, changed).unwrap();
    let compiled = bundle::compile(&copy).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    std::fs::remove_dir_all(&copy).unwrap();
    compiled
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
