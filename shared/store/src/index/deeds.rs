//! What one record adds to somebody's past: pure, the same for the table and its double.
//!
//! A deed is an item of its own, named by its event: whoever applies the record, however often and in whatever order, it
//! counts once, and no two writers ever wait for each other.

use std::collections::HashMap;

use domain::{ActionId, Deed, DeedKind, Digest, Look, Timestamp};

use crate::attributes::{AttributeError, AttributeValue, Attributes, Reader, named, number, text};
use crate::{IndexRow, Position};

/// More deeds than this in seven days are not counted: who does more than one a minute has no history.
pub const MAX_DEEDS: usize = 10_000;

/// A deed and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Whose past.
    pub past: Digest,
    /// The action.
    pub action: ActionId,
    /// The event's place.
    pub sequence: u32,
    /// When, and what.
    pub deed: Deed,
    /// Of what ran: how it looked.
    pub look: Option<Look>,
}

/// The deed that a record adds, if it adds one.
#[must_use]
pub fn done(position: &Position, row: &IndexRow) -> Option<Done> {
    let (kind, past) = (position.deed?, row.past?);
    let look = (kind == DeedKind::Executed).then(|| row.look.clone().unwrap_or_default());
    let deed = Deed { at: position.at, kind };
    Some(Done { past, action: row.action.clone(), sequence: position.sequence, deed, look })
}

/// A deed's attributes, without keys: about 200 bytes.
pub(crate) fn counted(done: &Done) -> Attributes {
    named([
        ("action", text(done.action.as_str())),
        ("at", number(done.deed.at.millis())),
        ("kind", text(done.deed.kind.name())),
    ])
}

/// How what ran looked, without keys: about 100 bytes for each parameter.
pub(crate) fn seen(action: &ActionId, seen: &Look) -> Attributes {
    named([("action", text(action.as_str())), ("look", look(seen))])
}

/// The action and the deed that these attributes hold.
pub(crate) fn read_deed(attributes: &Attributes) -> Result<(ActionId, Deed), AttributeError> {
    let reader = Reader(attributes);
    let at = Timestamp::from_millis(reader.number("at")?);
    let kind = DeedKind::named(reader.text("kind")?);
    let kind = kind.ok_or_else(|| AttributeError::other("kind", "kind of deed"))?;
    Ok((reader.parsed("action", "action id")?, Deed { at, kind }))
}

/// The action and how it looked.
pub(crate) fn read_seen(attributes: &Attributes) -> Result<(ActionId, Look), AttributeError> {
    let look = attributes.get("look").ok_or_else(no_look)?;
    Ok((Reader(attributes).parsed("action", "action id")?, read_look(look)?))
}

/// A look as one attribute.
pub(crate) fn look(look: &Look) -> AttributeValue {
    let digest = |digest: &Digest| text(digest.to_string());
    let parameters = look
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.as_ref().map_or(AttributeValue::Null(true), digest)));
    let proven = look.proven.iter().map(|(name, value)| (name.clone(), digest(value)));
    AttributeValue::M(named([
        ("parameters", AttributeValue::M(parameters.collect())),
        ("proven", AttributeValue::M(proven.collect())),
    ]))
}

/// The look this attribute holds.
pub(crate) fn read_look(value: &AttributeValue) -> Result<Look, AttributeError> {
    let AttributeValue::M(parts) = value else { return Err(no_look()) };
    let digest = |value: &AttributeValue| match value {
        AttributeValue::Null(true) => Ok(None),
        AttributeValue::S(text) => text.parse().map(Some).map_err(|_| no_look()),
        _ => Err(no_look()),
    };
    let part = |name: &str| match parts.get(name) {
        Some(AttributeValue::M(values)) => Ok(values),
        _ => Err(no_look()),
    };
    let each = |values: &HashMap<String, AttributeValue>| {
        values.iter().map(|(name, value)| Ok((name.clone(), digest(value)?))).collect::<Result<Vec<_>, _>>()
    };
    let proven = each(part("proven")?)?.into_iter();
    Ok(Look {
        parameters: each(part("parameters")?)?.into_iter().collect(),
        proven: proven.filter_map(|(name, digest)| Some((name, digest?))).collect(),
    })
}

fn no_look() -> AttributeError {
    AttributeError::other("look", "set of digests")
}
