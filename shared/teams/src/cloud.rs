//! Microsoft's clouds: where tokens come from, who signs requests, and which addresses may receive our token.

use url::Url;

/// One of Microsoft's clouds, as configuration names it; every field can be configured by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Where Entra ID issues tokens, without a slash at the end: `https://login.microsoftonline.com`.
    pub login: String,
    /// The scope of a token for the Connector.
    pub scope: String,
    /// The `iss` of the tokens with which the Bot Framework calls the bot.
    pub issuer: String,
    /// The OpenID metadata of that issuer.
    pub metadata: String,
    /// The Connector's address for a conversation whose own address is not known yet.
    pub service_url: String,
    /// The hosts, with their port where it is not 443, to which the bot's token may be sent.
    pub service_hosts: Vec<String>,
}

impl Cloud {
    /// The cloud with this name: `public`, `gcc`, `gcc-high`, `dod` or `china`. The last has no Connector address here,
    /// because Microsoft publishes none: `service_url` and `service_hosts` must be configured.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let host = match name {
            "public" => "smba.trafficmanager.net",
            "gcc" => "smba.infra.gcc.teams.microsoft.com",
            "gcc-high" => "smba.infra.gov.teams.microsoft.us",
            "dod" => "smba.infra.dod.teams.microsoft.us",
            "china" => "",
            _ => return None,
        };
        let (login, framework, metadata) = match name {
            "gcc-high" | "dod" => {
                ("login.microsoftonline.us", "api.botframework.us", "login.botframework.azure.us")
            }
            "china" => (
                "login.partner.microsoftonline.cn",
                "api.botframework.azure.cn",
                "login.botframework.azure.cn",
            ),
            _ => ("login.microsoftonline.com", "api.botframework.com", "login.botframework.com"),
        };
        let hosts: Vec<String> =
            Some(host).filter(|host| !host.is_empty()).map(str::to_owned).into_iter().collect();
        Some(Self {
            login: format!("https://{login}"),
            scope: format!("https://{framework}/.default"),
            issuer: format!("https://{framework}"),
            metadata: format!("https://{metadata}/v1/.well-known/openidconfiguration"),
            service_url: hosts.first().map(|host| format!("https://{host}/teams/")).unwrap_or_default(),
            service_hosts: hosts,
        })
    }
}

/// An address of the Connector that the configuration allows, normalised: host in lower case, a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceUrl(String);

impl ServiceUrl {
    /// Reads an address; `None` unless its host is one of the cloud's, over HTTPS (or on this very machine over HTTP).
    #[must_use]
    pub fn allowed(text: &str, cloud: &Cloud) -> Option<Self> {
        let url = plain(text)?;
        let host = url.host_str()?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let safe = url.scheme() == "https" || (url.scheme() == "http" && host == "127.0.0.1");
        let known = cloud.service_hosts.contains(&authority);
        (safe && known).then(|| Self(normal(&url)))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this text is the same address, a slash at the end and the case of the host aside.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        plain(text).is_some_and(|url| normal(&url) == self.0)
    }
}

/// An address without user, password, query and fragment.
fn plain(text: &str) -> Option<Url> {
    let bounded = text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let url = Url::parse(text).ok().filter(|_| bounded)?;
    let bare = url.username().is_empty() && url.password().is_none();
    (bare && url.query().is_none() && url.fragment().is_none()).then_some(url)
}

fn normal(url: &Url) -> String {
    format!("{}/", url.as_str().trim_end_matches('/'))
}
