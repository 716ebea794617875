//! What the function meets: Lambda's runtime API with one press, the AWS calls that the press makes, and Slack.

use std::io::Cursor;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use runtime::{Clock, SystemClock};
use serde_json::{Map, Value, json};
use tiny_http::{Header, Request, Response, Server};

use crate::stack::{Sent, account, press, signed};

/// On a port of its own, until it is dropped.
pub struct Outside {
    pub address: String,
    /// Every call of the function besides those to the runtime API, in order.
    pub called: Arc<Mutex<Vec<String>>>,
    /// What the function answers to the press.
    pub answer: Receiver<Value>,
    server: Arc<Server>,
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

impl Outside {
    pub fn begin() -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let address = server.server_addr().to_string();
        let called = Arc::<Mutex<Vec<String>>>::default();
        let (answered, answer) = channel();
        let outside = Self { address, called, answer, server };
        let (server, called, address) =
            (outside.server.clone(), outside.called.clone(), outside.address.clone());
        thread::spawn(move || serve(&server, &called, &answered, &address));
        outside
    }
}

/// Answers one request after another: each answer is there at once.
fn serve(server: &Server, called: &Mutex<Vec<String>>, answered: &Sender<Value>, address: &str) {
    let (mut given, mut waiting) = (false, Vec::new());
    for mut request in server.incoming_requests() {
        let path = request.url().split('?').next().unwrap_or_default().to_owned();
        if path.ends_with("/invocation/next") {
            // The press, once; the second event never comes.
            match std::mem::replace(&mut given, true) {
                false => request.respond(with_event()).unwrap(),
                true => waiting.push(request),
            }
            continue;
        }
        let mut body = Vec::new();
        request.as_reader().read_to_end(&mut body).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if path.ends_with("/response") {
            request.respond(Response::empty(202)).unwrap();
            answered.send(body).ok();
            continue;
        }
        let target = target(&request).unwrap_or(path);
        let answer = answer(&target, &body, address);
        called.lock().unwrap().push(target);
        request.respond(in_json(&answer)).unwrap();
    }
}

/// The operation of AWS that a request is.
fn target(request: &Request) -> Option<String> {
    let target = request.headers().iter().find(|header| header.field.equiv("x-amz-target"))?;
    Some(target.value.as_str().to_owned())
}

fn answer(target: &str, body: &Value, address: &str) -> Value {
    match target {
        "secretsmanager.GetSecretValue" => {
            let name = body["SecretId"].as_str().unwrap();
            json!({ "ARN": name, "SecretString": super::secret(name, address) })
        }
        "/api/users.info" => json!({ "ok": true, "user": {
            "id": account("bob"), "team_id": "T0HOME", "name": "bob", "deleted": false, "is_bot": false,
            "is_restricted": false, "is_ultra_restricted": false,
        } }),
        "/api/views.open" => json!({ "ok": true, "view": {} }),
        // DynamoDB: what is written is accepted, and nothing is found.
        _ => json!({}),
    }
}

fn in_json(answer: &Value) -> Response<Cursor<Vec<u8>>> {
    Response::from_string(answer.to_string()).with_header(header("content-type", "application/json"))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).unwrap()
}

fn with_event() -> Response<Cursor<Vec<u8>>> {
    let deadline = SystemClock.now().plus_seconds(60).millis().to_string();
    in_json(&event())
        .with_header(header("lambda-runtime-aws-request-id", "6f6d9b3e-0000-4000-8000-000000000001"))
        .with_header(header("lambda-runtime-deadline-ms", &deadline))
        .with_header(header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:bench",
        ))
        .with_header(header("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000"))
}

/// Bob's press as API Gateway hands it over, payload format 2.0.
fn event() -> Value {
    let sent = Sent { reference: "a".repeat(32), rendering: "0".repeat(24), whole: true };
    let (body, headers) = signed(&press("bob", "approve", &sent), SystemClock.now());
    let headers: Map<String, Value> =
        headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let path = "/callbacks/slack";
    json!({
        "version": "2.0", "routeKey": format!("POST {path}"), "rawPath": path, "rawQueryString": "", "headers": headers,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "example.com", "domainPrefix": "example",
            "http": {
                "method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench",
            },
            "requestId": "bench", "routeKey": format!("POST {path}"), "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 1_767_225_600_000_i64,
        },
        "body": body, "isBase64Encoded": false,
    })
}
