//! The contents of the state table, attribute by attribute, and the images that its stream delivers.
//!
//! | item | attributes |
//! |---|---|
//! | an action, the suspension list, a chat account | `id`, `v` 1, `chain`, `seq`, `events` (each entry's canonical line), `status` (informative), `requeue`, `due_shard`, `due` (epoch ms) |
//! | refused attempts | `id` = `attempt#<action>#<16 hex of SHA-256(issuer\|subject)>`, `v` 1, `action`, `issuer`, `subject`, `code`, `count`, `at` (epoch ms) |
//! | when its proposer last asked for it | `id` = `polled#<action>`, `v` 1, `at` (epoch ms) |
//! | `heartbeat#<2 digits>` | `id`, `v` 1, `requeue`, `at` (epoch ms) |

use domain::{ActionId, Chain, Digest, Fault, State, Timestamp};
use wire::bounds;
use wire::text::Identity;
use wire::{AccountItem, Aggregate, AnyItem, ChainedItem, Entry, Item, ItemError, SuspensionItem};

use crate::attributes::{AttributeError, Attributes, Reader, named, number, text, texts};
use crate::{ClaimConditions, Extended, MAX_REFUSED_VERDICTS, RefusedVerdict, schedule};

/// The version of every item in the state table.
pub(crate) const VERSION: u32 = 1;
/// The prefix of the keys of heartbeats.
const HEARTBEAT: &str = "heartbeat#";

/// How many heartbeats there are. A stream's shards follow the table's partitions, and a key is in one of them by its hash:
/// with so many keys each of four partitions (a new table has no more) has one but for one deployment in two thousand,
/// each of eight but for one in nine.
pub const HEARTBEATS: u8 = 32;

/// What the keys of marks begin with.
const ASKED: &str = "polled#";

/// What one stream record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamImage {
    /// An item, every event folded and its chain as stored.
    Item(Box<AnyItem>),
    /// A signed-in caller was refused, so many times so far.
    RefusedVerdict(RefusedVerdict, u32),
    /// The time at which a proposer asked for an action. It is not an event, and nobody but intake vouches for it.
    Asked,
    /// Nothing happened; sweep shows that the shard with this heartbeat runs.
    Heartbeat(u8),
    /// Written by a newer program; left alone until this one is replaced.
    Newer {
        /// The item's key.
        key: String,
        /// Its version.
        version: u32,
    },
    /// No program of ours writes this.
    Malformed {
        /// The item's key, cut to 80 characters; empty when there is none.
        key: String,
        /// The entry from which on it does not fit; 0 when the item itself does not.
        sequence: u32,
        /// `malformed-item`, `impossible-event`, `foreign-image`, `malformed-record` or `deleted`.
        code: &'static str,
        /// What is wrong, without text from outside.
        reason: String,
    },
}

/// Reads a stream record's keys and new image. It never fails: what this product did not write is
/// [`StreamImage::Malformed`].
#[must_use]
pub fn read(keys: &Attributes, image: &Attributes) -> StreamImage {
    let key = match Reader(keys).text("id").is_ok() {
        true => key(keys),
        false => key(image),
    };
    let malformed =
        |sequence, code, reason: String| StreamImage::Malformed { key: key.clone(), sequence, code, reason };
    if image.is_empty() {
        return malformed(0, "deleted", "the item is gone, and nothing of ours deletes one".to_owned());
    }
    if let Some(number) = heartbeat_number(&key) {
        return StreamImage::Heartbeat(number);
    }
    if key.starts_with(ASKED) {
        return StreamImage::Asked;
    }
    if key.starts_with("attempt#") {
        return match attempt(image) {
            Ok((attempt, count)) => StreamImage::RefusedVerdict(attempt, count),
            Err(error) => malformed(0, "malformed-item", error.to_string()),
        };
    }
    match any_item(image) {
        Ok(item) => StreamImage::Item(Box::new(item)),
        Err(ItemError::NewerVersion(_, version)) => StreamImage::Newer { key, version },
        Err(error @ ItemError::Impossible(sequence, _)) => {
            malformed(sequence, "impossible-event", error.to_string())
        }
        Err(ItemError::Malformed(sequence, reason)) => {
            malformed(sequence, "malformed-item", bounds::cut(&reason, bounds::DETAIL))
        }
    }
}

fn heartbeat_number(key: &str) -> Option<u8> {
    let number = key.strip_prefix(HEARTBEAT)?.parse().ok()?;
    (number < HEARTBEATS && key == heartbeat_key(number)).then_some(number)
}

/// The key of the heartbeat with this number, 0 to [`HEARTBEATS`]−1.
#[must_use]
pub fn heartbeat_key(number: u8) -> String {
    format!("{HEARTBEAT}{number:02}")
}

/// The key in these attributes, cut to 80 characters; empty if there is none.
#[must_use]
pub fn key(attributes: &Attributes) -> String {
    Reader(attributes).text("id").map_or_else(|_| String::new(), |key| key.chars().take(80).collect())
}

/// The action these attributes hold.
///
/// # Errors
/// [`ItemError`]; the stored chain and sequence must be those of the events.
pub fn item(image: &Attributes) -> Result<Item, ItemError> {
    chained(image)
}

