//! `docs/cli.md`: every example is run, and what the page lists is what there is.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::json;
use support::server::{Does, Server};
use support::{Sample, Sandbox, run};

const PAGE: &str = include_str!("../../docs/cli.md");
const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// The lines of the page's examples in one language.
fn examples(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let blocks = PAGE.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap());
    blocks.flat_map(str::lines).collect()
}

fn api() -> Server {
    Server::new(|_, asked| {
        let action = json!({
            "id": ID, "status": "succeeded", "final": true, "agent_message": "It ran.",
            "action_digest": "sha256:0", "review_digest": "sha256:0", "resolution": { "happened": true },
        });
        if !asked.line().contains("/v1/suspensions") {
            return Does::json(&action.to_string());
        }
        let scopes = ["all", "type:s3-export"];
        let suspension = |scope: &str| json!({ "scope": scope, "by": { "subject": "bob", "display": "bob" }, "since": "2026-11-21T15:00:00.000Z" });
        let mut list = json!({ "items": scopes.map(suspension) });
        if let Some(scope) = scopes.into_iter().find(|scope| asked.body.contains(&format!("\"{scope}\""))) {
            list["covered"] =
                json!({ "scope": scope, "known": true, "detail": "It is suspended.", "nearest": [] });
        }
        Does::json(&list.to_string())
    })
}

/// Each example does what it says, in a folder with the files it names.
#[test]
fn every_example_runs() {
    let (api, sample) = (api(), Sample::copy());
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
    std::fs::copy(sandbox.proposal(), sandbox.file("retrain.json")).unwrap();
    std::fs::write(sandbox.file("token"), "some-token").unwrap();
    let export = json!({ "source": "s3://customers/q3.csv", "destination": "s3://partner-drop/q3.csv" });
    std::fs::write(sandbox.file("export.json"), export.to_string()).unwrap();
    std::fs::write(sandbox.file("worker.log"), "password: hunter2-hunter2\n").unwrap();
    std::os::unix::fs::symlink(sample.path(), sandbox.file("policies")).unwrap();
    let examples = examples("sh");
    assert!(examples.len() >= 15, "{}", examples.len());
    let folder = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    for example in examples {
        let command = sandbox.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", example]).current_dir(sandbox.file("")).env_clear();
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let path = format!("{}:{}", folder.display(), std::env::var_os("PATH").unwrap().display());
        let output = shell.env("PATH", path).output().unwrap();
        assert!(output.status.success(), "{example}\n{}", String::from_utf8_lossy(&output.stderr));
        if example.contains("--json") {
            wire::json::parse_value(&output.stdout).unwrap();
        }
    }
}

/// What cannot be tried here has the options that the page says.
#[test]
fn every_option_is_one() {
    for line in examples("console") {
        let words: Vec<&str> = line.split_whitespace().skip(1).take(2).collect();
        let (code, text) = run(&[&words[..], &["--help"]].concat());
        assert_eq!(code, 0, "{line}\n{text}");
        for flag in line.split_whitespace().filter(|word| word.starts_with("--")) {
            assert!(text.contains(flag), "{line}: {flag}");
        }
    }
}

/// Every command's help has an example and says its exit codes; the page names every command and every code.
#[test]
fn every_command_is_told() {
    let commands = [
        &["propose"][..],
        &["wait"],
        &["redact"],
        &["suspend"],
        &["resolve"],
        &["login"],
        &["logout"],
        &["policy", "check"],
        &["policy", "test"],
        &["policy", "explain"],
        &["policy", "bypass"],
        &["policy", "diff"],
        &["policy", "replay"],
        &["policy", "new", "action"],
        &["policy", "new", "policy"],
        &["bundle", "check"],
        &["bundle", "build"],
        &["bundle", "publish"],
        &["bundle", "keygen"],
        &["ledger", "fetch"],
        &["ledger", "verify"],
        &["identity", "check"],
        &["keys", "verdict"],
        &["keys", "checkpoint"],
    ];
    for command in commands {
        let (code, text) = run(&[command, &["--help"]].concat());
        let example = format!("Example:\n  countersign {}", command.join(" "));
        assert!(code == 0 && text.contains(&example), "{command:?}\n{text}");
        assert!(text.contains("Exit codes: 0") && text.contains("--json"), "{command:?}\n{text}");
        assert!(
            command
                .iter()
                .all(|word| PAGE.contains(&format!("`{word}")) || PAGE.contains(&format!(" {word}`")))
        );
    }
    let (_, text) = run(&["propose", "--help"]);
    for code in ["0 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 ", "8 ", "74 ", "141 "] {
        assert!(text.contains(&format!(" {code}")) && PAGE.contains(&format!("| {code}| ")), "{code}");
    }
    for group in ["policy", "bundle", "ledger", "identity", "keys"] {
        let (_, text) = run(&[group, "--help"]);
        let listed =
            text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        for name in listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
            assert!(commands.iter().any(|command| command.starts_with(&[group, name])), "{group} {name}");
        }
    }
}
