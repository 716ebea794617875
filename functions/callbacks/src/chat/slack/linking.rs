//! Linking an account in Slack: the invitation, the code that its page shows, and the person's name before it counts.

use slack::{CODE_INPUT, LinkStep, LinkSubmission, link_agree, link_code};

use super::SlackApp;
use super::answer::{Answered, SlackAccount, account};
use super::told::{LINKED, NO_NAME, notice};
use crate::accounts::LinkRefusal;
use crate::app::Callbacks;

/// W10: invites the account of a press to be linked. Nothing was decided by the press.
pub(super) async fn invite(callbacks: &Callbacks, account: &SlackAccount) -> Answered {
    let invitation = match callbacks.invite(&account.account, &account.shown_as).await {
        Ok(invitation) => invitation,
        Err(no) => return notice(no.sentence()),
    };
    match link_code(&invitation.reference, &invitation.url) {
        Ok(view) => Answered::Show(view),
        Err(_) => notice(LinkRefusal::Unavailable.sentence()),
    }
}

/// W10: takes the code and shows the person's name, then links. The account is judged anew in each step.
pub(super) async fn answer_to_link(
    callbacks: &Callbacks,
    slack: &SlackApp,
    submission: &LinkSubmission,
) -> Answered {
    let LinkSubmission { presser, reference, step } = submission;
    let account = match account(slack, presser).await {
        Ok(account) => account.account,
        Err(told) => return told,
    };
    match step {
        LinkStep::Code(typed) => match callbacks.confirm(&account, reference, typed).await {
            Ok(person) => {
                link_agree(reference, &person.subject).map_or_else(|_| notice(NO_NAME), Answered::Show)
            }
            Err(no @ (LinkRefusal::WrongCode { .. } | LinkRefusal::NotConfirmed)) => {
                Answered::Wrong(vec![(CODE_INPUT.to_owned(), no.sentence())])
            }
            Err(no) => notice(no.sentence()),
        },
        LinkStep::Agree => match callbacks.accept(&account, reference).await {
            Ok(_) => notice(LINKED),
            Err(no) => notice(no.sentence()),
        },
    }
}
