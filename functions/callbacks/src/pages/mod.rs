//! The pages for people: the inbox, the history and the page of one action, with its form.

mod change;
mod choices;
mod decide;
mod decision_form;
mod denied;
mod history;
mod inbox;
mod paging;
mod rejected_form;
mod resolve;
mod review;
mod timeline;
mod undelivered;
mod words;

pub(crate) use decide::post_decision;
pub(crate) use history::get_history;
pub(crate) use inbox::get_inbox;
pub(crate) use review::get_review_page;
