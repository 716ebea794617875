//! A browser without a screen: cookies, redirects, forms. It keeps `Secure` cookies for 127.0.0.1, as browsers do.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode};
use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::{FlowResult, FlowStep, fail};

/// One person's browser.
pub struct Browser {
    http: reqwest::Client,
    /// Cookies by origin, then name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// A page that was answered.
#[derive(Debug, Clone)]
pub struct BrowserPage {
    /// Its address after all redirects.
    pub address: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers, lower case.
    pub headers: BTreeMap<String, String>,
    /// The HTML.
    pub html: String,
}

/// A form on a page, with the fields it would send by itself.
#[derive(Debug, Clone)]
pub struct BrowserForm {
    /// Where it goes.
    pub action: Url,
    /// Hidden and preset fields.
    pub fields: BTreeMap<String, String>,
}

impl Browser {
    /// A new browser, knowing nothing.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new() -> FlowResult<Self> {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().step("an HTTP client")?;
        Ok(Self { http, cookies: BTreeMap::new() })
    }

    /// Opens an address, following redirects and pages that go on by themselves.
    ///
    /// # Errors
    /// When something does not answer.
    pub async fn open(&mut self, address: &str) -> FlowResult<BrowserPage> {
        let address = Url::parse(address).step(address)?;
        self.follow(Method::GET, address, None).await
    }

    /// Sends a form, following redirects.
    ///
    /// # Errors
    /// When something does not answer.
    pub async fn submit(&mut self, form: &BrowserForm, extra: &[(&str, &str)]) -> FlowResult<BrowserPage> {
        let mut fields = form.fields.clone();
        fields.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.follow(Method::POST, form.action.clone(), Some(fields)).await
    }

    /// One request without following anything.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn request(
        &mut self,
        method: Method,
        address: &Url,
        fields: Option<&BTreeMap<String, String>>,
    ) -> FlowResult<BrowserPage> {
        let mut request = self.http.request(method, address.clone());
        let known = self.cookies.get(&address.origin().ascii_serialization());
        if let Some(known) = known.filter(|known| !known.is_empty()) {
            let pairs: Vec<String> = known.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        if let Some(fields) = fields {
            request = request.form(fields);
        }
        let response = request.send().await.step(address.as_str())?;
        self.keep_cookies(address, &response);
        let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = response.headers().iter().map(text).collect();
        let status = response.status();
        let html = response.text().await.step(address.as_str())?;
        Ok(BrowserPage { address: address.clone(), status, headers, html })
    }

    async fn follow(
        &mut self,
        mut method: Method,
        mut address: Url,
        mut fields: Option<BTreeMap<String, String>>,
    ) -> FlowResult<BrowserPage> {
        for _ in 0..12 {
            let page = self.request(method, &address, fields.as_ref()).await?;
            let redirect = page.headers.get(LOCATION.as_str()).filter(|_| page.status.is_redirection());
            let Some(onward) = redirect.cloned().or_else(|| page.refresh()) else { return Ok(page) };
            address = address.join(&onward).step(&onward)?;
            (method, fields) = (Method::GET, None);
        }
        fail(format!("{address}: redirects without end"))
    }

    fn keep_cookies(&mut self, address: &Url, response: &reqwest::Response) {
        let jar = self.cookies.entry(address.origin().ascii_serialization()).or_default();
        for header in response.headers().get_all(SET_COOKIE) {
            let line = String::from_utf8_lossy(header.as_bytes()).into_owned();
            let Some((name, rest)) = line.split_once('=') else { continue };
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            let gone = attributes.to_ascii_lowercase().contains("max-age=0") || value.is_empty();
            match gone {
                true => jar.remove(name.trim()),
                false => jar.insert(name.trim().to_owned(), value.trim().to_owned()),
            };
        }
    }
}

impl BrowserPage {
    /// The first form that matches the selector, e.g. `form.decide`.
    ///
    /// # Errors
    /// When there is none.
    pub fn form(&self, selector: &str) -> FlowResult<BrowserForm> {
        let page = Html::parse_document(&self.html);
        let form = page.select(&css(selector)?).next();
        let missing = || format!("{} has no `{selector}` (status {})", self.address, self.status);
        let form = form.step(&missing())?;
        let action = form.value().attr("action").filter(|action| !action.is_empty());
        let action = match action {
            Some(action) => self.address.join(action).step(action)?,
            None => self.address.clone(),
        };
        let mut fields = BTreeMap::new();
        for input in form.select(&css("input[type=hidden], input[checked]")?) {
            if let Some(name) = input.value().attr("name") {
                fields.insert(name.to_owned(), input.value().attr("value").unwrap_or("").to_owned());
            }
        }
        Ok(BrowserForm { action, fields })
    }

    /// Where the page goes on by itself, if it does.
    fn refresh(&self) -> Option<String> {
        let page = Html::parse_document(&self.html);
        let refresh = Selector::parse("meta[http-equiv=refresh]").ok()?;
        let content = page.select(&refresh).next()?.value().attr("content")?;
        content.strip_prefix("0; url=").map(str::to_owned)
    }

    /// The text of the first element that matches, white space folded.
    ///
    /// # Errors
    /// When there is none.
    pub fn text(&self, selector: &str) -> FlowResult<String> {
        let missing = format!("{} has no `{selector}` (status {})", self.address, self.status);
        self.texts(selector)?.into_iter().next().step(&missing)
    }

    /// The texts of all elements that match.
    ///
    /// # Errors
    /// When the selector is malformed.
    pub fn texts(&self, selector: &str) -> FlowResult<Vec<String>> {
        let page = Html::parse_document(&self.html);
        let fold = |element: ElementRef<'_>| {
            let text: String = element.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Ok(page.select(&css(selector)?).map(fold).collect())
    }
}

fn css(selector: &str) -> FlowResult<Selector> {
    Selector::parse(selector).step(selector)
}
