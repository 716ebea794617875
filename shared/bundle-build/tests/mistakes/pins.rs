//! Pins: what the call holds, and what is only checked before it.

use super::{ATTACH, EXPORT, LAMBDA, SECRET, each_is_named};

/// E13: what the call does not hold is told in a sentence, and no author can claim that it holds more than its connector says.
#[test]
fn pins_that_the_call_does_not_hold() {
    let version = "description: the policy's default version\n    held_by: check";
    let claimed = "description: the policy's default version\n    held_by: call";
    let sentence = "    unpinned: Writing a secret names no version that it must replace, so a value written just before is replaced too.\n";
    each_is_named(&[
        (ATTACH, version, claimed, "does not hold `policy_version`"),
        (ATTACH, "  - name: policy_version\n", "  - name: policy_revision\n", "pins no `policy_revision`"),
        (
            ATTACH,
            "  - name: policy_version\n",
            "  - name: policy_revision\n",
            "pins `policy_version`, which is not listed",
        ),
        (
            ATTACH,
            "value: \"{policy}\"",
            "value: \"{policy} {pin.policy_version}, no other\"",
            "only checked before the call",
        ),
        (SECRET, sentence, "", "say in `unpinned` what can change"),
        (SECRET, sentence, "    unpinned: \" \"\n", "say in `unpinned` what can change"),
        (SECRET, "held_by: call, ", "", "held_by"),
        (
            EXPORT,
            "name: source_etag, held_by: call",
            "name: source_etag, held_by: check",
            "holds `source_etag`",
        ),
        (EXPORT, "connector: s3-export", "connector: rsync", "no connector `rsync` says that its call holds"),
        (LAMBDA, "held_by: call,", "held_by: call, unpinned: Nothing.,", "has no `unpinned`"),
    ]);
}
