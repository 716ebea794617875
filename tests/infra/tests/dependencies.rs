//! What is linked into what, as Cargo's dependency graph says: normal dependencies with the features that are used.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads what Cargo itself says"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Package ids to names and to the ids of the packages they link.
struct Graph {
    names: BTreeMap<String, String>,
    links: BTreeMap<String, Vec<String>>,
    /// The workspace's own packages: name to the folder below the repository.
    own: BTreeMap<String, String>,
}

impl Graph {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["metadata", "--format-version", "1", "--locked", "--offline"]).current_dir(&root);
        let done = cargo.output().expect("cargo runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let packages = list(&metadata["packages"]);
        let names = packages.iter().map(|one| (text(&one["id"]), text(&one["name"]))).collect();
        let folder = |one: &Value| {
            let manifest = text(&one["manifest_path"]);
            let below = Path::new(&manifest).strip_prefix(&root).ok()?.parent()?;
            Some((text(&one["name"]), below.to_string_lossy().into_owned()))
        };
        let own = packages.iter().filter(|one| one["source"].is_null()).filter_map(folder).collect();
        let normal = |link: &&Value| list(&link["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let links = |node: &Value| {
            let links = list(&node["deps"]);
            links.iter().filter(normal).map(|link| text(&link["pkg"])).collect()
        };
        let nodes = list(&metadata["resolve"]["nodes"]);
        let links = nodes.iter().map(|node| (text(&node["id"]), links(node))).collect();
        Self { names, links, own }
    }

    /// The names of everything that is linked into this package.
    fn reached(&self, package: &str) -> BTreeSet<&str> {
        assert!(self.own.contains_key(package), "there is no package `{package}`");
        let start = self.names.iter().find(|(_, name)| *name == package).unwrap().0;
        let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(id) = next.pop() {
            let new = self.links[id].iter().filter(|link| seen.insert(link.as_str()));
            next.extend(new);
        }
        seen.into_iter().map(|id| self.names[id].as_str()).collect()
    }

    /// The packages below `functions/`.
    fn functions(&self) -> Vec<&str> {
        let found: Vec<&str> = self
            .own
            .iter()
            .filter(|(_, folder)| folder.starts_with("functions/"))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(found.len(), 7, "{found:?}");
        found
    }
}

/// Whether a package does I/O: an SDK, a runtime for waiting, or a protocol.
fn does_io(name: &str) -> bool {
    let names = ["aws-config", "hyper", "mio", "reqwest", "rustls", "socket2", "tokio", "h2", "async-io"];
    names.contains(&name) || name.starts_with("aws-sdk-") || name.starts_with("aws-smithy-")
}

/// A function reads compiled bundles: it links no YAML parser, and nothing that can sign or publish one. No function links
/// another, or a double of the tests.
#[test]
fn functions_build_no_bundles() {
    let graph = Graph::read();
    for function in graph.functions() {
        let reached = graph.reached(function);
        let yaml: Vec<&&str> =
            reached.iter().filter(|name| name.contains("yaml") || name.contains("saphyr")).collect();
        assert!(yaml.is_empty(), "{function} links {yaml:?}");
        for forbidden in ["bundle-build", "testkit"].into_iter().chain(graph.functions()) {
            assert!(!reached.contains(forbidden), "{function} links {forbidden}");
        }
    }
    // What is looked for is found where it belongs.
    let cli = graph.reached("countersign");
    assert!(cli.contains("bundle-build") && cli.contains("serde-saphyr"));
}

/// What decides and what shows is pure: it links nothing that could talk to anybody.
#[test]
fn the_core_does_no_io() {
    let graph = Graph::read();
    for package in ["domain", "policy", "review", "redaction", "bundle", "bundle-build"] {
        let found: Vec<&str> = graph.reached(package).into_iter().filter(|name| does_io(name)).collect();
        assert!(found.is_empty(), "{package} links {found:?}");
    }
    for (package, io) in [("bundle-s3", "aws-sdk-s3"), ("store", "tokio")] {
        let reached = graph.reached(package);
        assert!(reached.contains(io) && does_io(io), "{package} should link {io}");
    }
}
