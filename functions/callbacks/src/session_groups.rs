//! C17: which of the groups in a token a session keeps: those that rules name. A person of hundreds of groups keeps the few that
//! matter, and what could not be kept is said.

use std::collections::BTreeSet;

use domain::{Digest, Fault};
use identity::Groups;
use serde_json::{Value, json};

use crate::app::Callbacks;
use crate::attempt::Purpose;
use crate::directory::NamedGroups;
use crate::refusal::{LEFT_OUT, RequestRejection};
use crate::review_context::ReviewContext;
use crate::session::Session;

/// The groups of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionGroups {
    /// Those that are kept.
    pub names: Vec<String>,
    /// Whether the provider left groups out of the token, and a token's groups count for anything.
    pub left_out: bool,
    /// How many that rules name the cookie has no room for.
    pub without_room: usize,
    /// Whether some of the token's were none that the rules named.
    pub unnamed: bool,
    /// Which groups the rules named then, where not all of the token's are kept: once they name others, the person signs
    /// in again.
    pub chosen_by: Option<String>,
}

impl SessionGroups {
    /// Those of a token that the rules name, `first` in front.
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

    /// Leaves the last one out; false when there is none.
    pub(crate) fn leave_one_out(&mut self) -> bool {
        let one = self.names.pop().is_some();
        self.without_room += usize::from(one);
        one
    }

    /// Whether there may be groups of the person that this session does not know.
    pub(crate) fn is_partial(&self) -> bool {
        self.without_room > 0 || self.unnamed
    }

    /// What the person is told of groups that are missing.
    pub(crate) fn notices(&self) -> Vec<String> {
        let room = match self.without_room {
            0 => None,
            left => Some(format!(
                "You are in more groups that the rules name than your browser can keep: {left} of them are missing here. What \
                 only they are asked is not in these lists; open it by its own link. Ask your administrator to send only the \
                 groups assigned to this application."
            )),
        };
        self.left_out.then(|| LEFT_OUT.to_owned()).into_iter().chain(room).collect()
    }

    pub(crate) fn write(&self) -> Value {
        json!({
            "names": self.names, "left_out": self.left_out, "without_room": self.without_room, "unnamed": self.unnamed,
            "chosen_by": self.chosen_by,
        })
    }

    pub(crate) fn read(value: &Value) -> Option<Self> {
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

/// Which groups these are, in few letters.
fn fingerprint(named: &NamedGroups) -> String {
    let text = json!(named.claimable).to_string();
    Digest::of(text.as_bytes()).to_string()
}

impl Callbacks {
    /// The groups that a session of this token keeps; the person comes for this.
    ///
    /// # Errors
    /// [`Fault`] when nobody can tell which groups the rules name.
    pub(crate) async fn session_groups(
        &self,
        token: &Groups,
        purpose: &Purpose,
    ) -> Result<SessionGroups, Fault> {
        let named = match token.names.is_empty() && !token.left_out {
            true => NamedGroups::default(),
            false => self.capabilities.directory.groups().await?,
        };
        let chosen = SessionGroups::choose(token, &named, &BTreeSet::new());
        match purpose.action().filter(|_| token.left_out || chosen.unnamed || !chosen.names.is_empty()) {
            Some(action) => {
                let item = self.capabilities.state.item(&action).await;
                let item = item.map_err(|error| Fault::passing(error.to_string()))?;
                let asked = item.as_ref().and_then(ReviewContext::of).map(|context| context.asked_groups());
                Ok(SessionGroups::choose(token, &named, &asked.unwrap_or_default()))
            }
            None => Ok(chosen),
        }
    }

    /// This refusal to somebody whose provider left groups out of the token: with that as a reason where a token's groups count
    /// for anything by the rules in force, or nobody can tell.
    pub(crate) async fn because_left_out(&self, no: RequestRejection, left_out: bool) -> RequestRejection {
        if !left_out || !no.depends_on_groups() {
            return no;
        }
        let counts = self.capabilities.directory.groups().await.map(|groups| !groups.claimable.is_empty());
        no.left_out(counts.unwrap_or(true))
    }

    /// Whether the rules name other groups than when this session's were chosen, so that it may lack one.
    ///
    /// # Errors
    /// [`Fault`] when nobody can tell which groups the rules name.
    pub(crate) async fn has_outdated_groups(&self, session: &Session) -> Result<bool, Fault> {
        let Some(chosen_by) = &session.groups.chosen_by else { return Ok(false) };
        Ok(*chosen_by != fingerprint(&self.capabilities.directory.groups().await?))
    }
}

impl Session {
    /// C17: this refusal, and why where groups of the person may be missing.
    pub(crate) fn explained(&self, no: RequestRejection) -> RequestRejection {
        no.left_out(self.groups.left_out)
    }
}
