//! Rules of the command line's own source that no type can hold.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn naming(words: &[&str], but: &str) -> Vec<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "{}", files.len());
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with(but)) {
        let text = std::fs::read_to_string(file).unwrap();
        let hits = words.iter().filter(|word| text.contains(**word));
        found.extend(hits.map(|word| format!("{}: {word}", file.display())));
    }
    found
}

/// E14, C30: nothing but the console names the process's own output. (Clippy refuses the macros that print.)
#[test]
fn one_way_out() {
    let words = [
        "stdout()",
        "stderr()",
        "print!",
        "println!",
        "dbg!",
        "Stdio::inherit",
        ".status()\n",
        "/dev/tty",
        "ProgressBar",
    ];
    let found: Vec<_> = naming(&words, "console/mod.rs")
        .into_iter()
        .filter(|hit| !hit.contains("console/progress.rs"))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

/// E19: nothing but the one client sends anything over HTTP, and no other crate's client with its own habits is used.
#[test]
fn one_client() {
    let words = ["Client::builder()", "Client::new()\n", "reqwest::get", "HttpKeys", "TcpStream::connect"];
    // The first speaks to a port of this machine, the second fetches an issuer's public keys and sends nothing.
    let allowed = ["back.rs", "src/identity.rs: HttpKeys"];
    let found: Vec<_> = naming(&words, "api/http.rs")
        .into_iter()
        .filter(|hit| !allowed.iter().any(|one| hit.contains(one)))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}
