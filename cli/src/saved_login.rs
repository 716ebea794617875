//! The token that `countersign login` stores: one file that only its owner can read.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::Timestamp;
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use wire::text::{parse_rfc3339, rfc3339};

use crate::api::{Address, ApiError, text};

/// A person's token for one API.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SavedLogin {
    /// The API it is used for, and no other: as [`Address`] writes it.
    pub(crate) api: String,
    pub(crate) token: String,
    pub(crate) until: Timestamp,
    /// The scopes it has, apart by spaces, as the issuer said.
    pub(crate) scope: Option<String>,
    /// How another is got without the person, where the issuer allows it.
    pub(crate) refresh: Option<Refresh>,
    /// The user's choices at the sign-in, for the next one.
    pub(crate) chosen: Option<Chosen>,
}

/// The scopes that the user chose for sign-ins at one issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) issuer: Address,
    /// The scopes that are always asked for.
    pub(crate) scopes: Vec<String>,
    /// The scopes that are asked for in order to decide.
    pub(crate) decide_scope: Option<String>,
}

/// A refresh token, and the one place it may be sent to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Refresh {
    pub(crate) issuer: Address,
    /// Other origins that the issuer's endpoints may have, as the user said at the sign-in.
    pub(crate) elsewhere: Vec<Address>,
    pub(crate) client: String,
    pub(crate) token: String,
}

/// How long a token counts whose issuer does not say, in seconds.
const SECONDS: i64 = 300;
/// No token is believed to count longer, in seconds.
const MOST: i64 = 30 * 86_400;

impl SavedLogin {
    /// What an issuer's answer says, for this API; a refresh token that is not replaced stays. `asked` are the scopes that
    /// were asked for: an issuer that names none in its answer granted those (RFC 6749).
    ///
    /// # Errors
    /// [`ApiError::Answer`] without an access token.
    pub(crate) fn of(
        api: &str,
        answer: &Value,
        asked: Option<String>,
        refresh: Option<Refresh>,
    ) -> Result<Self, ApiError> {
        let seconds = answer.get("expires_in").and_then(Value::as_i64).unwrap_or(SECONDS).clamp(0, MOST);
        let until = SystemClock.now().plus_seconds(seconds);
        let (api, token) = (api.to_owned(), text(answer, "access_token")?.to_owned());
        let replaced = answer.get("refresh_token").and_then(Value::as_str).map(str::to_owned);
        let refresh = refresh.map(|old| Refresh { token: replaced.unwrap_or(old.token.clone()), ..old });
        let scope = answer.get("scope").and_then(Value::as_str).map(str::to_owned).or(asked);
        let refresh = refresh.filter(|refresh| !refresh.token.is_empty());
        Ok(Self { api, token, until, scope, refresh, chosen: None })
    }

    /// Whether the token still counts.
    pub(crate) fn counts(&self) -> bool {
        SystemClock.now() < self.until
    }

    /// The sign-in for this API, if there is one.
    pub(crate) fn for_api(api: &Address) -> Result<Self, ApiError> {
        let saved = Self::read(&place().ok_or(ApiError::NoToken)?)?;
        saved.filter(|saved| saved.api == api.as_str()).ok_or(ApiError::NoToken)
    }

