//! Linking an account, in Slack's modals.

use slack::{CODE_INPUT, LinkStep, LinkSubmission, link_agree, link_code};

use super::SlackApp;
use super::account::account;
use super::answered::Answered;
use super::told::notice;
use crate::accounts::LinkRefusal;
use crate::app::Callbacks;
use crate::chat::told::NO_NAME;
use crate::chat::{ChatLink, ChatLinkStep};

/// What the user of an account is shown next.
pub(super) fn shown(link: ChatLink, reference: &str) -> Answered {
    match link {
        ChatLink::Code { wrong: Some(wrong), .. } => Answered::Wrong(vec![(CODE_INPUT.to_owned(), wrong)]),
        ChatLink::Code { reference, page, wrong: None } => link_code(&reference, &page)
            .map_or_else(|_| notice(LinkRefusal::Unavailable.sentence()), Answered::Show),
        ChatLink::Agree(person) => {
            link_agree(reference, &person.subject).map_or_else(|_| notice(NO_NAME), Answered::Show)
        }
        ChatLink::Ended(sentence) => notice(sentence),
    }
}

/// A submitted modal of linking. The account is judged anew in each step.
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
    let step = match step {
        LinkStep::Code(typed) => ChatLinkStep::Code(typed),
        LinkStep::Agree => ChatLinkStep::Agree,
    };
    shown(callbacks.link_in_chat(&account, reference, step).await, reference)
}
