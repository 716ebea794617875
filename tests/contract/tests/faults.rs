//! What the table client makes of answers that are none: whether trying again makes sense.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's steps fail loudly"
)]

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use domain::{ActionId, Digest};
use store::{
    Channels, ChannelsTable, DocumentFault, DocumentsTable, ReadDocuments, ReadState, StateError, StateTable,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers every request with these bytes; none: never.
async fn answering(answer: Option<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = listener.into_std().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(answer) = &answer else {
                    held.push(stream);
                    continue;
                };
                let mut request = [0; 8192];
                let _read = stream.read(&mut request).await;
                let _written = stream.write_all(answer.as_bytes()).await;
            }
        });
    });
    format!("http://{address}")
}

fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

async fn client(endpoint: &str) -> Client {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(300)).build();
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(aws_config::Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .timeout_config(timeouts)
        .load()
        .await;
    Client::new(&config)
}

/// F8, F9, P10: what may pass is tried again, what will not is said at once; neither is ever taken for absence, and none
/// of the answer's own words come through.
#[tokio::test]
async fn no_answer_is_no_absence() {
    let error = |code: &str| {
        format!("{{\"__type\":\"com.amazonaws.dynamodb.v20120810#{code}\",\"message\":\"secret words\"}}")
    };
    let cases = [
        (None, true),
        (Some("garbage".to_owned()), true),
        (Some("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"It".to_owned()), true),
        (Some(http("500 Internal Server Error", &error("InternalServerError"))), true),
        (Some(http("503 Service Unavailable", "")), true),
        (Some(http("429 Too Many Requests", "")), true),
        (Some(http("400 Bad Request", &error("ProvisionedThroughputExceededException"))), true),
        (Some(http("400 Bad Request", &error("ThrottlingException"))), true),
        (Some(http("400 Bad Request", &error("RequestLimitExceeded"))), true),
        (Some(http("400 Bad Request", &error("AccessDeniedException"))), false),
        (Some(http("400 Bad Request", &error("ResourceNotFoundException"))), false),
        (Some(http("400 Bad Request", &error("ValidationException"))), false),
        (Some(http("404 Not Found", "")), false),
    ];
    for (answer, passing) in cases {
        let said = format!("{answer:?}");
        let client = client(&answering(answer).await).await;
        let state = StateTable::new(client.clone(), "state").item(&ActionId::of(b"any")).await;
        let Err(StateError::Fault(state)) = state else { panic!("{said}: {state:?}") };
        let document = DocumentsTable::new(client.clone(), "documents").document(Digest::of(b"any")).await;
        let Err(DocumentFault::Fault(document)) = document else { panic!("{said}: {document:?}") };
        let fact =
            ChannelsTable::new(client, "channels").remember("topic", "key", "value").await.unwrap_err();
        for fault in [state, document, fact] {
            assert_eq!(fault.is_passing(), passing, "{said}: {fault}");
            assert!(!fault.to_string().contains("secret"), "{fault}");
        }
    }
}

/// F24: a server that is gone is a passing fault.
#[tokio::test]
async fn nobody_there_is_a_passing_fault() {
    let client = client("http://127.0.0.1:9").await;
    let read = StateTable::new(client, "state").item(&ActionId::of(b"any")).await;
    assert!(matches!(read, Err(StateError::Fault(fault)) if fault.is_passing()));
}
