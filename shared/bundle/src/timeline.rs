//! Which bundles count for an event of the past. The ledger asks when it records a verdict; whoever verifies a log asks a
//! copy of the bucket, years later. Both by the same rule.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::{Digest, Fault, Timestamp};

use crate::bundle::Bundle;
use crate::manifest::{Manifest, PublisherKey};
use crate::store::{BundleFault, InForce, ReadBundles, Stored, load_content, manifest_key};

/// How long before an event its author may have read the rules, in seconds.
const REMEMBERED: i64 = 3600;
/// How far the bucket's clock and that of an event's author may differ, in seconds.
const SKEW: i64 = 300;
/// More bundles than this, the newest, are not looked at for one event.
const MOST: usize = 16;

/// The time of an event's rules: a bundle counts that was in force at some moment of it. F17, F24: a handler may sleep
/// between reading the rules and its commit, so whoever was listed shortly before acted honestly, though the directory
/// has changed since. What came into force only later counts for nothing.
fn reach(at: Timestamp) -> RangeInclusive<Timestamp> {
    at.plus_seconds(-REMEMBERED)..=at.plus_seconds(SKEW)
}

/// The bundles that count for an event.
#[derive(Debug, Default)]
pub struct Counting {
    /// The newest first.
    pub bundles: Vec<Arc<Bundle>>,
    /// Why older ones may be left out; none when these are all.
    pub unread: Option<BundleFault>,
}

impl InForce {
    /// The bundles that count for an event of this time. None do when nothing was in force yet.
    ///
    /// # Errors
    /// A passing [`Fault`]: ask again.
    pub async fn counting(&self, store: &dyn ReadBundles, at: Timestamp) -> Result<Counting, Fault> {
        let (earliest, latest) = reach(at).into_inner();
        let mut counting = Counting::default();
        // What was stored at the latest moment itself counts too.
        let mut until = Timestamp::from_millis(latest.millis().saturating_add(1));
        let mut newer = self.clone();
        while until >= earliest && counting.bundles.len() < MOST {
            match newer.at(store, until).await {
                Ok(found) => {
                    counting.bundles.push(Arc::clone(&found.bundle));
                    until = found.since();
                    newer = found;
                }
                Err(BundleFault::Nothing) => break,
                Err(BundleFault::Fault(fault)) if fault.is_passing() => return Err(fault),
                Err(error) => {
                    counting.unread = Some(error);
                    break;
                }
            }
        }
        Ok(counting)
    }
}

/// Every bundle that was in force, read from a copy of the bucket.
#[derive(Debug)]
pub struct Timeline {
    /// Oldest first.
    past: Vec<Past>,
    known_until: Timestamp,
    ends: String,
    findings: Vec<Remark>,
    gaps: Vec<Remark>,
}

/// One bundle and when it was in force.
#[derive(Debug)]
struct Past {
    number: u64,
    manifest: Digest,
    /// Or why it cannot be read.
    bundle: Result<Arc<Bundle>, String>,
    since: Timestamp,
    /// The last moment at which it is known to have been in force.
    until: Timestamp,
    /// The copy says that it was stored before its publisher signed it.
    early: bool,
}

/// Something to say about one manifest of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Its number.
    pub number: u64,
    /// Stable code, e.g. `manifest-invalid`.
    pub code: &'static str,
    /// One sentence.
    pub meaning: String,
}

/// What a copy says about the rules of one event.
#[derive(Debug)]
pub struct Around<'a> {
    /// The bundles that are known to count, the newest first.
    pub bundles: Vec<&'a Bundle>,
    /// Why others might count that are not known; none when these are all.
    pub unclear: Option<String>,
}

impl Timeline {
    /// Reads the manifests from the first on, as the functions do: what is not signed with this key, or does not continue
    /// what was in force, takes up its number and nothing more, and the first number that is missing ends what is known.
    /// `highest` is the highest number that the copy has, `read_at` when it was made.
    ///
    /// # Errors
    /// [`Fault`] when the copy cannot be read.
    pub async fn read(
        store: &dyn ReadBundles,
        key: &PublisherKey,
        highest: Option<u64>,
        read_at: Timestamp,
    ) -> Result<Self, Fault> {
        let mut timeline = Self {
            past: Vec::new(),
            known_until: read_at,
            ends: "what was in force later than the copy of the bundles was made is not known".to_owned(),
            findings: Vec::new(),
            gaps: Vec::new(),
        };
        let mut contents = BTreeMap::new();
        let mut stored_until = Timestamp::from_millis(0);
        let mut number: u64 = 1;
        while let Some(Stored { bytes, at }) = store.get(&manifest_key(number)).await? {
            // No number counts before those in front of it are there.
            stored_until = stored_until.max(at);
            if let Some(manifest) = timeline.continued(&bytes, number, key) {
                let bundle = timeline.content(store, &manifest, &mut contents).await?;
                timeline.add(&manifest, Digest::of(&bytes), bundle, stored_until);
            }
            number = number.saturating_add(1);
        }
        if let Some(there) = highest.filter(|highest| *highest >= number) {
            timeline.known_until = stored_until;
            timeline.ends = format!("bundle {number} is missing from the copy");
            let meaning = if there == number {
                "the copy does not say when it was stored".to_owned()
            } else {
                format!("it is missing from the copy, though bundle {there} is there")
            };
            timeline.gaps.push(Remark { number, code: "manifest-missing", meaning });
        }
        let known_until = timeline.known_until;
        if let Some(last) = timeline.past.last_mut() {
            last.until = last.since.max(known_until);
        }
        Ok(timeline)
    }

