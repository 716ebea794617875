//! Listing suspensions and suspending. A suspension ends by an action like every other, `countersign-resume`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{ActionId, Principal, RESUME, Scope, Seating, SuspensionEvent, VerdictKind};
use identity::{VerifiedCaller, is_name};
use runtime::Code;
use runtime::http::{bearer, json_body};
use store::{EffectiveSuspensions, Extended, NARROW_SUSPENSIONS, StateError};
use wire::documents::{DocumentKind, Statement};
use wire::http::{PersonView, SuspensionBody, SuspensionList, SuspensionView};
use wire::{Item, SuspensionItem};

use super::api::json_response;
use super::check::VerdictRequest;
use super::comment::VerdictComment;
use super::commit::{About, TRIES, UnsignedVerdict};
use super::coverage::nearest;
use crate::app::{Callbacks, ResolvedPerson};
use crate::directory::SuspensionRules;
use crate::refusal::{RequestRejection, code_of};

pub(crate) async fn get_suspensions(State(callbacks): State<Arc<Callbacks>>, headers: HeaderMap) -> Response {
    let told = async {
        match callbacks.caller(bearer(&headers)?).await? {
            VerifiedCaller::Person(_) => callbacks.suspensions().await,
            VerifiedCaller::Agent(agent) => callbacks.suspensions_of(&agent.principal).await,
        }
    };
    json_response(&callbacks, told.await)
}

pub(crate) async fn post_suspension(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    json_response(&callbacks, callbacks.suspend(&headers, body).await)
}

impl Callbacks {
    /// Everything that counts as suspended, the earliest first.
    pub(crate) async fn suspensions(&self) -> Result<SuspensionList, RequestRejection> {
        let mut items = Vec::new();
        let suspensions =
            EffectiveSuspensions::read(self.capabilities.state.as_ref(), self.capabilities.index.as_ref())
                .await?;
        for suspension in suspensions.all() {
            let statement = self.capabilities.documents.document(suspension.statement).await?;
            let statement = statement.and_then(|document| document.open::<Statement>().ok());
            let subject = suspension.by.subject.clone();
            items.push(SuspensionView {
                scope: suspension.scope.to_string(),
                by: PersonView { display: redaction::escape_value(&subject).text, subject },
                since: suspension.at,
                reason: statement.and_then(|statement| statement.reason),
            });
        }
        Ok(SuspensionList { items, covered: None })
    }

    /// E20: what suspends this agent, without the words that people wrote for people.
    async fn suspensions_of(&self, agent: &Principal) -> Result<SuspensionList, RequestRejection> {
        let bundle = self.capabilities.directory.bundle().await?;
        let concerns = |scope: &str| match scope.parse() {
            Ok(Scope::All) => true,
            Ok(Scope::Type(name)) => bundle.may_propose(agent, &name),
            Ok(Scope::Agent(suspended)) => suspended.is_spelled_like(&agent.issuer, &agent.subject),
            Err(_) => false,
        };
        let all = self.suspensions().await?.items.into_iter();
        let items = all
            .filter(|suspension| concerns(&suspension.scope))
            .map(|suspension| SuspensionView { reason: None, ..suspension });
        Ok(SuspensionList { items: items.collect(), covered: None })
    }

