//! Who signs tokens.

use identity::{IssuerSettings, Issuers};
use testkit::{Algorithm, Issuer};

/// An issuer of agents alone. In tests that lie it has the keys of the other.
pub const PIPELINES: &str = "https://pipelines.example";

/// Every issuer that execution knows.
pub fn issuers() -> Issuers {
    let people = testkit::Scenario::new("issuers").issuer.settings();
    let pipelines = IssuerSettings { people: false, person_clients: Vec::new(), ..pipelines().settings() };
    Issuers::of(vec![people, pipelines]).unwrap()
}

pub fn pipelines() -> Issuer {
    Issuer::new(PIPELINES, Algorithm::EdDsa(7))
}
