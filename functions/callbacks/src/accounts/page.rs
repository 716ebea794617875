//! The side of the page: who is invited, the button, and the code.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{ChatAccount, Digest, Person};
use identity::Freshness;
use maud::{Markup, html};
use runtime::Code;
use serde_json::Value;
use wire::documents::{Document, DocumentKind, LinkStatement};

use super::code;
use super::invitation::{Invited, Proven, is_reference};
use super::refusal::LinkRefusal;
use crate::app::Callbacks;
use crate::form::read_form;
use crate::layout::{Link, NavTab, Notice, html_response, notice, page, refused};
use crate::refusal::{PageWords, RequestRejection};
use crate::session::Session;
use crate::sign_in::{Purpose, redirect_to_sign_in_by_page};

/// What the page says on the way to the identity provider.
const BY_PROVIDER: &str = "Your identity provider asks you to sign in. The signed token is the proof that the account is yours; nothing is linked \
    before you have typed the code in chat.";
/// The text for a form of another session, or of one that has ended.
pub(super) const OTHER_SESSION: &str = "This form is not from your present session. Read the page again.";
const TITLE: &str = "Link a chat account";

/// `GET /link/{reference}`: what would be linked, or the code. It changes nothing.
pub(crate) async fn get_link(
    State(callbacks): State<Arc<Callbacks>>,
    Path(reference): Path<String>,
    headers: HeaderMap,
) -> Response {
    let path = format!("/link/{reference}");
    let session = match callbacks.session_or_sign_in(&headers, &path).await {
        Ok(session) => session,
        Err(response) => return *response,
    };
    match callbacks.link_page(&session, &reference).await {
        Ok(response) => response,
        Err(no) => refused(Some(&session), &no.into(), Some(Link::INBOX)),
    }
}

/// `POST /link/{reference}`: the person says that it is their account, and signs in to prove it.
pub(crate) async fn post_link(
    State(callbacks): State<Arc<Callbacks>>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let path = format!("/link/{reference}");
    let back =
        Link { address: if is_reference(&reference) { &path } else { "/" }, label: "Back to the page" };
    let session = match callbacks.session(&headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return redirect_to_sign_in_by_page(&path),
        Err(fault) => return refused(None, &fault.into(), Some(back)),
    };
    let begun = async {
        let fields = read_form(&headers, body).await?;
        if !fields.get("csrf").is_some_and(|csrf| session.has_csrf_token(csrf)) {
            return Err(RequestRejection::new(Code::StaleDigest, OTHER_SESSION));
        }
        callbacks.begin_link(&session, &reference, &headers).await
    };
    begun.await.unwrap_or_else(|no| refused(Some(&session), &no, Some(back)))
}

impl Callbacks {
    async fn link_page(&self, session: &Session, reference: &str) -> Result<Response, LinkRefusal> {
        let opened = self.opened_by(session, reference).await?;
        let done = opened && self.noted::<bool>(reference, "done").await?.is_some();
        if done {
            let text = "The account is linked to you. Its answers count in a few seconds.";
            let link = Some(Link { address: "/accounts", label: "Linked accounts" });
            return Ok(html_response(
                StatusCode::OK,
                &notice(Some(session), &Notice { title: "Linked", text, link }),
            ));
        }
        let invited = self.unused(reference).await?;
        let proven = match opened {
            true => self.noted::<Proven>(reference, "proven").await?,
            false => None,
        };
        let body = match proven {
            Some(proven) => {
                let code = self.opened_code(reference, &proven.code).ok_or(LinkRefusal::Unavailable)?;
                with_code(&invited, &code)
            }
            None => {
                if self.link_of(&invited.account.clone().into()).await?.is_some() {
                    return Err(LinkRefusal::Linked);
                }
                with_button(&invited, session, reference)
            }
        };
        Ok(html_response(StatusCode::OK, &page(Some(session), NavTab::Elsewhere, TITLE, &body)))
    }

    /// Whether this person has opened the invitation; false when nobody has.
    async fn opened_by(&self, session: &Session, reference: &str) -> Result<bool, LinkRefusal> {
        self.invited(reference).await?;
        match self.opened(reference).await? {
            Some(first) if first == session.person => Ok(true),
            Some(_) => Err(LinkRefusal::OpenedByAnother),
            None => Ok(false),
        }
    }

    async fn begin_link(
        &self,
        session: &Session,
        reference: &str,
        headers: &HeaderMap,
    ) -> Result<Response, RequestRejection> {
        let invited = self.unused(reference).await?;
        if self.link_of(&invited.account.clone().into()).await?.is_some() {
            return Err(LinkRefusal::Linked.into());
        }
        self.open_invitation(reference, &session.person).await?;
        let statement = LinkStatement {
            format: LinkStatement::FORMAT.to_owned(),
            deployment: self.config.deployment.clone(),
            account: invited.account,
            shown_as: invited.shown_as,
            person: (&session.person).into(),
            client: self.config.pages_client.clone(),
            at: self.capabilities.clock.now(),
            salt: self.salt()?,
        };
        let document = statement.document().map_err(|_| RequestRejection::unavailable())?;
        self.capabilities.document_writer.put(&document).await?;
        let statement = document.digest();
        let attempt = self.begin_attempt(
            Purpose::Link { invitation: reference.to_owned(), statement },
            statement.to_string(),
        )?;
        // D7: whoever uses somebody's open session links nothing, so the person signs in anew.
        let anew = Freshness { max_age: None, prompt_login: true };
        self.redirect_to_idp_by_page(Some(session), BY_PROVIDER, headers, &attempt, anew).await
    }

