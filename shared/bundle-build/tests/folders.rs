//! Source folders: everything wrong is told in one run, and nothing lies where nobody reads it.
#![allow(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

use std::path::{Path, PathBuf};

use bundle_build::{Compiled, Sources, compile};

const APPROVALS: &str = "approvals.yaml";
const DIRECTORY: &str = "directory.yaml";
const EXPORT: &str = "actions/s3-export.yaml";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies")
}

/// O12: all mistakes of all files are told in one run, in file order.
#[test]
fn all_of_them_at_once() {
    let mut sources = Sources::read(&folder()).unwrap();
    for (file, from, to) in [
        (EXPORT, "{effect.source_size}", "{effect.sauce}"),
        (APPROVALS, "group: sre, count: 2", "group: sre, count: 3"),
        (DIRECTORY, "environment: staging", "environment: stagin"),
        ("policies/privileges.cedar", "@approval(\"sre-signed\")", "@aproval(\"sre-signed\")"),
    ] {
        let text = sources.0.get_mut(file).unwrap();
        *text = text.replacen(from, to, 1);
    }
    let wrong = Compiled::from_sources(&sources, None).unwrap_err();
    insta::assert_snapshot!(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

/// A file in a place where nobody reads it is a rule that vanished.
#[test]
fn misplaced_files_are_named() {
    let place = tempfile::tempdir().unwrap();
    let copy = |file: &str, to: &str| {
        let target = place.path().join(to);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(folder().join(file), target).unwrap();
    };
    let sources = Sources::read(&folder()).unwrap();
    sources.0.keys().for_each(|file| copy(file, file));
    assert!(compile(place.path()).is_ok());
    for (file, stray) in [
        ("policies/jobs.cedar", "policies/jobs.cedar.bak"),
        ("policies/jobs.cedar", "jobs.cedar"),
        ("actions/s3-export.yaml", "actions/s3-export.yml"),
        ("approvals.yaml", "approval.yaml"),
    ] {
        copy(file, stray);
        let wrong = compile(place.path()).unwrap_err();
        assert!(
            wrong.iter().any(|found| found.file == stray && found.message.contains("nothing reads this")),
            "{wrong:?}"
        );
        std::fs::remove_file(place.path().join(stray)).unwrap();
    }
    std::fs::remove_file(place.path().join("approvals.yaml")).unwrap();
    assert!(compile(place.path()).unwrap_err().iter().any(|found| found.message.contains("no such file")));
    assert!(compile(&place.path().join("nowhere")).is_err());
}

/// R1: what an editor puts around a text changes nothing: with a byte-order mark and carriage returns in every file, YAML and
/// Cedar alike, the bundle has the same digest.
#[test]
fn marks_and_line_ends_change_no_digest() {
    let expected = compile(&folder()).unwrap().digest;
    let sources = Sources::read(&folder()).unwrap();
    for (mark, end) in [("\u{feff}", "\n"), ("", "\r\n"), ("\u{feff}", "\r\n")] {
        let place = tempfile::tempdir().unwrap();
        for (file, text) in &sources.0 {
            let target = place.path().join(file);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(target, format!("{mark}{}", text.replace('\n', end))).unwrap();
        }
        assert_eq!(compile(place.path()).unwrap().digest, expected, "{mark:?} {end:?}");
    }
}
