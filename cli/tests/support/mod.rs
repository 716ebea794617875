//! The command, and a copy of the sample bundle to try it on.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod api;
pub mod log;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

/// Runs the command; gives its exit code and what it printed, results first.
pub fn run(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A place of its own for a command: no sign-in, no variables but those that are set here.
#[derive(Clone)]
pub struct Sandbox {
    folder: Rc<tempfile::TempDir>,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    pub fn new() -> Self {
        let folder = Rc::new(tempfile::tempdir().unwrap());
        let sandbox = Self { folder, variables: Vec::new() };
        let body = r#"{"type":"lambda-invoke","parameters":{"function":"demo-retrain"},"reason":"Nightly"}"#;
        std::fs::write(sandbox.proposal(), body).unwrap();
        sandbox
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A file with a proposal.
    pub fn proposal(&self) -> String {
        self.file("proposal.json")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command
            .env("HOME", self.folder.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A copy of the sample bundle.
pub struct Sample {
    folder: tempfile::TempDir,
    outside: tempfile::TempDir,
}

impl Sample {
    pub fn copy() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/policies"), folder.path());
        Self { folder, outside: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    pub fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A file that is no part of the copy.
    pub fn outside(&self, name: &str) -> String {
        self.outside.path().join(name).to_str().unwrap().to_owned()
    }

    /// The copy with one stretch of one file replaced.
    pub fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.file(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, target).unwrap();
        }
    }
}
