//! Linking an account in chat: the invitation, the code that its page shows, and the person's name before it counts.

use domain::Person;
use store::ChatAccount;

use crate::accounts::LinkRefusal;
use crate::app::Callbacks;

const LINKED: &str = "The account is linked. It answers in your name once that is recorded, in a few seconds: press the button again.";

/// What the user of an account typed or pressed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ChatLinkStep<'a> {
    /// The code that the page shows.
    Code(&'a str),
    /// That the person's name is theirs.
    Agree,
}

/// What they are shown next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChatLink {
    /// The way to the page, and the question for its code.
    Code {
        /// The invitation's reference.
        reference: String,
        /// The address of its page.
        page: String,
        /// What was wrong with the code that they typed.
        wrong: Option<&'static str>,
    },
    /// In whose name the account would answer.
    Agree(Person),
    /// How it ended.
    Ended(&'static str),
}

impl Callbacks {
    /// W10: invites the account of a press to be linked. Nothing was decided by the press.
    pub(crate) async fn invite_in_chat(&self, account: &ChatAccount, shown_as: &str) -> ChatLink {
        match self.invite(account, shown_as).await {
            Ok(invited) => ChatLink::Code { reference: invited.reference, page: invited.url, wrong: None },
            Err(no) => ChatLink::Ended(no.sentence()),
        }
    }

    /// W10: takes the code and shows the person's name, then links. The platform's route judges the account anew in each step.
    pub(crate) async fn link_in_chat(
        &self,
        account: &ChatAccount,
        reference: &str,
        step: ChatLinkStep<'_>,
    ) -> ChatLink {
        let code = match step {
            ChatLinkStep::Code(code) => code,
            ChatLinkStep::Agree => {
                let linked = self.accept(account, reference).await;
                return ChatLink::Ended(linked.map_or_else(|no| no.sentence(), |_| LINKED));
            }
        };
        match self.confirm(account, reference, code).await {
            Ok(person) => ChatLink::Agree(person),
            Err(no @ (LinkRefusal::WrongCode { .. } | LinkRefusal::NotConfirmed)) => ChatLink::Code {
                reference: reference.to_owned(),
                page: self.link_page_url(reference),
                wrong: Some(no.sentence()),
            },
            Err(no) => ChatLink::Ended(no.sentence()),
        }
    }
}