    /// Which bundles count for an event of this time.
    #[must_use]
    pub fn around(&self, at: Timestamp) -> Around<'_> {
        let (earliest, latest) = reach(at).into_inner();
        let near = self.past.iter().rev().filter(|past| past.since <= latest && past.until >= earliest);
        let near: Vec<&Past> = near.take(MOST).collect();
        let known = near.iter().filter(|past| !past.early);
        let bundles = known.filter_map(|past| past.bundle.as_ref().ok().map(Arc::as_ref)).collect();
        let unread = near.iter().find_map(|past| match &past.bundle {
            Err(why) => Some(format!("bundle {}: {why}", past.number)),
            Ok(_) if past.early => {
                Some(format!("when bundle {} came into force is not certain", past.number))
            }
            Ok(_) => None,
        });
        let unclear = self.unknown(at).or(unread);
        Around { bundles, unclear }
    }

    /// What is wrong with manifests of the copy.
    #[must_use]
    pub fn findings(&self) -> &[Remark] {
        &self.findings
    }

    /// What is missing from the copy, or not certain.
    #[must_use]
    pub fn gaps(&self) -> &[Remark] {
        &self.gaps
    }

    /// How many bundles were in force, one after the other.
    #[must_use]
    pub fn len(&self) -> usize {
        self.past.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    /// Whether the copy knows all that may have been in force at this time.
    fn unknown(&self, at: Timestamp) -> Option<String> {
        let Some(first) = self.past.first() else {
            return Some("the copy has no bundle that the trusted publisher signed".to_owned());
        };
        if at > self.known_until {
            return Some(self.ends.clone());
        }
        // Where others come before the first, another key may have been the publisher's.
        let foreign = first.number > 1 && *reach(at).start() < first.since;
        (at < first.since || foreign)
            .then(|| "no bundle of the trusted publisher was in force yet".to_owned())
    }

    /// The manifest, if it is the publisher's and continues what was in force.
    fn continued(&mut self, bytes: &[u8], number: u64, key: &PublisherKey) -> Option<Manifest> {
        let previous = self.past.last().map(|past| past.manifest);
        let (code, meaning) = match Manifest::verified(bytes, number, key) {
            None => {
                ("manifest-invalid", "it is no manifest that the trusted publisher signed for this number")
            }
            Some(manifest) if manifest.previous != previous => {
                ("manifest-unlinked", "it does not continue what was in force before it")
            }
            Some(manifest) => return Some(manifest),
        };
        self.findings.push(Remark { number, code, meaning: format!("{meaning}; it was never in force") });
        None
    }

    /// What it puts in force; each content is read once.
    async fn content(
        &mut self,
        store: &dyn ReadBundles,
        manifest: &Manifest,
        read: &mut BTreeMap<Digest, Result<Arc<Bundle>, BundleFault>>,
    ) -> Result<Result<Arc<Bundle>, String>, Fault> {
        let found = match read.get(&manifest.bundle) {
            Some(known) => known.clone(),
            None => {
                let found = load_content(store, manifest.bundle).await.map(Arc::new);
                read.insert(manifest.bundle, found.clone());
                found
            }
        };
        let error = match found {
            Ok(bundle) => return Ok(Ok(bundle)),
            Err(BundleFault::Fault(fault)) => return Err(fault),
            Err(error) => error,
        };
        let (code, meaning) = (content_code(&error), error.to_string());
        let remark = Remark { number: manifest.number, code, meaning: meaning.clone() };
        let list = if code == "content-differs" { &mut self.findings } else { &mut self.gaps };
        list.push(remark);
        Ok(Err(meaning))
    }

    fn add(
        &mut self,
        manifest: &Manifest,
        digest: Digest,
        bundle: Result<Arc<Bundle>, String>,
        since: Timestamp,
    ) {
        let number = manifest.number;
        let early = since.plus_seconds(SKEW) < manifest.published_at;
        if early {
            let meaning = "the copy says that it was stored before its publisher signed it".to_owned();
            self.gaps.push(Remark { number, code: "manifest-time", meaning });
        }
        if let Some(before) = self.past.last_mut() {
            before.until = since;
        }
        self.past.push(Past { number, manifest: digest, bundle, since, until: since, early });
    }
}

fn content_code(error: &BundleFault) -> &'static str {
    match error {
        BundleFault::Mismatch(_) => "content-differs",
        BundleFault::Missing(_) => "content-missing",
        _ => "content-unreadable",
    }
}
