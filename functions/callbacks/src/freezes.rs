//! The stop switch: what is stopped, and stopping. Letting run again is an action like every other.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{ActionId, Event, Freeze, Principal, Scope, Seating, THAW, VerdictKind};
use identity::{Caller, is_name};
use runtime::Code;
use runtime::http::{bearer, json_body};
use store::{Extended, NARROW_STOPS, StateError, Switch};
use wire::Item;
use wire::documents::{Kind, Statement};
use wire::http::{FreezeBody, FreezeList, FreezeView, PersonView};

use crate::app::{Callbacks, Known};
use crate::commit::{Ballot, TRIES};
use crate::coverage::nearest;
use crate::directory::Stopping;
use crate::judge::Wish;
use crate::refusal::{No, code_of};
use crate::verdicts::{Words, answer};

pub(crate) async fn get_freezes(State(callbacks): State<Arc<Callbacks>>, headers: HeaderMap) -> Response {
    let told = async {
        match callbacks.caller(bearer(&headers)?).await? {
            Caller::Person(_) => callbacks.freezes().await,
            Caller::Agent(agent) => callbacks.freezes_of(&agent.principal).await,
        }
    };
    answer(&callbacks, told.await)
}

pub(crate) async fn post_freeze(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&callbacks, callbacks.freeze(&headers, body).await)
}

impl Callbacks {
    /// Everything that counts as stopped, the earliest first.
    pub(crate) async fn freezes(&self) -> Result<FreezeList, No> {
        let mut items = Vec::new();
        let switch = Switch::read(self.capabilities.state.as_ref(), self.capabilities.index.as_ref()).await?;
        for stop in switch.stops() {
            let statement = self.capabilities.documents.document(stop.statement).await?;
            let statement = statement.and_then(|document| document.open::<Statement>().ok());
            let subject = stop.by.subject.clone();
            items.push(FreezeView {
                scope: stop.scope.to_string(),
                by: PersonView { display: redaction::escape_value(&subject).text, subject },
                since: stop.at,
                reason: statement.and_then(|statement| statement.reason),
            });
        }
        Ok(FreezeList { items, covered: None })
    }

    /// E20: what stops this agent, without the words that people wrote for people.
    async fn freezes_of(&self, agent: &Principal) -> Result<FreezeList, No> {
        let bundle = self.capabilities.directory.bundle().await?;
        let concerns = |scope: &str| match scope.parse() {
            Ok(Scope::All) => true,
            Ok(Scope::Type(name)) => bundle.may_propose(agent, &name),
            Ok(Scope::Agent(stopped)) => stopped.is_spelled_like(&agent.issuer, &agent.subject),
            Err(_) => false,
        };
        let all = self.freezes().await?.items.into_iter();
        let items = all.filter(|stop| concerns(&stop.scope)).map(|stop| FreezeView { reason: None, ..stop });
        Ok(FreezeList { items: items.collect(), covered: None })
    }

    async fn switch(&self) -> Result<Option<Item>, No> {
        Ok(self.capabilities.state.item(&ActionId::switch()).await?)
    }

    async fn freeze(&self, headers: &HeaderMap, body: Body) -> Result<FreezeList, No> {
        let caller = self.caller(bearer(headers)?).await?;
        let body = json_body(headers, body).await?;
        let nothing = Item::new(ActionId::switch());
        let person = match caller {
            Caller::Person(person) => person,
            Caller::Agent(agent) => return Err(self.refuse_agent(&nothing, &agent.principal).await),
        };
        self.may_decide(&nothing, &person).await?;
        let (scope, reason) = read(&body)?;
        let known = self.known(&person.person, &person.groups.names).await?;
        let stopping = self.capabilities.directory.stopping().await?;
        // No proof by the provider is kept of a stop, so what a token claims counts for nothing.
        let known = known.unproven();
        let groups: Vec<String> =
            known.groups.iter().filter(|group| stopping.groups.contains(group)).cloned().collect();
        if groups.is_empty() {
            let no = self.refuse(&nothing, &(&known.person).into(), Code::NotAnApprover).await;
            return Err(self.because_left_out(no, person.groups.left_out).await);
        }
        self.is_there(&scope, &stopping)?;
        let words = Words::check(VerdictKind::Freeze, None, Some(reason))?;
        self.stop(&Known { groups, ..known }, &scope, words, &person.client).await?;
        let unread = "It is stopped. What else is stopped cannot be read right now; ask for the list again.";
        let list = self.freezes().await.map_err(|no| No { detail: unread.to_owned(), ..no })?;
        Ok(FreezeList { covered: Some(self.coverage(&scope, &stopping).await), ..list })
    }

    /// E20: an agent stops nothing. That it tried is kept where the directory lists it: an issuer that anybody may use gives
    /// out as many names as somebody wants, and each would be a record.
    async fn refuse_agent(&self, nothing: &Item, agent: &Principal) -> No {
        match self.capabilities.directory.bundle().await {
            Ok(bundle) if bundle.lists(agent) => {
                self.refuse(nothing, &agent.into(), Code::AgentCannotDecide).await
            }
            _ => No::because(Code::AgentCannotDecide),
        }
    }

