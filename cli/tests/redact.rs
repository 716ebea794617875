//! `countersign redact`: what an author sees of it.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Ran, Sample, Sandbox};

const TOKEN: &str = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const LOG: &str = "2026-11-21 connect to db.internal\npassword = \"hunter2-hunter2\"\nmail alice@example.com, card 4111111111111111\n\
again hunter2-hunter2\n";

fn parsed(ran: &Ran) -> Value {
    wire::json::parse_value(ran.out.as_bytes()).unwrap()
}

/// Runs it with bytes on standard input.
fn piped(sandbox: &Sandbox, arguments: &[&str], bytes: &[u8]) -> Ran {
    let mut command = sandbox.command(&[&["redact"], arguments].concat());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that stops early closes it.
    drop(stdin.write_all(bytes));
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A text is shown masked, with a table of place, kind, rule and length, and no secret anywhere.
#[test]
fn a_text() {
    let sandbox = Sandbox::new();
    let ran = piped(&sandbox, &[], LOG.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!("a_text", ran.out);
    for secret in ["hunter2", "alice@", "4111"] {
        assert!(!ran.out.contains(secret), "{}", ran.out);
    }
    std::fs::write(sandbox.file("worker.log"), LOG).unwrap();
    let from_file = sandbox.run(&["redact", &sandbox.file("worker.log")]);
    assert_eq!(from_file.out, ran.out);
    assert_eq!(piped(&sandbox, &["-"], LOG.as_bytes()).out, ran.out);
    let quiet = piped(&sandbox, &["--quiet"], LOG.as_bytes());
    assert_eq!(quiet.out.lines().count(), 4, "{}", quiet.out);
    let ran = piped(&sandbox, &["--json"], LOG.as_bytes());
    let value = parsed(&ran);
    assert_eq!(value["masks"][0]["line"], json!(2));
    assert_eq!((&value["masks"][0]["column"], &value["masks"][0]["length"]), (&json!(13), &json!(15)));
    assert!(value["redacted"].as_str().unwrap().starts_with("2026-11-21 connect"), "{value}");
    assert!(!ran.out.contains("hunter2"), "{}", ran.out);
}

/// JSON is read as a value and told by pointers; what only begins like JSON is a text.
#[test]
fn json_is_read_as_a_value() {
    let sandbox = Sandbox::new();
    let value =
        json!({ "dbPassword": "hunter2-hunter2", "nested": { "note": format!("with {TOKEN}"), "n": 4096 } });
    let ran = piped(&sandbox, &[], value.to_string().as_bytes());
    insta::assert_snapshot!("a_value", ran.out);
    assert!(!ran.out.contains("hunter2") && !ran.out.contains(&TOKEN[..12]), "{}", ran.out);
    let ran = piped(&sandbox, &["--json"], value.to_string().as_bytes());
    let told = parsed(&ran);
    assert_eq!(told["masks"][0]["pointer"], json!("/dbPassword"));
    assert_eq!(told["redacted"]["nested"]["n"], json!(4096));
    let ran = piped(&sandbox, &["--json"], format!("{{ \"a\": {TOKEN}\n").as_bytes());
    assert_eq!(parsed(&ran)["masks"][0]["line"], json!(1));
}

/// Exit codes: found is 1 with `--check` alone, which prints no text.
#[test]
fn check() {
    let sandbox = Sandbox::new();
    assert_eq!(piped(&sandbox, &[], LOG.as_bytes()).code, 0);
    let ran = piped(&sandbox, &["--check"], LOG.as_bytes());
    assert!(ran.code == 1 && !ran.out.contains("connect to"), "{ran:?}");
    let ran = piped(&sandbox, &["--check", "--quiet"], LOG.as_bytes());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, "", ""));
    let ran = piped(&sandbox, &["--check"], b"nothing to see\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "nothing would be masked\n"));
    assert_eq!(piped(&sandbox, &["--check", "--json"], LOG.as_bytes()).code, 1);
    assert_eq!(sandbox.run(&["redact", "/nowhere/at/all"]).code, 2);
    assert_eq!(sandbox.run(&["redact", "--seed", "2"]).code, 2);
}

/// Lines are read one by one, JSON where they are, and places have their number.
#[test]
fn lines() {
    let sandbox = Sandbox::new();
    let text = format!("{{\"apiToken\":\"{TOKEN}\"}}\nplain line\n{{\"n\":1}}\npassword=hunter2-hunter2\n");
    let ran = piped(&sandbox, &["--lines"], text.as_bytes());
    insta::assert_snapshot!("lines", ran.out);
    let ran = piped(&sandbox, &["--lines", "--json"], text.as_bytes());
    let lines: Vec<Value> =
        ran.out.lines().map(|line| wire::json::parse_value(line.as_bytes()).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[3]["line"], &lines[3]["masks"][0]["line"]), (&json!(4), &json!(4)));
}

