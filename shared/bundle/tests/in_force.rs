//! Which bundle is in force, whatever lies in the bucket.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod bucket;
#[path = "../../bundle-build/tests/sample/mod.rs"]
mod sample;

use std::sync::LazyLock;

use bucket::{Bucket, content_key, load, manifest_key, now, signer};
use bundle::{BundleFault, InForce, PublisherKey};
use bundle_build::{Compiled, Signer, publish};
use domain::Digest;

static ONE: LazyLock<Compiled> = LazyLock::new(|| compiled("1"));
static TWO: LazyLock<Compiled> = LazyLock::new(|| compiled("2"));

/// The sample bundle, with something harmless changed, so that every `note` is another content.
fn compiled(note: &str) -> Compiled {
    let mut sample = sample::Sample::new();
    sample.sources.0.insert("policies/note.cedar".to_owned(), format!("// {note}\n"));
    sample.compile().unwrap()
}

fn signed(signer: &Signer, number: u64, bundle: Digest, previous: Option<Digest>) -> Vec<u8> {
    signer.sign(number, bundle, previous, now(), "carol").unwrap().bytes().unwrap()
}

async fn put_in_force(bucket: &Bucket, signer: &Signer, compiled: &Compiled) -> u64 {
    publish(bucket, signer, compiled, "carol", now()).await.unwrap().number
}

#[tokio::test]
async fn the_last_one_published_is_in_force() {
    let (bucket, (signer, key), (one, two)) = (Bucket::default(), signer(), (&*ONE, &*TWO));
    assert_eq!(load(&bucket, &key).await, Err(BundleFault::Nothing));
    assert_eq!(put_in_force(&bucket, &signer, one).await, 1);
    assert_eq!(load(&bucket, &key).await, Ok((1, one.digest)));
    assert_eq!(put_in_force(&bucket, &signer, two).await, 2);
    assert_eq!(load(&bucket, &key).await, Ok((2, two.digest)));
    // Rolling back is publishing old content under a new number.
    assert_eq!(put_in_force(&bucket, &signer, one).await, 3);
    assert_eq!(load(&bucket, &key).await, Ok((3, one.digest)));
    // More than are asked for at once.
    for number in 4..=23 {
        let previous = Some(Digest::of(&bucket.manifest(number - 1)));
        bucket.put(number, &signed(&signer, number, two.digest, previous));
    }
    let found = InForce::load(&bucket, &key, None).await.unwrap();
    assert_eq!((found.number, found.bundle.digest()), (23, two.digest));
    assert_eq!(found.manifest, Digest::of(&bucket.manifest(23)));
}

/// D2: unsigned, foreign, changed, copied and moved manifests are ignored; they take up their number and nothing more.
#[tokio::test]
async fn garbage_at_the_next_number_is_ignored() {
    let (one, two) = (&*ONE, &*TWO);
    let (signer_, key) = signer();
    let (mallory, _) = signer();
    let last = |bucket: &Bucket| Some(Digest::of(&bucket.manifest(2)));
    let sign = |signer: &Signer, number, previous| signed(signer, number, one.digest, previous);
    let changed = |bucket: &Bucket, from: &str, to: &str| {
        String::from_utf8(sign(&signer_, 3, last(bucket))).unwrap().replacen(from, to, 1).into_bytes()
    };
    type Make<'a> = Box<dyn Fn(&Bucket) -> Vec<u8> + 'a>;
    let garbage: Vec<(&str, Make<'_>)> = vec![
        ("nothing", Box::new(|_| Vec::new())),
        ("no JSON", Box::new(|_| b"garbage".to_vec())),
        ("another's signature", Box::new(|bucket| sign(&mallory, 3, last(bucket)))),
        ("an older manifest, copied", Box::new(|bucket| bucket.manifest(1))),
        ("a number of its own", Box::new(|bucket| sign(&signer_, 4, last(bucket)))),
        ("another chain's", Box::new(|_| sign(&signer_, 3, Some(Digest::of(b"elsewhere"))))),
        ("another chain's first", Box::new(|_| sign(&signer_, 3, None))),
        ("other content", Box::new(|bucket| changed(bucket, &one.digest.hex(), &two.digest.hex()))),
        ("another publisher", Box::new(|bucket| changed(bucket, "carol", "mallory"))),
        ("another form", Box::new(|bucket| changed(bucket, "{", "{ "))),
        ("a field more", Box::new(|bucket| changed(bucket, "{", "{\"also\":1,"))),
    ];
    let clean = Bucket::default();
    put_in_force(&clean, &signer_, one).await;
    put_in_force(&clean, &signer_, two).await;
    let before = InForce::load(&clean, &key, None).await.unwrap();
    for (what, make) in garbage {
        let bucket = clean.copy();
        bucket.put(3, &make(&bucket));
        assert_eq!(load(&bucket, &key).await, Ok((2, two.digest)), "{what}");
        let after = InForce::load(&bucket, &key, Some(&before)).await.unwrap();
        assert_eq!((after.number, after.manifest), (2, before.manifest), "{what}");
        // The next honest one goes past it, whether or not one knew the garbage.
        bucket.put(4, &signed(&signer_, 4, one.digest, Some(before.manifest)));
        for cached in [&before, &after] {
            let found = InForce::load(&bucket, &key, Some(cached)).await.unwrap();
            assert_eq!((found.number, found.bundle.digest()), (4, one.digest), "{what}");
        }
    }
    // A publisher goes past it too.
    clean.put(3, b"garbage");
    assert_eq!(put_in_force(&clean, &signer_, one).await, 4);
    assert_eq!(load(&clean, &key).await, Ok((4, one.digest)));
}

