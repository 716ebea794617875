//! Who may suspend things, and how they run again.

use serde_json::json;

use crate::sample::{DIRECTORY, Sample};
use crate::{EXPORT, each_is_named};

const RESUME: &str = "actions/countersign-resume.yaml";

/// W4: what somebody suspends can run again, by one type of action that always needs people.
#[test]
fn suspensions_that_would_not_hold() {
    let own = "without roles and without a session policy";
    let open = "`sre` lists no members, so nobody of it could suspend";
    each_is_named(vec![
        (DIRECTORY, "/may_suspend", Some(json!(["nobody"])), "`nobody` is no group"),
        (DIRECTORY, "/groups/sre/members", None, open),
        (EXPORT, "/connector", Some(json!("resume")), "the connector of `countersign-resume` alone"),
        (RESUME, "/connector", Some(json!("s3-export")), "its connector is `resume`"),
        (RESUME, "/run_role", Some(json!("x-{deployment}")), own),
        (RESUME, "/sensitivity", Some(json!("low")), "is of `high` sensitivity"),
        (RESUME, "/formats/scope", Some(json!("name")), "of the form `scope`"),
        (RESUME, "/pins/0/name", Some(json!("other")), "a resume pins `suspension`"),
    ]);
}

/// Nobody may suspend what nothing lets run again.
#[test]
fn a_suspension_without_a_resume() {
    let mut sample = Sample::new();
    for file in [RESUME, "policies/suspensions.cedar"] {
        sample.sources.0.remove(file).unwrap();
    }
    let wrong = sample.mistakes();
    assert!(wrong.iter().any(|line| line.contains("could never run again")), "{wrong:#?}");
}
