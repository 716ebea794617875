//! The session of a browser: who is signed in, and with which groups. A session shows pages and can deny; it never approves.

use std::collections::BTreeSet;

use domain::{Digest, Person, Timestamp};
use identity::Groups;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::directory::NamedGroups;
use crate::refusal::{LEFT_OUT, RequestRejection};

/// A browser in which a person has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Identifies this session; never shown.
    pub id: String,
    pub person: Person,
    pub display: String,
    pub groups: SessionGroups,
    /// Every POST must contain this token.
    pub csrf: String,
    pub until: Timestamp,
}

impl Session {
    /// Whether a form has the CSRF token of this session. Compared in constant time.
    pub(crate) fn has_csrf_token(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }

    /// The content of the session's cookie.
    pub(crate) fn write(&self) -> Value {
        json!({
            "id": self.id, "issuer": self.person.issuer, "subject": self.person.subject, "display": self.display,
            "groups": self.groups.write(), "csrf": self.csrf, "until": self.until.millis(),
        })
    }

    /// The session from the content of its cookie; `None` when a field is missing or has another type.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            id: text("id")?,
            person: Person { issuer: text("issuer")?, subject: text("subject")? },
            display: text("display")?,
            groups: SessionGroups::read(value.get("groups")?)?,
            csrf: text("csrf")?,
            until: Timestamp::from_millis(value.get("until")?.as_i64()?),
        })
    }

    /// C17: the refusal; where groups of the person may be missing from this session, it says so.
    pub(crate) fn explained(&self, no: RequestRejection) -> RequestRejection {
        no.left_out(self.groups.left_out)
    }
}

/// C17: the groups of a session. Only groups that the rules name are kept, so that the cookie of a person with hundreds of
/// groups stays small; what could not be kept is told to the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionGroups {
    /// The groups that are kept.
    pub names: Vec<String>,
    /// Whether the identity provider left groups out of the token although the rules read groups from tokens.
    pub left_out: bool,
    /// The number of groups that the rules name and that did not fit into the cookie.
    pub without_room: usize,
    /// Whether the token had groups that the rules did not name at the sign-in.
    pub unnamed: bool,
    /// A fingerprint of the groups that the rules named at the sign-in; only where not all groups of the token were kept.
    /// When the rules name other groups, the person has to sign in again.
    pub chosen_by: Option<String>,
}

impl SessionGroups {
    /// The groups of a token that the rules name; those in `first` come first.
    pub(crate) fn choose(token: &Groups, named: &NamedGroups, first: &BTreeSet<String>) -> Self {
        let claimed: BTreeSet<&String> = token.names.iter().collect();
        let counts = |name: &&&String| !named.listed.contains(**name);
        let wanted = claimed.iter().filter(|name| first.contains(**name)).filter(counts);
        let others =
            claimed.iter().filter(|name| named.claimable.contains(**name) && !first.contains(**name));
        let names: Vec<String> = wanted.chain(others).map(|name| (*name).clone()).collect();
        let chosen_by = (token.left_out || names.len() < claimed.len()).then(|| fingerprint(named));
        let unnamed = claimed.iter().filter(counts).count() > names.len();
        let any_counts = named.claimable.union(first).any(|name| !named.listed.contains(name));
        Self { names, left_out: token.left_out && any_counts, without_room: 0, unnamed, chosen_by }
    }

    /// Drops the last group; false when there is none left.
    pub(crate) fn drop_last(&mut self) -> bool {
        let one = self.names.pop().is_some();
        self.without_room += usize::from(one);
        one
    }

    /// Whether the person may have groups that this session does not contain.
    pub(crate) fn is_partial(&self) -> bool {
        self.without_room > 0 || self.unnamed
    }

    /// What the person is told about groups that are missing.
    pub(crate) fn notices(&self) -> Vec<String> {
        let room = match self.without_room {
            0 => None,
            left => Some(format!(
                "You belong to more groups that the rules name than your browser can store: {left} of them are missing here. \
                 Requests that ask only the missing groups are not in these lists; open them by their own links. Ask your \
                 administrator to send only the groups assigned to this application."
            )),
        };
        self.left_out.then(|| LEFT_OUT.to_owned()).into_iter().chain(room).collect()
    }

    /// Whether the rules name other groups than when this session's groups were chosen, so that it may lack one.
    pub(crate) fn is_outdated(&self, named: &NamedGroups) -> bool {
        self.chosen_by.as_ref().is_some_and(|chosen_by| *chosen_by != fingerprint(named))
    }

    fn write(&self) -> Value {
        json!({
            "names": self.names, "left_out": self.left_out, "without_room": self.without_room, "unnamed": self.unnamed,
            "chosen_by": self.chosen_by,
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let names = value.get("names")?.as_array()?.iter();
        let chosen_by = match value.get("chosen_by")? {
            Value::Null => None,
            text => Some(text.as_str()?.to_owned()),
        };
        Some(Self {
            names: names.map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            left_out: value.get("left_out")?.as_bool()?,
            without_room: usize::try_from(value.get("without_room")?.as_u64()?).ok()?,
            unnamed: value.get("unnamed")?.as_bool()?,
            chosen_by,
        })
    }
}

/// A digest of the groups that can come from a token.
fn fingerprint(named: &NamedGroups) -> String {
    let text = json!(named.claimable).to_string();
    Digest::of(text.as_bytes()).to_string()
}
