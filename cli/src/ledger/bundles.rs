//! The bundles that were in force: where they are read from, and the copy that `ledger fetch` makes of them.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use aws_sdk_s3::Client;
use bundle::{PublisherKey, ReadBundles, Stored, Timeline};
use bundle_s3::S3Bundles;
use domain::{Digest, Fault, Timestamp};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use wire::json;
use wire::text::{parse_rfc3339, rfc3339};

use super::LedgerError;
use super::source::{bucket_and_prefix, client, keys, write};
use crate::aws::explained;

/// The prefix of every key of the bundles' bucket.
const FOLDER: &str = "bundles/";
/// The file of a copy that says when the bucket stored each manifest, and when the copy was made.
const TIMES: &str = "stored.json";
const FORMAT: &str = "countersign-bundle-copy/1";
/// No object of the bucket is larger.
const MOST: u64 = 8 * 1024 * 1024;

/// Where bundles are read from.
pub(super) enum BundleSource {
    /// A folder with the copy's files, as `ledger fetch` made it.
    Folder(Copy),
    /// The bucket, with the caller's own credentials.
    Bucket { client: Client, bucket: String, prefix: String, store: S3Bundles },
}

/// A copy: the folder with `stored.json`, and its contents.
pub(super) struct Copy {
    folder: PathBuf,
    times: Times,
}

/// The contents of `stored.json`.
struct Times {
    read_at: Timestamp,
    /// When the bucket stored each manifest, as the bucket says.
    stored: BTreeMap<u64, Timestamp>,
}

impl BundleSource {
    /// The bucket, or the folder that holds `bundles/`, or that one itself.
    pub(super) async fn open(place: &str) -> Result<Self, LedgerError> {
        if place.starts_with("s3://") {
            let (bucket, prefix) = bucket_and_prefix(place, "bundles")?;
            let client = client().await?;
            let store = S3Bundles::new(client.clone(), bucket.clone());
            return Ok(Self::Bucket { client, bucket, prefix, store });
        }
        let named = Path::new(place);
        let below = named.join("bundles");
        let folder = if below.is_dir() { below } else { named.to_owned() };
        let times = Times::read(&folder)?.ok_or_else(|| {
            LedgerError::Usage(format!("`{place}` has no `{TIMES}`, as `ledger fetch` makes it"))
        })?;
        Ok(Self::Folder(Copy { folder, times }))
    }

    /// The copy in a folder that holds a log, if there is one.
    pub(super) fn next_to(folder: &Path) -> Result<Option<Self>, LedgerError> {
        let folder = folder.join("bundles");
        let times = Times::read(&folder)?;
        Ok(times.map(|times| Self::Folder(Copy { folder, times })))
    }

    /// Which of these bundles, signed with this key, were in force when.
    pub(super) async fn timeline(&self, key: &PublisherKey) -> Result<Timeline, LedgerError> {
        // Before the bucket is asked: what is stored meanwhile is not known to be all.
        let read_at = match self {
            Self::Folder(copy) => copy.times.read_at,
            Self::Bucket { .. } => SystemClock.now(),
        };
        let highest = self.numbers().await?.into_iter().max();
        Timeline::read(self, key, highest, read_at).await.map_err(unreadable)
    }

    /// Copies every manifest and the contents they name into `<folder>/bundles/`; how many manifests there are.
    pub(super) async fn save(&self, folder: &Path) -> Result<usize, LedgerError> {
        let folder = folder.join("bundles");
        let read_at = SystemClock.now();
        let mut stored = BTreeMap::new();
        let before = Times::read(&folder)?.map(|times| times.stored).unwrap_or_default();
        for number in self.numbers().await? {
            let key = manifest_key(number);
            let Some(object) = self.get(&key).await.map_err(unreadable)? else { continue };
            if before.get(&number).is_some_and(|known| *known != object.at) {
                let why = format!("`{key}` was stored at another time than `{TIMES}` of the copy says");
                return Err(LedgerError::Source(why));
            }
            write(&folder, &file_name(&key), &object.bytes)?;
            stored.insert(number, object.at);
            let Some(content) = named_content(&object.bytes) else { continue };
            let key = format!("{FOLDER}content/{}.json", content.hex());
            if let Some(object) = self.get(&key).await.map_err(unreadable)? {
                write(&folder.join("content"), &format!("{}.json", content.hex()), &object.bytes)?;
            }
        }
        let count = stored.len();
        Times { read_at, stored }.write(&folder)?;
        Ok(count)
    }

    /// The numbers of all manifests, garbage too.
    async fn numbers(&self) -> Result<Vec<u64>, LedgerError> {
        let mut numbers: Vec<u64> = match self {
            Self::Folder(Copy { folder, .. }) => {
                let failed = |error: std::io::Error| {
                    LedgerError::Source(format!("`{}` cannot be read: {error}", folder.display()))
                };
                let entries = std::fs::read_dir(folder).map_err(failed)?;
                let names = entries.map(|entry| Ok(entry.map_err(failed)?.file_name()));
                let names = names.collect::<Result<Vec<_>, LedgerError>>()?;
                names.iter().filter_map(|name| number(name.to_str()?)).collect()
            }
            Self::Bucket { client, bucket, prefix, .. } => {
                let below = format!("{prefix}{FOLDER}");
                let keys = keys(client, bucket, &below).await?;
                keys.iter().filter_map(|key| number(key.strip_prefix(&below)?)).collect()
            }
        };
        numbers.sort_unstable();
        Ok(numbers)
    }
}

