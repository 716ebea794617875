//! The HTTP contract from a pipeline's or a person's side: proposals, waiting, suspensions, resolutions.

mod address;
mod error;
mod fields;
mod http;
mod issuer;
mod persist;
mod problem;
pub(crate) mod refused;
mod retry_after;
mod token;

pub use address::Address;
pub use error::ApiError;
pub use fields::text;
pub(crate) use http::{Http, Trouble};
pub(crate) use issuer::{Endpoints, Issuer};
pub use persist::Deadline;
pub(crate) use persist::persist;
pub use problem::ApiRefusal;

use std::cell::RefCell;
use std::time::Duration;

use clap::Args;
use domain::ActionId;
use reqwest::RequestBuilder;
use serde_json::Value;

use crate::console::Console;
use http::Reply;
use token::{Source, Tokens};

/// Where the API is and who is asking.
#[derive(Debug, Args)]
pub struct Connection {
    /// The API's address; the token is sent there and nowhere else. https, or http to this machine.
    #[arg(long, env = "COUNTERSIGN_API", hide_env_values = true, default_value = "http://127.0.0.1:8080")]
    api: Address,
    #[command(flatten)]
    identity: Source,
    /// A proxy (`http://host:port` or `https://…`) for everything that is sent. HTTP_PROXY and its like are not looked at.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
}

/// A connection with its token.
pub struct Api<'a> {
    http: Http,
    api: Address,
    tokens: RefCell<Tokens>,
    console: &'a Console,
}

/// An action, and the headers of the answer.
#[derive(Debug)]
pub struct ActionReply {
    /// As the API shows it.
    pub action: Value,
    /// Whether the same key had been proposed before.
    pub replayed: bool,
    /// How long the API asks us to wait before the next question.
    pub retry_after: Option<Duration>,
    /// The API's own time, in seconds since 1970, where it says so.
    pub date: Option<i64>,
    /// Whether an earlier try got no answer; the replay may then be of that try.
    pub unsure: bool,
}

impl Connection {
    /// Finds or fetches the token, for as long as the deadline lets it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn open<'a>(&self, console: &'a Console, deadline: &Deadline) -> Result<Api<'a>, ApiError> {
        let http = Http::new(self.proxy.as_deref(), &[&self.api])?;
        let tokens = Tokens::open(self.identity.clone(), &self.api, console)?;
        let api = Api { http, api: self.api.clone(), tokens: RefCell::new(tokens), console };
        persist(deadline, async |within| api.renew(within).await).await?;
        Ok(api)
    }
}

