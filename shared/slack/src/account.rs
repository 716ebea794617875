//! Whether an account, or a conversation, belongs to the organisation. What is not known refuses.

use channel::DeliveryError;
use serde::Deserialize;

use crate::read::Presser;
use crate::refused::Refused;

/// Which accounts are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The workspace where the app is installed (`T…`).
    pub team: Option<String>,
    /// The Enterprise Grid organisation (`E…`), if all of its workspaces are ours.
    pub enterprise: Option<String>,
}

/// An account as `users.info` describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    id: String,
    team_id: Option<String>,
    name: Option<String>,
    deleted: Option<bool>,
    is_bot: Option<bool>,
    is_restricted: Option<bool>,
    is_ultra_restricted: Option<bool>,
    #[serde(default)]
    is_stranger: bool,
    #[serde(default)]
    is_invited_user: bool,
    #[serde(default)]
    is_workflow_bot: bool,
    #[serde(default)]
    is_connector_bot: bool,
    enterprise_user: Option<EnterpriseUser>,
}

#[derive(Debug, Clone, Deserialize)]
struct EnterpriseUser {
    id: Option<String>,
    enterprise_id: Option<String>,
}

impl User {
    /// What Slack calls the account. Its owner chooses it: it is for showing, and says nothing about who it is.
    #[must_use]
    pub fn shown_as(&self) -> &str {
        self.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&self.id)
    }
}

/// An account that belongs to the organisation: the key under which it is linked to a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// The organisation (`E…`) where the account is known by it, else the workspace (`T…`).
    pub organisation: String,
    /// The account (`U…`, `W…`).
    pub user: String,
}

/// Decides by a fresh look-up whether whoever pressed belongs to the organisation: no stranger, guest, bot or deactivated
/// account, and nobody of another workspace or organisation. A look-up that failed refuses.
///
/// # Errors
/// [`Refused`].
pub fn judge(
    presser: &Presser,
    looked_up: &Result<User, DeliveryError>,
    home: &Home,
) -> Result<Account, Refused> {
    if home.team.is_none() && home.enterprise.is_none() {
        return Err(Refused::NoHome);
    }
    let user = looked_up.as_ref().map_err(|_| Refused::Unknown)?;
    let organisation_id = user.enterprise_user.as_ref().and_then(|known| known.id.as_ref());
    if user.id != presser.user && organisation_id != Some(&presser.user) {
        return Err(Refused::Incomplete);
    }
    let known = |flag: Option<bool>| flag.ok_or(Refused::Incomplete);
    if user.is_stranger {
        return Err(Refused::OtherOrganisation);
    }
    let organisation = organisation(presser, user, home)?;
    if known(user.deleted)? || user.is_invited_user {
        return Err(Refused::Inactive);
    }
    if known(user.is_bot)? || user.is_workflow_bot || user.is_connector_bot || user.id == "USLACKBOT" {
        return Err(Refused::Bot);
    }
    if known(user.is_restricted)? || known(user.is_ultra_restricted)? {
        return Err(Refused::Guest);
    }
    Ok(Account { organisation, user: presser.user.clone() })
}

/// The organisation by which the account is ours. Both the look-up and the signed payload have to agree.
fn organisation(presser: &Presser, user: &User, home: &Home) -> Result<String, Refused> {
    let team = user.team_id.as_ref().ok_or(Refused::Incomplete)?;
    let enterprise = user.enterprise_user.as_ref().and_then(|known| known.enterprise_id.as_ref());
    let ours = match (&home.enterprise, &home.team) {
        (Some(ours), _) if enterprise == Some(ours) => ours,
        (_, Some(ours)) if team == ours => ours,
        _ => return Err(Refused::OtherOrganisation),
    };
    let named = &presser.organisation;
    let agrees = named == team || home.team.as_ref() == Some(named) || enterprise == Some(named);
    if agrees { Ok(ours.clone()) } else { Err(Refused::OtherOrganisation) }
}

/// A conversation as `conversations.info` describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Conversation {
    #[serde(default)]
    is_im: bool,
    is_archived: Option<bool>,
    is_member: Option<bool>,
    is_ext_shared: Option<bool>,
    #[serde(default)]
    is_pending_ext_shared: bool,
    #[serde(default)]
    is_shared: bool,
    #[serde(default)]
    is_org_shared: bool,
}

impl Conversation {
    /// Whether reviews may be sent there: the app is a member, it is not archived, and nobody of another organisation reads
    /// along (now, or once an invitation is accepted). A direct message is judged by its account instead.
    ///
    /// # Errors
    /// [`Refused`]; what the answer does not say refuses.
    pub fn check(&self) -> Result<(), Refused> {
        let shared = self.is_pending_ext_shared || (self.is_shared && !self.is_org_shared);
        if self.is_im {
            return if shared || self.is_ext_shared == Some(true) {
                Err(Refused::SharedConversation)
            } else {
                Ok(())
            };
        }
        let known = |flag: Option<bool>| flag.ok_or(Refused::Incomplete);
        if shared || known(self.is_ext_shared)? {
            return Err(Refused::SharedConversation);
        }
        match known(self.is_archived)? || !known(self.is_member)? {
            true => Err(Refused::ClosedConversation),
            false => Ok(()),
        }
    }
}