#[async_trait]
impl ReadBundles for BundleSource {
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        match self {
            Self::Folder(copy) => copy.get(key),
            Self::Bucket { prefix, store, .. } => store.get(&format!("{prefix}{key}")).await,
        }
    }
}

impl Copy {
    /// A manifest without a known time is ignored, because nobody can say when it came into force.
    fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        let name = file_name(key);
        let at = match number(&name) {
            Some(number) => match self.times.stored.get(&number) {
                Some(at) => *at,
                None => return Ok(None),
            },
            None => self.times.read_at,
        };
        let file = self.folder.join(&name);
        let failed = |error: std::io::Error| Fault::lasting(format!("`{}`: {error}", file.display()));
        let opened = match std::fs::File::open(&file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        opened.take(MOST).read_to_end(&mut bytes).map_err(failed)?;
        Ok(Some(Stored { bytes, at }))
    }
}

impl Times {
    /// `None` if there is no such file.
    fn read(folder: &Path) -> Result<Option<Self>, LedgerError> {
        let file = folder.join(TIMES);
        let wrong = |why: String| LedgerError::Source(format!("`{}` cannot be used: {why}", file.display()));
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(error.to_string())),
        };
        Self::parse(&bytes).map(Some).map_err(wrong)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let value = json::parse_value(bytes).map_err(|error| error.to_string())?;
        if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(format!("its format is not `{FORMAT}`"));
        }
        let time = |value: Option<&Value>| match value.and_then(Value::as_str) {
            Some(text) => parse_rfc3339(text),
            None => Err("a time is missing".to_owned()),
        };
        let stored = value.get("stored").and_then(Value::as_object).ok_or("`stored` is missing")?;
        let stored = stored.iter().map(|(name, at)| {
            let number = number(name).ok_or_else(|| format!("`{name}` is no number of a manifest"))?;
            Ok((number, time(Some(at))?))
        });
        Ok(Self { read_at: time(value.get("read_at"))?, stored: stored.collect::<Result<_, String>>()? })
    }

    fn write(&self, folder: &Path) -> Result<(), LedgerError> {
        let stored: BTreeMap<String, String> =
            self.stored.iter().map(|(number, at)| (format!("{number:020}"), rfc3339(*at))).collect();
        let value = json!({ "format": FORMAT, "read_at": rfc3339(self.read_at), "stored": stored });
        let file = folder.join(TIMES);
        let half = folder.join(format!(".{TIMES}.part"));
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&half, format!("{value:#}\n")))
            .and_then(|()| std::fs::rename(&half, &file));
        written
            .map_err(|error| LedgerError::Source(format!("`{}` cannot be written: {error}", file.display())))
    }
}

fn manifest_key(number: u64) -> String {
    format!("{FOLDER}{number:020}")
}

/// The key below `bundles/`, as a file's name.
fn file_name(key: &str) -> String {
    key.strip_prefix(FOLDER).unwrap_or(key).to_owned()
}

fn number(name: &str) -> Option<u64> {
    (name.len() == 20 && name.bytes().all(|c| c.is_ascii_digit())).then(|| name.parse().ok()).flatten()
}

/// The content that a manifest names, whoever signed it: only whoever knows the publisher's key believes it.
fn named_content(manifest: &[u8]) -> Option<Digest> {
    json::parse_value(manifest).ok()?.get("bundle")?.as_str()?.parse().ok()
}

fn unreadable(fault: Fault) -> LedgerError {
    LedgerError::Source(format!("the bundles cannot be read: {}", explained(&fault.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/formats.md");

    /// The example of `docs/formats.md` is what a fetch writes, and it reads.
    #[test]
    fn the_documented_copy() {
        let example = PAGE.split("```json\n").find(|rest| rest.contains(FORMAT)).unwrap();
        let example = example.split("```").next().unwrap().as_bytes();
        let folder = tempfile::tempdir().unwrap();
        Times::parse(example).unwrap().write(folder.path()).unwrap();
        let written = std::fs::read(folder.path().join(TIMES)).unwrap();
        assert_eq!(json::parse_value(&written).unwrap(), json::parse_value(example).unwrap());
        for wrong in ["countersign-bundle-copy/2", "yesterday"] {
            let text = std::str::from_utf8(example).unwrap();
            let text = text.replace(FORMAT, if wrong.starts_with('c') { wrong } else { FORMAT });
            let text =
                if wrong == "yesterday" { text.replace("2026-11-20T09:12:44.999Z", wrong) } else { text };
            assert!(Times::parse(text.as_bytes()).is_err(), "{wrong}");
        }
    }
}
