//! What others wrote is shown, never obeyed: whatever a command prints that it did not write itself.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::path::Path;

use serde_json::json;
use support::server::{Does, Server};
use support::{Ran, Sample, Sandbox};

const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";
/// A title, a cleared screen, a colour by C1, bidirectional and zero-width characters, separators, a carriage return.
const HOSTILE: &str = "a\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{85}\u{e0041}\u{7f}\u{ad}b\rc\nFORGED";

/// Nothing raw, on no line of its own; and it is there, spelled out, unless `absent`.
fn check(what: &str, ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        assert_eq!(redaction::find_hidden(text), vec![], "{what}: {text:?}");
        assert!(text.lines().all(|line| !line.starts_with("FORGED")), "{what}: {text:?}");
    }
}

fn shown(what: &str, ran: &Ran) {
    check(what, ran);
    let both = ran.out.clone() + &ran.err;
    assert!(both.contains("⟨U+202E⟩") || both.contains("\\u202e"), "{what}: {both}");
}

/// E14: what an API answers, whichever field it stands in.
#[test]
fn answers() {
    let status = json!({ "id": ID, "status": HOSTILE, "final": true, "agent_message": HOSTILE,
        "action_digest": HOSTILE, "review_digest": HOSTILE, "resolution": { "happened": true, "found": HOSTILE } });
    let problem =
        json!({ "code": HOSTILE, "detail": HOSTILE, "errors": [{ "pointer": HOSTILE, "detail": "x" }] });
    let suspension = json!({ "scope": HOSTILE, "by": { "subject": HOSTILE, "display": HOSTILE },
        "since": "2026-11-21T15:00:00.000Z", "reason": HOSTILE });
    let all = json!({ "scope": "all", "by": { "subject": HOSTILE, "display": HOSTILE },
        "since": "2026-11-21T15:00:00.000Z", "reason": HOSTILE });
    let covered = json!({ "scope": "all", "known": false, "detail": HOSTILE, "nearest": [HOSTILE] });
    let suspended = json!({ "items": [suspension, all], "covered": covered });
    let replayed = "idempotent-replayed: true\r\n";
    for (status_line, headers, body) in [
        ("200 OK", "", &status),
        ("200 OK", replayed, &status),
        ("200 OK", "", &suspended),
        ("400 Bad Request", "", &problem),
        ("401 Unauthorized", "", &problem),
        ("503 Service Unavailable", "", &problem),
        ("200 OK", "", &json!({ HOSTILE: HOSTILE })),
    ] {
        let api = Server::script(vec![Does::answers(status_line, headers, &body.to_string())]);
        let sandbox =
            Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
        for arguments in [
            &["wait", ID, "--timeout", "1"][..],
            &["propose", &sandbox.proposal(), "--key", "k", "--timeout", "1"],
            &["propose", &sandbox.proposal(), "--wait", "--timeout", "1"],
        ] {
            for more in [&[][..], &["--json"]] {
                check(status_line, &sandbox.run(&[arguments, more].concat()));
            }
        }
        if status_line != "503 Service Unavailable" && body.get("id").is_none() {
            for arguments in [
                &["suspend", "--list"][..],
                &["suspend", "--all", "--reason", "x"],
                &["resolve", ID, "--happened", "--looked-at", "x"],
            ] {
                for more in [&[][..], &["--json"]] {
                    check(status_line, &sandbox.run(&[arguments, more].concat()));
                }
            }
        }
    }
    let api = Server::script(vec![Does::json(&status.to_string())]);
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
    for more in [&[][..], &["--json"]] {
        for arguments in [&["wait", ID][..], &["resolve", ID, "--happened", "--looked-at", "x"]] {
            let ran = sandbox.run(&[arguments, more].concat());
            shown("an action", &ran);
            assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
        }
    }
}

/// E14: what an issuer answers, and what a token command says of itself.
#[test]
fn issuers_and_commands() {
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", "http://127.0.0.1:1");
    let secret = sandbox.file("secret");
    std::fs::write(&secret, "client-secret").unwrap();
    let problem = json!({ "error": HOSTILE, "error_description": HOSTILE }).to_string();
    for document in [json!({ "issuer": HOSTILE }), json!({ "issuer": 7 })] {
        let refusing = Does::answers("400 Bad Request", "", &problem);
        for step in [Does::json(&document.to_string()), refusing] {
            let issuer = Server::script(vec![step]);
            let by = ["wait", ID, "--issuer", &issuer.address, "--client", "ci", "--secret-file", &secret];
            let login = ["login", "--no-browser", "--issuer", &issuer.address, "--timeout", "1"];
            check("an issuer", &sandbox.run(&by));
            check("an issuer", &sandbox.run(&login));
        }
    }
    let failing = "printf 'a\\033[2J\\302\\233\\342\\200\\256b\\n' >&2; exit 127";
    shown("a command", &sandbox.run(&["wait", ID, "--token-command", failing]));
    check("a command", &sandbox.run(&["wait", ID, "--token-command", "printf 'a\\033[2J'"]));
}