    /// The statement that a sign-in is to prove, while its invitation can still be used.
    pub(crate) async fn link_statement(
        &self,
        reference: &str,
        statement: Digest,
    ) -> Result<LinkStatement, RequestRejection> {
        let invited = self.unused(reference).await?;
        let document = self.capabilities.documents.document(statement).await?;
        let stated: Option<LinkStatement> = document.and_then(|document| document.open().ok());
        let stated = stated.ok_or_else(RequestRejection::unavailable)?;
        let first = self.opened(reference).await?;
        let same = stated.account == invited.account && first == Some(Person::from(stated.person.clone()));
        if same { Ok(stated) } else { Err(LinkRefusal::OpenedByAnother.into()) }
    }

    /// Keeps the proof of a statement and makes the code. The first proof stays.
    pub(crate) async fn keep_link_proof(
        &self,
        reference: &str,
        statement: Digest,
        id_token: &Document,
    ) -> Result<(), RequestRejection> {
        self.capabilities.document_writer.put(id_token).await?;
        let code = Value::String(code::new(self.capabilities.random.as_ref())?);
        let code = self.sealer.seal(&sealed_as(reference), &code, self.capabilities.random.as_ref())?;
        self.note(reference, "proven", &Proven { statement, id_token: id_token.digest(), code }).await?;
        Ok(())
    }

    /// The code of this invitation; none when it was not encrypted for it.
    pub(super) fn opened_code(&self, reference: &str, sealed: &str) -> Option<String> {
        self.sealer.open(&sealed_as(reference), sealed)?.as_str().map(str::to_owned)
    }
}

fn sealed_as(reference: &str) -> String {
    format!("link-code/{reference}")
}

impl From<LinkRefusal> for RequestRejection {
    fn from(refusal: LinkRefusal) -> Self {
        let code = match refusal {
            LinkRefusal::Unknown => Code::NotFound,
            LinkRefusal::Expired | LinkRefusal::Used | LinkRefusal::TooManyTries => Code::Expired,
            LinkRefusal::Unavailable => Code::Unavailable,
            LinkRefusal::NotConfirmed
            | LinkRefusal::WrongCode { .. }
            | LinkRefusal::OtherAccount
            | LinkRefusal::Linked
            | LinkRefusal::OpenedByAnother => Code::StaleDigest,
        };
        let words = PageWords { title: "Not linked", quoted: None };
        Self { page_words: Some(Box::new(words)), ..Self::new(code, refusal.sentence()) }
    }
}

/// The name of a platform for people.
pub(super) fn platform(channel: &str) -> &str {
    match channel {
        "slack" => "Slack",
        "teams" => "Microsoft Teams",
        other => other,
    }
}

/// What people see of an account: the platform's own id, and the name, which its user chose.
pub(super) fn described(account: &ChatAccount, shown_as: &str) -> Markup {
    html! {
        dl {
            dt { "Platform" } dd { (::review::html::text(platform(&account.channel))) }
            dt { "Name" } dd { (::review::html::text(shown_as)) }
            dt { "Account id" } dd class="value" { (::review::html::text(&account.id)) }
        }
    }
}

fn with_button(invited: &Invited, session: &Session, reference: &str) -> Markup {
    let account = ChatAccount::from(invited.account.clone());
    html! {
        article class="sheet" {
            header { h1 { (TITLE) } }
            section {
                p { "Answers from this account would count as yours:" }
                (described(&account, &invited.shown_as))
                p { "You are signed in as " strong { (::review::html::text(&session.display)) } "." }
                p class="notice" {
                    strong { "Go on only if this is your own account" } ", and you pressed a button in chat a moment ago. "
                    "If somebody sent you this link, close the page."
                }
                form method="post" action=(format!("/link/{reference}")) {
                    input type="hidden" name="csrf" value=(session.csrf);
                    button { "Sign in for the code" }
                }
            }
        }
    }
}

fn with_code(invited: &Invited, code: &str) -> Markup {
    let account = ChatAccount::from(invited.account.clone());
    html! {
        article class="sheet" {
            header { h1 { "Type this code in chat" } }
            section {
                p { strong class="value" { (code::shown(code)) } }
                p { "Type it in " (platform(&account.channel)) " with this account:" }
                (described(&account, &invited.shown_as))
                p class="notice" {
                    strong { "Tell it to nobody." } " Whoever types it answers in your name. It is valid until "
                    (wire::text::rfc3339(invited.until)) "."
                }
            }
        }
    }
}