    async fn suspend(&self, headers: &HeaderMap, body: Body) -> Result<SuspensionList, RequestRejection> {
        let caller = self.caller(bearer(headers)?).await?;
        let body = json_body(headers, body).await?;
        let nothing = Item::new(ActionId::suspensions());
        let person = match caller {
            VerifiedCaller::Person(person) => person,
            VerifiedCaller::Agent(agent) => return Err(self.refuse_agent(&nothing, &agent.principal).await),
        };
        self.may_decide(&nothing, &person).await?;
        let (scope, reason) = read(&body)?;
        let resolved = self.resolve_person(&person.person, &person.groups.names).await?;
        let rules = self.capabilities.directory.suspension_rules().await?;
        // No proof by the provider is kept of a suspension, so what a token claims counts for nothing.
        let resolved = resolved.unproven();
        let groups: Vec<String> =
            resolved.groups.iter().filter(|group| rules.groups.contains(group)).cloned().collect();
        if groups.is_empty() {
            let no = self.refuse_and_record(&nothing, &(&resolved.person).into(), Code::NotAnApprover).await;
            return Err(self.because_left_out(no, person.groups.left_out).await);
        }
        self.is_there(&scope, &rules)?;
        let comment = VerdictComment::check(VerdictKind::Suspend, None, Some(reason))?;
        self.write_suspension(&ResolvedPerson { groups, ..resolved }, &scope, comment, &person.client)
            .await?;
        let unread =
            "It is suspended. What else is suspended cannot be read right now; ask for the list again.";
        let list =
            self.suspensions().await.map_err(|no| RequestRejection { detail: unread.to_owned(), ..no })?;
        Ok(SuspensionList { covered: Some(self.coverage(&scope, &rules).await), ..list })
    }

    /// E20: an agent suspends nothing. That it tried is kept where the directory lists it: an issuer that anybody may use gives
    /// out as many names as somebody wants, and each would be a record.
    async fn refuse_agent(&self, nothing: &Item, agent: &Principal) -> RequestRejection {
        match self.capabilities.directory.bundle().await {
            Ok(bundle) if bundle.lists(agent) => {
                self.refuse_and_record(nothing, &agent.into(), Code::AgentCannotDecide).await
            }
            _ => RequestRejection::because(Code::AgentCannotDecide),
        }
    }

    /// What can never run is not suspended: nobody would notice that it was misspelt. An agent that the directory does not
    /// list may run all the same, so it is suspended, and the answer says that nobody knows it.
    fn is_there(&self, scope: &Scope, rules: &SuspensionRules) -> Result<(), RequestRejection> {
        match scope {
            Scope::All => Ok(()),
            Scope::Type(name) if name == RESUME => Err(RequestRejection::input(
                "/scope",
                "`countersign-resume` cannot be suspended: nothing suspended could run again",
            )),
            Scope::Type(name) if rules.types.contains(name) => Ok(()),
            Scope::Type(_) => {
                let near = nearest(scope, rules).join("`, `");
                let detail = format!("Nothing was suspended: there is no such action type. Near: `{near}`.");
                Err(RequestRejection::new(Code::UnknownType, detail))
            }
            Scope::Agent(agent) if self.capabilities.verifier.issuers().get(&agent.issuer).is_none() => {
                let issuers =
                    self.capabilities.verifier.issuers().all().map(|one| format!("`{}`", one.issuer));
                let issuers = issuers.collect::<Vec<_>>().join(", ");
                let detail =
                    format!("nothing was suspended: no agent comes from this issuer, only from {issuers}");
                Err(RequestRejection::input("/scope", &detail))
            }
            Scope::Agent(agent) if rules.agent(agent).is_some() => Ok(()),
            // A scope is shown as it is; no agent with such a name is taken, so there is nothing to suspend.
            Scope::Agent(agent) if redaction::secret_in_name(&agent.subject).is_some() => {
                Err(RequestRejection::input(
                    "/scope",
                    "names what looks like a secret; no agent may have such a name",
                ))
            }
            Scope::Agent(agent) if is_name(&agent.subject) => Ok(()),
            Scope::Agent(_) => Err(RequestRejection::input("/scope", "no agent has such a name")),
        }
    }

