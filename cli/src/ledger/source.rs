//! Where a log is read from: a folder, or a bucket with the caller's own credentials.

use std::io::Read;
use std::path::{Path, PathBuf};

use aws_sdk_s3::Client;
use ledger::{MAX_OBJECT_BYTES, log_key, log_number};

use super::LedgerError;
use crate::aws;

/// A log that can be listed and read.
pub(crate) enum Source {
    /// The folder that holds the twenty-digit files, and the one that was named.
    Folder { log: PathBuf, named: PathBuf },
    /// Objects below `<prefix>log/`.
    Bucket { client: Client, bucket: String, prefix: String },
}

/// One byte more than allowed shows that an object is too long.
const MOST: usize = MAX_OBJECT_BYTES + 1;
/// The prefix of a checkpoint's key.
const CHECKPOINTS: &str = "checkpoints/";

impl Source {
    pub(crate) async fn open(source: &str) -> Result<Self, LedgerError> {
        if !source.starts_with("s3://") {
            return Self::folder(Path::new(source));
        }
        let (bucket, prefix) = bucket_and_prefix(source, "log")?;
        Ok(Self::Bucket { client: client().await?, bucket, prefix })
    }

    fn folder(named: &Path) -> Result<Self, LedgerError> {
        if !named.is_dir() {
            return Err(LedgerError::Usage(format!("`{}` is no folder", named.display())));
        }
        let below = named.join("log");
        let log = if below.is_dir() { below } else { named.to_owned() };
        Ok(Self::Folder { log, named: named.to_owned() })
    }

    /// `trust.json` in the folder, if there is one.
    pub(super) fn trust_beside(&self) -> Option<PathBuf> {
        match self {
            Self::Folder { named, .. } => Some(named.join("trust.json")).filter(|file| file.is_file()),
            Self::Bucket { .. } => None,
        }
    }

    /// The folder that was named, if it is one.
    pub(super) fn folder_named(&self) -> Option<&Path> {
        match self {
            Self::Folder { named, .. } => Some(named),
            Self::Bucket { .. } => None,
        }
    }

