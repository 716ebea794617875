//! The claims that the index may not have yet: one item per agent, action type and resource.
//!
//! | attribute | what |
//! |---|---|
//! | `history` | the key: SHA-256 of principal, type and resource, 64 hex digits |
//! | `v` | 1 |
//! | `version` | how often it was replaced |
//! | `claims` | a list of `<at, epoch ms>#<action>` |
//! | `last` | `action`, `at` (epoch ms) and `profile` of the claim written last |

use async_trait::async_trait;
use domain::{Activity, Digest, Fault, LastRun, RecentClaim, Timestamp};

use crate::attributes::{AttributeError, AttributeValue, Attributes, Reader, named, number, text, texts};
use crate::dynamo::Update;
use crate::index::{profile, read_profile};
use crate::{CountedClaim, ReadActivity, StateTable};

const VERSION: u32 = 1;

#[async_trait]
impl ReadActivity for StateTable {
    async fn activity(&self, history: Digest) -> Result<Activity, Fault> {
        let table = self.activity.as_ref().ok_or_else(uncounted)?;
        let stored = table.get("reading recent claims", key(&history)).await?;
        Ok(stored.as_ref().map(read).transpose()?.unwrap_or_default())
    }
}

/// A table of items that was not told where claims are counted claims nothing that has to be.
pub(crate) fn uncounted() -> Fault {
    Fault::lasting("counting a claim: no table was named for it")
}

fn key(history: &Digest) -> Attributes {
    named([("history", text(history.hex()))])
}

/// Adds the claim to those it was counted with, unless another came first.
pub(crate) fn counting(claim: &CountedClaim<'_>) -> Result<Update<'static>, Fault> {
    let next = claim.next;
    let wrong = || Fault::lasting("counting a claim: it follows no activity that was read");
    let last = next.last.as_ref().ok_or_else(wrong)?;
    let before = next.version.checked_sub(1).ok_or_else(wrong)?;
    let claims = next.claims.iter().map(|claim| format!("{}#{}", claim.at.millis(), claim.action));
    let last = AttributeValue::M(named([
        ("action", text(last.action.as_str())),
        ("at", number(last.at.millis())),
        ("profile", profile(&last.profile)),
    ]));
    let mut values = named([
        (":v", number(VERSION)),
        (":version", number(next.version)),
        (":claims", texts(claims)),
        (":last", last),
    ]);
    if before > 0 {
        values.insert(":before".to_owned(), number(before));
    }
    Ok(Update {
        key: key(&claim.history),
        update: "SET #v = :v, #version = :version, #claims = :claims, #last = :last",
        condition: if before > 0 { "#version = :before" } else { "attribute_not_exists(#version)" },
        names: &["v", "version", "claims", "last"],
        values,
    })
}

fn read(attributes: &Attributes) -> Result<Activity, AttributeError> {
    let reader = Reader(attributes);
    if reader.number::<u32>("v")? != VERSION {
        return Err(AttributeError::other("v", "version that is known here"));
    }
    let last = match attributes.get("last") {
        Some(AttributeValue::M(last)) => read_last(last)?,
        _ => return Err(AttributeError::other("last", "claim")),
    };
    let claims = reader.texts("claims")?.into_iter().map(read_claim).collect::<Option<Vec<_>>>();
    let claims = claims.ok_or_else(|| AttributeError::other("claims", "list of claims"))?;
    Ok(Activity { version: reader.number("version")?, claims, last: Some(last) })
}

fn read_claim(text: &str) -> Option<RecentClaim> {
    let (at, action) = text.split_once('#')?;
    let at = Timestamp::from_millis(at.parse().ok()?);
    Some(RecentClaim { action: action.parse().ok()?, at })
}

fn read_last(attributes: &Attributes) -> Result<LastRun, AttributeError> {
    let reader = Reader(attributes);
    let seen = attributes.get("profile").ok_or_else(|| AttributeError::other("profile", "set of digests"))?;
    Ok(LastRun {
        action: reader.parsed("action", "action id")?,
        at: Timestamp::from_millis(reader.number("at")?),
        profile: read_profile(seen)?,
    })
}