    /// One conditional write; what is suspended already stays as it is.
    async fn write_suspension(
        &self,
        resolved: &ResolvedPerson,
        scope: &Scope,
        comment: VerdictComment,
        client: &str,
    ) -> Result<(), RequestRejection> {
        let digest = scope.digest();
        let statement = Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: self.config.deployment.clone(),
            action: ActionId::suspensions(),
            revision: 0,
            action_digest: digest,
            review_digest: digest,
            verdict: VerdictKind::Suspend.into(),
            reason_code: comment.code,
            reason: comment.reason,
            grant: None,
            scope: Some(scope.to_string()),
            patch: None,
            person: (&resolved.person).into(),
            client: client.to_owned(),
            channel: "api".to_owned(),
            account: None,
            at: self.capabilities.clock.now(),
            salt: self.salt()?,
        };
        let (suspensions, kind) = (ActionId::suspensions(), VerdictKind::Suspend);
        let unsigned = UnsignedVerdict {
            action: &suspensions,
            wanted: VerdictRequest {
                person: &resolved.person,
                groups: &resolved.groups,
                membership: &resolved.membership,
                kind,
                action: digest,
                review: digest,
                grants: false,
                whole: true,
            },
            patch: None,
            statement: &statement.document().map_err(|_| RequestRejection::unavailable())?,
            proof: None,
            grant: None,
            directory: &resolved.directory,
        };
        for _ in 0..TRIES {
            let stored = self.capabilities.state.suspensions().await?;
            if stored.as_ref().is_some_and(|list| list.state().contains(scope)) {
                return Ok(());
            }
            has_room(stored.as_ref(), scope)?;
            let now = self.capabilities.clock.now();
            let seating = Seating::any(&resolved.membership, &resolved.groups);
            let verdict = self.sign_verdict(&unsigned, About::Suspension(scope), seating, now).await?;
            let from = stored.as_ref().map(SuspensionItem::chain);
            let event = SuspensionEvent::Suspended { scope: scope.clone(), verdict };
            let next = stored.unwrap_or_else(SuspensionItem::absent).extend(event, now);
            let (next, _) = next.map_err(|refusal| RequestRejection::because(code_of(refusal)))?;
            match self.capabilities.suspend.suspend(from, &next).await {
                Ok(Extended::Updated) => return Ok(()),
                Ok(Extended::Differs(_) | Extended::Absent) => {}
                // The answer was lost, not necessarily the write: the next round sees which.
                Err(StateError::Fault(fault)) if fault.is_passing() => {
                    tracing::warn!(%fault, "the answer to a suspension was lost");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(RequestRejection::unavailable())
    }
}

/// The suspension list keeps everything that ever happened to it; suspending everything must stay possible.
fn has_room(suspensions: Option<&SuspensionItem>, scope: &Scope) -> Result<(), RequestRejection> {
    let bytes = suspensions.map_or(0, EffectiveSuspensions::bytes);
    if bytes >= NARROW_SUSPENSIONS / 4 * 3 {
        tracing::error!(alarm = true, bytes, "the suspension list is filling up");
    }
    if bytes < NARROW_SUSPENSIONS || *scope == Scope::All {
        return Ok(());
    }
    Err(RequestRejection::input(
        "/scope",
        "the list of suspensions is nearly full, so only `all` can still be suspended; a new deployment begins with an empty list",
    ))
}

/// Strictly, as a verdict is read.
fn read(body: &[u8]) -> Result<(Scope, String), RequestRejection> {
    let value = wire::json::parse_value(body)
        .map_err(|e| RequestRejection::new(Code::MalformedJson, e.to_string()))?;
    let fields = value.as_object().ok_or_else(|| RequestRejection::input("", "must be an object"))?;
    if fields.keys().any(|field| !["scope", "reason"].contains(&field.as_str())) {
        let no = RequestRejection::input("", "takes `scope` and `reason` and no other field");
        return Err(RequestRejection { code: Code::UnknownField, ..no });
    }
    let body: SuspensionBody = wire::json::from_value(value)
        .map_err(|_| RequestRejection::input("", "must have a `scope` and a `reason`, both texts"))?;
    let scope = "must be `all`, `type:` and an action type, or `agent:issuer|subject`";
    let scope: Scope = body.scope.parse().map_err(|_| RequestRejection::input("/scope", scope))?;
    Ok((scope, body.reason))
}
