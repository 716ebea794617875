//! What the document says beyond schemas and problems: closed sets of words, headers of answers, servers.

pub mod closed;
pub mod headers;

use serde_json::{Value, json};

/// Where the API is: a deployment's address, and that of a local stack.
pub fn servers() -> Value {
    json!([
        {
            "url": "https://{api}", "description": "A deployment; its stack's output `ApiEndpoint` says where it is.",
            "variables": { "api": { "default": "countersign.example.com", "description": "The host of `ApiEndpoint`." } },
        },
        { "url": "http://127.0.0.1:8080", "description": "A local stack, as `make up` starts it." },
    ])
}

/// Who an operation is for.
pub fn tags() -> Value {
    json!([
        { "name": "agents", "description": "What agents and pipelines call." },
        { "name": "people", "description": "What people's own tools call, with a person's token." },
    ])
}