    /// Stores it in place of any other.
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
        let saved = wire::json::parse_value(&bytes).ok().and_then(|value| Self::of_file(&value));
        saved.map(Some).ok_or_else(|| {
            ApiError::Usage(format!("`{}` holds no sign-in: `countersign login` again", place.display()))
        })
    }

    /// The contents of the file; none where a part is missing or is not what [`Self::write`] writes.
    fn of_file(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let until = parse_rfc3339(&text("until")?).ok()?;
        let refresh = match value.get("refresh") {
            Some(refresh) => Some(Refresh::read(refresh)?),
            None => None,
        };
        let chosen = match value.get("chosen") {
            Some(chosen) => Some(Chosen::read(chosen)?),
            None => None,
        };
        Some(Self { api: text("api")?, token: text("token")?, until, scope: text("scope"), refresh, chosen })
    }

    /// Written to a file next to it first, readable by nobody else from its first byte on.
    fn write_to(&self, place: &Path) -> Result<(), std::io::Error> {
        let until = rfc3339(self.until);
        let mut content =
            json!({ "api": self.api, "token": self.token, "until": until, "scope": self.scope });
        if let (Some(refresh), Some(fields)) = (&self.refresh, content.as_object_mut()) {
            fields.insert("refresh".to_owned(), refresh.written());
        }
        if let (Some(chosen), Some(fields)) = (&self.chosen, content.as_object_mut()) {
            fields.insert("chosen".to_owned(), chosen.written());
        }
        if let Some(folder) = place.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let new = place.with_extension(format!("new-{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(content.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, place)
    }
}

impl Chosen {
    fn read(value: &Value) -> Option<Self> {
        let scopes = value.get("scopes")?.as_array()?.iter().map(|one| one.as_str().map(str::to_owned));
        Some(Self {
            issuer: value.get("issuer")?.as_str()?.parse().ok()?,
            scopes: scopes.collect::<Option<_>>()?,
            decide_scope: value.get("decide_scope").and_then(Value::as_str).map(str::to_owned),
        })
    }

    fn written(&self) -> Value {
        json!({ "issuer": self.issuer.as_str(), "scopes": self.scopes, "decide_scope": self.decide_scope })
    }
}

impl Refresh {
    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let elsewhere = value.get("elsewhere")?.as_array()?.iter().map(|one| one.as_str()?.parse().ok());
        Some(Self {
            issuer: text("issuer")?.parse().ok()?,
            elsewhere: elsewhere.collect::<Option<_>>()?,
            client: text("client")?.to_owned(),
            token: text("token")?.to_owned(),
        })
    }

    fn written(&self) -> Value {
        let elsewhere: Vec<&str> = self.elsewhere.iter().map(Address::as_str).collect();
        json!({ "issuer": self.issuer.as_str(), "elsewhere": elsewhere, "client": self.client, "token": self.token })
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
        assert!(SavedLogin::read(&place).unwrap().is_none());
        for token in ["first", "second"] {
            let until = Timestamp::from_millis(1_795_000_000_000);
            let scope = Some("openid countersign:read".to_owned());
            let refresh = Refresh {
                issuer: "https://id.example.com".parse().unwrap(),
                elsewhere: vec!["https://oauth2.example.com".parse().unwrap()],
                client: "cli".to_owned(),
                token: "again".to_owned(),
            };
            let refresh = Some(refresh).filter(|_| token == "second");
            let (api, token) = ("http://127.0.0.1:8080".to_owned(), token.to_owned());
            let chosen = Chosen {
                issuer: "https://id.example.com".parse().unwrap(),
                scopes: vec!["openid".to_owned(), "profile".to_owned()],
                decide_scope: None,
            };
            let saved = SavedLogin { api, token, until, scope, refresh, chosen: Some(chosen) };
            saved.write_to(&place).unwrap();
            assert!(SavedLogin::read(&place).unwrap() == Some(saved));
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&place), mode(place.parent().unwrap())), (0o600, 0o700));
        let written = fs::read_to_string(&place).unwrap();
        for broken in ["{}", "", &written.replace("until", "since"), &written.replace("\"issuer\"", "\"by\"")]
        {
            fs::write(&place, broken).unwrap();
            let said = SavedLogin::read(&place).err().map(|error| error.to_string()).unwrap();
            assert!(
                said.contains("holds no sign-in") && said.contains("countersign login"),
                "{broken}: {said}"
            );
        }
        for open in [0o644, 0o620, 0o604] {
            fs::set_permissions(&place, fs::Permissions::from_mode(open)).unwrap();
            assert!(SavedLogin::read(&place).is_err(), "E19: {open:o}");
        }
    }
}
