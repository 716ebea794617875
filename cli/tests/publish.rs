//! `countersign bundle publish`: what is refused before anything is written, and what AWS's errors are told as.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use bundle_build::Signer;
use domain::Digest;
use runtime::{Clock, SystemClock};
use support::server::{Does, Server};
use support::{Ran, Sample, Sandbox};

const XML: &str = "content-type: application/xml\r\n";

/// A bucket with one manifest, signed with a key that nobody here has.
fn bucket_of_another() -> Server {
    let signer = Signer::from_pkcs8(&Signer::generate().unwrap()).unwrap();
    let now = SystemClock.now();
    let manifest = signer.sign(1, Digest::of(b"rules"), None, now, "carol").unwrap().bytes().unwrap();
    let manifest = String::from_utf8(manifest).unwrap();
    Server::new(move |_, asked| {
        let target = asked.line().replace("%2F", "/");
        match target.starts_with("GET /rules/bundles/00000000000000000001") {
            true => Does::answers("200 OK", "last-modified: Sat, 21 Nov 2026 15:00:00 GMT\r\n", &manifest),
            false => Does::answers("404 Not Found", XML, "<Error><Code>NoSuchKey</Code></Error>"),
        }
    })
}

fn publisher(address: &str) -> Sandbox {
    let sandbox = Sandbox::new().env("AWS_ENDPOINT_URL", address).env("AWS_REGION", "us-east-1");
    let sandbox = sandbox.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    let made = sandbox.run(&["bundle", "keygen", &sandbox.file("publisher.key")]);
    assert_eq!(made.code, 0, "{made:?}");
    sandbox
}

fn publish(sandbox: &Sandbox, folder: &str, more: &[&str]) -> Ran {
    let key = sandbox.file("publisher.key");
    sandbox.run(&[&["bundle", "publish", folder, "--bucket", "rules", "--key", &key], more].concat())
}

/// Everything the server was asked to write.
fn writes(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.line().starts_with("PUT")).count()
}

/// A key that verifies none of the manifests that are there publishes and stages nothing: its manifest would take up the next
/// number and never be in force.
#[test]
fn another_key_is_refused() {
    let (server, sample) = (bucket_of_another(), Sample::copy());
    let sandbox = publisher(&server.address);
    for more in [&[][..], &["--stage"], &["--stage", "again", "--json"]] {
        let ran = publish(&sandbox, sample.path(), more);
        assert_eq!((ran.code, ran.out.as_str(), writes(&server)), (2, "", 0), "{ran:?}");
        assert!(ran.err.contains("verifies none of them") && !ran.err.contains("in force yet"), "{ran:?}");
    }
}

/// A bundle whose cases fail, or that names a connector there is not, is not published; nobody is asked anything.
#[test]
fn failing_cases_are_refused() {
    let (server, sample) = (bucket_of_another(), Sample::copy());
    let sandbox = publisher(&server.address);
    sample.replace("cases/jobs.yaml", "code: no-permit", "code: policy-error");
    let ran = publish(&sandbox, sample.path(), &[]);
    assert_eq!((ran.code, server.asked().len()), (1, 0), "{ran:?}");
    assert!(ran.err.contains("cases/jobs.yaml:") && ran.err.contains("nothing was published"), "{ran:?}");

    let sample = Sample::copy();
    assert_eq!(sandbox.run(&["policy", "new", "action", "queue-purge", "--dir", sample.path()]).code, 0);
    let ran = publish(&sandbox, sample.path(), &[]);
    assert!(ran.code == 1 && ran.err.contains("there is no connector `queue-purge`"), "{ran:?}");
    assert_eq!(server.asked().len(), 0);
}

/// What AWS refuses, and what keeps it from being asked, is one sentence that says what to do.
#[test]
fn aws_faults_say_what_to_do() {
    let sample = Sample::copy();
    let refusing = |code: &str| {
        let body = format!("<Error><Code>{code}</Code><Message>No</Message></Error>");
        Server::new(move |_, _| Does::answers("400 Bad Request", XML, &body))
    };
    let told = |sandbox: &Sandbox, wanted: &str| {
        for ran in [
            publish(sandbox, sample.path(), &[]),
            sandbox.run(&["ledger", "fetch", "s3://log", &sandbox.file("log")]),
        ] {
            assert!(ran.code == 2 && ran.err.contains(wanted), "{ran:?}");
            let lines = ran.err.lines().filter(|line| line.starts_with("countersign: ")).count();
            assert!(lines == 1 && !ran.err.contains('{') && ran.err.lines().count() <= 2, "{ran:?}");
        }
    };
    for (code, wanted) in [
        ("ExpiredToken", "the AWS session has expired"),
        ("AuthorizationHeaderMalformed", "set AWS_REGION to the bucket's"),
        ("AccessDenied", "may not do that"),
        ("InvalidAccessKeyId", "does not know these credentials"),
    ] {
        told(&publisher(&refusing(code).address), wanted);
    }
    told(&publisher("http://127.0.0.1:9"), "look at the network");
    let nobody = Sandbox::new().env("AWS_EC2_METADATA_DISABLED", "true");
    assert_eq!(nobody.run(&["bundle", "keygen", &nobody.file("publisher.key")]).code, 0);
    told(&nobody, "no AWS region is set");
    told(&nobody.env("AWS_REGION", "us-east-1"), "there are no AWS credentials");
}
