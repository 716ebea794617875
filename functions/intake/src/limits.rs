//! The limits of one caller, so that no agent can use up the capacity of the others.

use bundle::Bundle;
use domain::{ActionId, Digest, Principal, Timestamp};
use futures::StreamExt as _;
use runtime::{Code, Problem, Settings};
use store::{Entered, Rate, ReadState, Taken};
use wire::text::Identity;

use crate::Intake;
use crate::call::Call;

/// What a request with another body for a used key costs, in proposals.
const MISMATCH: u32 = 30;
/// From this many open actions on, some of them are read to see whether they are still open: how many normally, and
/// how many if there is no room left.
const MANY: usize = 32;
const LOOKED_AT: usize = 4;
const LOOKED_AT_FULL: usize = 32;
/// State items read at once.
const AT_ONCE: usize = 8;
/// Seconds after which an action that was never created counts as finished.
const NEVER_CREATED: i64 = 120;
/// Seconds after which an agent with too many open actions may try again.
const LATER: u32 = 10;

/// The limits, each of one caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// New actions of one agent a minute, 1 to 60,000.
    pub proposals_per_minute: u32,
    /// Lists and preflights of one caller a minute, 1 to 60,000.
    pub lookups_per_minute: u32,
    /// Actions of one agent that are not final.
    pub open_per_agent: u32,
    /// Actions that are not final of all agents that one person answers for.
    pub open_per_owner: u32,
    /// Calls of one caller that wait at once.
    pub waits_per_caller: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            proposals_per_minute: 600,
            lookups_per_minute: 1_200,
            open_per_agent: 1_000,
            open_per_owner: 5_000,
            waits_per_caller: 50,
        }
    }
}

impl Limits {
    /// Reads them from the function's settings.
    ///
    /// # Errors
    /// Names the one that is missing or no number.
    pub fn read(settings: &Settings) -> Result<Self, runtime::SettingsError> {
        let number = |name| settings.parsed::<u32>(name, "a number");
        Ok(Self {
            proposals_per_minute: number("PROPOSALS_PER_MINUTE")?,
            lookups_per_minute: number("LOOKUPS_PER_MINUTE")?,
            open_per_agent: number("OPEN_PER_AGENT")?,
            open_per_owner: number("OPEN_PER_OWNER")?,
            waits_per_caller: number("WAITS_PER_CALLER")?,
        })
    }
}

/// The caller under which new and open actions are counted.
pub(crate) struct Counted {
    who: Identity,
    whose: &'static str,
    /// The person who is responsible for the agent.
    owner: Option<Identity>,
}

impl Counted {
    /// An agent that the directory lists is a caller of its own. All other agents of an issuer count as one caller,
    /// because a public issuer gives out any number of names, and each could fill the log.
    pub fn of(bundle: &Bundle, agent: &Principal) -> Self {
        if bundle.lists(agent) {
            let owner = bundle.owner_of(agent).as_ref().map(Into::into);
            return Self { who: agent.into(), whose: "this agent", owner };
        }
        // No subject is empty, so this is nobody's own name.
        let who = Identity { issuer: agent.issuer.clone(), subject: String::new() };
        Self { who, whose: "agents that the directory does not list", owner: None }
    }
}

/// A place among the waiting calls.
pub(crate) struct Waiting {
    name: String,
    member: String,
}

impl Intake {
    /// E9: takes one of the caller's new actions of this minute, and a place among its open ones and its owner's.
    pub(crate) async fn admit(
        &self,
        call: &Call,
        counted: &Counted,
        action: &ActionId,
    ) -> Result<(), Problem> {
        let limits = &self.config.limits;
        let name = name("proposals", &counted.who);
        let what = format!("new actions of {}", counted.whose);
        self.take(call, &name, (limits.proposals_per_minute, 1), &what).await?;
        let member = format!("{}#{action}", self.capabilities.clock.now().seconds());
        let open = self::name("open-agent", &counted.who);
        self.open(call, (&open, &member), limits.open_per_agent, counted.whose).await?;
        let Some(owner) = &counted.owner else { return Ok(()) };
        let open = self::name("open-owner", owner);
        self.open(call, (&open, &member), limits.open_per_owner, "this agent's owner").await
    }

    /// A repeated key costs as much as a new proposal, so that nobody can try out what another body was.
    pub(crate) async fn repeat(&self, call: &Call, agent: &Identity) -> Result<(), Problem> {
        let name = name("repeats", agent);
        self.take(call, &name, (self.config.limits.proposals_per_minute, 1), "repeated keys").await
    }

    /// E10: a repeated key with another body costs as much as many of the same.
    pub(crate) async fn mismatch(&self, call: &Call, agent: &Identity) -> Result<(), Problem> {
        let name = name("repeats", agent);
        let rate = self.config.limits.proposals_per_minute;
        self.take(call, &name, (rate, MISMATCH), "keys with another body").await
    }

