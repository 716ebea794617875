//! An API that answers for one action, and an issuer of tokens.

use serde_json::json;

use super::Sandbox;
use super::server::{Does, Server};

pub const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const TOKEN: &str = "eyJ.token-of-the-night.sig";

pub fn done() -> Does {
    Does::json(
        &json!({ "id": ID, "status": "succeeded", "final": true, "agent_message": "It ran." }).to_string(),
    )
}

pub fn sandbox(api: &str) -> Sandbox {
    Sandbox::new().env("COUNTERSIGN_API", api).env("COUNTERSIGN_TOKEN", TOKEN)
}

/// An issuer that gives this token, at these endpoints (its own when absent).
pub fn issuer(token_endpoint: Option<String>, token: &'static str) -> Server {
    Server::new(move |_, asked| {
        let base = format!("http://{}", asked.header("host").unwrap());
        if asked.line().starts_with("POST") {
            return Does::json(&json!({ "access_token": token, "expires_in": 600 }).to_string());
        }
        let endpoint = token_endpoint.clone().unwrap_or_else(|| format!("{base}/token"));
        let document = json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": endpoint,
        });
        Does::json(&document.to_string())
    })
}