/// E14: what was typed, and names of files.
#[test]
fn arguments_and_files() {
    let sandbox = Sandbox::new().env("COUNTERSIGN_TOKEN", "some-token");
    let name = HOSTILE.replace('\u{0}', "");
    let file = sandbox.file(&name);
    let flag = format!("--{HOSTILE}");
    for arguments in [
        &[HOSTILE][..],
        &[&flag],
        &["policy", HOSTILE],
        &["wait", HOSTILE],
        &["resolve", HOSTILE, "--happened", "--looked-at", "x"],
        &["wait", ID, "--timeout", HOSTILE],
        &["wait", ID, "--api", HOSTILE],
        &["wait", ID, "--proxy", HOSTILE],
        &["wait", ID, "--token-file", &file],
        &["propose", &file],
        &["suspend", "--list", HOSTILE],
        &["login", "--issuer", HOSTILE],
        &["ledger", "verify", &file],
        &["ledger", "verify", "s3://", "--action", HOSTILE],
        &["ledger", "verify", sandbox.file("").as_str(), "--trust", &file],
        &["policy", "check", &file],
        &["policy", "test", &file],
        &["policy", "explain", "../infra/policies", "--case", HOSTILE],
        &["policy", "replay", "../infra/policies", "--ledger", &file],
        &["policy", "new", "action", HOSTILE, "--dir", "../infra/policies"],
        &["redact", &file],
        &["redact", &file, "--action", HOSTILE, "--bundle", &file],
        &["redact", sandbox.proposal().as_str(), "--action", HOSTILE, "--bundle", "../infra/policies"],
        &["bundle", "check", &file],
        &["bundle", "build", "../infra/policies", "--out", &format!("{file}/x")],
        &["bundle", "keygen", &format!("{file}/x")],
    ] {
        check(&format!("{arguments:?}"), &sandbox.run(arguments));
    }
    for variable in ["COUNTERSIGN_API", "COUNTERSIGN_TOKEN", "COUNTERSIGN_TOKEN_COMMAND"] {
        check(variable, &Sandbox::new().env(variable, HOSTILE).run(&["wait", ID, "--timeout", "1"]));
    }
    check("an issuer", &Sandbox::new().env("COUNTERSIGN_ISSUER", HOSTILE).run(&["login"]));
    let broken = Sample::copy();
    broken.replace("cases/jobs.yaml", "outcome: forbid", "outcome: forbidden");
    let odd = Path::new(broken.path()).join("cases").join(format!("{}.yaml", name.replace('/', "")));
    std::fs::rename(broken.file("cases/jobs.yaml"), odd).unwrap();
    std::fs::write(broken.file(&format!("policies/{name}.cedar")), "permit (").unwrap();
    for more in [&[][..], &["--json"]] {
        shown("a file's name", &sandbox.run(&[&["policy", "check", broken.path()], more].concat()));
    }
    check("a file's name", &sandbox.run(&["bundle", "check", broken.path()]));
    for (what, content) in [("trust", json!({ HOSTILE: 1 })), ("trust", json!({ "deployment": HOSTILE }))] {
        let trust = sandbox.file("trust.json");
        std::fs::write(&trust, content.to_string()).unwrap();
        check(what, &sandbox.run(&["ledger", "verify", &sandbox.file(""), "--trust", &trust]));
    }
}

/// E14: what stands in rules and cases, whether they build or not.
#[test]
fn rules_and_cases() {
    let sandbox = Sandbox::new();
    let yaml = "\\e]0;x\\a\\e[2J\\x9b31m\\u202e\\u200b\\u2028\\x85\\nFORGED";
    let broken = [
        ("approvals.yaml", "\nsre:\n".to_owned(), format!("\n\"{yaml}\": 7\nsre:\n")),
        ("directory.yaml", "auditors: auditors\n".to_owned(), format!("auditors: auditors\n\"{yaml}\": 7\n")),
        ("policies/jobs.cedar", "permit (".to_owned(), format!("permit {HOSTILE} (")),
        ("policies/jobs.cedar", "@approval(\"sre\")".to_owned(), format!("@approval(\"{HOSTILE}\")")),
    ];
    for (file, from, to) in broken {
        let sample = Sample::copy();
        sample.replace(file, &from, &to);
        for arguments in [&["policy", "check", sample.path()][..], &["policy", "bypass", sample.path()]] {
            for more in [&[][..], &["--json"]] {
                let ran = sandbox.run(&[arguments, more].concat());
                check(file, &ran);
                assert_ne!(ran.code, 0, "{file}");
            }
        }
        check(file, &sandbox.run(&["bundle", "check", sample.path()]));
    }
    let sample = Sample::copy();
    let name = "internal data that leaves is asked for";
    sample.replace("cases/exports.yaml", name, "NAME-OF-A-CASE");
    let path = sample.file("cases/exports.yaml");
    let cases = std::fs::read_to_string(&path).unwrap();
    let line = cases.lines().find(|line| line.contains("NAME-OF-A-CASE")).unwrap();
    std::fs::write(&path, cases.replace(line, &format!("- name: \"{yaml}\""))).unwrap();
    let other = Sample::copy();
    for arguments in [
        &["policy", "test", sample.path()][..],
        &["policy", "diff", sample.path(), other.path()],
        &[
            "policy",
            "explain",
            sample.path(),
            "--case",
            "\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\u{2028}\u{85}\nFORGED",
        ],
    ] {
        for more in [&[][..], &["--json"]] {
            let ran = sandbox.run(&[arguments, more].concat());
            check("a case", &ran);
            assert!(ran.code == 0, "{arguments:?}: {ran:?}");
        }
    }
    shown("a case", &sandbox.run(&["policy", "test", sample.path()]));
    shown("a case", &sandbox.run(&["policy", "test", sample.path(), "--json"]));
}
