//! The session to mint, and what is refused before STS is asked: not every STS refuses it.

use domain::Fault;

/// The longest session name and source identity, in characters.
pub const MAX_NAME: usize = 64;
/// The longest session policy, in characters.
pub const MAX_POLICY: usize = 2048;
/// How long credentials may last, in seconds.
pub const SECONDS: std::ops::RangeInclusive<u32> = 900..=3600;

/// The session to mint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Role ARN.
    pub role: String,
    /// At most 64 characters.
    pub name: String,
    /// The inline session policy; none for inspection roles, whose own policy is the limit.
    pub policy: Option<String>,
    /// `SourceIdentity`: the action id; none for inspection.
    pub source_identity: Option<String>,
    /// Session tags.
    pub tags: Vec<(String, String)>,
    /// 900 to 3,600 seconds; anything else is refused here, because not every STS refuses it.
    pub seconds: u32,
}

/// Why a session is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Not an ARN of one role.
    #[error("`{0}` is not the ARN of a role")]
    Role(String),
    /// A name STS would refuse, or one that would be cut.
    #[error("`{0}` is not a session name of 2 to {MAX_NAME} characters `[A-Za-z0-9_+=,.@-]`")]
    Name(String),
    /// Too long for STS.
    #[error("the session policy has {0} characters, more than {MAX_POLICY}")]
    Policy(usize),
    /// A tag STS would refuse.
    #[error("`{0}` is not a session tag")]
    Tag(String),
    /// Too short or too long.
    #[error("{0} seconds are not within 900 and 3600")]
    Seconds(u32),
}

impl From<SessionError> for Fault {
    fn from(error: SessionError) -> Self {
        Self::lasting(error.to_string())
    }
}

impl Session {
    /// Whether STS may be asked for it.
    ///
    /// # Errors
    /// The first [`SessionError`].
    pub fn check(&self) -> Result<(), SessionError> {
        if !is_role(&self.role) {
            return Err(SessionError::Role(shorten(&self.role)));
        }
        let names = std::iter::once(&self.name).chain(&self.source_identity);
        if let Some(name) = names.into_iter().find(|name| !is_name(name)) {
            return Err(SessionError::Name(shorten(name)));
        }
        let length = self.policy.as_ref().map_or(0, |policy| policy.chars().count());
        if length > MAX_POLICY {
            return Err(SessionError::Policy(length));
        }
        if let Some((key, _)) = self.tags.iter().find(|(key, value)| !is_tag(key, 128) || !is_tag(value, 256))
        {
            return Err(SessionError::Tag(shorten(key)));
        }
        if SECONDS.contains(&self.seconds) { Ok(()) } else { Err(SessionError::Seconds(self.seconds)) }
    }
}

fn is_role(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    let arn =
        parts.next() == Some("arn") && parts.next().is_some_and(|partition| partition.starts_with("aws"));
    let iam = parts.next() == Some("iam") && parts.next() == Some("");
    let account = parts.next().is_some_and(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()));
    let role = parts.next().and_then(|resource| resource.strip_prefix("role/"));
    arn && iam && account && role.is_some_and(|name| is_name(name) || name.split('/').all(is_name))
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    (2..=MAX_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

fn is_tag(text: &str, longest: usize) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b" _.:/=+-@".contains(&b);
    (1..=longest).contains(&text.len()) && text.bytes().all(allowed)
}

fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            role: "arn:aws:iam::000000000000:role/countersign-local-run-s3-export".to_owned(),
            name: "countersign-act_mzxw6ytboi2dgnbvgy3tqojqgi".to_owned(),
            policy: Some("{}".to_owned()),
            source_identity: Some("act_mzxw6ytboi2dgnbvgy3tqojqgi".to_owned()),
            tags: vec![("countersign:action".to_owned(), "act_mzxw6ytboi2dgnbvgy3tqojqgi".to_owned())],
            seconds: 900,
        }
    }

    /// F12, O8: what STS would refuse, cut or take literally is refused before it is asked.
    #[test]
    fn sessions_are_checked_before_sts_is_asked() {
        assert_eq!(session().check(), Ok(()));
        let with = |change: &dyn Fn(&mut Session)| {
            let mut session = session();
            change(&mut session);
            session.check().map_err(|error| error.to_string())
        };
        let table: [(&str, Result<(), String>); 17] = [
            ("899 s", with(&|s| s.seconds = 899)),
            ("3601 s", with(&|s| s.seconds = 3601)),
            ("3600 s", with(&|s| s.seconds = 3600)),
            ("64 characters", with(&|s| s.name = "x".repeat(64))),
            ("65 characters", with(&|s| s.name = "x".repeat(65))),
            ("a space in the name", with(&|s| s.name = "a b".to_owned())),
            ("a wild role", with(&|s| s.role = "arn:aws:iam::000000000000:role/*".to_owned())),
            ("a user", with(&|s| s.role = "arn:aws:iam::000000000000:user/root".to_owned())),
            ("2048 characters", with(&|s| s.policy = Some("é".repeat(2048)))),
            ("2049 characters", with(&|s| s.policy = Some("x".repeat(2049)))),
            ("a star as identity", with(&|s| s.source_identity = Some("act_*".to_owned()))),
            ("no ARN", with(&|s| s.role = "urn:aws:iam::000000000000:role/run".to_owned())),
            ("a role elsewhere", with(&|s| s.role = "arn:aws:s3::000000000000:role/run".to_owned())),
            (
                "a role in a region",
                with(&|s| s.role = "arn:aws:iam:us-east-1:000000000000:role/run".to_owned()),
            ),
            ("a short account", with(&|s| s.role = "arn:aws:iam::00000000000:role/run".to_owned())),
            ("a star in a tag", with(&|s| s.tags = vec![("action".to_owned(), "act_*".to_owned())])),
            ("an empty tag", with(&|s| s.tags = vec![(String::new(), "x".to_owned())])),
        ];
        insta::assert_debug_snapshot!(table);
    }
}
