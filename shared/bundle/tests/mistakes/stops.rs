//! Who may stop things, and how they run again.

use crate::{DIRECTORY, EXPORT, each_is_named};

const THAW: &str = "actions/countersign-thaw.yaml";

/// W4: what somebody stops can run again, by one type of action that always needs people.
#[test]
fn stops_that_would_not_hold() {
    let own = "without roles and without a session policy";
    each_is_named(&[
        (DIRECTORY, "may_freeze: [sre]", "may_freeze: [nobody]", "`nobody` is no group"),
        (
            DIRECTORY,
            "sre: { members: [bob, carol],",
            "sre: {",
            "`sre` lists no members, so nobody of it could stop",
        ),
        (EXPORT, "connector: s3-export", "connector: thaw", "the connector of `countersign-thaw` alone"),
        (THAW, "connector: thaw", "connector: s3-export", "its connector is `thaw`"),
        (THAW, "connector: thaw", "connector: thaw\nrun_role: \"x-{deployment}\"", own),
        (THAW, "sensitivity: high", "sensitivity: low", "is of `high` sensitivity"),
        (THAW, "scope: scope }", "scope: name }", "of the form `scope`"),
        (THAW, "name: freeze", "name: stop", "a thaw pins `freeze`"),
    ]);
}

/// Nobody may stop what nothing lets run again.
#[test]
fn a_stop_without_an_end() {
    let mut sources = bundle::Sources::read(&crate::folder()).unwrap();
    for file in [THAW, "policies/stops.cedar"] {
        sources.0.remove(file).unwrap();
    }
    sources.0.remove("cases/stops.yaml");
    let wrong = bundle::Compiled::from_sources(&sources, None).unwrap_err();
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.iter().any(|line| line.contains("could never run again")), "{wrong:#?}");
}
