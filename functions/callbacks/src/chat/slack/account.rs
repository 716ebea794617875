//! Whose press it is.

use slack::{Presser, judge};
use store::ChatAccount;

use super::SlackApp;
use super::answered::Answered;
use super::told::{account_refusal, notice};

/// An account of the organisation.
pub(super) struct SlackAccount {
    pub account: ChatAccount,
    /// Its name there. Its owner chooses it: it is only shown.
    pub shown_as: String,
}

/// W9, C36, C43: the account that Slack's signature names, judged by a look-up made now, and its name there.
pub(super) async fn account(slack: &SlackApp, presser: &Presser) -> Result<SlackAccount, Answered> {
    let looked_up = slack.looked_up(&presser.user).await;
    let account = judge(presser, &looked_up, &slack.home).map_err(|no| {
        tracing::info!(check = %no, "an account may not answer");
        notice(account_refusal(no))
    })?;
    let shown_as = looked_up.map_or_else(|_| account.user.clone(), |user| user.shown_as().to_owned());
    let id = format!("{}/{}", account.organisation, account.user);
    Ok(SlackAccount { account: ChatAccount { channel: "slack".to_owned(), id }, shown_as })
}
