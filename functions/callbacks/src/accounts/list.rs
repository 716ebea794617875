//! The page "Linked accounts": what answers in the person's name, with a button each to end it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{AccountLink, ChatAccount, Digest};
use maud::{Markup, html};
use runtime::Code;

use super::page::{OTHER_SESSION, described};
use crate::app::Callbacks;
use crate::form::{Fields, read_form};
use crate::layout::{Link, NavTab, html_response, page, refused};
use crate::refusal::RequestRejection;
use crate::session::Session;
use crate::sign_in::{redirect_to_sign_in_by_page, see_other};

const PATH: &str = "/accounts";
const BACK: Link<'static> = Link { address: PATH, label: "Back to the list" };

/// `GET /accounts`.
pub(crate) async fn get_accounts(State(callbacks): State<Arc<Callbacks>>, headers: HeaderMap) -> Response {
    let session = match callbacks.session_or_sign_in(&headers, PATH).await {
        Ok(session) => session,
        Err(response) => return *response,
    };
    match callbacks.capabilities.accounts.accounts_of(&session.person).await {
        Ok(links) => {
            let body = listed(&session, &links);
            html_response(StatusCode::OK, &page(Some(&session), NavTab::Accounts, "Linked accounts", &body))
        }
        Err(fault) => refused(Some(&session), &fault.into(), Some(Link::INBOX)),
    }
}

/// `POST /accounts/unlink`: ends a link of the person's own.
pub(crate) async fn post_unlink(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let session = match callbacks.session(&headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return redirect_to_sign_in_by_page(PATH),
        Err(fault) => return refused(None, &fault.into(), Some(BACK)),
    };
    let ended = async {
        let fields = read_form(&headers, body).await?;
        if !fields.get("csrf").is_some_and(|csrf| session.has_csrf_token(csrf)) {
            return Err(RequestRejection::new(Code::StaleDigest, OTHER_SESSION));
        }
        callbacks.end_link(&session, &fields).await
    };
    match ended.await {
        Ok(()) => see_other(PATH, []),
        Err(no) => refused(Some(&session), &no, Some(BACK)),
    }
}

impl Callbacks {
    /// Ends the link that the form names, if it is this person's; one that has ended already is no error.
    async fn end_link(&self, session: &Session, fields: &Fields) -> Result<(), RequestRejection> {
        let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let account = ChatAccount { channel: text("channel"), id: text("id") };
        let statement: Option<Digest> = text("statement").parse().ok();
        let link = self.capabilities.accounts.account(&account).await?;
        let Some(link) = link.filter(|link| Some(link.statement) == statement) else { return Ok(()) };
        if link.person != session.person {
            return Err(RequestRejection::not_found());
        }
        let now = self.capabilities.clock.now();
        self.capabilities.account_writer.unlink(&link, &session.person, now).await?;
        Ok(())
    }
}

fn listed(session: &Session, links: &[AccountLink]) -> Markup {
    html! {
        article class="sheet" {
            header { h1 { "Linked accounts" } }
            section {
                @if links.is_empty() {
                    p { "No chat account is linked to you. Press a button of a message in chat to link yours." }
                } @else {
                    p { "Answers from these accounts count as yours. What you may decide is asked of the directory each time." }
                }
            }
            @for link in links { (one(session, link)) }
        }
    }
}

fn one(session: &Session, link: &AccountLink) -> Markup {
    let AccountLink { account, shown_as, at, statement, .. } = link;
    html! {
        section {
            (described(account, shown_as))
            p class="soft" { "Linked at " (wire::text::rfc3339(*at)) "." }
            form method="post" action="/accounts/unlink" {
                input type="hidden" name="csrf" value=(session.csrf);
                input type="hidden" name="channel" value=(account.channel);
                input type="hidden" name="id" value=(account.id);
                input type="hidden" name="statement" value=(statement);
                button class="plain" { "Unlink" }
            }
        }
    }
}
