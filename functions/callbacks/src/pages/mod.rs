//! Pages: server-rendered, no script, one stylesheet.

mod change;
mod choices;
mod denied;
mod history;
mod inbox;
mod paging;
mod review;
mod timeline;
mod words;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::ProviderError;
use maud::{DOCTYPE, Markup, html};

use crate::refusal::RequestRejection;
use crate::session::Session;

pub(crate) use change::read as read_change;
pub(crate) use history::get_history;
pub(crate) use inbox::get_inbox;
pub(crate) use review::get_review_page;

/// The stylesheet, as it is.
pub(crate) const STYLE: &str = include_str!("../../assets/style.css");
/// Everything a page may load or send by itself. Forms go to us alone: no answer to one redirects elsewhere, because browsers
/// hold every redirect after a form against this policy, and nobody knows where a provider's own redirects lead.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Which of the two lists one is looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NavTab {
    Inbox,
    History,
    Elsewhere,
}

/// A whole page.
pub(crate) fn page(session: Option<&Session>, place: NavTab, title: &str, body: &Markup) -> Markup {
    whole(session, place, title, &Markup::default(), body)
}

fn whole(session: Option<&Session>, place: NavTab, title: &str, head: &Markup, body: &Markup) -> Markup {
    let current = |here: NavTab| (place == here).then_some("page");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Countersign" }
                link rel="stylesheet" href="/style.css";
                (head)
            }
            body {
                header class="top" {
                    a class="brand" href="/" { "Countersign" }
                    @if let Some(session) = session {
                        span {
                            nav {
                                a href="/" aria-current=[current(NavTab::Inbox)] { "Inbox" }
                                a href="/history" aria-current=[current(NavTab::History)] { "History" }
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
    let shown = session.groups.names.iter().take(3).map(String::as_str);
    let names: Vec<&str> = std::iter::once(session.display.as_str()).chain(shown).collect();
    let more = session.groups.names.len().saturating_sub(3);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(" · ") + &rest
}

/// C17: what is missing of the person's groups, above whatever depends on them.
fn missing_groups(session: &Session) -> Markup {
    let notices = session.groups.notices();
    html! {
        @if !notices.is_empty() {
            div class="sheet" { @for notice in &notices { div class="notice" { (notice) } } }
        }
    }
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
    page(session, NavTab::Elsewhere, title, &body)
}

/// The page for a refusal.
pub(crate) fn refused(
    session: Option<&Session>,
    no: &RequestRejection,
    link: Option<(&str, &str)>,
) -> Response {
    let body = html! {
        article class="sheet" {
            header { h1 { (no.title()) } }
            section {
                p { (no.detail) }
                @if let Some((address, label)) = link { p { a href=(address) { (label) } } }
            }
            @if let Some(words) = no.page_words.as_ref().and_then(|words| words.quoted.as_ref()) { (quoted(words)) }
        }
    };
    answer(no.code.status(), &page(session, NavTab::Elsewhere, no.title(), &body))
}

/// C18: the identity provider's own words, which anybody may have written: plain text, hidden characters and line ends spelled
/// out, secrets masked, and said whose they are.
fn quoted(words: &ProviderError) -> Markup {
    let plain = |text: &str| {
        let redacted = redaction::redact_text(text, "/error", &redaction::Known::nothing());
        redaction::escape_line(&redacted.text).text
    };
    html! {
        section {
            p class="soft" { "What your identity provider says, in its own words, which nobody here has checked:" }
            blockquote {
                (::review::html::text(&plain(words.error())))
                @if let Some(description) = words.description() { ": " (::review::html::text(&plain(description))) }
            }
        }
    }
}

/// Where a form leads that ends somewhere else: a page of ours that goes on there by itself, by GET, and has a link for who
/// has switched that off. C7: so a provider may redirect on to wherever it likes.
pub(crate) fn onward(session: Option<&Session>, title: &str, text: &str, address: &str) -> Markup {
    let body = html! {
        article class="sheet" {
            header { h1 { (title) } }
            section {
                p { (text) }
                p { a class="onward" href=(address) rel="noreferrer" { "Go on" } }
            }
        }
    };
    let refresh = html! { meta http-equiv="refresh" content=(format!("0; url={address}")); };
    whole(session, NavTab::Elsewhere, title, &refresh, &body)
}

/// HTML with its policy.
pub(crate) fn answer(status: StatusCode, markup: &Markup) -> Response {
    let mut response = (status, axum::response::Html(spelled_out(&markup.0))).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Whatever stands in a page, names from tokens too: what nobody would see is spelled out, and nothing turns the page's own
/// words round. Tabs and line ends stay, because a form gives back what it was given.
fn spelled_out(page: &str) -> String {
    let line = |line: &str| redaction::escape_hidden(line).text;
    let lines = |part: &str| part.split('\r').map(line).collect::<Vec<_>>().join("\r");
    page.split('\t').map(lines).collect::<Vec<_>>().join("\t")
}
