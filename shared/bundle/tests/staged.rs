//! What is staged: laid aside, judged, told, and in force only once it lies under its number.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod bucket;
#[path = "../../bundle-build/tests/sample/mod.rs"]
mod sample;

use bucket::{Bucket, edited, load, now, signer};
use bundle::{BundleFault, InForce, PublishBundles, PublisherKey, StagedRejection, number_of};
use bundle_build::{Compiled, Signer, StageError, Staged, publish, stage};
use domain::Digest;

/// One bundle in force, another staged for the next number.
struct Desk {
    bucket: Bucket,
    signer: Signer,
    key: PublisherKey,
    old: Compiled,
    new: Compiled,
}

impl Desk {
    async fn new() -> Self {
        let (bucket, (signer, key)) = (Bucket::default(), signer());
        let (old, new) =
            (edited(&[]), edited(&[("actions/lambda-invoke.yaml", "/title", r#""Start a function""#)]));
        publish(&bucket, &signer, &old, "carol", now()).await.unwrap();
        Self { bucket, signer, key, old, new }
    }

    async fn stage(&self, name: Option<&str>) -> Result<Staged, StageError> {
        stage(&self.bucket, &self.signer, &self.new, ("carol", name), now()).await
    }

    async fn in_force(&self) -> InForce {
        InForce::load(&self.bucket, &self.key, None).await.unwrap()
    }

    fn signed(&self, signer: &Signer, number: u64, previous: Option<Digest>) -> Vec<u8> {
        let manifest = signer.sign(number, self.new.digest, previous, now(), "carol");
        manifest.unwrap().bytes().unwrap()
    }
}

/// D2: staging puts nothing in force; the very bytes, copied to the number they are signed for, do.
#[tokio::test]
async fn in_force_once_it_is_copied() {
    let desk = Desk::new().await;
    let staged = desk.stage(Some("example")).await.unwrap();
    assert_eq!((staged.number, staged.key.as_str()), (2, "bundles/staged/example.json"));
    assert_eq!(number_of(&staged.destination), Some(2));
    assert_eq!(load(&desk.bucket, &desk.key).await, Ok((1, desk.old.digest)));
    let bytes = desk.bucket.read(&staged.key);
    assert!(desk.in_force().await.would_follow(&bytes, 2).is_ok());
    desk.bucket.put_new(&staged.destination, &bytes).await.unwrap();
    assert_eq!(load(&desk.bucket, &desk.key).await, Ok((2, desk.new.digest)));
    assert_eq!(desk.in_force().await.manifest, staged.manifest);
}

/// D2, W25: what would not come into force is refused before anybody is asked: another signer's, another number's, one
/// that follows other rules, other bytes than those signed.
#[tokio::test]
async fn what_would_not_come_into_force() {
    let desk = Desk::new().await;
    let in_force = desk.in_force().await;
    let previous = Some(in_force.manifest);
    let (mallory, _) = signer();
    let good = desk.signed(&desk.signer, 2, previous);
    let text = String::from_utf8(good.clone()).unwrap();
    let swapped = text.replacen(&desk.new.digest.hex(), &desk.old.digest.hex(), 1).into_bytes();
    let spaced = text.replacen('{', "{ ", 1).into_bytes();
    let elsewhere = Some(Digest::of(b"elsewhere"));
    for (what, bytes, number, expected) in [
        ("another's signature", desk.signed(&mallory, 2, previous), 2, StagedRejection::NotSigned(2)),
        ("another number's", desk.signed(&desk.signer, 3, previous), 2, StagedRejection::NotSigned(2)),
        ("other content than signed", swapped, 2, StagedRejection::NotSigned(2)),
        ("another form", spaced, 2, StagedRejection::NotSigned(2)),
        ("no manifest", b"{}".to_vec(), 2, StagedRejection::NotSigned(2)),
        (
            "a number too far",
            desk.signed(&desk.signer, 3, previous),
            3,
            StagedRejection::Number { asked: 3, next: 2 },
        ),
        ("the number in force", good.clone(), 1, StagedRejection::Number { asked: 1, next: 2 }),
        ("following others", desk.signed(&desk.signer, 2, elsewhere), 2, StagedRejection::OtherRules),
        ("following nothing", desk.signed(&desk.signer, 2, None), 2, StagedRejection::OtherRules),
    ] {
        assert_eq!(in_force.would_follow(&bytes, number), Err(expected), "{what}");
    }
    assert!(in_force.would_follow(&good, 2).is_ok());
    // Garbage takes a number up, and what was signed for it has to be signed again.
    desk.bucket.put_new("bundles/00000000000000000002", b"garbage").await.unwrap();
    let refused = desk.in_force().await.would_follow(&good, 2);
    assert_eq!(refused, Err(StagedRejection::Number { asked: 2, next: 3 }));
}

/// P10: the content must be there, be what the manifest names, and read, every rule of it.
#[tokio::test]
async fn the_content_must_read() {
    let desk = Desk::new().await;
    let sign = |digest| desk.signer.sign(2, digest, None, now(), "carol").unwrap();
    let manifest = sign(desk.new.digest);
    assert_eq!(manifest.content(Some(&desk.new.bytes)).unwrap().digest(), desk.new.digest);
    let missing = StagedRejection::Content(BundleFault::Missing(desk.new.digest));
    assert_eq!(manifest.content(None).unwrap_err(), missing);
    let other = StagedRejection::Content(BundleFault::Mismatch(desk.new.digest));
    assert_eq!(manifest.content(Some(&desk.old.bytes)).unwrap_err(), other);
    // A permit whose rule header says that it is another rule.
    let text = String::from_utf8(desk.new.bytes.clone()).unwrap();
    let lying = text.replacen("\"id\":\"agents-may-propose-jobs\"", "\"id\":\"agents-may-propose-joys\"", 1);
    assert_ne!(text, lying);
    for bytes in [b"{}".to_vec(), lying.into_bytes()] {
        let refused = sign(Digest::of(&bytes)).content(Some(&bytes)).unwrap_err();
        assert!(matches!(refused, StagedRejection::Content(BundleFault::Load(_))), "{refused}");
    }
}

/// Names are places: nothing staged is replaced, and no name leads elsewhere.
#[tokio::test]
async fn names_of_what_is_staged() {
    let desk = Desk::new().await;
    for name in ["", "A", "a/b", "../x", "a.json", &"a".repeat(65)] {
        assert_eq!(desk.stage(Some(name)).await, Err(StageError::Name(name.to_owned())));
    }
    let staged = desk.stage(None).await.unwrap();
    let short: String = desk.new.digest.hex().chars().take(12).collect();
    assert_eq!(staged.key, format!("bundles/staged/2-{short}.json"));
    assert_eq!(desk.stage(None).await, Err(StageError::Taken(format!("2-{short}"))));
    // The first bundle is published directly.
    let empty = stage(&Bucket::default(), &desk.signer, &desk.new, ("carol", None), now()).await;
    assert_eq!(empty, Err(StageError::First));
    for key in
        ["bundles/2", "bundles/staged/example.json", "bundles/000000000000000000002", "00000000000000000002"]
    {
        assert_eq!(number_of(key), None, "{key}");
    }
}
