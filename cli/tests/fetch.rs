//! `countersign ledger fetch` with the bundles, from buckets as S3 shows them, and what the copy is good for.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use domain::{Event, Proof, Timestamp, Verdict, VerdictKind};
use runtime::{Clock, SystemClock};
use support::log::{Bucket, download, trust};
use support::server::{Asked, Does, Server};
use support::{Ran, Sandbox};
use testkit::{SampleRequirement, Scenario, changed_bundle, sample_bundle};

/// `/<bucket>/<key>` to the object and when it was stored.
type Objects = Arc<Mutex<BTreeMap<String, (Vec<u8>, Timestamp)>>>;

/// A server that lists and gives these objects, and says of the bucket `shut` that it is nobody's business.
fn s3(objects: &Objects) -> Server {
    let objects = Arc::clone(objects);
    Server::new(move |_, asked| answer(&objects.lock().unwrap(), asked))
}

fn answer(objects: &BTreeMap<String, (Vec<u8>, Timestamp)>, asked: &Asked) -> Does {
    let xml = "content-type: application/xml\r\n";
    let target = asked.line().trim_start_matches("GET ").replace("%2F", "/");
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    if path.starts_with("/shut") {
        return Does::answers("403 Forbidden", xml, "<Error><Code>AccessDenied</Code></Error>");
    }
    if query.contains("list-type=2") {
        let prefix = query.split('&').find_map(|one| one.strip_prefix("prefix=")).unwrap_or_default();
        let bucket = format!("{}/", path.trim_end_matches('/'));
        let keys = objects.keys().filter_map(|key| key.strip_prefix(&bucket));
        let contents = keys.filter(|key| key.starts_with(prefix));
        let contents: String = contents.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        let list = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>");
        return Does::answers("200 OK", xml, &list);
    }
    let Some((bytes, at)) = objects.get(path) else {
        return Does::answers("404 Not Found", xml, "<Error><Code>NoSuchKey</Code></Error>");
    };
    let at = DateTime::from_secs(at.millis() / 1000).fmt(DateTimeFormat::HttpDate).unwrap();
    Does::answers("200 OK", &format!("last-modified: {at}\r\n"), std::str::from_utf8(bytes).unwrap())
}

/// A log with a vote of Bob for `data-owners` of yesterday, and the bundles: he was a member then and is none now.
async fn buckets() -> (Objects, Bucket) {
    let mut scenario = Scenario::new("fetched");
    scenario.now = SystemClock.now().plus_seconds(-86_400);
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    let at = scenario.now;
    let verdict = scenario.verdict("bob", &["nobody"], VerdictKind::Approve, Proof::Idp).await;
    scenario.add(Event::VerdictGiven(Verdict { groups: vec!["data-owners".to_owned()], ..verdict }));
    let log = download(&scenario, false);
    let mut objects = BTreeMap::new();
    for number in 0..3 {
        let key = format!("log/{number:020}");
        objects.insert(format!("/the-log/{key}"), (std::fs::read(log.path().join(&key)).unwrap(), at));
    }
    let with = changed_bundle("directory.yaml", "members: [alice]", "members: [alice, bob]");
    let mut bundles = Bucket::copied_after(at);
    bundles.publish(&with, at.plus_seconds(-90_000)).publish(&sample_bundle(), at.plus_seconds(7200));
    for (key, bytes) in &bundles.objects {
        let number = key.strip_prefix("bundles/").and_then(|name| name.parse().ok());
        let stored = number.and_then(|number: u64| bundles.stored.get(&number)).unwrap_or(&at);
        objects.insert(format!("/the-bundles/{key}"), (bytes.clone(), *stored));
        objects.insert(format!("/backup/copies/{key}"), (bytes.clone(), *stored));
    }
    (Arc::new(Mutex::new(objects)), bundles)
}

fn auditor(server: &Server) -> Sandbox {
    let aws = Sandbox::new().env("AWS_ENDPOINT_URL", &server.address).env("AWS_REGION", "us-east-1");
    aws.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test")
}

fn text(ran: &Ran) -> String {
    format!("{} {} {}", ran.code, ran.out, ran.err)
}

/// C22: what `ledger fetch` copies is enough to judge a past vote offline, by the bundle in force then and by when the bucket
/// says that it was stored. A second fetch adds to it; a manifest that the bucket dates otherwise than before is refused.
#[tokio::test]
async fn the_bundles_are_fetched_too() {
    let (objects, bundles) = buckets().await;
    let server = s3(&objects);
    let auditor = auditor(&server);
    let folder = auditor.file("copy");
    for source in ["s3://the-bundles", "s3://backup/copies/bundles/"] {
        let ran = auditor.run(&["ledger", "fetch", "s3://the-log", &folder, "--bundles", source]);
        assert_eq!(ran.code, 0, "{}", text(&ran));
        assert!(ran.out.starts_with("3 objects, 0 checkpoints and 2 bundles in "), "{}", text(&ran));
    }
    bundles.trusted(std::path::Path::new(&folder), trust());
    let ran = Sandbox::new().run(&["ledger", "verify", &folder, "--strict"]);
    assert!(ran.code == 0 && ran.out.starts_with("clean: 3 objects"), "{}", text(&ran));
    // The same without a copy.
    let file = format!("{folder}/trust.json");
    let here = ["ledger", "verify", "s3://the-log", "--trust", &file, "--strict"];
    let ran = auditor.run(&[&here[..], &["--bundles", "s3://the-bundles"]].concat());
    assert!(ran.code == 0 && ran.out.starts_with("clean: 3 objects"), "{}", text(&ran));
    assert_eq!(auditor.run(&here).code, 2, "unchecked without them");
    let ran = auditor.run(&[&here[..], &["--bundles", &folder]].concat());
    assert_eq!(ran.code, 0, "{}", text(&ran));

    let key = "/the-bundles/bundles/00000000000000000001";
    objects.lock().unwrap().get_mut(key).unwrap().1 = SystemClock.now();
    let ran = auditor.run(&["ledger", "fetch", "s3://the-log", &folder, "--bundles", "s3://the-bundles"]);
    assert!(ran.code == 2 && ran.err.contains("was stored at another time"), "{}", text(&ran));
}

/// C22: bundles that are not asked for, or may not be read, are said to be missing; the log is fetched all the same.
#[tokio::test]
async fn without_the_bundles() {
    let (objects, _) = buckets().await;
    let server = s3(&objects);
    let auditor = auditor(&server);
    let fetch = |folder: &str, more: &[&str]| {
        auditor.run(&[&["ledger", "fetch", "s3://the-log", &auditor.file(folder)], more].concat())
    };
    let ran = fetch("one", &[]);
    assert!(
        ran.code == 0 && ran.err.contains("no bundles were fetched (`--bundles` does not"),
        "{}",
        text(&ran)
    );
    let ran = fetch("two", &["--bundles", "s3://shut"]);
    assert!(ran.code == 2 && ran.err.contains("AccessDenied"), "{}", text(&ran));
    assert!(std::path::Path::new(&auditor.file("two/log/00000000000000000002")).is_file());
    let ran = fetch("three", &["--bundles", "s3://shut", "--json"]);
    let value = wire::json::parse_value(ran.out.as_bytes()).unwrap();
    assert_eq!((ran.code, value["objects"].as_u64(), value["bundles"].as_u64()), (2, Some(3), None));
    assert!(value["bundles_missing"].as_str().unwrap().contains("AccessDenied"), "{value}");
}
