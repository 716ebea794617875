//! A person: signs in at the identity provider's form, on the pages or for a script.

use data_encoding::BASE64URL_NOPAD;
use domain::Digest;
use serde_json::Value;
use url::Url;

use crate::agent::AgentClient;
use crate::browser::{Browser, BrowserPage};
use crate::stack::Stack;
use crate::{FlowResult, FlowStep, fail};

/// A person at their browser.
pub struct BrowserPerson {
    /// The user name, and the password.
    pub name: String,
    /// Their browser.
    pub browser: Browser,
    stack: Stack,
}

/// A client of the provider.
pub struct Client<'a> {
    /// Its id.
    pub name: &'a str,
    /// Its secret; a public client has none.
    pub secret: Option<&'a str>,
    /// Where the provider sends the code.
    pub redirect: &'a str,
}

impl BrowserPerson {
    /// Somebody with a fresh browser.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(stack: &Stack, name: &str) -> FlowResult<Self> {
        Ok(Self { name: name.to_owned(), browser: Browser::new()?, stack: stack.clone() })
    }

    /// Opens a page of ours; types name and password wherever the provider asks.
    ///
    /// # Errors
    /// When the way there is broken.
    pub async fn open(&mut self, path: &str) -> FlowResult<BrowserPage> {
        let page = self.browser.open(&format!("{}{path}", self.stack.api)).await?;
        self.sign_in_if_asked(page).await
    }

    /// Presses a button of the decision form; signs in again where the provider asks.
    ///
    /// # Errors
    /// When the page has no such form.
    pub async fn press(
        &mut self,
        page: &BrowserPage,
        verdict: &str,
        fields: &[(&str, &str)],
    ) -> FlowResult<BrowserPage> {
        let form = page.form("form.decide")?;
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("verdict", verdict)]).collect();
        let page = self.browser.submit(&form, &fields).await?;
        self.sign_in_if_asked(page).await
    }

    /// Changes what this page lets one change; signs in again where the provider asks.
    ///
    /// # Errors
    /// When the page has no such form.
    pub async fn change(&mut self, page: &BrowserPage, fields: &[(&str, &str)]) -> FlowResult<BrowserPage> {
        let form = page.form("details.change form")?;
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("verdict", "modify")]).collect();
        let page = self.browser.submit(&form, &fields).await?;
        self.sign_in_if_asked(page).await
    }

    /// Types name and password if this page is the provider's.
    ///
    /// # Errors
    /// When the provider refuses.
    pub async fn sign_in_if_asked(&mut self, page: BrowserPage) -> FlowResult<BrowserPage> {
        let provider = Url::parse(&self.stack.issuer).step("the issuer's address")?;
        if page.address.origin() != provider.origin() {
            return Ok(page);
        }
        let form = page.form("form")?;
        let name = self.name.clone();
        let page = self.browser.submit(&form, &[("username", &name), ("password", &name)]).await?;
        match page.address.origin() == provider.origin() {
            true => fail(format!("the provider keeps {name}: {} {}", page.status, page.html)),
            false => Ok(page),
        }
    }

    /// A token for the API, as `countersign login` gets one: code with PKCE and a loopback redirect.
    ///
    /// # Errors
    /// When the provider gives none.
    pub async fn api(&mut self) -> FlowResult<AgentClient> {
        let client =
            Client { name: "countersign-cli", secret: None, redirect: "http://127.0.0.1:53682/callback" };
        let answer = self.sign_in(&client, &[("nonce", "n")]).await?;
        let token = answer.get("access_token").and_then(Value::as_str).step(&format!("a token: {answer}"))?;
        Ok(AgentClient::with_token(&self.stack, token))
    }

    /// Signs in for a client of the provider by code with PKCE, with these parameters more: what its token endpoint answers.
    ///
    /// # Errors
    /// When the provider gives no code.
    pub async fn sign_in(&mut self, client: &Client<'_>, more: &[(&str, &str)]) -> FlowResult<Value> {
        let verifier = BASE64URL_NOPAD.encode(Digest::of(self.name.as_bytes()).as_bytes());
        let challenge = BASE64URL_NOPAD.encode(Digest::of(verifier.as_bytes()).as_bytes());
        let metadata = self.browser.open(&self.stack.discovery()).await?;
        let metadata: Value = wire::json::parse(metadata.html.as_bytes()).step("discovery")?;
        let endpoint = |name: &str| metadata.get(name).and_then(Value::as_str).step(name).map(str::to_owned);
        let mut address = Url::parse(&endpoint("authorization_endpoint")?).step("authorization_endpoint")?;
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", self.stack.client(client.name)),
            ("redirect_uri", client.redirect),
            ("scope", &self.stack.login_scopes),
            ("state", "s"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        address.query_pairs_mut().extend_pairs(more);
        let code = self.code(address, client.redirect).await?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", self.stack.client(client.name)),
            ("code", &code),
            ("redirect_uri", client.redirect),
            ("code_verifier", &verifier),
        ];
        form.extend(client.secret.map(|secret| ("client_secret", secret)));
        let http = reqwest::Client::new();
        let answer = http.post(endpoint("token_endpoint")?).form(&form).send().await.step("token")?;
        wire::json::parse(&answer.bytes().await.step("token")?).step("token")
    }

    /// Walks the provider's pages until it redirects to our loopback address, where nobody listens.
    async fn code(&mut self, mut address: Url, redirect: &str) -> FlowResult<String> {
        use reqwest::Method;
        let (mut method, mut fields) = (Method::GET, None);
        for _ in 0..8 {
            let page = self.browser.request(method.clone(), &address, fields.as_ref()).await?;
            if let Some(location) = page.headers.get("location").filter(|_| page.status.is_redirection()) {
                address = address.join(location).step(location)?;
                if location.starts_with(redirect) {
                    let code = address.query_pairs().find(|(name, _)| name == "code");
                    return code.map(|(_, code)| code.into_owned()).step(address.as_str());
                }
                (method, fields) = (Method::GET, None);
                continue;
            }
            let mut form = page.form("form")?;
            form.fields.insert("username".into(), self.name.clone());
            form.fields.insert("password".into(), self.name.clone());
            (method, address, fields) = (Method::POST, form.action, Some(form.fields));
        }
        fail(format!("no code for {} from {address}", self.name))
    }
}
