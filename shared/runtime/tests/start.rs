//! What a function needs before it starts.

use runtime::secrets::parse_key;
use runtime::{Settings, SqsQueues};
use secrecy::{ExposeSecret, SecretString};

/// F26, P10: a missing or malformed secret or setting refuses the start.
#[tokio::test]
async fn a_missing_setting_or_secret_refuses() {
    for text in ["", "short", "AAAA", "not base64!"] {
        assert!(parse_key(&SecretString::from(text)).is_err(), "{text}");
    }
    let key = parse_key(&SecretString::from("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")).expect("a key");
    assert_eq!(key.expose_secret(), &[1; 32]);

    let configuration = runtime::aws::configuration().await.expect("a configuration");
    let client = aws_sdk_sqs::Client::new(&configuration);
    let all = ["POLICY_QUEUE", "NOTIFY_QUEUE", "EXECUTION_QUEUE"];
    for missing in all {
        let pairs =
            all.iter().map(|name| (name.to_string(), if *name == missing { "" } else { "url" }.to_owned()));
        assert!(SqsQueues::new(client.clone(), &Settings::from_pairs(pairs)).is_err(), "{missing}");
    }
    let pairs = all.iter().map(|name| (name.to_string(), "url".to_owned()));
    assert!(SqsQueues::new(client, &Settings::from_pairs(pairs)).is_ok());
}
