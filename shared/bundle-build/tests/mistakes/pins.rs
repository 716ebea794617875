//! Pins: what the call holds, and what is only checked before it.

use serde_json::json;

use super::{ATTACH, EXPORT, LAMBDA, SECRET, each_is_named};

/// E13: what the call does not hold is told in a sentence, and no author can claim that it holds more than its connector says.
#[test]
fn pins_that_the_call_does_not_hold() {
    let renamed = || Some(json!("policy_revision"));
    let shown = json!("{policy} {pin.policy_version}, no other");
    each_is_named(vec![
        (ATTACH, "/pins/1/held_by", Some(json!("call")), "does not hold `policy_version`"),
        (ATTACH, "/pins/1/name", renamed(), "pins no `policy_revision`"),
        (ATTACH, "/pins/1/name", renamed(), "pins `policy_version`, which is not listed"),
        (ATTACH, "/fields/2/value", Some(shown), "only checked before the call"),
        (SECRET, "/pins/1/unpinned", None, "say in `unpinned` what can change"),
        (SECRET, "/pins/1/unpinned", Some(json!(" ")), "say in `unpinned` what can change"),
        (SECRET, "/pins/0/held_by", None, "held_by"),
        (EXPORT, "/pins/1/held_by", Some(json!("check")), "holds `source_etag`"),
        (EXPORT, "/connector", Some(json!("rsync")), "no connector `rsync` says that its call holds"),
        (LAMBDA, "/pins/0/unpinned", Some(json!("Nothing.")), "has no `unpinned`"),
    ]);
}