    /// A list or a preflight.
    pub(crate) async fn look_up(&self, call: &Call, who: &Identity) -> Result<(), Problem> {
        let name = name("lookups", who);
        self.take(call, &name, (self.config.limits.lookups_per_minute, 1), "lists and preflights").await
    }

    async fn take(
        &self,
        call: &Call,
        name: &str,
        (per_minute, many): (u32, u32),
        what: &str,
    ) -> Result<(), Problem> {
        let (rate, now) = (Rate::per_minute(per_minute), self.capabilities.clock.now());
        let taken = self.capabilities.limits.take(name, rate, many, now).await;
        match taken.map_err(|fault| call.fault(&fault))? {
            Taken::Granted => Ok(()),
            Taken::Wait(seconds) => {
                let detail = format!("At most {per_minute} {what} a minute. Try again in {seconds} s.");
                Err(call.problem(Code::RateLimited, detail).retry_after(seconds))
            }
        }
    }

    async fn open(
        &self,
        call: &Call,
        (name, member): (&str, &str),
        most: u32,
        whose: &str,
    ) -> Result<(), Problem> {
        for _ in 0..2 {
            let entered = self.capabilities.limits.enter(name, member, most).await;
            match entered.map_err(|fault| call.fault(&fault))? {
                Entered::In(members) => {
                    if members.len() > MANY {
                        self.tidy(name, &members, LOOKED_AT).await;
                    }
                    return Ok(());
                }
                Entered::Full(members) if self.tidy(name, &members, LOOKED_AT_FULL).await == 0 => break,
                Entered::Full(_) => {}
            }
        }
        let detail = format!(
            "{most} actions of {whose} are not over yet, and there may be no more. Cancel some, or wait until they end."
        );
        Err(call.problem(Code::RateLimited, detail).retry_after(LATER))
    }

    /// Removes members that are finished among these actions, and returns how many it removed. Members that cannot
    /// be read stay.
    async fn tidy(&self, name: &str, members: &[String], many: usize) -> usize {
        let mut from = [0; 2];
        let from =
            self.capabilities.random.fill(&mut from).map_or(0, |()| usize::from(u16::from_le_bytes(from)));
        let some = members.iter().cycle().skip(from % members.len().max(1)).take(many.min(members.len()));
        let some: Vec<String> = some.cloned().collect();
        let over = |member: String| self.over(member);
        let over: Vec<Option<String>> =
            futures::stream::iter(some).map(over).buffered(AT_ONCE).collect().await;
        let gone: Vec<String> = over.into_iter().flatten().collect();
        match self.capabilities.limits.leave(name, &gone).await {
            Ok(()) => gone.len(),
            Err(fault) => {
                tracing::warn!(%fault, "what is over still counts as open");
                0
            }
        }
    }

    /// The member, if its action is over or was never created.
    async fn over(&self, member: String) -> Option<String> {
        let (since, action) = member.split_once('#')?;
        let (since, action) = (since.parse::<i64>().ok()?, action.parse::<ActionId>().ok()?);
        let over = match ReadState::item(self.capabilities.state.as_ref(), &action).await {
            Ok(Some(item)) => item.state().status().is_final(),
            Ok(None) => self.capabilities.clock.now().seconds().saturating_sub(since) > NEVER_CREATED,
            Err(_) => false,
        };
        over.then_some(member)
    }

    /// E9: a place among the caller's waiting calls until that time; `None` if there are too many, or if they
    /// cannot be counted.
    pub(crate) async fn begin_to_wait(
        &self,
        call: &Call,
        who: &Identity,
        until: Timestamp,
    ) -> Option<Waiting> {
        let name = name("waits", who);
        let member = format!("{}#{}", until.millis(), call.instance());
        for _ in 0..2 {
            match self.capabilities.limits.enter(&name, &member, self.config.limits.waits_per_caller).await {
                Ok(Entered::In(_)) => return Some(Waiting { name, member }),
                Ok(Entered::Full(members)) => {
                    let now = self.capabilities.clock.now().millis();
                    let ended = |member: &&String| {
                        member.split_once('#').and_then(|(until, _)| until.parse::<i64>().ok()) < Some(now)
                    };
                    let ended: Vec<String> = members.iter().filter(ended).cloned().collect();
                    if ended.is_empty() || self.capabilities.limits.leave(&name, &ended).await.is_err() {
                        return None;
                    }
                }
                Err(fault) => {
                    tracing::warn!(%fault, "who waits cannot be counted; nobody more does");
                    return None;
                }
            }
        }
        None
    }

    /// Gives the place back. A lost place becomes free when its time has passed.
    pub(crate) async fn end_waiting(&self, waiting: Waiting) {
        if let Err(fault) = self.capabilities.limits.leave(&waiting.name, &[waiting.member]).await {
            tracing::warn!(%fault, "a call that no longer waits is still counted");
        }
    }
}

/// A name for one limit of one caller that no other pair has.
fn name(what: &str, who: &Identity) -> String {
    let pair = format!("{}|{}|{}", who.issuer.len(), who.issuer, who.subject);
    format!("{what}#{}", Digest::of(pair.as_bytes()).hex())
}
