//! The locked bucket: the create-only put is the sequencer.

use bytes::Bytes;
use domain::ActionId;
use futures::future::join_all;
use ledger::{Claimed, Put};

use crate::kit;

#[tokio::test]
async fn an_object_is_put_once_and_locked() {
    let kit = kit().await;
    assert_eq!(kit.log.object(0).await, Ok(None), "only a clear 404 is absence");
    assert_eq!(kit.log.locked_object(0).await, Ok(None));
    assert_eq!(kit.log.put_new(0, Bytes::from_static(b"first\n")).await, Ok(Put::Created));
    assert_eq!(kit.log.put_new(0, Bytes::from_static(b"second\n")).await, Ok(Put::Taken));
    assert_eq!(kit.log.object(0).await, Ok(Some(Bytes::from_static(b"first\n"))));
    // P4: under COMPLIANCE for the default's one day, without the put having said so.
    let (bytes, lock) = kit.log.locked_object(0).await.unwrap().unwrap();
    assert_eq!(bytes, Bytes::from_static(b"first\n"));
    assert!(lock.compliance);
    let left = lock.until.seconds() - kit.clock.now().seconds();
    assert!((23 * 3600..=25 * 3600).contains(&left), "locked for {left} seconds");
}

/// F10, F21: of many writers at one position one is first, and what it wrote is what all read.
#[tokio::test]
async fn racing_puts_make_one() {
    let kit = kit().await;
    let bodies: Vec<Bytes> = (0..20).map(|writer| Bytes::from(format!("writer {writer}\n"))).collect();
    let puts = join_all(bodies.iter().map(|body| kit.log.put_new(7, body.clone()))).await;
    let won: Vec<&Bytes> =
        puts.iter().zip(&bodies).filter(|(put, _)| **put == Ok(Put::Created)).map(|(_, b)| b).collect();
    assert_eq!(won.len(), 1);
    for put in puts {
        assert!(put.is_ok() || put.as_ref().is_err_and(domain::Fault::is_passing), "{put:?}");
    }
    assert_eq!(kit.log.object(7).await, Ok(Some(won[0].clone())));
}

/// D11, F23: an action is claimed once for ever; the second sees whose it is.
#[tokio::test]
async fn a_claim_is_made_once() {
    let (kit, action) = (kit().await, ActionId::of(b"claimed"));
    let (ours, theirs) =
        (Bytes::from_static(b"{\"attempt\":\"a\"}"), Bytes::from_static(b"{\"attempt\":\"b\"}"));
    assert_eq!(kit.log.claim(&action, ours.clone()).await, Ok(Claimed::Created));
    assert_eq!(kit.log.claim(&action, theirs).await, Ok(Claimed::Taken(ours.clone())));
    assert_eq!(kit.log.claim(&action, ours.clone()).await, Ok(Claimed::Taken(ours)), "after a lost answer");
}

#[tokio::test]
async fn a_checkpoint_is_kept_once() {
    let kit = kit().await;
    for body in ["first", "second"] {
        assert_eq!(kit.log.keep_checkpoint("12-ab", Bytes::from(body)).await, Ok(()));
    }
}

#[tokio::test]
async fn the_default_retention_is_read() {
    assert_eq!(
        kit().await.log.default_retention().await,
        Ok(Some(ledger::DefaultRetention { compliance: true, days: 1 }))
    );
}