/// The suspension list these attributes hold.
///
/// # Errors
/// [`ItemError`]; the stored chain and sequence must be those of the events.
pub fn suspensions(image: &Attributes) -> Result<SuspensionItem, ItemError> {
    chained(image)
}

/// The chat account these attributes hold; its key must be the one of the account that its events name.
///
/// # Errors
/// [`ItemError`]; the stored chain and sequence must be those of the events.
pub fn account(image: &Attributes) -> Result<AccountItem, ItemError> {
    let item = chained(image)?;
    is_account(&item).map_err(|fault| ItemError::Malformed(0, fault.to_string()))?;
    Ok(item)
}

/// The item these attributes hold, an action, the suspension list or a chat account.
///
/// # Errors
/// [`ItemError`]; the stored chain and sequence must be those of the events.
pub fn any_item(image: &Attributes) -> Result<AnyItem, ItemError> {
    let id = Reader(image).text("id").ok().and_then(|id| id.parse::<ActionId>().ok());
    match id {
        Some(id) if id == ActionId::suspensions() => suspensions(image).map(AnyItem::from),
        Some(id) if id.is_account() => account(image).map(AnyItem::from),
        _ => item(image).map(AnyItem::from),
    }
}

fn chained<A: Aggregate>(image: &Attributes) -> Result<ChainedItem<A>, ItemError> {
    let reader = Reader(image);
    let wrong = |error: AttributeError| ItemError::Malformed(0, error.to_string());
    let version: u32 = reader.number("v").map_err(wrong)?;
    if version > VERSION {
        return Err(ItemError::NewerVersion(0, version));
    }
    let id: ActionId = reader.parsed("id", "action id").map_err(wrong)?;
    let chain: Chain = reader.parsed("chain", "digest").map_err(wrong)?;
    let sequence: u32 = reader.number("seq").map_err(wrong)?;
    let item = ChainedItem::<A>::parse(id, reader.texts("events").map_err(wrong)?)?;
    if version != VERSION || item.sequence() == 0 || item.sequence() != sequence || item.chain() != chain {
        return Err(ItemError::Malformed(
            0,
            "version, sequence or chain are not those of its events".to_owned(),
        ));
    }
    Ok(item)
}

/// Reads a change: what the new image is, and how many of its leading events stood there before this write. The others
/// were written by it, so their times must fit the stream's.
///
/// An old image excuses an event's age only where it is itself an item of this version whose events the new one
/// continues. One of other events excuses nothing: so an item is rebuilt from the log, and what it then says is held
/// against the log. Whoever may write the table could write anything else first, and nothing of ours does: such a change
/// is [`StreamImage::Malformed`], whatever the new image says.
#[must_use]
pub fn change(keys: &Attributes, old: &Attributes, new: &Attributes) -> (StreamImage, u32) {
    let image = read(keys, new);
    let StreamImage::Item(now) = &image else { return (image, 0) };
    if old.is_empty() {
        return (image, 0);
    }
    let Ok(before) = any_item(old) else {
        let reason = "what stood there before the item was none of this version".to_owned();
        let key = now.id().to_string();
        return (StreamImage::Malformed { key, sequence: 0, code: "foreign-image", reason }, 0);
    };
    let continued = before.id() == now.id() && now.chain_at(before.sequence()) == Some(before.chain());
    (image, if continued { before.sequence() } else { 0 })
}

/// The attributes of a new item.
#[must_use]
pub fn created<A: Aggregate>(item: &ChainedItem<A>) -> Attributes {
    named([
        ("id", text(item.id().as_str())),
        ("v", number(VERSION)),
        ("chain", text(item.chain().to_string())),
        ("seq", number(item.sequence())),
        ("events", texts(item.entries().iter().map(|entry| entry.line.clone()))),
        ("status", text(item.state().status_name())),
        ("requeue", number(0)),
        ("due_shard", text(schedule::shard(item.id()).to_string())),
        ("due", number(schedule::first_look(item).millis())),
    ])
}

/// The entries of `item` after `from`.
///
/// # Errors
/// A lasting [`Fault`] when the item does not extend that chain.
pub fn extension<A: Aggregate>(from: Chain, item: &ChainedItem<A>) -> Result<&[Entry<A::Event>], Fault> {
    let wrong = || Fault::lasting("the item does not extend the chain it was read with");
    let known =
        (0..item.sequence()).find(|sequence| item.chain_at(*sequence) == Some(from)).ok_or_else(wrong)?;
    let known = usize::try_from(known).map_err(|_| wrong())?;
    item.entries().get(known..).filter(|entries| !entries.is_empty() && known > 0).ok_or_else(wrong)
}

/// What an extension by `item` means that found `stored` there: done already when it is the very same. The client below
/// asks again by itself when an answer is lost, and its second try must not look like somebody else's write.
#[must_use]
pub fn extended<A: Aggregate>(item: &ChainedItem<A>, stored: ChainedItem<A>) -> Extended<ChainedItem<A>> {
    if stored.chain() == item.chain() { Extended::Updated } else { Extended::Differs(Box::new(stored)) }
}

