//! A log as an auditor has downloaded it, and the bundles that were in force meanwhile.

use std::collections::BTreeMap;
use std::path::Path;

use bundle_build::{Compiled, Signer};
use bytes::Bytes;
use domain::{Digest, Timestamp};
use serde_json::{Value, json};
use testkit::scenario::DEPLOYMENT;
use testkit::written::{follow, write};
use testkit::{Gate, LocalSigner, SampleRequirement, Scenario, sample_bundle};

use super::run;

/// Runs `ledger verify`; gives its exit code and what it printed.
pub fn verify(folder: &Path, more: &[&str]) -> (i32, String) {
    run(&[&["ledger", "verify", folder.to_str().unwrap()], more].concat())
}

/// One object per event, as a download of the bucket, with or without the file that says whom to believe.
pub fn download(scenario: &Scenario, trusted: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::create_dir(&log).unwrap();
    let mut objects: Vec<Bytes> = Vec::new();
    for sequence in 1..=scenario.any().sequence() {
        objects.push(write(&follow(&objects), &[(scenario, sequence)]));
    }
    for (number, bytes) in objects.iter().enumerate() {
        std::fs::write(log.join(format!("{number:020}")), bytes).unwrap();
    }
    if trusted {
        std::fs::write(folder.path().join("trust.json"), trust().to_string()).unwrap();
    }
    folder
}

/// The file that `make up` writes, for the people and the keys of the scenarios; without a publisher's key.
pub fn trust() -> Value {
    let scenario = Scenario::new("trust");
    let issuer = scenario.issuer.settings();
    json!({
        "deployment": DEPLOYMENT,
        "verdict_key": data_encoding::BASE64.encode(scenario.signer.public_key().as_bytes()),
        "checkpoint_key": data_encoding::BASE64.encode(sweep().public_key().as_bytes()),
        "issuers": [{
            "issuer": issuer.issuer, "metadata": issuer.metadata, "audience": issuer.audience,
            "algorithms": issuer.algorithms, "people": true, "person_clients": issuer.person_clients,
            "groups_claim": issuer.groups_claim.name(), "client_claim": null,
        }],
        "pages_client": testkit::scenario::PAGES_CLIENT,
        "log_retention_days": 1,
    })
}

/// Who signs checkpoints.
pub fn sweep() -> LocalSigner {
    LocalSigner::seeded([8; 32], Gate::open())
}

/// A publisher's key.
pub fn signer() -> Signer {
    Signer::from_pkcs8(&Signer::generate().unwrap()).unwrap()
}

/// The bundles' bucket, as `ledger fetch` copies it.
pub struct Bucket {
    pub signer: Signer,
    /// Keys to bytes.
    pub objects: BTreeMap<String, Vec<u8>>,
    /// When each manifest was stored.
    pub stored: BTreeMap<u64, Timestamp>,
    /// When the copy was made.
    pub read_at: Timestamp,
    previous: Option<Digest>,
}

impl Bucket {
    /// An empty one, copied a day after this time.
    pub fn copied_after(now: Timestamp) -> Self {
        let read_at = now.plus_seconds(86_400);
        Self { signer: signer(), objects: BTreeMap::new(), stored: BTreeMap::new(), read_at, previous: None }
    }

    /// Puts these rules in force under the next number.
    pub fn publish(&mut self, rules: &Compiled, at: Timestamp) -> &mut Self {
        let number = self.next();
        let manifest = self.signer.sign(number, rules.digest, self.previous, at, "carol");
        let bytes = manifest.unwrap().bytes().unwrap();
        self.previous = Some(Digest::of(&bytes));
        self.content(rules);
        self.put(number, &bytes, at)
    }

    /// Puts what somebody else signed under the next number.
    pub fn forge(&mut self, signer: &Signer, rules: &Compiled, at: Timestamp) -> &mut Self {
        let number = self.next();
        let manifest = signer.sign(number, rules.digest, self.previous, at, "carol");
        self.content(rules);
        self.put(number, &manifest.unwrap().bytes().unwrap(), at)
    }

    /// Puts anything under a number.
    pub fn put(&mut self, number: u64, bytes: &[u8], at: Timestamp) -> &mut Self {
        self.objects.insert(format!("bundles/{number:020}"), bytes.to_vec());
        self.stored.insert(number, at);
        self
    }

    /// Takes a number away from the copy.
    pub fn lose(&mut self, number: u64) -> &mut Self {
        self.objects.remove(&format!("bundles/{number:020}"));
        self.stored.remove(&number);
        self
    }

    fn content(&mut self, rules: &Compiled) {
        self.objects.insert(format!("bundles/content/{}.json", rules.digest.hex()), rules.bytes.clone());
    }

    fn next(&self) -> u64 {
        self.stored.keys().max().map_or(1, |last| last + 1)
    }

    /// Writes the copy into the log's folder, and the trust file with the publisher's key.
    pub fn save(&self, folder: &Path) {
        for (key, bytes) in &self.objects {
            let file = folder.join(key);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
        let time = |at: &Timestamp| wire::text::rfc3339(*at);
        let stored = self.stored.iter().map(|(number, at)| (format!("{number:020}"), json!(time(at))));
        let times = json!({
            "format": "countersign-bundle-copy/1", "read_at": time(&self.read_at),
            "stored": Value::Object(stored.collect()),
        });
        std::fs::write(folder.join("bundles/stored.json"), times.to_string()).unwrap();
        self.trusted(folder, trust());
    }

    /// Writes a trust file that names this publisher.
    pub fn trusted(&self, folder: &Path, mut trust: Value) {
        let key = self.signer.public().unwrap().to_base64();
        trust.as_object_mut().unwrap().insert("publisher_key".to_owned(), json!(key));
        std::fs::write(folder.join("trust.json"), trust.to_string()).unwrap();
    }
}

/// The log together with the sample's bundle, in force since the day before.
pub fn judged(scenario: &Scenario) -> tempfile::TempDir {
    let folder = download(scenario, false);
    let mut bucket = Bucket::copied_after(scenario.now);
    bucket.publish(&sample_bundle(), scenario.now.plus_seconds(-86_400)).save(folder.path());
    folder
}

pub async fn asked() -> Scenario {
    let mut scenario = Scenario::new("attacked");
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    scenario
}
