//! Who may suspend things, and how they run again.

use crate::{DIRECTORY, EXPORT, each_is_named};

const RESUME: &str = "actions/countersign-resume.yaml";

/// W4: what somebody suspends can run again, by one type of action that always needs people.
#[test]
fn suspensions_that_would_not_hold() {
    let own = "without roles and without a session policy";
    each_is_named(&[
        (DIRECTORY, "may_suspend: [sre]", "may_suspend: [nobody]", "`nobody` is no group"),
        (
            DIRECTORY,
            "sre: { members: [bob, carol],",
            "sre: {",
            "`sre` lists no members, so nobody of it could suspend",
        ),
        (EXPORT, "connector: s3-export", "connector: resume", "the connector of `countersign-resume` alone"),
        (RESUME, "connector: resume", "connector: s3-export", "its connector is `resume`"),
        (RESUME, "connector: resume", "connector: resume\nrun_role: \"x-{deployment}\"", own),
        (RESUME, "sensitivity: high", "sensitivity: low", "is of `high` sensitivity"),
        (RESUME, "scope: scope }", "scope: name }", "of the form `scope`"),
        (RESUME, "name: suspension", "name: other", "a resume pins `suspension`"),
    ]);
}

/// Nobody may suspend what nothing lets run again.
#[test]
fn a_suspension_without_a_resume() {
    let mut sources = bundle_build::Sources::read(&crate::folder()).unwrap();
    for file in [RESUME, "policies/suspensions.cedar"] {
        sources.0.remove(file).unwrap();
    }
    sources.0.remove("cases/suspensions.yaml");
    let wrong = bundle_build::Compiled::from_sources(&sources, None).unwrap_err();
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.iter().any(|line| line.contains("could never run again")), "{wrong:#?}");
}
