//! The function's own binary, started anew for every press, as Lambda starts it.

mod outside;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use outside::Outside;
use serde_json::json;

/// No start takes this long.
const LONGEST: Duration = Duration::from_secs(30);
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const TABLES: [&str; 4] = ["STATE_TABLE", "DOCUMENTS_TABLE", "INDEX_TABLE", "CHANNELS_TABLE"];
const SECRETS: [&str; 3] = ["CLIENT_SECRET", "COOKIE_SECRET", "CHAT_SECRET"];

/// Ended with the measurement, however it ends.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The times of so many starts.
pub fn starts(rounds: usize) -> Vec<Duration> {
    let mut taken = Vec::new();
    for _ in 0..rounds {
        let outside = Outside::begin();
        let started = Instant::now();
        let _function = start(&outside.address);
        let answer = outside.answer.recv_timeout(LONGEST).unwrap();
        taken.push(started.elapsed());
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let called = outside.called.lock().unwrap().clone();
        let last = called.last().map(String::as_str);
        assert_eq!(last, Some("/api/views.open"), "the press was not answered to its end: {called:?}");
    }
    taken
}

fn start(address: &str) -> Started {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callbacks"));
    command.env_clear().stdout(Stdio::null()).stderr(Stdio::inherit());
    for name in TABLES.into_iter().chain(["BUNDLES_BUCKET", "LOG_BUCKET", "DEPLOYMENT", "VERDICT_KEY"]) {
        command.env(name, "bench");
    }
    for name in SECRETS {
        command.env(name, name);
    }
    for name in ["NAME", "VERSION"] {
        command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), "bench");
    }
    for name in ["GROUP", "STREAM"] {
        command.env(format!("AWS_LAMBDA_LOG_{name}_NAME"), "bench");
    }
    let child = command
        .env("PUBLISHER_KEY", KEY)
        .env("VERDICT_PUBLIC_KEY", KEY)
        .env("PAGES_CLIENT", "countersign-pages")
        .env("PUBLIC_URL", "https://countersign.example.com")
        .env("ISSUERS", issuers())
        .env("RUST_LOG", "error")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_ENDPOINT_URL", format!("http://{address}/aws"))
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .spawn();
    Started(child.unwrap())
}

fn issuers() -> String {
    let issuer = json!({
        "issuer": "https://issuer.example.com", "audience": "countersign", "algorithms": ["ES256"], "people": true,
        "metadata": "https://issuer.example.com/.well-known/openid-configuration", "groups_claim": "groups",
        "person_clients": ["countersign-pages"], "client_claim": "client_id",
    });
    json!([issuer]).to_string()
}

/// What a secret of this name holds.
fn secret(name: &str, address: &str) -> String {
    if name != "CHAT_SECRET" {
        return KEY.to_owned();
    }
    let slack = json!({
        "token": "xoxb-bench", "signing_secret": crate::stack::SECRET, "app": crate::stack::APP, "workspace": "T0HOME",
        "api": format!("http://{address}/api/"),
    });
    json!({ "slack": slack }).to_string()
}
