//! Pages: server-rendered, no script, one stylesheet.

mod change;
mod denied;
mod history;
mod inbox;
mod paging;
mod review;
mod timeline;
mod words;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::refusal::No;
use crate::session::Session;

pub(crate) use change::read as read_change;
pub(crate) use history::get_history;
pub(crate) use inbox::get_inbox;
pub(crate) use review::get_review_page;

/// The stylesheet, as it is.
pub(crate) const STYLE: &str = include_str!("../../assets/style.css");
/// Everything a page may load or send by itself; forms go to us and, redirected, to the provider's own address.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Which of the two lists one is looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Inbox,
    History,
    Elsewhere,
}

/// A whole page.
pub(crate) fn page(session: Option<&Session>, place: Place, title: &str, body: &Markup) -> Markup {
    let current = |here: Place| (place == here).then_some("page");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Countersign" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header class="top" {
                    a class="brand" href="/" { "Countersign" }
                    @if let Some(session) = session {
                        span {
                            nav {
                                a href="/" aria-current=[current(Place::Inbox)] { "Inbox" }
                                a href="/history" aria-current=[current(Place::History)] { "History" }
                            }
                            " " (who(session)) " "
                            form method="post" action="/signout" {
                                input type="hidden" name="csrf" value=(session.csrf);
                                button class="plain" { "Sign out" }
                            }
                        }
                    }
                }
                main { (body) }
            }
        }
    }
}

fn who(session: &Session) -> String {
    let shown = session.groups.iter().take(3).map(String::as_str);
    let names: Vec<&str> = std::iter::once(session.display.as_str()).chain(shown).collect();
    let more = session.groups.len().saturating_sub(3);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(" · ") + &rest
}

/// One notice in the place of a page.
pub(crate) fn notice(
    session: Option<&Session>,
    title: &str,
    text: &str,
    link: Option<(&str, &str)>,
) -> Markup {
    let body = html! {
        article class="sheet" {
            header { h1 { (title) } }
            section {
                p { (text) }
                @if let Some((address, label)) = link { p { a href=(address) { (label) } } }
            }
        }
    };
    page(session, Place::Elsewhere, title, &body)
}

/// The page for a refusal.
pub(crate) fn refused(session: Option<&Session>, no: &No, link: Option<(&str, &str)>) -> Response {
    let markup = notice(session, no.code.title(), &no.detail, link);
    answer(no.code.status(), &markup, None)
}

/// HTML with its policy; `sign_in` is the provider's origin, where a form on this page may be redirected.
pub(crate) fn answer(status: StatusCode, markup: &Markup, sign_in: Option<&str>) -> Response {
    let mut response = (status, axum::response::Html(markup.0.clone())).into_response();
    let targets = sign_in.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = HeaderValue::from_str(&format!("{POLICY}; form-action 'self'{targets}"));
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