/// Bytes that are no UTF-8 and controls are shown, never obeyed; neither is anything read for ever.
#[test]
fn hostile_input() {
    let sandbox = Sandbox::new();
    let mut bytes: Vec<u8> =
        b"\x1b]0;x\x07\xff\xfe\x80 \xe2\x80\xae password=hunter2-hunter2\r\nFORGED\x00".to_vec();
    bytes.extend([0xF0, 0x9F, 0x98]);
    for arguments in [&[][..], &["--json"], &["--lines"], &["--lines", "--json"], &["--check"]] {
        let ran = piped(&sandbox, arguments, &bytes);
        for text in [&ran.out, &ran.err] {
            assert_eq!(redaction::find_hidden(text), vec![], "{arguments:?}: {text:?}");
            assert!(!text.contains("hunter2"), "{arguments:?}: {text}");
        }
        assert!(ran.err.contains("is not UTF-8 everywhere"), "{ran:?}");
    }
    let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    assert_eq!(piped(&sandbox, &["--quiet"], &deep).code, 0);
    let long = vec![b'a'; 65 * 1024 * 1024];
    let ran = piped(&sandbox, &[], &long);
    assert!(ran.code == 2 && ran.err.contains("more than 64 MiB"), "{}", ran.err);
    let ran = piped(&sandbox, &["--lines"], &long);
    assert!(ran.code == 2 && ran.err.contains("line 1 has more than 16 MiB"), "{}", ran.err);
}

/// More values than can be looked for elsewhere: all is masked, and that is said.
#[test]
fn more_than_can_be_looked_for() {
    let sandbox = Sandbox::new();
    let text: String = (0..9000).map(|n| format!("user{n:06}@example.com\n")).collect();
    let file = sandbox.file("many.log");
    std::fs::write(&file, text).unwrap();
    let ran = sandbox.run(&["redact", &file, "--quiet"]);
    assert!(ran.err.contains("try --lines") && !ran.out.contains("@example"), "{}", ran.err);
    let ran = sandbox.run(&["redact", &file, "--lines", "--quiet"]);
    assert!(ran.err.is_empty() && ran.out.starts_with("‹email 1›\n"), "{}", ran.err);
}

/// As a proposal: the catalogue's marks apply, and what would be refused is said with the API's code.
#[test]
fn a_proposal() {
    let (sandbox, sample) = (Sandbox::new(), Sample::copy());
    let redact = |name: &str, body: &Value, more: &[&str]| {
        std::fs::write(sandbox.file(name), body.to_string()).unwrap();
        let file = sandbox.file(name);
        sandbox.run(&[&["redact", &file, "--action", "s3-export", "--bundle", sample.path()], more].concat())
    };
    let body = json!({
        "type": "s3-export",
        "parameters": { "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv" },
        "reason": format!("For bob@example.com with {TOKEN}"),
    });
    let ran = redact("proposal.json", &body, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("a_proposal", ran.out);
    let secret = json!({ "secret": "prod/payments/db", "value": "hunter2-hunter2 and more" });
    std::fs::write(sandbox.file("secret.json"), secret.to_string()).unwrap();
    let file = sandbox.file("secret.json");
    let ran = sandbox.run(&["redact", &file, "--action", "secret-put-value", "--bundle", sample.path()]);
    insta::assert_snapshot!("marked_by_the_catalogue", ran.out);
    let bad = json!({ "source": "s3://customers/alice@example.com.csv", "destination": "s3://partner-drop/q3.csv" });
    let ran = redact("parameters.json", &bad, &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("refused (") && !ran.out.contains("alice@"), "{}", ran.out);
    let ran = redact("parameters.json", &json!({ "source": 7 }), &["--json"]);
    assert_eq!((ran.code, &parsed(&ran)["refused"]["code"]), (1, &json!("invalid-parameters")));
    assert_eq!(redact("proposal.json", &json!({ "type": "other", "parameters": {} }), &[]).code, 2);
    assert_eq!(redact("proposal.json", &json!(["a"]), &[]).code, 2);
    let mut unreadable = body.clone();
    unreadable["reason"] = json!(["a secret in a list"]);
    let ran = redact("proposal.json", &unreadable, &[]);
    assert!(ran.code == 2 && ran.err.contains("the `reason` of a proposal is a text"), "{ran:?}");
    let file = sandbox.file("proposal.json");
    let ran = sandbox.run(&["redact", &file, "--action", "nothing", "--bundle", sample.path()]);
    assert!(ran.code == 2 && ran.err.contains("no action type `nothing`"), "{ran:?}");
}

/// The corpus is measured, in words and as JSON.
#[test]
fn the_corpus() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["redact", "--corpus", "--misses", "1", "--json"]);
    let told = parsed(&ran);
    assert!(told["kinds"].as_object().unwrap().len() > 150, "{}", ran.out.len());
    assert!(told["texts"]["ordinary texts: touched"]["all"].as_u64().unwrap() > 2_300);
    let ran = sandbox.run(&["redact", "--corpus", "--seed", "3"]);
    for heading in ["kind ", "way of writing", "way of naming", "secrets with their name: found"] {
        assert!(ran.out.contains(heading), "{heading}");
    }
}
