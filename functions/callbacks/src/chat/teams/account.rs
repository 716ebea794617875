//! Whose press it is.

use std::time::Duration;

use store::ChatAccount;
use teams::{Presser, Refused, judge};

use super::TeamsApp;
use crate::chat::request::within;

/// How long a look-up may take, a new token of the bot included: a phone repeats a press that was not answered within three seconds.
const LONGEST: Duration = Duration::from_secs(2);

/// An account of the organisation.
pub(super) struct TeamsAccount {
    pub account: ChatAccount,
    /// The name with which it signs in, or its id: it is only shown.
    pub shown_as: String,
}

/// W9, C36, C43: the account that Teams names, judged by a look-up made now.
pub(super) async fn account(teams: &TeamsApp, presser: &Presser) -> Result<TeamsAccount, Refused> {
    let member = within("teams", LONGEST, teams.platform.member(presser)).await;
    judge(presser, member.as_ref())
        .inspect_err(|no| tracing::info!(check = %no, "an account may not answer"))?;
    let object = &presser.account.object;
    let shown_as = member.ok().and_then(|member| member.sign_in_name).unwrap_or_else(|| object.clone());
    let id = format!("{}/{object}", presser.account.tenant);
    Ok(TeamsAccount { account: ChatAccount { channel: "teams".to_owned(), id }, shown_as })
}
