//! Claims of a token whose signature holds.

use domain::Timestamp;
use serde_json::{Map, Value};

use crate::claim::{ClaimPath, ClaimTest};
use crate::names::is_name;
use crate::settings::{AudienceBy, HumanMark, IssuerSettings};
use crate::{Invalid, SKEW};

/// The groups of a person, as one token names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// Every name that a rule could use. Names that no rule uses have no effect.
    pub names: Vec<String>,
    /// Whether the provider says that it left some out, because there are too many for a token.
    pub left_out: bool,
}

pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text claim; `None` if it is absent or has another type.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// `sub`: there, short, without control characters.
    pub(crate) fn subject(&self) -> Result<&str, Invalid> {
        self.text("sub").filter(|text| is_name(text)).ok_or(Invalid::Subject)
    }

    /// A person's subject under this claim. In ASCII, so that which letters are the same is beyond doubt.
    pub(crate) fn person(&self, claim: &ClaimPath) -> Result<&str, Invalid> {
        let text = claim.of(&self.0).and_then(Value::as_str);
        text.filter(|text| is_name(text) && text.is_ascii()).ok_or(Invalid::Subject)
    }

    /// What is kept of the claims elsewhere in this crate.
    pub(crate) fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether all of these tests hold.
    pub(crate) fn pass(&self, tests: &[ClaimTest]) -> bool {
        tests.iter().all(|test| test.holds(&self.0))
    }

    /// Whether the token is marked as a human's own.
    pub(crate) fn is_a_humans(&self, issuer: &IssuerSettings) -> bool {
        match &issuer.human {
            HumanMark::All(tests) => !tests.is_empty() && self.pass(tests),
            HumanMark::Never => false,
        }
    }

    /// Whether the token is a machine's own: its client is its subject, or it is marked so.
    pub(crate) fn is_a_machines(&self, issuer: &IssuerSettings, client: Option<&str>) -> bool {
        let marked = !issuer.machine.is_empty() && self.pass(&issuer.machine);
        marked || (client.is_some() && client == self.text("sub"))
    }

    /// Whether the token is for us.
    pub(crate) fn is_for(&self, issuer: &IssuerSettings) -> Result<bool, Invalid> {
        Ok(match issuer.audience_by {
            AudienceBy::Aud => self.audiences()?.contains(&issuer.audience.as_str()),
            AudienceBy::Scope => {
                let ours = |scope: &&str| {
                    scope.strip_prefix(issuer.audience.as_str()).is_some_and(|rest| rest.starts_with('/'))
                };
                self.scopes().any(|scope| ours(&scope))
            }
        })
    }

    /// A time in seconds; whole or fractional.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Invalid> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| (0.0..1.0e11).contains(seconds));
        let seconds = seconds.ok_or(Invalid::Time)?;
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked on the line above")]
        let millis = (seconds * 1000.0) as i64;
        Ok(Some(Timestamp::from_millis(millis)))
    }

    /// `exp`, `nbf` and `iat` as of this moment.
    pub(crate) fn check_times(&self, at: Timestamp) -> Result<(), Invalid> {
        let expires = self.time("exp")?.ok_or(Invalid::Expired)?;
        if at >= expires.plus_seconds(SKEW) {
            return Err(Invalid::Expired);
        }
        for name in ["nbf", "iat"] {
            if self.time(name)?.is_some_and(|from| from > at.plus_seconds(SKEW)) {
                return Err(Invalid::NotYetValid);
            }
        }
        Ok(())
    }

    /// Every audience; a claim of another shape is refused.
    pub(crate) fn audiences(&self) -> Result<Vec<&str>, Invalid> {
        match self.get("aud") {
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => {
                several.iter().map(|one| one.as_str().ok_or(Invalid::Audience)).collect()
            }
            _ => Err(Invalid::Audience),
        }
    }

    /// The client it was issued to: by the configured claim, else `azp` and `client_id`, which must agree.
    pub(crate) fn client(&self, issuer: &IssuerSettings) -> Result<Option<&str>, Invalid> {
        let one = |name: &str| match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().filter(|text| is_name(text)).map(Some).ok_or(Invalid::Client),
        };
        match &issuer.client_claim {
            Some(claim) => match claim.of(&self.0) {
                None => Ok(None),
                Some(value) => value.as_str().filter(|text| is_name(text)).map(Some).ok_or(Invalid::Client),
            },
            None => match (one("azp")?, one("client_id")?) {
                (Some(a), Some(b)) if a != b => Err(Invalid::Client),
                (a, b) => Ok(a.or(b)),
            },
        }
    }

    /// Whether the token has this scope.
    pub(crate) fn has_scope(&self, wanted: &str) -> bool {
        self.scopes().any(|scope| scope == wanted)
    }

    /// Its scopes: `scope` as a text (RFC 9068), and `scp` as a text or a list. Any other shape has none.
    fn scopes(&self) -> impl Iterator<Item = &str> {
        let listed = match self.get("scp") {
            Some(Value::Array(scopes)) => scopes.as_slice(),
            _ => &[],
        };
        let texts = [self.text("scope"), self.text("scp")];
        let texts = texts.into_iter().flatten().flat_map(|text| text.split(' '));
        texts.chain(listed.iter().filter_map(Value::as_str))
    }

    /// The groups, under the issuer's claim: a list, one text, or an object that has them as its keys; none if it
    /// is absent. A name that is too long cannot be in any rule and is ignored; the length of the token bounds
    /// their number.
    pub(crate) fn groups(&self, issuer: &IssuerSettings) -> Result<Groups, Invalid> {
        let texts: Vec<&str> = match issuer.groups_claim.of(&self.0) {
            None => Vec::new(),
            Some(Value::String(one)) => vec![one],
            Some(Value::Object(fields)) => fields.keys().map(String::as_str).collect(),
            Some(Value::Array(values)) => {
                values.iter().map(|value| value.as_str().ok_or(Invalid::Groups)).collect::<Result<_, _>>()?
            }
            Some(_) => return Err(Invalid::Groups),
        };
        let names = texts.into_iter().filter(|text| is_name(text)).map(str::to_owned).collect();
        Ok(Groups { names, left_out: self.leaves_out(issuer) })
    }

    /// Whether the provider says that the groups are elsewhere: as a distributed claim (OpenID Connect Core §5.6.2), or by
    /// the mark that Entra ID sets where a pointer has no room.
    fn leaves_out(&self, issuer: &IssuerSettings) -> bool {
        let distributed = self.get("_claim_names").and_then(|names| names.get(issuer.groups_claim.name()));
        let marked = self.get("hasgroups").and_then(crate::claim::scalar);
        distributed.is_some() || marked.is_some_and(|text| text == "true")
    }
}