    /// What can never run is not stopped: nobody would notice that it was misspelt. An agent that the directory does not
    /// list may run all the same, so it is stopped, and the answer says that nobody knows it.
    fn is_there(&self, scope: &Scope, stopping: &Stopping) -> Result<(), No> {
        match scope {
            Scope::All => Ok(()),
            Scope::Type(name) if name == THAW => {
                Err(No::input("/scope", "letting run again cannot be stopped"))
            }
            Scope::Type(name) if stopping.types.contains(name) => Ok(()),
            Scope::Type(_) => {
                let near = nearest(scope, stopping).join("`, `");
                let detail = format!("Nothing was stopped: there is no such action type. Near: `{near}`.");
                Err(No::new(Code::UnknownType, detail))
            }
            Scope::Agent(agent) if self.capabilities.verifier.issuers().get(&agent.issuer).is_none() => {
                let issuers =
                    self.capabilities.verifier.issuers().all().map(|one| format!("`{}`", one.issuer));
                let issuers = issuers.collect::<Vec<_>>().join(", ");
                let detail =
                    format!("nothing was stopped: no agent comes from this issuer, only from {issuers}");
                Err(No::input("/scope", &detail))
            }
            Scope::Agent(agent) if stopping.agent(agent).is_some() => Ok(()),
            // A scope is shown as it is; no agent with such a name is taken, so there is nothing to stop.
            Scope::Agent(agent) if redaction::secret_in_name(&agent.subject).is_some() => {
                Err(No::input("/scope", "names what looks like a secret; no agent may have such a name"))
            }
            Scope::Agent(agent) if is_name(&agent.subject) => Ok(()),
            Scope::Agent(_) => Err(No::input("/scope", "no agent has such a name")),
        }
    }

    /// One conditional write; what is stopped already stays as it is.
    async fn stop(&self, known: &Known, scope: &Scope, words: Words, client: &str) -> Result<(), No> {
        let review = scope.matter(&known.groups);
        let (action, shown) = (review.decision.action, review.decision.review);
        let statement = Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: self.config.deployment.clone(),
            action: ActionId::switch(),
            revision: review.proposal.revision,
            action_digest: action,
            review_digest: shown,
            verdict: VerdictKind::Freeze.into(),
            reason_code: words.code,
            reason: words.reason,
            grant: None,
            scope: Some(scope.to_string()),
            patch: None,
            person: (&known.person).into(),
            client: client.to_owned(),
            channel: "api".to_owned(),
            at: self.capabilities.clock.now(),
            salt: self.salt()?,
        };
        let (switch, kind) = (ActionId::switch(), VerdictKind::Freeze);
        let ballot = Ballot {
            action: &switch,
            wish: Wish {
                person: &known.person,
                groups: &known.groups,
                membership: &known.membership,
                kind,
                action,
                review: shown,
                promises: false,
                whole: true,
            },
            patch: None,
            statement: &statement.document().map_err(|_| No::unavailable())?,
            proof: None,
            grant: None,
            directory: &known.directory,
        };
        for _ in 0..TRIES {
            let stored = self.switch().await?;
            if stops(stored.as_ref()).iter().any(|stop| stop.scope == *scope) {
                return Ok(());
            }
            has_room(stored.as_ref(), scope)?;
            let now = self.capabilities.clock.now();
            let seating = Seating::any(&known.membership, &known.groups);
            let verdict = self.seal_verdict(&ballot, (&review, Some(scope)), seating, now).await?;
            let from = stored.as_ref().map(Item::chain);
            let event = Event::Frozen { scope: scope.clone(), verdict };
            let next = stored.unwrap_or_else(|| Item::new(switch.clone())).extend(event, now);
            let (next, _) = next.map_err(|refusal| No::because(code_of(refusal)))?;
            match self.capabilities.stop.stop(from, &next).await {
                Ok(Extended::Updated) => return Ok(()),
                Ok(Extended::Differs(_) | Extended::Absent) => {}
                // The answer was lost, not necessarily the write: the next round sees which.
                Err(StateError::Fault(fault)) if fault.is_passing() => {
                    tracing::warn!(%fault, "the answer to a stop was lost");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(No::unavailable())
    }
}

/// The switch keeps everything that ever happened to it; stopping everything must stay possible.
fn has_room(switch: Option<&Item>, scope: &Scope) -> Result<(), No> {
    let bytes = switch.map_or(0, Switch::bytes);
    if bytes >= NARROW_STOPS / 4 * 3 {
        tracing::error!(alarm = true, bytes, "the stop switch is filling up");
    }
    if bytes < NARROW_STOPS || *scope == Scope::All {
        return Ok(());
    }
    Err(No::input(
        "/scope",
        "so much was stopped here before that only `all` can still be stopped; a new deployment begins anew",
    ))
}

fn stops(switch: Option<&Item>) -> &[Freeze] {
    match switch.map(Item::state) {
        Some(domain::State::Switch(stops)) => stops,
        _ => &[],
    }
}

/// Strictly, as a verdict is read.
fn read(body: &[u8]) -> Result<(Scope, String), No> {
    let value = wire::json::parse_value(body).map_err(|e| No::new(Code::MalformedJson, e.to_string()))?;
    let fields = value.as_object().ok_or_else(|| No::input("", "must be an object"))?;
    if fields.keys().any(|field| !["scope", "reason"].contains(&field.as_str())) {
        let no = No::input("", "takes `scope` and `reason` and no other field");
        return Err(No { code: Code::UnknownField, ..no });
    }
    let body: FreezeBody = wire::json::from_value(value)
        .map_err(|_| No::input("", "must have a `scope` and a `reason`, both texts"))?;
    let scope = "must be `all`, `type:` and an action type, or `agent:issuer|subject`";
    let scope: Scope = body.scope.parse().map_err(|_| No::input("/scope", scope))?;
    Ok((scope, body.reason))
}
