//! `countersign policy` as somebody who writes rules uses it.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::collections::BTreeSet;

use support::{Sample, run};

/// O12: a sound bundle is called sound, and a broken one names every mistake with its place; the exit codes tell them apart.
#[test]
fn check() {
    let sample = Sample::copy();
    let (code, text) = run(&["policy", "check", sample.path()]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("sound: 6 action types, 18 cases, sha256:"), "{text}");
    sample.replace("policies/jobs.cedar", "@approval(\"sre\")", "@approval(\"srl\")");
    sample.replace("cases/jobs.yaml", "outcome: forbid", "outcome: forbidden");
    let (code, text) = run(&["policy", "check", sample.path()]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!("a_broken_bundle", text);
    let (code, text) = run(&["policy", "check", sample.path(), "--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, value["result"].as_str()), (1, Some("mistakes")));
    assert_eq!(run(&["policy", "check", "/nowhere/at/all"]).0, 1);
}

/// The sample's cases pass; one that does not says what was expected and what came, in the table, as JSON and as JUnit XML.
#[test]
fn test() {
    let sample = Sample::copy();
    let (code, text) = run(&["policy", "test", sample.path()]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!("cases_that_pass", text);
    sample.replace(
        "policies/exports.cedar",
        "\"internal\"].contains(resource",
        "\"customer\"].contains(resource",
    );
    sample.replace("cases/jobs.yaml", "code: no-permit, reasons", "code: policy-error, reasons");
    let junit = sample.outside("result.xml");
    let (code, text) = run(&["policy", "test", sample.path(), "--junit", &junit]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!("cases_that_fail", text);
    insta::assert_snapshot!("junit", std::fs::read_to_string(&junit).unwrap());
    let (code, text) = run(&["policy", "test", sample.path(), "--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, value["result"].as_str()), (1, Some("failed")));
    let one = sample.file("cases/jobs.yaml");
    let (_, text) = run(&["policy", "test", sample.path(), "--cases", &one]);
    assert!(text.contains("3 cases, 1 failed"), "{text}");
}

/// A compiled bundle answers as its folder does.
#[test]
fn a_compiled_bundle() {
    let sample = Sample::copy();
    let built = sample.outside("bundle.json");
    assert_eq!(run(&["bundle", "build", sample.path(), "--out", &built]).0, 0);
    let exports = sample.file("cases/exports.yaml");
    let (code, text) = run(&["policy", "test", &built, "--cases", &exports]);
    assert_eq!(code, 0, "{text}");
    std::fs::write(&built, "{}").unwrap();
    assert_eq!(run(&["policy", "test", &built, "--cases", &exports]).0, 2);
}

/// Cases that cannot be what somebody meant are mistakes, not passes.
#[test]
fn cases_that_are_none() {
    for (from, to, said) in [
        ("outcome: refused", "outcome: permitted", "permitted"),
        ("expect: { outcome: refused }", "expect: {}", "outcome"),
        ("facts: { approvals", "facts: { aprovals", "aprovals"),
        ("the owners' approval is enough", "somebody else's approval is none", "two cases are called"),
        ("facts: { approvals: [data-owners] }", "facts: { at: yesterday }", "not a time"),
    ] {
        let sample = Sample::copy();
        sample.replace("cases/exports.yaml", from, to);
        let (code, text) = run(&["policy", "test", sample.path()]);
        assert!(code == 2 && text.contains("cases/exports.yaml:") && text.contains(said), "{text}");
    }
    let sample = Sample::copy();
    std::fs::remove_dir_all(sample.file("cases")).unwrap();
    let (code, text) = run(&["policy", "test", sample.path()]);
    assert!(code == 2 && text.contains("there are no cases"), "{text}");
}

/// O12: what `new` writes builds as it is, and nothing that is there is overwritten.
#[test]
fn new() {
    let sample = Sample::copy();
    let dir = ["--dir", sample.path()];
    let ask = |what: &[&str]| run(&[&["policy", "new"], what, &dir].concat());
    let (code, text) = ask(&["action", "queue-purge"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = ask(&["policy", "queues", "--action", "queue-purge"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = ask(&["policy", "exports-again", "--action", "s3-export", "--json"]);
    let said = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, said["file"].as_str()), (0, Some(&*sample.file("policies/exports-again.cedar"))));
    let built = sample.outside("built.json");
    assert_eq!(run(&["bundle", "build", sample.path(), "--out", &built]).0, 0);
    let (code, text) = run(&["policy", "check", sample.path()]);
    assert!(
        code == 1 && text.contains("there is no connector `queue-purge`"),
        "what is still missing: {text}"
    );
    let (code, text) = ask(&["action", "queue-purge"]);
    assert!(code == 2 && text.contains("exists"), "{text}");
    for name in ["Queue", "../x", "9x", ""] {
        let (code, text) = ask(&["action", name]);
        assert!(code == 2 && text.contains("is no name"), "{text}");
    }
    let (code, text) = ask(&["policy", "more", "--action", "s3-export", "--requirement", "sre"]);
    assert!(code == 2 && text.contains("must have `proof: idp`"), "{text}");
    assert!(!std::path::Path::new(&sample.file("policies/more.cedar")).exists());
}

/// What can never run is told: a connector that does not exist is a mistake, a type that no rule permits a warning.
#[test]
fn types_that_can_never_run() {
    let sample = Sample::copy();
    let file = sample.file("policies/jobs.cedar");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace("permit (", "@reason(\"Not now\")\nforbid (").replace("@unattended", "@instead"),
    )
    .unwrap();
    let (code, text) = run(&["policy", "check", sample.path()]);
    assert!(code == 0 && text.contains("warning: actions/lambda-invoke.yaml:"), "{text}");
    assert!(text.contains("no rule permits `lambda-invoke`") && text.contains("sound"), "{text}");
    let (code, text) = run(&["policy", "check", sample.path(), "--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, value["warnings"][0]["file"].as_str()), (0, Some("actions/lambda-invoke.yaml")));
    let (code, text) = run(&["bundle", "check", sample.path()]);
    assert!(code == 0 && text.contains("no rule permits `lambda-invoke`"), "{text}");

    let sample = Sample::copy();
    assert_eq!(run(&["policy", "new", "action", "queue-purge", "--dir", sample.path()]).0, 0);
    for command in ["policy", "bundle"] {
        let (code, text) = run(&[command, "check", sample.path()]);
        assert!(code == 1 && text.contains("there is no connector `queue-purge`"), "{text}");
        assert!(text.contains("actions/queue-purge.yaml:") && !text.contains("sound"), "{text}");
    }
}

/// O11: which rules decide, what each asks, and what would change the answer; for a case and for a proposal.
#[test]
fn explain() {
    let sample = Sample::copy();
    let of = |case: &str| run(&["policy", "explain", sample.path(), "--case", case]);
    let (code, text) = of("internal data that leaves is asked for");
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!("explained_hold", text);
    let (_, text) = of("nobody becomes administrator");
    insta::assert_snapshot!("explained_forbid", text);
    let (code, text) = of("a second spelling of an object is no request");
    assert!(code == 0 && text.contains("refused\n  /parameters/source: only one way"), "{text}");
    let (code, text) = of("no such case");
    assert!(code == 2 && text.contains("there is no case"), "{text}");
    let proposal = sample.outside("proposal.json");
    std::fs::write(
        &proposal,
        r#"{"type":"lambda-invoke","parameters":{"function":"demo-retrain","version":"1"}}"#,
    )
    .unwrap();
    let by = ["--principal", "demo-agent", "--json"];
    let (code, text) =
        run(&[&["policy", "explain", sample.path(), "--proposal", &proposal], &by[..]].concat());
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, value["answer"]["outcome"].as_str()), (0, Some("require_approval")));
    let hold = value["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "jobs-need-one-of-sre");
    assert_eq!(hold.unwrap()["change"]["approval"], "sre");
}

/// D13, E5: every way in which something runs unasked is listed with its rule and place: permits that say so, permits that no hold
/// covers, holds that only observe.
#[test]
fn bypass() {
    let sample = Sample::copy();
    let queue = ["policy", "new", "action", "queue-purge", "--dir", sample.path()];
    assert_eq!(run(&queue).0, 0);
    let permit = "@id(\"purge\")\npermit (principal, action == Action::\"queue-purge\", resource);\n";
    std::fs::write(sample.file("policies/queues.cedar"), permit).unwrap();
    sample.replace(
        "policies/exports.cedar",
        "@id(\"customer-data-stays",
        "@mode(\"observe\")\n@id(\"customer-data-stays",
    );
    let loose = "emergency: { groups: [sre], review_within: PT24H }\n";
    sample.replace("approvals.yaml", "\nsre:\n", &format!("\nsre:\n  {loose}"));
    let own = "may_change: [/destination]\n  who_changed_may_approve: true\n";
    sample.replace("approvals.yaml", "may_change: [/destination]\n", own);
    let away = "delegations: [{ from: bob, to: dana, group: sre, since: \"2026-12-21T00:00:00.000Z\", \
                until: \"2027-01-04T00:00:00.000Z\" }]\n";
    sample.replace("directory.yaml", "auditors: auditors\n", &format!("auditors: auditors\n{away}"));
    let exempt = "\n  exempt: [{ target: /destination, detector: card, because: keys hold order numbers }]";
    sample.replace(
        "actions/s3-export.yaml",
        "targets: [/source, /destination]",
        &format!("targets: [/source, /destination]{exempt}"),
    );
    let (code, text) = run(&["policy", "bypass", sample.path()]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!("ways_past_people", text);
    let (_, text) = run(&["policy", "bypass", sample.path(), "--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    let ways: BTreeSet<&str> =
        value.as_array().unwrap().iter().filter_map(|way| way["way"].as_str()).collect();
    assert_eq!(
        ways,
        BTreeSet::from([
            "change",
            "delegation",
            "emergency",
            "escalation",
            "exempt",
            "grant",
            "no hold",
            "observe",
            "unattended",
        ])
    );
}

/// R1: a byte-order mark in front and other line ends change nothing, not even the digest; what is no text is told with file
/// and line.
#[test]
fn files_from_other_editors() {
    let digest = |sample: &Sample| {
        let (code, text) = run(&["policy", "check", sample.path(), "--json"]);
        assert_eq!(code, 0, "{text}");
        wire::json::parse_value(text.as_bytes()).unwrap()["digest"].clone()
    };
    let plain = Sample::copy();
    let files = [
        "policies/jobs.cedar",
        "policies/exports.cedar",
        "approvals.yaml",
        "directory.yaml",
        "cases/jobs.yaml",
    ];
    let rewritten = |with: &dyn Fn(String) -> Vec<u8>| {
        let sample = Sample::copy();
        for file in files {
            let text = std::fs::read_to_string(sample.file(file)).unwrap();
            std::fs::write(sample.file(file), with(text)).unwrap();
        }
        sample
    };
    let marked = rewritten(&|text| format!("\u{feff}{text}").into_bytes());
    let carriages = rewritten(&|text| text.replace('\n', "\r\n").into_bytes());
    assert_eq!((digest(&marked), digest(&carriages)), (digest(&plain), digest(&plain)));
    assert_eq!(run(&["policy", "test", marked.path()]).0, 0);
    let wide = rewritten(&|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    std::fs::write(plain.file("policies/jobs.cedar"), "// one\n// \u{feff}two\n").unwrap();
    for (sample, said) in [
        (&wide, "policies/jobs.cedar:1:2: a zero byte"),
        (&plain, "policies/jobs.cedar:2:4: a byte-order mark"),
    ] {
        let (code, text) = run(&["policy", "check", sample.path()]);
        assert!(code == 1 && text.contains(said), "{text}");
    }
}
