//! Whose account it is, by Teams' own list of a conversation's members.

use channel::DeliveryError;
use serde_json::Value;

use crate::activity::{Presser, is_person};
use crate::json::text;
use crate::refused::Refused;

/// What Teams says about one member of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The object id in Entra ID, in lower case.
    pub object: String,
    /// The organisation that the account is of, in lower case.
    pub tenant: String,
    /// The name with which it signs in, in lower case, if Teams says it.
    pub sign_in_name: Option<String>,
    /// `user`, `guest`, `anonymous` or another word, in lower case, if Teams says it.
    pub role: Option<String>,
    /// Whether nothing marks it as an agent's or a bot's.
    pub person: bool,
}

impl Member {
    /// Reads the Connector's answer; some of its endpoints name the object id `objectId`. `None` if an id is missing.
    #[must_use]
    pub(crate) fn read(answer: &Value) -> Option<Self> {
        let lower = |name: &str| text(answer, name).map(str::to_ascii_lowercase);
        Some(Self {
            object: lower("/aadObjectId").or_else(|| lower("/objectId"))?,
            tenant: lower("/tenantId")?,
            sign_in_name: lower("/userPrincipalName"),
            role: lower("/userRole"),
            person: is_person(answer) && text(answer, "/id").is_none_or(|id| id.starts_with("29:")),
        })
    }
}

/// Confirms that the press is of one of the organisation's own people. A look-up that failed refuses. In a channel that
/// is shared with another organisation the activity names the host's tenant, and only the member's own tells.
///
/// # Errors
/// [`Refused`].
pub fn judge(presser: &Presser, looked_up: Result<&Member, &DeliveryError>) -> Result<(), Refused> {
    let member = looked_up.map_err(|_| Refused::NotConfirmed)?;
    if member.object != presser.account.object {
        return Err(Refused::NotConfirmed);
    }
    if member.tenant != presser.account.tenant {
        return Err(Refused::OtherTenant);
    }
    if !member.person {
        return Err(Refused::NotAPerson);
    }
    let marked = member.sign_in_name.as_ref().is_some_and(|name| name.contains("#ext#"));
    let known = match member.role.as_deref() {
        Some("user" | "owner") => true,
        Some(_) => return Err(Refused::Guest),
        None => member.sign_in_name.is_some(),
    };
    if marked || !known { Err(Refused::Guest) } else { Ok(()) }
}
