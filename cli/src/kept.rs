//! The token that `countersign login` keeps: one file, its owner's alone.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::Timestamp;
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use wire::text::{parse_rfc3339, rfc3339};

use crate::api::{Address, ApiError};

/// A person's token for one API.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The API it is used for, and no other: as [`Address`] writes it.
    pub(crate) api: String,
    pub(crate) token: String,
    pub(crate) until: Timestamp,
    /// The scopes it has, apart by spaces, as the issuer said.
    pub(crate) scope: Option<String>,
}

impl Kept {
    /// The token for this API, if somebody signed in for it and it still counts.
    pub(crate) fn token(api: &Address) -> Result<String, ApiError> {
        let kept = Self::read(&place().ok_or(ApiError::NoToken)?)?;
        let kept = kept.filter(|kept| kept.api == api.as_str()).ok_or(ApiError::NoToken)?;
        let late = || ApiError::TokenEnded("you are no longer signed in: `countersign login`".to_owned());
        if SystemClock.now() < kept.until { Ok(kept.token) } else { Err(late()) }
    }

    /// Keeps it in place of any other.
    pub(crate) fn write(&self) -> Result<PathBuf, ApiError> {
        let place =
            place().ok_or_else(|| ApiError::Answer("there is no HOME to keep the token in".to_owned()))?;
        self.write_to(&place).map_err(|error| ApiError::file(&place, error))?;
        Ok(place)
    }

    /// Whether there was one.
    pub(crate) fn forget() -> Result<bool, ApiError> {
        let Some(place) = place() else { return Ok(false) };
        match fs::remove_file(&place) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(ApiError::file(&place, error)),
        }
    }

    fn read(place: &Path) -> Result<Option<Self>, ApiError> {
        let bytes = match fs::read(place) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ApiError::file(place, error)),
        };
        let mode = fs::metadata(place).map_err(|error| ApiError::file(place, error))?.mode();
        if mode & 0o077 != 0 {
            let said =
                format!("`{}` can be read or changed by others: `countersign login` again", place.display());
            return Err(ApiError::Usage(said));
        }
        let value = wire::json::parse_value(&bytes).ok();
        Ok(value.and_then(|value| {
            let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
            let until = parse_rfc3339(&text("until")?).ok()?;
            Some(Self { api: text("api")?, token: text("token")?, until, scope: text("scope") })
        }))
    }

    /// Written beside it first, readable by nobody else from its first byte on.
    fn write_to(&self, place: &Path) -> Result<(), std::io::Error> {
        let (api, token, until) = (&self.api, &self.token, rfc3339(self.until));
        let content = json!({ "api": api, "token": token, "until": until, "scope": self.scope });
        if let Some(folder) = place.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let beside = place.with_extension(format!("new-{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(content.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, place)
    }
}

/// `countersign/login.json` in the folder that XDG names, else below `~/.config`.
fn place() -> Option<PathBuf> {
    // A folder that depends on where a command is run is none.
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(config.join("countersign").join("login.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("countersign").join("login.json");
        assert!(Kept::read(&place).unwrap().is_none());
        for token in ["first", "second"] {
            let until = Timestamp::from_millis(1_795_000_000_000);
            let scope = Some("openid countersign:read".to_owned());
            let kept =
                Kept { api: "http://127.0.0.1:8080".to_owned(), token: token.to_owned(), until, scope };
            kept.write_to(&place).unwrap();
            assert!(Kept::read(&place).unwrap() == Some(kept));
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&place), mode(place.parent().unwrap())), (0o600, 0o700));
        fs::write(&place, "{}").unwrap();
        assert!(Kept::read(&place).unwrap().is_none(), "what says nothing is no token");
        for open in [0o644, 0o620, 0o604] {
            fs::set_permissions(&place, fs::Permissions::from_mode(open)).unwrap();
            assert!(Kept::read(&place).is_err(), "E19: {open:o}");
        }
    }
}