    /// The numbers of all objects, in order.
    pub(crate) async fn numbers(&self) -> Result<Vec<u64>, LedgerError> {
        let mut numbers = match self {
            Self::Folder { log, .. } => {
                let unreadable = |error: std::io::Error| failed(&log.display().to_string(), &error);
                let entries = std::fs::read_dir(log).map_err(unreadable)?;
                let names = entries.map(|entry| Ok(entry.map_err(unreadable)?.file_name()));
                let names = names.collect::<Result<Vec<_>, LedgerError>>()?;
                names.iter().filter_map(|name| log_number(&format!("log/{}", name.to_str()?))).collect()
            }
            Self::Bucket { client, bucket, prefix } => list(client, bucket, prefix).await?,
        };
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// An object's bytes, at most one more than an object may have.
    pub(crate) async fn read(&self, number: u64) -> Result<Vec<u8>, LedgerError> {
        match self {
            Self::Folder { log, .. } => {
                let file = log.join(name(number));
                let unreadable = |error: std::io::Error| failed(&file.display().to_string(), &error);
                let mut bytes = Vec::new();
                let opened = std::fs::File::open(&file).map_err(unreadable)?;
                let most = u64::try_from(MOST).unwrap_or(u64::MAX);
                opened.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
                Ok(bytes)
            }
            Self::Bucket { client, bucket, prefix } => {
                object(client, bucket, &format!("{prefix}{}", log_key(number))).await
            }
        }
    }

    /// The names of the checkpoints next to the log: a size and a digest, nothing that leads elsewhere.
    pub(super) async fn checkpoints(&self) -> Result<Vec<String>, LedgerError> {
        let Self::Bucket { client, bucket, prefix } = self else { return Ok(Vec::new()) };
        let below = format!("{prefix}{CHECKPOINTS}");
        let keys = keys(client, bucket, &below).await?;
        let names = keys.iter().filter_map(|key| key.strip_prefix(&below));
        Ok(names.filter(|name| is_checkpoint(name)).map(str::to_owned).collect())
    }

    /// Writes a checkpoint into `<folder>/checkpoints/`.
    pub(super) async fn save_checkpoint(&self, name: &str, folder: &Path) -> Result<(), LedgerError> {
        let Self::Bucket { client, bucket, prefix } = self else { return Ok(()) };
        let bytes = object(client, bucket, &format!("{prefix}{CHECKPOINTS}{name}")).await?;
        write(&folder.join("checkpoints"), name, &bytes)
    }

    /// Writes an object into `<folder>/log/`. A file that is there already stays; one with other bytes is an error.
    pub(super) async fn save(&self, number: u64, folder: &Path) -> Result<(), LedgerError> {
        write(&folder.join("log"), &name(number), &self.read(number).await?)
    }
}

/// Bucket and prefix of `s3://bucket[/prefix]`, the last part of the prefix being left out where it is this one.
pub(super) fn bucket_and_prefix(source: &str, last: &str) -> Result<(String, String), LedgerError> {
    let place = source.strip_prefix("s3://").unwrap_or(source);
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() {
        return Err(LedgerError::Usage(format!("`{source}` names no bucket")));
    }
    let prefix = prefix.trim_matches('/');
    let above = prefix.strip_suffix(last).filter(|above| above.is_empty() || above.ends_with('/'));
    let prefix = above.unwrap_or(prefix).trim_end_matches('/');
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok((bucket.to_owned(), prefix))
}

/// S3 with the caller's own credentials.
pub(super) async fn client() -> Result<Client, LedgerError> {
    let sdk = aws::configuration().await;
    Ok(Client::new(&sdk.map_err(|error| LedgerError::Source(error.to_string()))?))
}

fn name(number: u64) -> String {
    format!("{number:020}")
}

fn is_checkpoint(name: &str) -> bool {
    let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    let parts = name.split_once('-').filter(|(size, digest)| !size.is_empty() && digest.len() == 64);
    parts.is_some_and(|(size, digest)| size.bytes().all(|c| c.is_ascii_digit()) && digest.bytes().all(hex))
}

/// The whole file or nothing: the next fetch repeats what this one left unfinished.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
    let file = folder.join(name);
    let failed = |error: std::io::Error| {
        LedgerError::Source(format!("`{}` cannot be written: {error}", file.display()))
    };
    if file.try_exists().map_err(failed)? {
        let same = std::fs::read(&file).map_err(failed)? == bytes;
        let differs =
            || LedgerError::Source(format!("`{}` is there already, with other bytes", file.display()));
        return if same { Ok(()) } else { Err(differs()) };
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    let half = folder.join(format!(".{name}.part"));
    let written = std::fs::write(&half, bytes).and_then(|()| std::fs::rename(&half, &file));
    written.map_err(|error| {
        drop(std::fs::remove_file(&half));
        failed(error)
    })
}

/// An object's bytes, at most one more than an object may have.
async fn object(client: &Client, bucket: &str, key: &str) -> Result<Vec<u8>, LedgerError> {
    let answer = client.get_object().bucket(bucket).key(key).send().await;
    let mut body = answer.map_err(|error| failed(key, &aws::sentence(&error)))?.body;
    let mut bytes = Vec::new();
    while let Some(chunk) = body.try_next().await.map_err(|error| failed(key, &error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= MOST {
            bytes.truncate(MOST);
            break;
        }
    }
    Ok(bytes)
}

async fn list(client: &Client, bucket: &str, prefix: &str) -> Result<Vec<u64>, LedgerError> {
    let keys = keys(client, bucket, &format!("{prefix}log/")).await?;
    Ok(keys.iter().filter_map(|key| log_number(key.strip_prefix(prefix)?)).collect())
}

pub(super) async fn keys(client: &Client, bucket: &str, below: &str) -> Result<Vec<String>, LedgerError> {
    let mut pages = client.list_objects_v2().bucket(bucket).prefix(below).into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| failed(bucket, &aws::sentence(&error)))?;
        keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
    }
    Ok(keys)
}

fn failed(what: &str, why: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::Source(format!("`{what}` cannot be read: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only a whole last part of the prefix is the log's own.
    #[test]
    fn prefixes() {
        let prefix = |source: &str| bucket_and_prefix(source, "log").unwrap().1;
        for (source, expected) in [
            ("s3://bucket", ""),
            ("s3://bucket/log/", ""),
            ("s3://bucket/copies/log", "copies/"),
            ("s3://bucket/my-log", "my-log/"),
        ] {
            assert_eq!(prefix(source), expected, "{source}");
        }
        assert!(bucket_and_prefix("s3:///log", "log").is_err());
    }

    /// A fetch can be done again into the same folder: what is there is kept, and nothing is replaced.
    #[test]
    fn fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        std::fs::create_dir(&log).unwrap();
        std::fs::write(log.join(".7.part"), "half").unwrap();
        for _ in 0..2 {
            write(&log, "7", b"whole").unwrap();
        }
        let said = write(&log, "7", b"other").unwrap_err().to_string();
        assert!(said.contains("is there already, with other bytes"), "{said}");
        assert_eq!(std::fs::read(log.join("7")).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(&log).unwrap().count(), 1);
    }
}