/// D2: what lies beyond the first absent number is not in force.
#[tokio::test]
async fn the_first_absent_number_ends_it() {
    let (bucket, (signer, key), (one, two)) = (Bucket::default(), signer(), (&*ONE, &*TWO));
    put_in_force(&bucket, &signer, one).await;
    put_in_force(&bucket, &signer, two).await;
    let beyond = bucket.manifest(2);
    bucket.objects.lock().unwrap().remove(&manifest_key(2));
    bucket.put(9, &beyond);
    assert_eq!(load(&bucket, &key).await, Ok((1, one.digest)));
}

/// P10: only a clear absence is absence; any other answer about any object denies, and nothing falls back to an older
/// bundle.
#[tokio::test]
async fn every_other_answer_denies() {
    let (bucket, (signer, key), (one, two)) = (Bucket::default(), signer(), (&*ONE, &*TWO));
    put_in_force(&bucket, &signer, one).await;
    let cached = InForce::load(&bucket, &key, None).await.unwrap();
    put_in_force(&bucket, &signer, two).await;
    for at in [manifest_key(1), manifest_key(2), manifest_key(3), content_key(two.digest)] {
        *bucket.failing.lock().unwrap() = Some(at.clone());
        assert!(matches!(load(&bucket, &key).await, Err(BundleFault::Fault(_))), "{at}");
    }
    *bucket.failing.lock().unwrap() = Some(manifest_key(2));
    assert!(InForce::load(&bucket, &key, Some(&cached)).await.is_err());
    *bucket.failing.lock().unwrap() = None;
    let content = bucket.objects.lock().unwrap().remove(&content_key(two.digest)).unwrap();
    assert_eq!(load(&bucket, &key).await, Err(BundleFault::Missing(two.digest)));
    assert!(InForce::load(&bucket, &key, Some(&cached)).await.is_err());
    bucket.objects.lock().unwrap().insert(content_key(two.digest), one.bytes.clone());
    assert_eq!(load(&bucket, &key).await, Err(BundleFault::Mismatch(two.digest)));
    bucket.objects.lock().unwrap().insert(content_key(two.digest), content);
    assert_eq!(load(&bucket, &key).await, Ok((2, two.digest)));
}

/// At a claim only the next number is asked for again, and a new bundle is seen at once (F16).
#[tokio::test]
async fn a_claim_asks_for_the_next_number() {
    let (bucket, (signer, key), (one, two)) = (Bucket::default(), signer(), (&*ONE, &*TWO));
    put_in_force(&bucket, &signer, one).await;
    let first = InForce::load(&bucket, &key, None).await.unwrap();
    bucket.asked();
    let same = InForce::load(&bucket, &key, Some(&first)).await.unwrap();
    assert_eq!(bucket.asked(), [manifest_key(2)]);
    assert!(std::sync::Arc::ptr_eq(&first.bundle, &same.bundle));
    put_in_force(&bucket, &signer, two).await;
    let next = InForce::load(&bucket, &key, Some(&same)).await.unwrap();
    assert_eq!((next.number, next.bundle.digest()), (2, two.digest));
    // A cache verified with another key is worth nothing.
    let (_, other) = bucket::signer();
    assert!(InForce::load(&bucket, &other, Some(&next)).await.is_err());
}

