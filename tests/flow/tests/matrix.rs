//! Who may touch what: every function's real role tries every call. What the design's matrix leaves empty must be denied
//! by the enforcing emulator; what it grants must not be.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

mod calls;

use std::collections::BTreeSet;

use aws_credential_types::Credentials;
use calls::{Clients, Verdict, all};
use flow::aws;
use flow::stack::Stack;

/// What each role may do, by the names of `calls`.
const GRANTED: [(&str, &str); 7] = [
    (
        "intake",
        "state.get state.put state.update documents.get documents.put index.get index.query bundles.get bundles.list \
         kms.generate payload.secret:fingerprint",
    ),
    (
        "policy",
        "state.get state.update documents.get documents.put index.get index.query bundles.get bundles.list \
         kms.generate kms.decrypt assume.inspect",
    ),
    (
        "ledger",
        "state.get documents.get index.get index.query index.put index.update bundles.get bundles.list log.get log.list \
         log.put log.lock-configuration send.policy send.notify send.execution",
    ),
    (
        "notify",
        "state.get documents.get index.get channels.get channels.put bundles.get bundles.list log.get payload.secret:chat",
    ),
    (
        "callbacks",
        "state.get state.update documents.get documents.put index.get index.query channels.get channels.put bundles.get \
         bundles.list kms.sign-verdict payload.secret:client payload.secret:cookie payload.secret:chat",
    ),
    (
        "execution",
        "state.get state.update documents.get documents.put index.get index.query bundles.get bundles.list log.get \
         claims.put claims.get kms.decrypt assume.inspect assume.run",
    ),
    (
        "sweep",
        "state.update state.query-due index.get index.query bundles.get bundles.list log.get log.list checkpoints.put \
         kms.sign-checkpoint",
    ),
];

/// Credentials of a function's own role.
async fn role(stack: &Stack, function: &str) -> Credentials {
    let sts = aws_sdk_sts::Client::new(&aws::root(stack).await);
    let role = stack.roles.get(function).expect(function);
    let session = sts.assume_role().role_arn(role).role_session_name("matrix").send().await.expect(function);
    let minted = session.credentials().expect("credentials").clone();
    let (key, secret) = (minted.access_key_id().to_owned(), minted.secret_access_key().to_owned());
    Credentials::new(key, secret, Some(minted.session_token().to_owned()), None, "matrix")
}

/// D1, W25, P8, P10: every cell of the matrix, tried. Intake cannot open what it sealed; nobody deletes anything; only ledger
/// writes the log and sends; only callbacks signs verdicts; only execution assumes what runs.
#[tokio::test]
async fn every_cell_of_the_matrix() {
    let stack = Stack::running().expect("a running stack");
    let mut wrong = Vec::new();
    for (function, granted) in GRANTED {
        let granted: BTreeSet<&str> = granted.split_whitespace().collect();
        let clients = Clients::new(&stack, role(&stack, function).await).await;
        for (call, verdict) in all(&stack, &clients).await {
            let expected = granted.contains(call.as_str());
            match (&verdict, expected) {
                (Verdict::Denied, false) | (Verdict::Allowed, true) => {}
                (Verdict::Other(code), _) => {
                    wrong.push(format!("{function} {call}: neither allowed nor denied: {code}"))
                }
                _ => wrong.push(format!("{function} {call}: {verdict:?}, granted: {expected}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
