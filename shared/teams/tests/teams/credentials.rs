//! The member `teams` of the deployment's secret `chat`.

use channel::ChatSecret;
use domain::Fault;
use secrecy::SecretString;
use serde_json::{Value, json};
use teams::{Cloud, Credentials};

use crate::world::{APP, TENANT};

fn parse(text: &str) -> Result<Option<Credentials>, Fault> {
    Credentials::parse(&ChatSecret::parse(&SecretString::from(text))?)
}

fn addresses() -> Value {
    json!({
        "login": "https://login.example", "scope": "https://framework.example/.default", "issuer": "https://framework.example",
        "metadata": "https://keys.example/openid", "service_url": "https://connector.example:8443/teams/",
        "service_hosts": ["connector.example:8443"],
    })
}

/// A usual secret with these fields over it; `null` takes one away.
fn with(over: &Value) -> Result<Option<Credentials>, Fault> {
    let usual = json!({ "app": APP, "tenant": TENANT, "cloud": "public", "client_secret": "hidden" });
    parse(&json!({ "teams": crate::world::merged(usual, over) }).to_string())
}

/// Whose bot it is, and in which cloud; nothing secret is printed.
#[test]
fn what_the_secret_holds() {
    assert!(parse(r#"{"slack":{},"webhook":"w"}"#).unwrap().is_none());
    let found = with(&json!({})).unwrap().unwrap();
    assert_eq!((found.settings.app.as_str(), found.settings.tenant.as_str()), (APP, TENANT));
    assert_eq!(Some(found.settings.cloud.clone()), Cloud::named("public"));
    assert!(!format!("{found:?}").contains("hidden"));
    for name in ["gcc", "gcc-high", "dod"] {
        assert!(with(&json!({ "cloud": name })).unwrap().is_some(), "{name}");
    }
    let named = with(&json!({ "cloud": addresses() })).unwrap().unwrap().settings.cloud;
    assert_eq!(named.service_hosts, ["connector.example:8443"]);
    assert_eq!(named.metadata, "https://keys.example/openid");
}

/// F26: a secret that is incomplete or something else is refused, and not repeated. A cloud's addresses are protected, and the
/// token is sent to hosts of the list alone.
#[test]
fn what_it_must_not_be() {
    let cloud = |over: Value| json!({ "cloud": crate::world::merged(addresses(), &over) });
    let cases = [
        json!({ "app": "hidden" }),
        json!({ "tenant": null }),
        json!({ "tenant": "common" }),
        json!({ "cloud": "hidden" }),
        json!({ "cloud": null }),
        // Its Connector has no published address.
        json!({ "cloud": "china" }),
        json!({ "client_secret": null }),
        json!({ "client_secret": " " }),
        json!({ "client_secret": null, "certificate": "hidden" }),
        json!({ "client_secret": null, "certificate": "hidden", "key": "hidden" }),
        json!({ "certificate": "hidden", "key": "hidden" }),
        json!({ "client_secrets": "hidden" }),
        cloud(json!({ "login": "http://login.example" })),
        cloud(json!({ "metadata": "http://127.0.0.1.example/" })),
        cloud(json!({ "login": "https://a:hidden@login.example" })),
        cloud(json!({ "service_url": "https://other.example/teams/" })),
        cloud(json!({ "service_url": "http://connector.example:8443/teams/" })),
        cloud(json!({ "service_hosts": null })),
        cloud(json!({ "issuer": "" })),
        cloud(json!({ "hidden": "x" })),
    ];
    for over in cases {
        let fault = with(&over).unwrap_err();
        assert!(!fault.is_passing() && !fault.to_string().contains("hidden"), "{over}: {fault}");
    }
}
