//! Who is on call: asked of PagerDuty, or of an https address that answers with a list.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bundle::{OnCallSource, PagerDutySchedule};
use domain::Fault;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::webhook::{PublicAddresses, callable};

/// PagerDuty's service regions.
const PAGER_DUTY: [&str; 2] = ["https://api.pagerduty.com", "https://api.eu.pagerduty.com"];
/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Who is on call.
#[async_trait]
pub trait OnCall: Send + Sync {
    /// The subjects of the people who are on call now.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be found out.
    async fn people(&self, source: &OnCallSource) -> Result<Vec<String>, Fault>;
}

/// Asks over HTTPS: no redirects, no proxy, public addresses, three seconds.
pub struct HttpOnCall {
    http: reqwest::Client,
    token: Option<SecretString>,
    pager_duty: [String; 2],
    local: bool,
}

/// What is read of PagerDuty's answer.
#[derive(Deserialize)]
struct OnCalls {
    oncalls: Vec<Entry>,
    /// Whether there are more than were answered.
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct Entry {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

impl HttpOnCall {
    /// Asks PagerDuty with this API token; without one, its schedules cannot be asked. Only where `local` is true, plain http to
    /// 127.0.0.1 is an address too.
    ///
    /// # Errors
    /// A lasting [`Fault`] when no HTTP client can be made.
    pub fn new(token: Option<SecretString>, local: bool) -> Result<Self, Fault> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(PublicAddresses))
            .timeout(Duration::from_secs(3))
            .build()
            .map_err(|error| Fault::lasting(format!("no HTTP client: {error}")))?;
        Ok(Self { http, token, pager_duty: PAGER_DUTY.map(str::to_owned), local })
    }

    /// The same with PagerDuty at another address.
    #[must_use]
    pub fn with_pager_duty(mut self, address: &str) -> Self {
        self.pager_duty = [address.to_owned(), address.to_owned()];
        self
    }

    async fn schedule(&self, schedule: &PagerDutySchedule) -> Result<Vec<String>, Fault> {
        let token = self.token.as_ref().ok_or_else(|| fault("there is no token for PagerDuty"))?;
        let [worldwide, europe] = &self.pager_duty;
        let base = if schedule.eu { europe } else { worldwide };
        let mut url = Url::parse(&format!("{base}/oncalls")).map_err(|_| fault("no address"))?;
        url.query_pairs_mut().append_pair("schedule_ids[]", &schedule.schedule).append_pair("limit", "100");
        let token = format!("Token token={}", token.expose_secret());
        let request = self.http.get(url).header(AUTHORIZATION, token);
        let answer = answer(request.header(ACCEPT, "application/vnd.pagerduty+json;version=2")).await?;
        let answer: OnCalls =
            wire::json::parse_stored(&answer).map_err(|_| fault("not PagerDuty's answer"))?;
        if answer.more {
            return Err(fault("more people are on call than one answer lists"));
        }
        let ids = answer.oncalls.into_iter().map(|entry| entry.user.id);
        // Whoever is on call and is nobody of the directory could not answer: then everybody is told.
        ids.map(|id| {
            schedule.people.get(&id).cloned().ok_or_else(|| fault("it names a user who is nobody here"))
        })
        .collect()
    }
}

#[async_trait]
impl OnCall for HttpOnCall {
    async fn people(&self, source: &OnCallSource) -> Result<Vec<String>, Fault> {
        match source {
            OnCallSource::PagerDuty(schedule) => self.schedule(schedule).await,
            OnCallSource::Https(address) => {
                let url = callable(address, self.local).ok_or_else(|| fault("the address is refused"))?;
                let answer = answer(self.http.get(url).header(ACCEPT, "application/json")).await?;
                wire::json::parse_stored(&answer).map_err(|_| fault("the answer is no list of texts"))
            }
        }
    }
}

fn fault(why: &str) -> Fault {
    Fault::passing(format!("who is on call is not known: {why}"))
}

/// The body of a successful answer.
async fn answer(request: RequestBuilder) -> Result<Vec<u8>, Fault> {
    let failed = |error: reqwest::Error| fault(&error.without_url().to_string());
    let mut answer = request.send().await.map_err(failed)?;
    if !answer.status().is_success() {
        return Err(fault(&format!("answered {}", answer.status().as_u16())));
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(failed)? {
        body.extend_from_slice(&part);
        if body.len() > MAX_ANSWER {
            return Err(fault("the answer is too long"));
        }
    }
    Ok(body)
}
