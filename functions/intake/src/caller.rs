//! Who is calling, and what they may see.

use std::sync::Arc;

use bundle::Bundle;
use domain::{Event, Person, Principal};
use identity::{AgentCaller, AuthError, VerifiedCaller};
use runtime::{Code, Problem, http as requests};
use store::Listing;
use wire::Item;
use wire::documents::Request;
use wire::text::Identity;

use crate::Intake;
use crate::call::Call;

/// An agent and the token that proves it.
pub(crate) struct Proven<'a> {
    pub agent: AgentCaller,
    pub token: &'a str,
}

impl Intake {
    /// The caller is whoever the bearer token names; nothing in the body or in another header names a caller.
    pub(crate) async fn caller(&self, call: &Call) -> Result<VerifiedCaller, Problem> {
        let token = requests::bearer(&call.headers).map_err(|code| refused(call, code))?;
        match self.capabilities.verifier.caller(token, self.capabilities.clock.now()).await {
            Ok(caller) => Ok(caller),
            Err(AuthError::Invalid(reason)) => {
                tracing::info!(instance = call.instance(), %reason, "a token was refused");
                Err(match reason.told() {
                    Some(advice) => call.problem(Code::InvalidToken, advice),
                    None => refused(call, Code::InvalidToken),
                })
            }
            Err(AuthError::Fault(fault)) => Err(call.fault(&fault)),
        }
    }

    /// The agent that calls.
    pub(crate) async fn agent<'a>(&self, call: &'a Call) -> Result<Proven<'a>, Problem> {
        let agent = match self.caller(call).await? {
            VerifiedCaller::Agent(agent) => nameable(call, agent)?,
            VerifiedCaller::Person(_) => {
                return Err(
                    call.problem(Code::NotAnAgent, "People decide here; agents and pipelines propose.")
                );
            }
        };
        let token = requests::bearer(&call.headers).map_err(|code| refused(call, code))?;
        Ok(Proven { agent, token })
    }

    /// What the caller may see. A person's groups and agents are looked up once for the whole call.
    pub(crate) async fn sight(&self, call: &Call) -> Result<Sight, Problem> {
        match self.caller(call).await? {
            VerifiedCaller::Agent(agent) => Ok(Sight::of(&agent)),
            VerifiedCaller::Person(caller) => {
                let bundle = self.rules(call).await?.bundle;
                let membership = bundle.membership(&caller.person, self.capabilities.clock.now());
                let groups = membership.speaks_for(&caller.groups.names);
                Ok(Sight::Person { person: caller.person, groups, bundle })
            }
        }
    }

    /// E20: whether the caller may see this action. An agent may see what it proposed itself, for the same human or
    /// for none.
    pub(crate) async fn sees(&self, call: &Call, sight: &Sight, item: &Item) -> Result<bool, Problem> {
        if !sight.may_see(item) {
            return Ok(false);
        }
        let Sight::Agent { on_behalf_of, .. } = sight else { return Ok(true) };
        let Some(proposal) = item.state().proposal() else { return Ok(false) };
        let document = self.capabilities.documents.document(proposal.request).await;
        let document = document.map_err(|error| call.document(&error))?;
        let request: Option<Request> = document.and_then(|document| document.open().ok());
        match request {
            Some(request) => Ok(request.on_behalf_of.map(Person::from) == *on_behalf_of),
            None => Err(call.unavailable("the request of an action is not there")),
        }
    }
}

/// What a caller may see.
pub(crate) enum Sight {
    /// An agent: its own, proposed for this human or for none.
    Agent { principal: Principal, on_behalf_of: Option<Person> },
    /// A person: actions that ask them, that they decided, or of which they are a requester; an auditor:
    /// everything.
    Person { person: Person, groups: Vec<String>, bundle: Arc<Bundle> },
}

impl Sight {
    /// What this agent may see.
    pub fn of(agent: &AgentCaller) -> Self {
        let on_behalf_of = agent.on_behalf_of.clone();
        Self::Agent { principal: agent.principal.clone(), on_behalf_of }
    }

    /// Who it is.
    pub fn identity(&self) -> Identity {
        match self {
            Self::Agent { principal, .. } => principal.into(),
            Self::Person { person, .. } => person.into(),
        }
    }

    /// Whether the caller may see this action, as far as its item says.
    fn may_see(&self, item: &Item) -> bool {
        let Some(proposal) = item.state().proposal() else { return false };
        match self {
            Self::Agent { principal, .. } => *principal == proposal.principal,
            Self::Person { person, groups, bundle } => {
                let owns = bundle.owner_of(&proposal.principal).as_ref() == Some(person);
                owns || audits(bundle, groups) || concerns(item, person, groups)
            }
        }
    }

    /// The person who looks, so that they see their own vote where votes are hidden.
    pub fn viewer(&self) -> Option<&Person> {
        match self {
            Self::Agent { .. } => None,
            Self::Person { person, .. } => Some(person),
        }
    }

    /// The lists that together hold what the caller may decide, has decided or proposed.
    pub fn listings(&self) -> Vec<Listing> {
        match self {
            Self::Agent { principal, .. } => vec![Listing::Principal(principal.into())],
            Self::Person { groups, bundle, .. } if audits(bundle, groups) => vec![Listing::All],
            Self::Person { person, groups, .. } => {
                let decided = Listing::Decider(person.into());
                groups.iter().cloned().map(Listing::Group).chain([decided]).collect()
            }
        }
    }
}

/// An agent's name appears in every record of what it does and is never masked, so a name that contains a secret is
/// refused.
fn nameable(call: &Call, agent: AgentCaller) -> Result<AgentCaller, Problem> {
    let human = agent.on_behalf_of.iter().map(|human| ("the human it acts for", human.subject.as_str()));
    let mut names = std::iter::once(("the agent", agent.principal.subject.as_str())).chain(human);
    let found = names.find_map(|(whose, name)| Some((whose, redaction::secret_in_name(name)?)));
    match found {
        None => Ok(agent),
        Some((whose, kind)) => Err(call.problem(
            Code::InvalidToken,
            format!(
                "The name of {whose} in this token looks like it holds `{kind}`, and names are shown as they are. Use a \
                 subject that holds no secret."
            ),
        )),
    }
}

fn refused(call: &Call, code: Code) -> Problem {
    call.problem(
        code,
        match code {
            Code::MissingToken => "Send `Authorization: Bearer <access token>`.",
            _ => "Get a new access token for this service and send it as the one Authorization header.",
        },
    )
}

fn audits(bundle: &Bundle, groups: &[String]) -> bool {
    bundle.auditors().is_some_and(|auditors| groups.iter().any(|group| group == auditors))
}

fn concerns(item: &Item, person: &Person, groups: &[String]) -> bool {
    item.entries().iter().any(|entry| match &entry.event {
        Event::Decided { requirements, requester, .. } => {
            requester.contains(person) || requirements.iter().any(|requirement| requirement.concerns(groups))
        }
        event => event.verdict().is_some_and(|verdict| verdict.person == *person),
    })
}
