//! Output that nobody reads, or that cannot be written: quiet, and told by the exit code.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::json;
use support::server::{Does, Server};
use support::{Sample, Sandbox};

const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Commands of every group that print a result, and what each does when all is well.
struct Commands {
    sandbox: Sandbox,
    /// They live as long as the commands.
    _beside: (Server, Sample, Sample),
    all: Vec<Vec<String>>,
}

impl Commands {
    /// The quick ones, each with and without `--json`.
    fn quick() -> Self {
        Self::of(|sandbox, _, _| {
            let proposal = sandbox.proposal();
            let log = sandbox.file("log");
            vec![
                line(&["--help"]),
                line(&["--version"]),
                line(&["help", "propose"]),
                line(&["policy", "test", "--help"]),
                line(&["ledger", "verify", &log]),
                line(&["suspend", "--list"]),
                line(&["wait", ID]),
                line(&["propose", &proposal]),
                line(&["logout"]),
                line(&["ledger", "verify", &log, "--json"]),
                line(&["suspend", "--list", "--json"]),
                line(&["resolve", ID, "--happened", "--looked-at", "x"]),
                line(&["wait", ID, "--json"]),
                line(&["propose", &proposal, "--wait", "--json"]),
            ]
        })
    }

    /// Those that compile a bundle.
    fn slow() -> Self {
        Self::of(|sandbox, sample, broken| {
            let (bundle, broken) = (sample.path(), broken.path());
            let case = "internal data that leaves is asked for";
            vec![
                line(&["policy", "check", bundle]),
                line(&["policy", "check", bundle, "--json"]),
                line(&["policy", "test", bundle]),
                line(&["policy", "test", broken]),
                line(&["policy", "test", broken, "--json"]),
                line(&["policy", "bypass", bundle]),
                line(&["policy", "explain", bundle, "--case", case, "--json"]),
                line(&["bundle", "build", bundle, "--out", &sandbox.file("built.json")]),
            ]
        })
    }

    fn of(all: impl Fn(&Sandbox, &Sample, &Sample) -> Vec<Vec<String>>) -> Self {
        let api = Server::new(|_, asked| match asked.line() {
            line if line.contains("/v1/suspensions") => Does::json(r#"{"items":[]}"#),
            _ => Does::json(
                &json!({
                    "id": ID, "status": "denied", "final": true, "agent_message": "It is denied.",
                    "action_digest": "a", "review_digest": "b", "resolution": { "happened": true },
                })
                .to_string(),
            ),
        });
        let (sample, broken) = (Sample::copy(), Sample::copy());
        broken.replace("cases/jobs.yaml", "outcome: forbid", "outcome: permit");
        let sandbox =
            Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
        std::fs::create_dir(sandbox.file("log")).unwrap();
        let all = all(&sandbox, &sample, &broken);
        Self { sandbox, _beside: (api, sample, broken), all }
    }

    fn command(&self, arguments: &[String]) -> Command {
        self.sandbox.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn line(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A pipe that nobody reads.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// C30: whoever reads goes away: nothing is said about it, and the exit code is what was found out, else 141.
#[test]
fn nobody_reads() {
    for commands in [Commands::quick(), Commands::slow()] {
        for arguments in &commands.all {
            let normal = ended(&mut commands.command(arguments));
            let ended = ended(commands.command(arguments).stdout(unread()));
            let code = if normal.code == 0 { 141 } else { normal.code };
            assert_eq!((ended.code, &ended.err), (code, &normal.err), "{arguments:?}");
        }
    }
}

/// C30: a full disk is told, and is no success.
#[test]
fn a_full_disk() {
    let commands = Commands::quick();
    for arguments in &commands.all {
        let normal = ended(&mut commands.command(arguments));
        let ended = ended(commands.command(arguments).stdout(full()));
        let code = if normal.code == 0 { 74 } else { normal.code };
        assert_eq!(ended.code, code, "{arguments:?}");
        assert!(
            ended.err.contains("the output cannot be written: No space left"),
            "{arguments:?}: {}",
            ended.err
        );
    }
}

/// C30: what cannot be said on standard error changes nothing.
#[test]
fn nobody_listens() {
    let commands = Commands::quick();
    let mistakes =
        [line(&["no-such-command"]), line(&["wait", "act_x"]), line(&["policy", "check", "/nowhere"])];
    for arguments in commands.all.iter().cloned().chain(mistakes) {
        let normal = ended(&mut commands.command(&arguments));
        for err in [unread(), full()] {
            let ended = ended(commands.command(&arguments).stderr(err));
            assert_eq!((ended.code, &ended.out), (normal.code, &normal.out), "{arguments:?}");
        }
    }
}

/// C30: streams that are closed from the start.
#[test]
fn closed_streams() {
    let commands = Commands::quick();
    for arguments in &commands.all {
        let normal = ended(&mut commands.command(arguments));
        for closed in [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
            let command = commands.command(arguments);
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(format!("exec \"$0\" \"$@\" {closed}")).arg(command.get_program());
            shell.args(command.get_args()).env_clear();
            shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let ended = ended(&mut shell);
            assert!(!ended.err.contains("panicked"), "{arguments:?} {closed}: {}", ended.err);
            assert_eq!(ended.code, normal.code, "{arguments:?} {closed}");
        }
    }
}

/// C30: `| head -1` of more than a pipe holds.
#[test]
fn only_the_head_is_read() {
    let suspension = json!({ "scope": "all", "by": { "subject": "bob", "display": "bob" }, "since": "2026-11-21T15:00:00.000Z",
        "reason": "x".repeat(500) });
    let list = json!({ "items": vec![suspension; 2000] }).to_string();
    let api = Server::script(vec![Does::json(&list)]);
    for more in [&[][..], &["--json"]] {
        let sandbox =
            Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_TOKEN", "some-token");
        let mut command = sandbox.command(&[&["suspend", "--list"], more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
        let mut some = Vec::new();
        reader.read_until(if more.is_empty() { b'\n' } else { b',' }, &mut some).unwrap();
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(141), 0));
    }
}
