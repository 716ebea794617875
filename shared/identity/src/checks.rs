//! Explains why a token is, or is not, a person's own, for people who write an issuer's settings.

use crate::Invalid;
use crate::claim::ClaimTest;
use crate::issuers::Issuers;
use crate::jws::Unverified;
use crate::settings::HumanMark;
use crate::{claims::Claims, unverified_key_ref};

/// One thing that must hold for an access token to be a person's own and to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCheck {
    /// What must hold.
    pub what: String,
    /// Whether it does.
    pub holds: bool,
}

/// Everything that makes an access token a person's own, in order. The signature is not looked at here: only what
/// [`crate::caller_with_key`] has verified may be believed.
///
/// # Errors
/// [`Invalid`] when it is no token of a configured issuer.
pub fn person_checks(token: &str, issuers: &Issuers) -> Result<Vec<PersonCheck>, Invalid> {
    let issuer = issuers.get(&unverified_key_ref(token)?.issuer).ok_or(Invalid::Issuer)?;
    let claims = Claims::new(Unverified::read(token)?.into_claims());
    let client = claims.client(issuer)?;
    let check = |what: String, holds: bool| PersonCheck { what, holds };
    let shown = client.unwrap_or("none");
    let mut all = vec![
        check("`people` is true for its issuer".to_owned(), issuer.people),
        check(
            format!("its client, {shown}, is one of `person_clients`"),
            issuer.person_clients.iter().any(|known| Some(known.as_str()) == client),
        ),
    ];
    match &issuer.human {
        HumanMark::Never => {
            all.push(check("`human` is \"never\": no access token of it decides".to_owned(), false))
        }
        HumanMark::All(tests) => {
            let test = |test: &ClaimTest| {
                check(format!("`human`: {}", test), claims.pass(std::slice::from_ref(test)))
            };
            all.extend(tests.iter().map(test));
        }
    }
    let own = !claims.is_a_machines(issuer, client);
    all.push(check(
        "it is no machine's own (`machine`, or a client that is its own subject)".to_owned(),
        own,
    ));
    let kept = claims.get("act").is_none() && claims.get("actor").is_none();
    all.push(check("it was handed on to nobody (`act`, `actor`)".to_owned(), kept));
    let subject = claims.person(&issuer.subject.access).is_ok();
    all.push(check(format!("`{}` is there, a person's subject", issuer.subject.access.name()), subject));
    let scope = claims.has_scope(&issuer.decide_scope);
    all.push(check(format!("to decide: it has the scope `{}`", issuer.decide_scope), scope));
    Ok(all)
}