/// The writes of a claim are about different items; one transaction takes no item twice.
///
/// # Errors
/// A lasting [`Fault`].
pub fn apart(item: &Item, conditions: &ClaimConditions<'_>) -> Result<(), Fault> {
    let suspensions = ActionId::suspensions();
    let grant = conditions.grant.map(|(_, item)| item.id());
    let same = *item.id() == suspensions || grant.is_some_and(|id| id == item.id() || *id == suspensions);
    if same { Err(Fault::lasting("a claim names one item twice")) } else { Ok(()) }
}

/// Whoever suspends writes nothing but the suspension list, under its own id and with an event.
///
/// # Errors
/// A lasting [`Fault`].
pub fn is_suspensions(list: &SuspensionItem) -> Result<(), Fault> {
    let suspensions = *list.id() == ActionId::suspensions() && list.sequence() > 0;
    if suspensions { Ok(()) } else { Err(Fault::lasting("only the suspension list is written so")) }
}

/// Whoever links accounts writes nothing but the items of accounts, each under its own id.
///
/// # Errors
/// A lasting [`Fault`].
pub fn is_account(item: &AccountItem) -> Result<(), Fault> {
    let own = item.state().account().map(ActionId::account);
    let account = own.as_ref() == Some(item.id());
    if account { Ok(()) } else { Err(Fault::lasting("a chat account is stored under its own id")) }
}

/// Whether an action can be under this id.
#[must_use]
pub fn is_action(id: &ActionId) -> bool {
    State::owns(id)
}

/// The key of one person's refused attempts at one action, whatever letter case their subject is written in.
#[must_use]
pub fn refused_verdict_key(action: &ActionId, person: &Identity) -> String {
    let subject = person.subject.to_ascii_lowercase();
    let person = Digest::of(format!("{}|{subject}", person.issuer).as_bytes()).hex();
    format!("attempt#{action}#{}", person.get(..16).unwrap_or(&person))
}

/// The key of the mark that says when an action was last asked for.
#[must_use]
pub fn polled_key(action: &ActionId) -> String {
    format!("{ASKED}{action}")
}

/// The attributes of that mark.
#[must_use]
pub fn polled(action: &ActionId, at: Timestamp) -> Attributes {
    let at = number(at.millis());
    named([("id", text(polled_key(action))), ("v", number(VERSION)), ("at", at)])
}

/// What that mark says; one that none of ours writes says nothing.
#[must_use]
pub fn last_polled_at(image: &Attributes) -> Option<Timestamp> {
    Reader(image).number("at").ok().map(Timestamp::from_millis)
}

fn attempt(image: &Attributes) -> Result<(RefusedVerdict, u32), AttributeError> {
    let reader = Reader(image);
    if reader.number::<u32>("v")? != VERSION {
        return Err(AttributeError::other("v", "version that is known"));
    }
    let attempt = RefusedVerdict {
        action: reader.parsed("action", "action id")?,
        person: Identity {
            issuer: reader.text("issuer")?.to_owned(),
            subject: reader.text("subject")?.to_owned(),
        },
        code: reader.text("code")?.to_owned(),
        at: Timestamp::from_millis(reader.number("at")?),
    };
    if reader.text("id")? != refused_verdict_key(&attempt.action, &attempt.person) {
        return Err(AttributeError::other("id", "key of this attempt"));
    }
    refused_verdict_fits(&attempt)
        .map_err(|_| AttributeError::other("issuer, subject or code", "text that fits"))?;
    let count = reader.number("count")?;
    if count > MAX_REFUSED_VERDICTS {
        return Err(AttributeError::other("count", "count within its bound"));
    }
    Ok((attempt, count))
}

/// Whether the attempt is as short as its record and the index need it: asked by who writes it and by who reads it.
///
/// # Errors
/// A lasting [`Fault`].
pub fn refused_verdict_fits(attempt: &RefusedVerdict) -> Result<(), Fault> {
    let fits = bounds::identity(&attempt.person)
        .and_then(|()| bounds::text("the code", &attempt.code, bounds::CODE));
    fits.map_err(|error| Fault::lasting(error.to_string()))
}

/// The attributes of refused attempts, `count` so far.
#[must_use]
pub fn refused_verdict(attempt: &RefusedVerdict, count: u32) -> Attributes {
    named([
        ("id", text(refused_verdict_key(&attempt.action, &attempt.person))),
        ("v", number(VERSION)),
        ("action", text(attempt.action.as_str())),
        ("issuer", text(attempt.person.issuer.clone())),
        ("subject", text(attempt.person.subject.clone())),
        ("code", text(attempt.code.clone())),
        ("count", number(count)),
        ("at", number(attempt.at.millis())),
    ])
}

/// The attributes of the heartbeat with this number after so many heartbeat.
#[must_use]
pub fn heartbeat_item(heartbeat: u8, requeue: u64, at: Timestamp) -> Attributes {
    let (id, at) = (text(heartbeat_key(heartbeat)), number(at.millis()));
    named([("id", id), ("v", number(VERSION)), ("requeue", number(requeue)), ("at", at)])
}
