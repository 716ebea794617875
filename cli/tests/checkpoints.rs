//! `countersign ledger verify` with checkpoints that an auditor kept.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod support;

use std::path::Path;

use bytes::Bytes;
use domain::{Proof, VerdictKind};
use identity::SignEnvelope;
use support::log::{asked, download, judged, sweep, trust, verify};
use testkit::scenario::DEPLOYMENT;
use testkit::written::follow;
use testkit::{Gate, LocalSigner, Scenario};

/// A checkpoint as it is stored, of a log with these objects.
async fn checkpoint(objects: &[Bytes], deployment: &str, signer: &LocalSigner) -> String {
    let tree = follow(objects).tree;
    let value = serde_json::json!({
        "format": "countersign-checkpoint/1", "deployment": deployment, "size": tree.size(),
        "root": tree.root().to_string(), "object": objects.len() - 1,
    });
    let message = wire::json::canonical(&value).unwrap();
    let signature = data_encoding::BASE64.encode(&signer.sign(message.as_bytes()).await.unwrap());
    serde_json::json!({ "checkpoint": value, "signature": signature }).to_string()
}

/// The log's objects, in order.
fn objects(folder: &Path, count: u64) -> Vec<Bytes> {
    let file = |number| folder.join(format!("log/{number:020}"));
    (0..count).map(|number| Bytes::from(std::fs::read(file(number)).unwrap())).collect()
}

/// P9: what is gone from the end of the log, or was never the same log, is a finding for whoever kept a checkpoint.
#[tokio::test]
async fn a_kept_checkpoint_shows_what_is_gone() {
    let scenario = Scenario::export("one").await;
    let folder = judged(&scenario);
    let all = objects(folder.path(), 5);
    let (early, late) = (folder.path().join("early.json"), folder.path().join("late.json"));
    std::fs::write(&early, checkpoint(&all[..3], DEPLOYMENT, &sweep()).await).unwrap();
    std::fs::write(&late, checkpoint(&all, DEPLOYMENT, &sweep()).await).unwrap();
    let (early, late) = (early.to_str().unwrap(), late.to_str().unwrap());
    let both = ["--checkpoint", early, "--checkpoint", late];
    let (code, text) = verify(folder.path(), &both);
    assert_eq!(code, 0, "{text}");

    std::fs::remove_file(folder.path().join(format!("log/{:020}", 4))).unwrap();
    assert_eq!(verify(folder.path(), &[]).0, 0, "nobody can tell without a checkpoint");
    assert_eq!(verify(folder.path(), &["--checkpoint", early]).0, 0, "nor with an older one");
    let (code, text) = verify(folder.path(), &both);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("(log-truncated)") && text.contains("1 finding:"), "{text}");

    let mut other = asked().await;
    other.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Idp).await;
    let rolled_back = download(&other, true);
    assert_eq!(verify(rolled_back.path(), &[]).0, 0, "a log in good order, but not the one that was");
    let (code, text) = verify(rolled_back.path(), &["--checkpoint", early]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("(checkpoint-differs)"), "{text}");
}

/// P9, P10: a checkpoint that nobody trusted signed, or that is of another log, is never passed over in silence.
#[tokio::test]
async fn a_checkpoint_that_proves_nothing() {
    let scenario = Scenario::export("one").await;
    let folder = download(&scenario, true);
    let all = objects(folder.path(), 5);
    let good = checkpoint(&all, DEPLOYMENT, &sweep()).await;
    let forger = LocalSigner::seeded([9; 32], Gate::open());
    let size = follow(&all).tree.size();
    let cases = [
        ("the signature is not", checkpoint(&all, DEPLOYMENT, &forger).await),
        ("the signature is not", good.replace(&format!("\"size\":{size}"), "\"size\":1")),
        ("another deployment", checkpoint(&all, "elsewhere", &sweep()).await),
        ("`signature` is missing", good.replace("signature", "sign")),
        ("cannot be used", "nothing".to_owned()),
    ];
    let file = folder.path().join("kept.json");
    let kept = ["--checkpoint", file.to_str().unwrap()];
    for (why, bytes) in cases {
        assert_ne!(bytes, good);
        std::fs::write(&file, bytes).unwrap();
        let (code, text) = verify(folder.path(), &kept);
        assert!(code == 2 && text.contains(why), "{code} {text}");
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(verify(folder.path(), &kept).0, 2, "it is not there");
    std::fs::write(&file, good).unwrap();
    assert_eq!(verify(folder.path(), &kept).0, 0);
    let mut keyless = trust();
    keyless.as_object_mut().unwrap().remove("checkpoint_key");
    std::fs::write(folder.path().join("trust.json"), keyless.to_string()).unwrap();
    let (code, text) = verify(folder.path(), &kept);
    assert!(code == 2 && text.contains("no `checkpoint_key`"), "{code} {text}");
    std::fs::remove_file(folder.path().join("trust.json")).unwrap();
    assert_eq!(verify(folder.path(), &kept).0, 2, "nobody to believe");
}