impl Api<'_> {
    /// Proposes this body under this key; an answer that was lost is asked for again with the same key.
    ///
    /// # Errors
    /// [`ApiError`], with the problem's own sentence when the API refuses.
    pub async fn propose(
        &self,
        key: &str,
        proposal: &[u8],
        deadline: &Deadline,
    ) -> Result<ActionReply, ApiError> {
        let request = |http: &reqwest::Client| {
            let request = http.post(self.api.below("/v1/actions")).header("idempotency-key", key);
            request.header("content-type", "application/json").body(proposal.to_vec())
        };
        let (reply, tries) = self.ask(request, deadline, &is_action).await?;
        ActionReply::of(reply, tries > 1)
    }

    /// The action, once it is final or after up to `seconds` (at most 25).
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn action(
        &self,
        id: &ActionId,
        seconds: u64,
        deadline: &Deadline,
    ) -> Result<ActionReply, ApiError> {
        let address = self.api.below(&format!("/v1/actions/{id}?wait={}", seconds.min(25)));
        let asked = |reply: &Reply| is_action(reply).filter(|found| found == id);
        let of_this = |reply: &Reply| asked(reply).map(|_| ());
        let request = |http: &reqwest::Client| http.get(&address);
        let (reply, tries) = self.ask(request, deadline, &of_this).await?;
        ActionReply::of(reply, tries > 1)
    }

    /// Everything that is suspended.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn suspensions(&self, deadline: &Deadline) -> Result<Value, ApiError> {
        let request = |http: &reqwest::Client| http.get(self.api.below("/v1/suspensions"));
        Ok(self.ask(request, deadline, &|_| Some(())).await?.0.value)
    }

    /// Suspends this scope. The request is repeated while no answer comes, because repeating it changes nothing.
    ///
    /// # Errors
    /// [`ApiError`], with the problem's own sentence when the API refuses.
    pub async fn suspend(&self, suspension: &Value, deadline: &Deadline) -> Result<Value, ApiError> {
        let request = |http: &reqwest::Client| {
            let request =
                http.post(self.api.below("/v1/suspensions")).header("content-type", "application/json");
            request.body(suspension.to_string())
        };
        Ok(self.ask(request, deadline, &|_| Some(())).await?.0.value)
    }

    /// What people were shown before they decided, with its digests.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn review(&self, id: &ActionId, deadline: &Deadline) -> Result<Value, ApiError> {
        let address = self.api.below(&format!("/v1/actions/{id}/review"));
        let request = |http: &reqwest::Client| http.get(&address);
        Ok(self.ask(request, deadline, &|_| Some(())).await?.0.value)
    }

    /// Records what an attempt did. The request is repeated while no answer comes, because the same resolution by the same
    /// person changes nothing.
    ///
    /// # Errors
    /// [`ApiError`], with the problem's own sentence when the API refuses.
    pub async fn resolve(
        &self,
        id: &ActionId,
        resolution: &Value,
        deadline: &Deadline,
    ) -> Result<Value, ApiError> {
        let address = self.api.below(&format!("/v1/actions/{id}/resolution"));
        let request = |http: &reqwest::Client| {
            let request = http.post(&address).header("content-type", "application/json");
            request.body(resolution.to_string())
        };
        Ok(self.ask(request, deadline, &|_| Some(())).await?.0.value)
    }

    /// Sends this until it is answered in the shape that is `wanted`; with the number of tries.
    async fn ask<T>(
        &self,
        request: impl Fn(&reqwest::Client) -> RequestBuilder,
        deadline: &Deadline,
        wanted: &dyn Fn(&Reply) -> Option<T>,
    ) -> Result<(Reply, u32), ApiError> {
        let mut tries = 0_u32;
        let reply = persist(deadline, async |within| {
            tries = tries.saturating_add(1);
            let reply = self.once(&request, within).await?;
            match wanted(&reply) {
                Some(_) => Ok(reply),
                None => Err(Trouble::passing("the answer is not what was asked for")),
            }
        });
        let reply = reply.await?;
        Ok((reply, tries))
    }

    /// One try; a token that no longer counts is replaced once.
    async fn once(
        &self,
        request: &impl Fn(&reqwest::Client) -> RequestBuilder,
        within: Duration,
    ) -> Result<Reply, Trouble> {
        for _ in 0..2 {
            let request = request(self.http.client()).bearer_auth(self.tokens.borrow().bearer()?);
            match self.http.json(request, within).await {
                Err(Trouble::Unauthorized(why)) => {
                    self.tokens.borrow_mut().refused(why)?;
                    self.renew(within).await?;
                }
                Ok(reply) => {
                    self.tokens.borrow_mut().accepted();
                    return Ok(reply);
                }
                Err(other) => return Err(other),
            }
        }
        Err(Trouble::Lasting(ApiError::TokenEnded("the API takes none of its tokens".to_owned())))
    }

    /// Gets a token where there is none.
    async fn renew(&self, within: Duration) -> Result<(), Trouble> {
        let Some((way, refused)) = self.tokens.borrow().wanting() else { return Ok(()) };
        let at = (&self.http, within);
        let token = way.fetch(at, &self.api, refused.as_deref(), self.console).await?;
        self.tokens.borrow_mut().take(token, self.console)
    }
}

impl ActionReply {
    fn of(reply: Reply, unsure: bool) -> Result<Self, ApiError> {
        let Reply { value, replayed, retry_after, date } = reply;
        Ok(Self { action: value, replayed, retry_after, date, unsure })
    }
}

/// The id of the action that the answer shows, if it shows one.
fn is_action(reply: &Reply) -> Option<ActionId> {
    let status = reply.value.get("status").and_then(Value::as_str);
    status.and_then(|_| reply.value.get("id")?.as_str()?.parse().ok())
}
