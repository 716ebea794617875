//! ID tokens: the provider's signed proof that this person, just now, gave this statement.

use domain::{Person, Timestamp};
use serde_json::Value;

use crate::claims::{Claims, Groups};
use crate::jws::Unverified;
use crate::settings::IssuerSettings;
use crate::{FRESH_SKEW, Invalid, SKEW};

/// What the ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct IdTokenExpected<'a> {
    /// The issuer.
    pub issuer: &'a IssuerSettings,
    /// The client it must be issued to; any further audience must be one the issuer's settings trust.
    pub client: &'a str,
    /// Exactly its `nonce`; for a proof the text of the statement's digest.
    pub nonce: &'a str,
    /// As of when.
    pub at: Timestamp,
    /// How many seconds ago the person may have signed in, if that matters.
    pub max_age: Option<u32>,
    /// The moment since which the person must have signed in anew (`prompt=login`), if that matters. The token must then
    /// also have been issued within [`IssuerSettings::sign_in_seconds`] of the sign-in.
    pub fresh_since: Option<Timestamp>,
}

/// What it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTokenFacts {
    /// Who.
    pub person: Person,
    /// Their groups, as it gives them.
    pub groups: Groups,
    /// When they signed in, if it says so.
    pub auth_time: Option<Timestamp>,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// Checks an ID token with this key. Pure.
///
/// # Errors
/// [`Invalid`] names the check that failed. A provider that ignores `max_age` or `prompt=login` fails here: an
/// `auth_time` that is missing or too old is refused.
pub fn id_token(token: &str, key: &Value, expected: &IdTokenExpected<'_>) -> Result<IdTokenFacts, Invalid> {
    let issuer = expected.issuer;
    let claims = Unverified::read(token)?.verify(key, issuer, &["jwt", "id+jwt"])?;
    for_client(&claims, expected)?;
    claims.check_times(expected.at)?;
    if claims.text("nonce") != Some(expected.nonce) {
        return Err(Invalid::Nonce);
    }
    if !claims.pass(&issuer.require) {
        return Err(Invalid::Required);
    }
    let issued_at = claims.time("iat")?.ok_or(Invalid::NotYetValid)?;
    let auth_time = claims.time("auth_time")?;
    check_fresh(auth_time, issued_at, expected)?;
    Ok(IdTokenFacts {
        person: Person {
            issuer: issuer.issuer.clone(),
            subject: claims.person(&issuer.subject.id)?.to_owned(),
        },
        groups: claims.groups(issuer)?,
        auth_time,
        issued_at,
    })
}

/// Issued to this client and to nobody who is not trusted. A token with several audiences must say to whom it was
/// issued.
fn for_client(claims: &Claims, expected: &IdTokenExpected<'_>) -> Result<(), Invalid> {
    let audiences = claims.audiences()?;
    let trusted = |one: &&str| {
        *one == expected.client || expected.issuer.trusted_audiences.iter().any(|known| known == one)
    };
    if !audiences.contains(&expected.client) || !audiences.iter().all(trusted) {
        return Err(Invalid::Audience);
    }
    match claims.get("azp") {
        None if audiences.len() == 1 => Ok(()),
        None => Err(Invalid::Audience),
        Some(azp) if azp.as_str() == Some(expected.client) => Ok(()),
        Some(_) => Err(Invalid::Client),
    }
}

/// The freshness of a sign-in is judged by the provider's own two values: how long after the sign-in it issued the
/// token. Times that callbacks wrote can only refuse what those two allow.
fn check_fresh(
    auth_time: Option<Timestamp>,
    issued_at: Timestamp,
    expected: &IdTokenExpected<'_>,
) -> Result<(), Invalid> {
    let since_age = expected.max_age.map(|age| expected.at.plus_seconds(-i64::from(age)));
    let earliest = since_age.max(expected.fresh_since);
    let Some(earliest) = earliest else { return Ok(()) };
    let signed_in = auth_time.ok_or(Invalid::NoSignInTime)?;
    let anew = expected.fresh_since.map(|_| expected.issuer.sign_in_seconds);
    let longest = anew.into_iter().chain(expected.max_age).min().map_or(i64::MAX, i64::from);
    let issued_soon = signed_in <= issued_at && issued_at <= signed_in.plus_seconds(longest);
    let plausible = signed_in <= expected.at.plus_seconds(SKEW);
    let since = signed_in >= earliest.plus_seconds(-FRESH_SKEW);
    if issued_soon && plausible && since { Ok(()) } else { Err(Invalid::NotFresh) }
}
