//! The suite against the emulator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's steps fail loudly"
)]

mod suite;

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    DefaultRetention, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockMode, ObjectLockRetentionMode,
    ObjectLockRule,
};
use contract::Kit;
use credentials::{AssumeRole, Session, Sts};
use ledger::{AppendLog, LogBucket, ReadLocked, ReadLog, log_key};

/// Empty tables and a new key on the emulator.
async fn kit() -> Kit {
    contract::emulator::kit().await
}

/// P4, P9: a lock that somebody could lift is none, an object's or the bucket's; and what was deleted is no absence, for a
/// create-only put would succeed there.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test does what nobody may, to see it noticed")]
async fn what_the_bucket_really_holds() {
    let root = contract::emulator::root().await;
    let (bucket, client) = (contract::emulator::locked_bucket(&root).await, contract::emulator::s3(&root));
    let log = LogBucket::new(client.clone(), bucket.clone());
    assert_eq!(
        log.default_retention().await,
        Ok(Some(ledger::DefaultRetention { compliance: true, days: 1 }))
    );
    let body = || ByteStream::from_static(b"{}\n");
    let put = client.put_object().bucket(&bucket).key(log_key(0)).body(body());
    let put = put.object_lock_mode(ObjectLockMode::Governance);
    put.object_lock_retain_until_date(DateTime::from_secs(4_000_000_000)).send().await.unwrap();
    let (_, lock) = log.locked_object(0).await.unwrap().unwrap();
    assert!(!lock.compliance);
    client.put_object().bucket(&bucket).key(log_key(1)).body(body()).send().await.unwrap();
    client.delete_object().bucket(&bucket).key(log_key(1)).send().await.unwrap();
    assert!(log.object(1).await.is_err_and(|fault| !fault.is_passing()));
    let default = DefaultRetention::builder().mode(ObjectLockRetentionMode::Governance).days(1).build();
    let lock = ObjectLockConfiguration::builder()
        .object_lock_enabled(ObjectLockEnabled::Enabled)
        .rule(ObjectLockRule::builder().default_retention(default).build())
        .build();
    let put = client.put_object_lock_configuration().bucket(&bucket).object_lock_configuration(lock);
    put.send().await.unwrap();
    assert_eq!(
        log.default_retention().await,
        Ok(Some(ledger::DefaultRetention { compliance: false, days: 1 }))
    );
}

/// F12: sessions that this STS would mint and AWS would not are refused before it is asked.
#[tokio::test]
async fn a_session_is_checked_before_it_is_asked_for() {
    let role = contract::emulator::role_arn(&contract::emulator::allow(&["s3:GetObject"], &["*"])).await;
    let sts = Sts::new(aws_sdk_sts::Client::new(&contract::emulator::root().await));
    for (seconds, minted) in [(60, false), (900, true), (40_000, false)] {
        let (name, role) = ("brief".to_owned(), role.clone());
        let session = Session { role, name, policy: None, source_identity: None, tags: Vec::new(), seconds };
        assert_eq!(sts.assume(&session).await.is_ok(), minted, "{seconds} seconds");
    }
}
