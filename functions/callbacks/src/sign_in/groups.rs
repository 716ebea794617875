//! C17: which groups of a token a new session keeps.

use std::collections::BTreeSet;

use domain::Fault;
use identity::Groups;

use super::attempt::Purpose;
use crate::app::Callbacks;
use crate::directory::NamedGroups;
use crate::session::{Session, SessionGroups};
use crate::verdicts::ReviewContext;

impl Callbacks {
    /// The groups of a token that a new session keeps. Where the person comes for one action, the groups that are asked there
    /// come first.
    ///
    /// # Errors
    /// [`Fault`] when the rules in force or the action cannot be read.
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

    /// Whether the rules name other groups than at this session's sign-in, so that the session may lack one.
    ///
    /// # Errors
    /// [`Fault`] when the rules in force cannot be read.
    pub(crate) async fn has_outdated_groups(&self, session: &Session) -> Result<bool, Fault> {
        match session.groups.chosen_by {
            Some(_) => Ok(session.groups.is_outdated(&self.capabilities.directory.groups().await?)),
            None => Ok(false),
        }
    }
}