/// Two publishers at once: each gets a number of its own and neither is lost.
#[tokio::test]
async fn publishers_do_not_overwrite_each_other() {
    let (bucket, (signer, key), (one, two)) = (Bucket::default(), signer(), (&*ONE, &*TWO));
    let (first, second) = tokio::join!(
        publish(&bucket, &signer, one, "carol", now()),
        publish(&bucket, &signer, two, "bob", now())
    );
    let mut numbers = [first.unwrap().number, second.unwrap().number];
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(load(&bucket, &key).await.unwrap().0, 2);
}

/// Content that is there already with other bytes is never put in force.
#[tokio::test]
async fn content_stored_before_is_checked() {
    let (bucket, (signer, key), one) = (Bucket::default(), signer(), &*ONE);
    bucket.objects.lock().unwrap().insert(content_key(one.digest), b"{}".to_vec());
    let refused = publish(&bucket, &signer, one, "carol", now()).await;
    assert_eq!(refused, Err(BundleFault::Mismatch(one.digest)));
    assert_eq!(load(&bucket, &key).await, Err(BundleFault::Nothing));
}

#[test]
fn keys_are_read_strictly() {
    let (_, key) = signer();
    assert_eq!(PublisherKey::parse(&key.to_base64()), Ok(key));
    for text in ["", "AAAA", "not base64", &format!("{}A", key.to_base64())] {
        assert!(PublisherKey::parse(text).is_err(), "{text}");
    }
    assert!(Signer::from_pkcs8(b"no key").is_err());
}

/// F17: what was in force when somebody voted is found back along the manifests' own links, garbage between them or not.
#[tokio::test]
async fn what_was_in_force_then() {
    let (bucket, (signer, key)) = (Bucket::default(), signer());
    let (one, two) = (compiled("one"), compiled("two"));
    let later = |seconds| now().plus_seconds(seconds);
    publish(&bucket, &signer, &one, "carol", now()).await.unwrap();
    bucket.put(2, b"garbage");
    publish(&bucket, &signer, &two, "carol", later(60)).await.unwrap();
    bucket.stored(3, later(60));
    let present = InForce::load(&bucket, &key, None).await.unwrap();
    let then = async |seconds| {
        present.at(&bucket, later(seconds)).await.map(|then| (then.number, then.bundle.digest()))
    };
    assert_eq!(then(61).await.unwrap(), (3, two.digest));
    // Who voted at the very moment in which other rules were put in force may have voted before.
    assert_eq!(then(60).await.unwrap(), (1, one.digest));
    assert_eq!(then(1).await.unwrap(), (1, one.digest));
    assert_eq!(then(0).await.unwrap_err(), BundleFault::Nothing);
    // Another manifest in its place is not what the link names.
    let other = signed(&signer, 1, two.digest, None);
    bucket.put(1, &other);
    assert_eq!(then(59).await.unwrap_err(), BundleFault::Nothing);
}

/// F17: in force since it lies there, not since it was signed: a manifest signed at ten and stored at two was not what
/// people voted under at noon.
#[tokio::test]
async fn in_force_since_it_was_stored() {
    let (bucket, (signer, key), (one, two)) = (Bucket::default(), signer(), (&*ONE, &*TWO));
    let hour = |hour: i64| now().plus_seconds(hour * 3600);
    publish(&bucket, &signer, one, "carol", hour(8)).await.unwrap();
    publish(&bucket, &signer, two, "carol", hour(10)).await.unwrap();
    bucket.stored(1, hour(9));
    bucket.stored(2, hour(14));
    let present = InForce::load(&bucket, &key, None).await.unwrap();
    assert_eq!(present.bundle.digest(), two.digest);
    assert_eq!(present.at(&bucket, hour(12)).await.unwrap().bundle.digest(), one.digest);
    assert_eq!(present.at(&bucket, hour(15)).await.unwrap().bundle.digest(), two.digest);
    assert_eq!(
        present.at(&bucket, hour(8)).await.unwrap_err(),
        BundleFault::Nothing,
        "signed, not there yet"
    );
}
