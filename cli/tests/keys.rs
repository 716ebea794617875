//! `countersign keys`: what KMS says of a signing key, as the parameter of the template wants it.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use data_encoding::BASE64;
use serde_json::json;
use support::Sandbox;
use support::server::{Does, Server};

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/2d57c376-b52e-4726-9145-6cf994cad55d";
const HEADER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// KMS with one key, whose public half has this DER.
fn kms(der: Vec<u8>) -> Server {
    let answer =
        json!({ "KeyId": ARN, "PublicKey": BASE64.encode(&der), "KeyUsage": "SIGN_VERIFY" }).to_string();
    Server::new(move |_, asked| match asked.header("x-amz-target") {
        Some("TrentService.GetPublicKey") => {
            Does::answers("200 OK", "content-type: application/x-amz-json-1.1\r\n", &answer)
        }
        _ => refused("UnsupportedOperationException"),
    })
}

fn refused(code: &str) -> Does {
    let body = json!({ "__type": code, "message": "arn:aws:iam::111122223333:user/eve may not" }).to_string();
    Does::answers("400 Bad Request", "content-type: application/x-amz-json-1.1\r\n", &body)
}

fn operator(server: &Server) -> Sandbox {
    let aws = Sandbox::new().env("AWS_ENDPOINT_URL", &server.address).env("AWS_REGION", "us-east-1");
    aws.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test")
}

/// The key is named by its id, ARN or alias, or by the deployment; what is printed is what `VerdictPublicKey` takes.
#[test]
fn the_raw_public_half_is_printed() {
    let key = [7_u8; 32];
    let server = kms([&HEADER[..], &key].concat());
    let operator = operator(&server);
    let deployed = "alias/countersign-production";
    for (arguments, named) in [
        (&["verdict", "--deployment", "production"][..], format!("{deployed}-verdict")),
        (&["checkpoint", "--deployment", "production"], format!("{deployed}-checkpoint")),
        (&["verdict", ARN], ARN.to_owned()),
        (&["verdict", "alias/mine"], "alias/mine".to_owned()),
    ] {
        let ran = operator.run(&[&["keys"], arguments].concat());
        assert_eq!((ran.code, ran.out, ran.err), (0, format!("{}\n", BASE64.encode(&key)), String::new()));
        let asked = server.asked();
        let body = wire::json::parse_value(asked.last().unwrap().body.as_bytes()).unwrap();
        assert_eq!(body["KeyId"], named.as_str(), "{arguments:?}");
    }
    let ran = operator.run(&["keys", "verdict", ARN, "--json"]);
    let said = wire::json::parse_value(ran.out.as_bytes()).unwrap();
    assert_eq!(said, json!({ "purpose": "verdict", "key": ARN, "public_key": BASE64.encode(&key) }));
    assert_eq!(operator.run(&["keys", "verdict"]).code, 2, "no key is named");
    assert_eq!(
        operator.run(&["keys", "verdict", ARN, "--deployment", "production"]).code,
        2,
        "two keys are named"
    );
}

/// Another kind of key, or Ed25519 with too few bytes, is never printed as one.
#[test]
fn another_kind_of_key_is_refused() {
    let p256 = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqkGF7tCmfyLB3j6FIf4nXV6r0n6eHLZ5h4jzTg0YIQ1U2VvY5s6uR8Oi8oKE9q9NnQ9mQxXx1e2bE1lZ0Q==";
    for der in
        [BASE64.decode(p256.as_bytes()).unwrap_or_default(), [&HEADER[..], &[7; 31]].concat(), Vec::new()]
    {
        let ran = operator(&kms(der)).run(&["keys", "verdict", ARN]);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains("no Ed25519 key"), "{ran:?}");
    }
}

/// What AWS refuses is said with what to do, and without AWS's own words, which quote the caller.
#[test]
fn refusals_say_what_to_do() {
    for (code, expected) in [
        ("NotFoundException", "Deploy infra/state.yaml first"),
        ("AccessDeniedException", "kms:GetPublicKey"),
        ("KMSInvalidStateException", "waits for its deletion"),
        ("DisabledException", "is disabled"),
        ("SomethingNewException", "SomethingNewException"),
    ] {
        let server = Server::new(move |_, _| refused(code));
        let ran = operator(&server).run(&["keys", "verdict", "--deployment", "production"]);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(expected), "{code}: {ran:?}");
        assert!(!ran.err.contains("eve") && ran.err.lines().count() == 1, "{ran:?}");
    }
}

/// Without credentials, or without a region, the command says which variable is missing instead of an SDK's own words.
#[test]
fn what_the_environment_lacks_is_named() {
    let server = Server::new(|_, _| refused("NotFoundException"));
    let bare =
        || Sandbox::new().env("AWS_ENDPOINT_URL", &server.address).env("AWS_EC2_METADATA_DISABLED", "true");
    let ran = bare().env("AWS_REGION", "us-east-1").run(&["keys", "verdict", ARN]);
    assert!(ran.code == 2 && ran.err.contains("no AWS credentials were found"), "{ran:?}");
    let ran = bare()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .run(&["keys", "verdict", ARN]);
    assert!(ran.code == 2 && ran.err.contains("AWS_REGION"), "{ran:?}");
}
