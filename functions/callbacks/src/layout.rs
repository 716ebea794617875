//! The frame of every page: server-rendered HTML without scripts, one stylesheet, one content security policy.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::ProviderError;
use maud::{DOCTYPE, Markup, html};

use crate::refusal::RequestRejection;
use crate::session::Session;

/// The stylesheet.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");
/// What a page may load or send. Forms may only be sent to this site: browsers apply `form-action` to every redirect that
/// follows a form, and the identity provider may redirect to addresses that nobody here knows.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Which entry of the navigation is marked as the current page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NavTab {
    Inbox,
    History,
    Accounts,
    Elsewhere,
}

/// A link of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link<'a> {
    pub address: &'a str,
    pub label: &'a str,
}

impl Link<'_> {
    pub(crate) const INBOX: Self = Link { address: "/", label: "To your inbox" };
}

/// A page that says one thing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notice<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// Where the person goes next.
    pub link: Option<Link<'a>>,
}

/// A whole page; `title` also names it in the browser's tab.
pub(crate) fn page(session: Option<&Session>, tab: NavTab, title: &str, body: &Markup) -> Markup {
    page_with_head(session, tab, title, &Markup::default(), body)
}

fn page_with_head(
    session: Option<&Session>,
    tab: NavTab,
    title: &str,
    head: &Markup,
    body: &Markup,
) -> Markup {
    let current = |here: NavTab| (tab == here).then_some("page");
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
                                a href="/accounts" aria-current=[current(NavTab::Accounts)] { "Linked accounts" }
                            }
                            " " (name_and_groups(session)) " "
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

fn name_and_groups(session: &Session) -> String {
    let shown = session.groups.names.iter().take(3).map(String::as_str);
    let names: Vec<&str> = std::iter::once(session.display.as_str()).chain(shown).collect();
    let more = session.groups.names.len().saturating_sub(3);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(" · ") + &rest
}

/// C17: a notice for each reason why groups of this person may be missing.
pub(crate) fn missing_groups(session: &Session) -> Markup {
    let notices = session.groups.notices();
    html! {
        @if !notices.is_empty() {
            div class="sheet" { @for notice in &notices { div class="notice" { (notice) } } }
        }
    }
}

/// The page of a notice.
pub(crate) fn notice(session: Option<&Session>, notice: &Notice<'_>) -> Markup {
    let body = html! {
        article class="sheet" {
            header { h1 { (notice.title) } }
            section {
                p { (notice.text) }
                @if let Some(link) = notice.link { p { a href=(link.address) { (link.label) } } }
            }
        }
    };
    page(session, NavTab::Elsewhere, notice.title, &body)
}

/// The response to a refused request: a page with the refusal's title, text and status.
pub(crate) fn refused(session: Option<&Session>, no: &RequestRejection, link: Option<Link<'_>>) -> Response {
    let body = html! {
        article class="sheet" {
            header { h1 { (no.title()) } }
            section {
                p { (no.detail) }
                @if let Some(link) = link { p { a href=(link.address) { (link.label) } } }
            }
            @if let Some(words) = no.page_words.as_ref().and_then(|words| words.quoted.as_ref()) { (quoted(words)) }
        }
    };
    html_response(no.code.status(), &page(session, NavTab::Elsewhere, no.title(), &body))
}

/// C18: what the identity provider wrote. Anybody may have put that text there, so it is shown as plain text with secrets
/// masked and hidden characters and line ends spelled out, and the page says whose text it is.
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

/// A page between a form and another site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interstitial<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// Where it goes on to.
    pub address: &'a str,
}

/// C7: the page that answers a form whose next step is another site. It goes on to `address` by a GET of its own, so that
/// the provider may redirect wherever it likes; a link does the same where the browser does not refresh by itself.
pub(crate) fn interstitial(session: Option<&Session>, shown: Interstitial<'_>) -> Markup {
    let Interstitial { title, text, address } = shown;
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
    page_with_head(session, NavTab::Elsewhere, title, &refresh, &body)
}

/// An HTML response with the content security policy of pages.
pub(crate) fn html_response(status: StatusCode, markup: &Markup) -> Response {
    let mut response = (status, axum::response::Html(spelled_out(&markup.0))).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// The page with hidden and direction-changing characters spelled out, wherever they come from (names in tokens too). Tabs and
/// line ends stay, because a form must send back what it was given.
fn spelled_out(page: &str) -> String {
    let line = |line: &str| redaction::escape_hidden(line).text;
    let lines = |part: &str| part.split('\r').map(line).collect::<Vec<_>>().join("\r");
    page.split('\t').map(lines).collect::<Vec<_>>().join("\t")
}
