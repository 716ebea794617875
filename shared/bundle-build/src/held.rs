//! What each connector's own call holds fixed. Between the last look at a target and the call something can change; a pin
//! that the call itself names cannot. The connector says so here, so that no catalogue entry can claim it.

use bundle::HeldBy;

/// Pins by name, each with what holds it.
type Pins = &'static [(&'static str, HeldBy)];

/// Every connector there is and the pins it reads. `connectors` has the tests that its calls are as said here.
const CONNECTORS: [(&str, Pins); 6] = [
    // CopyObject takes the version, its ETag as a condition, and "nothing there yet" as a condition.
    ("s3-export", &COPY),
    // The same; the staged manifest names the content by its digest and follows the one bundle that is in force until then.
    (
        "bundle-publish",
        &[
            ("source_version", HeldBy::Call),
            ("source_etag", HeldBy::Call),
            ("destination_state", HeldBy::Call),
            ("bundle", HeldBy::Call),
            ("replaced_bundle", HeldBy::Call),
        ],
    ),
    // AttachRolePolicy takes a role's name and a policy's ARN: neither a role's id nor a policy's version.
    (
        "iam-attach-role-policy",
        &[("role_id", HeldBy::Check), ("policy_version", HeldBy::Check), ("policy_digest", HeldBy::Check)],
    ),
    // PutSecretValue takes the ARN with its random end, so the very secret, but no version that it must replace.
    ("secret-put-value", &[("secret_arn", HeldBy::Call), ("current_version", HeldBy::Check)]),
    // A published version is named in the call; its code never changes and its number is never used again.
    ("lambda-invoke", &[("code_sha256", HeldBy::Call)]),
    // One conditional write on the item that holds the suspension.
    (bundle::RESUME_CONNECTOR, &[("suspension", HeldBy::Call)]),
];

const COPY: [(&str, HeldBy); 3] =
    [("source_version", HeldBy::Call), ("source_etag", HeldBy::Call), ("destination_state", HeldBy::Call)];

/// The pins this connector reads and what holds each; none for a connector there is not.
#[must_use]
pub fn held(connector: &str) -> Option<&'static [(&'static str, HeldBy)]> {
    CONNECTORS.iter().find(|(name, _)| *name == connector).map(|(_, pins)| *pins)
}

/// The connectors there are.
pub fn connectors() -> impl Iterator<Item = &'static str> {
    CONNECTORS.iter().map(|(name, _)| *name)
}
