//! E12: what an agent is told of a target that an action cannot have. One sentence for each connector, whatever was found:
//! absent and forbidden read the same, and so do all other causes. People read the cause itself.

/// What must hold for this connector's targets, as its agent may read it.
#[must_use]
pub fn told(connector: &str) -> &'static str {
    match connector {
        "s3-export" => {
            "the object cannot be copied as things stand; there must be one that may be read, in a bucket that keeps \
             versions, of at most 5 GiB, not archived, not under a customer's own key, and nothing at the destination"
        }
        "bundle-publish" => {
            "what is staged cannot come into force as things stand; the manifest and its content must be there and \
             readable, and the number free"
        }
        "iam-attach-role-policy" => {
            "the policy cannot be attached as things stand; role and policy must be there and readable, the role one that \
             may be changed and that has room for another policy"
        }
        "secret-put-value" => {
            "the secret cannot be changed as things stand; it must be there and readable, have a value, be no replica, not \
             about to be deleted, not another service's own, and not under a customer's own key"
        }
        "lambda-invoke" => {
            "the function cannot be run as things stand; the version must be there and readable, active, and allowed to run"
        }
        _ => "the target cannot be used as things stand",
    }
}
