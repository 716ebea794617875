//! Rows, positions and the watermark as attributes.

use domain::{HistoryKind, Timestamp};
use wire::text::Identity;

use super::{entries, keys};
use crate::attributes::{AttributeError, AttributeValue, Attributes, Reader, named, number, text, texts};
use crate::image::HEARTBEATS;
use crate::{IndexRow, Position, Tried, Watermark};

/// The row's attributes, without keys and with what lists do not contain.
pub(crate) fn whole_row(whole: &IndexRow) -> Attributes {
    let mut attributes = row(whole);
    let history_key =
        whole.history_key.map(|history_key| ("history_key".to_owned(), text(history_key.to_string())));
    let profile = whole.profile.as_ref().map(|profile| ("profile".to_owned(), entries::profile(profile)));
    attributes.extend(history_key.into_iter().chain(profile));
    attributes
}

/// The row's attributes as lists contain them, without keys.
pub(crate) fn row(row: &IndexRow) -> Attributes {
    let mut attributes = named([
        ("action", text(row.action.as_str())),
        ("sequence", number(row.sequence)),
        ("chain", text(row.chain.to_string())),
        ("status", text(row.status.clone())),
        ("type", text(row.action_type.clone())),
        ("sentence", text(row.sentence.clone())),
        ("principal", identity(&row.principal)),
        ("groups", texts(row.groups.clone())),
        ("deciders", AttributeValue::L(row.deciders.iter().map(identity).collect())),
        ("needed", number(row.needed)),
        ("given", number(row.given)),
        ("created_at", number(row.created_at.millis())),
        ("expires_at", number(row.expires_at.millis())),
        ("updated_at", number(row.updated_at.millis())),
        ("proposed_object", number(row.proposed_object)),
        ("object", number(row.object)),
        ("quarantined", AttributeValue::Bool(row.quarantined)),
    ]);
    if let Some(correlation) = &row.correlation {
        attributes.insert("correlation".to_owned(), text(correlation.clone()));
    }
    if row.grants {
        attributes.insert("grants".to_owned(), AttributeValue::Bool(true));
    }
    attributes
}

/// The row these attributes hold.
pub(crate) fn read_row(attributes: &Attributes) -> Result<IndexRow, AttributeError> {
    let reader = Reader(attributes);
    let time = |name| reader.number(name).map(Timestamp::from_millis);
    Ok(IndexRow {
        action: reader.parsed("action", "action id")?,
        sequence: reader.number("sequence")?,
        chain: reader.parsed("chain", "digest")?,
        status: reader.text("status")?.to_owned(),
        action_type: reader.text("type")?.to_owned(),
        sentence: reader.text("sentence")?.to_owned(),
        principal: attributes.get("principal").map_or_else(|| Err(no_identity()), read_identity)?,
        groups: reader.texts("groups")?.into_iter().map(str::to_owned).collect(),
        deciders: reader.list("deciders")?.iter().map(read_identity).collect::<Result<_, _>>()?,
        needed: reader.number("needed")?,
        given: reader.number("given")?,
        correlation: reader.optional("correlation")?.map(str::to_owned),
        created_at: time("created_at")?,
        expires_at: time("expires_at")?,
        updated_at: time("updated_at")?,
        proposed_object: reader.number("proposed_object")?,
        object: reader.number("object")?,
        quarantined: reader.flag("quarantined")?,
        history_key: reader
            .optional("history_key")?
            .map(|_| reader.parsed("history_key", "digest"))
            .transpose()?,
        profile: attributes.get("profile").map(entries::read_profile).transpose()?,
        grants: attributes.contains_key("grants"),
    })
}

/// The position's attributes, without keys.
pub(crate) fn position(position: &Position) -> Attributes {
    let mut attributes = named([
        ("position", number(position.position)),
        ("object", number(position.object)),
        ("kind", text(position.kind.clone())),
        ("sequence", number(position.sequence)),
        ("at", number(position.at.millis())),
        ("digest", text(position.digest.to_string())),
    ]);
    if let Some(tried) = &position.tried {
        attributes.insert("who".to_owned(), identity(&tried.who));
        attributes.insert("code".to_owned(), text(tried.code.clone()));
    }
    if let Some(history_entry) = position.history_entry {
        attributes.insert("history_entry".to_owned(), text(history_entry.name()));
    }
    attributes
}

/// The position these attributes hold.
pub(crate) fn read_position(attributes: &Attributes) -> Result<Position, AttributeError> {
    let reader = Reader(attributes);
    Ok(Position {
        position: reader.number("position")?,
        object: reader.number("object")?,
        kind: reader.text("kind")?.to_owned(),
        sequence: reader.number("sequence")?,
        at: Timestamp::from_millis(reader.number("at")?),
        digest: reader.parsed("digest", "digest")?,
        tried: match (attributes.get("who"), reader.optional("code")?) {
            (Some(who), Some(code)) => Some(Tried { who: read_identity(who)?, code: code.to_owned() }),
            _ => None,
        },
        history_entry: reader.optional("history_entry")?.and_then(HistoryKind::named),
    })
}

/// The watermark these attributes hold.
pub(crate) fn read_watermark(attributes: &Attributes) -> Result<Watermark, AttributeError> {
    let reader = Reader(attributes);
    let wrong = |_| AttributeError::other("range", "list of digests");
    let last = reader.optional("last")?;
    Ok(Watermark {
        next_object: reader.number("next_object")?,
        size: reader.number("size")?,
        range: reader
            .texts("range")?
            .into_iter()
            .map(|digest| digest.parse().map_err(wrong))
            .collect::<Result<_, _>>()?,
        last: last.map(|_| reader.parsed("last", "digest")).transpose()?,
        heartbeat: oldest_heartbeat(attributes),
    })
}

/// The attribute of the heartbeat with this number.
pub(crate) fn heartbeat(number: u8) -> String {
    format!("heartbeat_{number:02}")
}

/// A heartbeat that is missing was never handled. Nobody can say how late its shard is, so it counts as infinitely
/// late.
fn oldest_heartbeat(attributes: &Attributes) -> Timestamp {
    let never = Timestamp::from_millis(0);
    let each = (0..HEARTBEATS).map(|number| match attributes.get(&heartbeat(number)) {
        Some(AttributeValue::N(millis)) => millis.parse().map_or(never, Timestamp::from_millis),
        _ => never,
    });
    each.min().unwrap_or(never)
}

/// The same attributes under a key.
pub(crate) fn keyed(mut attributes: Attributes, pk: String, sk: String) -> Attributes {
    attributes.insert("pk".to_owned(), text(pk));
    attributes.insert("sk".to_owned(), text(sk));
    attributes
}

/// The sort key of the row in its lists.
pub(crate) fn place(row: &IndexRow) -> String {
    keys::place(row.created_at, &row.action)
}

fn identity(identity: &Identity) -> AttributeValue {
    texts([identity.issuer.clone(), identity.subject.clone()])
}

fn read_identity(value: &AttributeValue) -> Result<Identity, AttributeError> {
    match value {
        AttributeValue::L(pair) => match pair.as_slice() {
            [AttributeValue::S(issuer), AttributeValue::S(subject)] => {
                Ok(Identity { issuer: issuer.clone(), subject: subject.clone() })
            }
            _ => Err(no_identity()),
        },
        _ => Err(no_identity()),
    }
}

fn no_identity() -> AttributeError {
    AttributeError::other("principal, deciders or who", "pair of issuer and subject")
}
