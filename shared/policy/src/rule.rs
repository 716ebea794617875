//! One rule: a static Cedar policy, its annotations and its place in a file.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use cedar_policy::{ActionConstraint, Effect, EntityUid, Policy, PolicyId, PrincipalConstraint};

use crate::Agent;
use crate::tree;
use crate::vocabulary::{ActionWords, PRINCIPAL_TYPE, TEAM_TYPE};

/// The annotations there are; any other is refused when a bundle is built.
pub(crate) const ANNOTATIONS: [&str; 6] = ["id", "approval", "reason", "instead", "unattended", "mode"];
/// The one value of `@mode`.
pub(crate) const OBSERVE: &str = "observe";

/// What can be told of a rule without parsing it; drawn when a bundle is built, so that only the rules that an action
/// needs are ever parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleHeader {
    /// Its `@id`.
    pub id: String,
    /// The file it stands in.
    pub file: String,
    /// Byte offset of the policy in its file.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
    /// Its first line, from 1.
    pub line: usize,
    /// Whether it permits.
    pub permit: bool,
    /// Whether it only observes.
    pub observe: bool,
    /// Actions and groups of its scope; none for all there are.
    pub actions: Option<BTreeSet<String>>,
    /// The agents of its scope.
    pub principal: RuleScope,
}

/// Whom a rule's scope can concern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleScope {
    /// Every agent.
    Anyone,
    /// Agents of one team.
    Team(String),
    /// One agent, `issuer|subject`.
    Agent(String),
    /// No agent at all.
    Nobody,
}

/// A rule, parsed when it is first asked.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) header: RuleHeader,
    pub(crate) text: String,
    parsed: OnceLock<Result<Parsed, String>>,
}

/// A parsed policy.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) policy: Policy,
    /// Whether it reads `context.history` or `context.changed_since_last`.
    pub(crate) historic: bool,
}

impl Rule {
    /// A rule that is parsed when it is first asked.
    pub(crate) fn lazy(header: RuleHeader, text: &str) -> Self {
        Self { header, text: text.to_owned(), parsed: OnceLock::new() }
    }

    /// A rule that is parsed already.
    pub(crate) fn open(file: &str, place: (usize, usize), text: &str, policy: Policy) -> Self {
        let (offset, line) = place;
        let header = RuleHeader::of(file, offset, line, text.len(), &policy);
        let parsed = Parsed { historic: historic(text, &policy), policy };
        Self { header, text: text.to_owned(), parsed: OnceLock::from(Ok(parsed)) }
    }

    /// The policy.
    ///
    /// # Errors
    /// When its text does not parse, or is another rule than its rule header says.
    pub(crate) fn parsed(&self) -> Result<&Parsed, &str> {
        let parsed = self.parsed.get_or_init(|| {
            let id = PolicyId::new(&self.header.id);
            let policy = Policy::parse(Some(id), &self.text).map_err(|error| error.to_string())?;
            let drawn = &self.header;
            let found = RuleHeader::of(&drawn.file, drawn.offset, drawn.line, self.text.len(), &policy);
            if found != *drawn {
                return Err("its outline in the bundle is not its own".to_owned());
            }
            Ok(Parsed { historic: historic(&self.text, &policy), policy })
        });
        parsed.as_ref().map_err(String::as_str)
    }

    pub(crate) fn id(&self) -> &str {
        &self.header.id
    }

    pub(crate) fn is_permit(&self) -> bool {
        self.header.permit
    }

    pub(crate) fn says(&self, annotation: &str) -> Option<&str> {
        self.parsed().ok()?.policy.annotation(annotation)
    }

    /// The requirement that lifts it, if it is a hold.
    pub(crate) fn approval(&self) -> Option<&str> {
        self.says("approval").filter(|_| !self.is_permit())
    }
}

impl RuleHeader {
    fn of(file: &str, offset: usize, line: usize, length: usize, policy: &Policy) -> Self {
        let name = |uid: &EntityUid| uid.id().unescaped().to_owned();
        let permit = policy.effect() == Effect::Permit;
        Self {
            id: policy.annotation("id").unwrap_or_default().to_owned(),
            file: file.to_owned(),
            offset,
            length,
            line,
            permit,
            observe: !permit && policy.annotation("mode") == Some(OBSERVE),
            actions: match policy.action_constraint() {
                ActionConstraint::Any => None,
                ActionConstraint::In(uids) => Some(uids.iter().map(name).collect()),
                ActionConstraint::Eq(uid) => Some(BTreeSet::from([name(&uid)])),
            },
            principal: RuleScope::of(&policy.principal_constraint()),
        }
    }

    /// Whether its scope covers this action type.
    pub(crate) fn applies_to(&self, action: &ActionWords) -> bool {
        let covers = |name: &String| *name == action.name || action.groups.contains(name);
        self.actions.as_ref().is_none_or(|names| names.iter().any(covers))
    }
}

impl RuleScope {
    fn of(constraint: &PrincipalConstraint) -> Self {
        let within = |uid: &EntityUid| {
            let id = uid.id().unescaped().to_owned();
            match uid.type_name().to_string().as_str() {
                TEAM_TYPE => Self::Team(id),
                PRINCIPAL_TYPE => Self::Agent(id),
                _ => Self::Nobody,
            }
        };
        match constraint {
            PrincipalConstraint::Any => Self::Anyone,
            PrincipalConstraint::In(uid) | PrincipalConstraint::Eq(uid) => within(uid),
            PrincipalConstraint::Is(kind) if kind.to_string() == PRINCIPAL_TYPE => Self::Anyone,
            PrincipalConstraint::IsIn(kind, uid) if kind.to_string() == PRINCIPAL_TYPE => within(uid),
            PrincipalConstraint::Is(_) | PrincipalConstraint::IsIn(..) => Self::Nobody,
        }
    }

    /// Whether a rule of this scope could match the agent. Where it could not, Cedar looks no further either.
    pub(crate) fn concerns(&self, id: &str, agent: &Agent) -> bool {
        match self {
            Self::Anyone => true,
            Self::Team(team) => agent.teams.contains(team),
            Self::Agent(named) => named == id,
            Self::Nobody => false,
        }
    }
}

/// Reading a policy's tree is dear, so its text is looked at first; what is escaped in it could be any word.
fn historic(text: &str, policy: &Policy) -> bool {
    let hints = ["history", "changed_since_last", "\\"];
    hints.iter().any(|hint| text.contains(hint)) && tree::reads_history(policy).unwrap_or(true)
}
