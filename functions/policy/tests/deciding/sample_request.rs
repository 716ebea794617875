//! What is asked for, and by which token.

use serde_json::{Value, json};

/// What is asked for, and by which token.
pub struct SampleRequest {
    pub action_type: &'static str,
    pub parameters: Value,
    pub reason: &'static str,
    pub pipeline: bool,
    pub claims: Value,
}

impl SampleRequest {
    /// An export of these objects by `demo-agent`.
    pub fn export(source: &str, destination: &str) -> Self {
        Self {
            action_type: "s3-export",
            parameters: json!({ "source": source, "destination": destination }),
            reason: "Quarterly report for the partner programme",
            pipeline: false,
            claims: json!({ "sub": "demo-agent", "client_id": "demo-agent" }),
        }
    }

    /// Customer data to a partner: one of data-owners, within the hour.
    pub fn customers() -> Self {
        Self::export("s3://customers/2026/q3.csv", "s3://partner-drop/q3.csv")
    }

    /// Internal data that stays inside: nobody is asked.
    pub fn summary() -> Self {
        Self::export("s3://reports/2026/revenue-q3.csv", "s3://analytics/q3.csv")
    }

    /// By a token with these claims.
    pub fn by(self, claims: Value) -> Self {
        Self { claims, ..self }
    }

    /// By a token of the issuer of pipelines.
    pub fn by_pipeline(self, claims: Value) -> Self {
        Self { claims, pipeline: true, ..self }
    }
}
