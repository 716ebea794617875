//! Linking an account, in Teams' forms.

use teams::{Invoke, LinkPress, LinkStep, Reply, link_agree, link_code};

use super::TeamsApp;
use super::account::account;
use crate::app::Callbacks;
use crate::chat::told::NO_NAME;
use crate::chat::{ChatLink, ChatLinkStep};

/// What the user of an account is shown next.
pub(super) fn shown(invoke: Invoke, link: &ChatLink, reference: &str) -> Reply {
    match link {
        ChatLink::Code { reference, page, wrong } => link_code(invoke, reference, page, *wrong),
        ChatLink::Agree(person) => {
            link_agree(invoke, reference, &person.subject).unwrap_or_else(|| Reply::sentence(invoke, NO_NAME))
        }
        ChatLink::Ended(sentence) => Reply::sentence(invoke, sentence),
    }
}

/// A button of linking. The account is judged anew in each step.
pub(super) async fn answer_to_link(callbacks: &Callbacks, teams: &TeamsApp, press: &LinkPress) -> Reply {
    let LinkPress { presser, invoke, reference, step } = press;
    let account = match account(teams, presser).await {
        Ok(account) => account.account,
        Err(no) => return Reply::refused(*invoke, no),
    };
    let step = match step {
        LinkStep::Code(typed) => ChatLinkStep::Code(typed),
        LinkStep::Agree => ChatLinkStep::Agree,
    };
    shown(*invoke, &callbacks.link_in_chat(&account, reference, step).await, reference)
}
