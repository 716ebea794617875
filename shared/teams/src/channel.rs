//! Delivering messages, and asking who somebody is.

use std::sync::Arc;

use async_trait::async_trait;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::Fault;
use reqwest::Method;
use runtime::{Clock, Random};
use serde_json::{Value, json};

use crate::activity::{Presser, is_guid};
use crate::answer::{NAME, permanent};
use crate::assertion::Credential;
use crate::cloud::ServiceUrl;
use crate::connector::Http;
use crate::conversation::{Conversation, is_id};
use crate::json::text;
use crate::limits::{MAX_MESSAGE, utf16_bytes};
use crate::member::Member;
use crate::render::activity;
use crate::settings::TeamsSettings;
use crate::token::Tokens;

/// Teams as a channel.
pub struct TeamsChannel {
    settings: TeamsSettings,
    tokens: Tokens,
    http: Http,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl TeamsChannel {
    /// The channel of this bot.
    ///
    /// # Errors
    /// A lasting [`Fault`] when an id is none, when tokens would be asked for over an unprotected address, or when no HTTP
    /// client can be made.
    pub fn new(
        settings: TeamsSettings,
        credential: Credential,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Fault> {
        if !is_guid(&settings.app) || !is_guid(&settings.tenant) {
            return Err(Fault::lasting("the bot's application id or tenant id is not one"));
        }
        let login = &settings.cloud.login;
        if !login.starts_with("https://") && !login.starts_with("http://127.0.0.1:") {
            return Err(Fault::lasting("tokens are asked for over HTTPS only"));
        }
        Ok(Self { settings, tokens: Tokens::new(credential), http: Http::new()?, clock, random })
    }

    /// The conversation with one person, made if there is none yet: where a message to them alone goes. Store it.
    /// `person` is the account's object id, or what Teams calls it (`29:…`); the app must be installed for them.
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub async fn open_conversation(&self, person: &str) -> Result<Conversation, DeliveryError> {
        let cloud = &self.settings.cloud;
        let service =
            ServiceUrl::allowed(&cloud.service_url, cloud).ok_or_else(|| permanent("no-service-url"))?;
        if !is_id(person) {
            return Err(permanent("not-a-person"));
        }
        let body = json!({
            "bot": { "id": format!("28:{}", self.settings.app) },
            "members": [{ "id": person }],
            "tenantId": self.settings.tenant,
            "channelData": { "tenant": { "id": self.settings.tenant } },
        });
        let url = format!("{}v3/conversations", service.as_str());
        let answer = self.call(Method::POST, &url, Some(&body)).await?;
        let named = text(&answer, "/serviceUrl").and_then(|named| ServiceUrl::allowed(named, cloud));
        let id = text(&answer, "/id").unwrap_or_default();
        Conversation::new(named.unwrap_or(service), id).ok_or_else(|| permanent("no-id"))
    }

    /// What Teams says about the account that pressed. For [`crate::judge`].
    ///
    /// # Errors
    /// [`DeliveryError`]; either kind refuses the press.
    pub async fn member(&self, presser: &Presser) -> Result<Member, DeliveryError> {
        let url = presser.conversation.url(&["members", &presser.member]);
        let answer = self.call(Method::GET, &url, None).await?;
        Member::read(&answer).ok_or_else(|| permanent("no-id"))
    }

    /// One call with our token, to an address made from a [`ServiceUrl`], which only the configuration's list makes.
    async fn call(&self, method: Method, url: &str, body: Option<&Value>) -> Result<Value, DeliveryError> {
        let now = self.clock.now();
        let token = self.tokens.get(&self.http, &self.settings, now, self.random.as_ref()).await?;
        let answer = self.http.call(method, url, &token, body).await?;
        if answer.status == 401 {
            self.tokens.forget().await;
        }
        answer.json()
    }

    fn conversation(&self, address: &Address) -> Result<Conversation, DeliveryError> {
        Conversation::parse(address, &self.settings.cloud).ok_or_else(|| permanent("address-not-allowed"))
    }

    fn activity(&self, message: &Message) -> Result<Value, DeliveryError> {
        let activity = activity(&self.settings.app, message);
        let fits = utf16_bytes(&activity.to_string()) <= MAX_MESSAGE;
        if fits { Ok(activity) } else { Err(permanent("too-large")) }
    }
}

#[async_trait]
impl Channel for TeamsChannel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn has_cards(&self) -> bool {
        true
    }

    /// Teams has no key by which it would recognise a second attempt: a message whose answer is lost may be posted twice.
    /// Presses on both count once, because a person's verdict on a review counts once.
    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let conversation = self.conversation(to)?;
        let url = conversation.url(&["activities"]);
        let answer = self.call(Method::POST, &url, Some(&self.activity(message)?)).await?;
        let id = text(&answer, "/id").filter(|id| is_id(id)).ok_or_else(|| permanent("no-id"))?;
        Ok(Copy { conversation: conversation.address().0, message: id.to_owned() })
    }

    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError> {
        let conversation = self.conversation(&Address(copy.conversation.clone()))?;
        if !is_id(&copy.message) {
            return Err(permanent("no-id"));
        }
        let url = conversation.url(&["activities", &copy.message]);
        let mut activity = self.activity(message)?;
        if let Some(fields) = activity.as_object_mut() {
            fields.insert("id".to_owned(), copy.message.clone().into());
        }
        self.call(Method::PUT, &url, Some(&activity)).await?;
        Ok(true)
    }
}
