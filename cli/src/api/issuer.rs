//! An issuer of tokens: where it is spoken to, as its discovery document says and as far as that may be believed.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::http::{Http, Trouble};
use super::{Address, ApiError};

/// An issuer.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    address: Address,
    /// Other origins that its endpoints may have.
    elsewhere: Vec<Address>,
}

/// Where it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoints {
    /// Its own name for itself, exactly.
    pub(crate) issuer: String,
    /// Where people sign in.
    pub(crate) authorization: Option<String>,
    /// Where codes and client secrets are exchanged for tokens.
    pub(crate) token: String,
    /// The scopes it says it has.
    pub(crate) scopes: Vec<String>,
}

impl Issuer {
    pub(crate) fn new(address: &Address, elsewhere: &[Address]) -> Self {
        Self { address: address.clone(), elsewhere: elsewhere.to_vec() }
    }

    /// Reads its discovery document. An endpoint of another origin is accepted only if the user named that origin,
    /// because codes, secrets and passwords are sent there.
    pub(crate) async fn discover(&self, http: &Http, within: Duration) -> Result<Endpoints, Trouble> {
        self.elsewhere.iter().chain([&self.address]).try_for_each(|place| http.admits(place))?;
        let document = self.address.below("/.well-known/openid-configuration");
        let value = match http.json(http.client().get(document), within).await {
            Ok(reply) => reply.value,
            Err(trouble) => return Err(self.about(trouble)),
        };
        self.read(&value).map_err(Trouble::Lasting)
    }

    /// An issuer that answers 401 wants no token of ours: it fails.
    pub(crate) fn about(&self, trouble: Trouble) -> Trouble {
        let said = |why: String| format!("the issuer `{}`: {why}", self.address);
        match trouble {
            Trouble::Passing(why, pause) => Trouble::Passing(said(why), pause),
            Trouble::Lasting(ApiError::Refused(refusal)) => {
                Trouble::Lasting(ApiError::Answer(said(refusal.sentence())))
            }
            Trouble::Unauthorized(why) | Trouble::Lasting(ApiError::Answer(why)) => {
                Trouble::Lasting(ApiError::Answer(said(why)))
            }
            Trouble::Lasting(other) => Trouble::Lasting(other),
        }
    }

    fn read(&self, document: &Value) -> Result<Endpoints, ApiError> {
        let wrong =
            |why: String| ApiError::Answer(format!("the discovery document of `{}` {why}", self.address));
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let issuer = text("issuer").ok_or_else(|| wrong("names no `issuer`".to_owned()))?;
        if issuer.trim_end_matches('/').parse().ok() != Some(self.address.clone()) {
            return Err(wrong(format!("is of another issuer, `{issuer}`")));
        }
        let endpoint = |name: &str| {
            let url = text(name).and_then(|text| Url::parse(text).ok());
            let url = url.ok_or_else(|| wrong(format!("has no address as `{name}`")))?;
            let plain = url.username().is_empty() && url.password().is_none();
            let origin = url.origin().ascii_serialization();
            let mut known = self.elsewhere.iter().chain([&self.address]).map(Address::origin);
            match plain && known.any(|known| known == origin) {
                true => Ok(String::from(url)),
                false => Err(wrong(format!(
                    "has its `{name}` at another origin, {origin}; if that is right, add --endpoint-origin {origin}"
                ))),
            }
        };
        let scopes =
            document.get("scopes_supported").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let authorization = text("authorization_endpoint").map(|_| endpoint("authorization_endpoint"));
        Ok(Endpoints {
            issuer: issuer.to_owned(),
            authorization: authorization.transpose()?,
            token: endpoint("token_endpoint")?,
            scopes: scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(document: &Value, elsewhere: &[&str]) -> Result<Endpoints, String> {
        let elsewhere: Vec<Address> = elsewhere.iter().map(|text| text.parse().unwrap()).collect();
        let issuer = Issuer::new(&"https://id.example.com/tenant".parse().unwrap(), &elsewhere);
        issuer.read(document).map_err(|error| error.to_string())
    }

    /// E19: secrets go to the issuer's own origin, or to one that the user named.
    #[test]
    fn endpoints() {
        let document = |authorization: &str, token: &str| {
            json!({
                "issuer": "https://id.example.com/tenant", "authorization_endpoint": authorization,
                "token_endpoint": token,
            })
        };
        let (own, other) = ("https://id.example.com/x?p=1", "https://id.example.net/token");
        assert_eq!(read(&document(own, own), &[]).unwrap().token, own);
        let said = read(&document(own, other), &[]).unwrap_err();
        assert!(said.contains("--endpoint-origin https://id.example.net"), "{said}");
        assert!(read(&document(other, own), &[]).is_err(), "a password goes there");
        assert!(read(&document(own, other), &["https://id.example.net"]).is_ok());
        for token in [
            "http://id.example.com/token",
            "https://id.example.com:444/token",
            "https://id.example.com@evil.example/token",
            "https://user@id.example.com/token",
            "https://id.example.com.evil.example/token",
            "/token",
            "",
        ] {
            assert!(read(&document(own, token), &[]).is_err(), "{token}");
        }
        let mut foreign = document(own, own);
        foreign["issuer"] = json!("https://id.example.com/other");
        assert!(read(&foreign, &[]).unwrap_err().contains("is of another issuer"));
        for none in [json!(null), json!(7)] {
            foreign["issuer"] = none;
            assert!(read(&foreign, &[]).unwrap_err().contains("names no `issuer`"));
        }
    }
}
