//! Secrets put into every text that something takes or answers, and where they would be read.

use data_encoding::BASE64;

use serde_json::{Value, json};

use crate::stack::Stack;
use crate::{FlowResult, FlowStep, aws, fresh};

/// Made-up secrets of several kinds, new in every test.
pub struct Planted {
    /// What the catalogue marks, of no kind that a detector knows.
    pub value: String,
    /// What stands behind a name that says so.
    pub password: String,
    /// A vendor's token.
    pub token: String,
    /// An AWS access key id.
    pub key: String,
    /// An e-mail address.
    pub address: String,
}

impl Planted {
    /// Secrets that stand nowhere yet.
    #[must_use]
    pub fn new() -> Self {
        let seed: String = fresh::name("s").chars().filter(char::is_ascii_alphanumeric).collect();
        let letters = |count: usize, letter: fn(char) -> char| -> String {
            seed.chars().rev().cycle().map(letter).take(count).collect()
        };
        let base32 = |char: char| if ('2'..='7').contains(&char) { char } else { char.to_ascii_uppercase() };
        let upper = |char: char| if matches!(char, '0' | '1' | '8' | '9') { 'Q' } else { char };
        Self {
            value: format!("value{seed}"),
            password: format!("hunter{seed}"),
            token: format!("ghp_{}", letters(36, |char| char)),
            key: format!("AKIA{}", letters(16, base32).chars().map(upper).collect::<String>()),
            address: format!("{seed}@private.example"),
        }
    }

    /// All but the marked value, as somebody would write them in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { password, token, key, address, .. } = self;
        format!("{token} and {key}, password={password} of {address}")
    }

    /// Each of them.
    #[must_use]
    pub fn all(&self) -> [&str; 5] {
        [&self.value, &self.password, &self.token, &self.key, &self.address]
    }

    /// How each looks where somebody could read it: as it is, and inside base64 at each of the three places it can have there.
    fn written(&self) -> Vec<String> {
        let mut written: Vec<String> = self.all().map(str::to_owned).to_vec();
        for secret in self.all() {
            for before in 0..3 {
                let bytes = [vec![0; before], secret.as_bytes().to_vec()].concat();
                let (skipped, whole) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
                written.extend(BASE64.encode(&bytes).get(skipped..whole).map(str::to_owned));
            }
        }
        written
    }

    /// Places that hold one of them, with what they hold.
    #[must_use]
    pub fn readable_in(&self, places: &[(String, String)]) -> Vec<String> {
        let written = self.written();
        let found = places.iter().flat_map(|(place, text)| {
            let held = written.iter().filter(|secret| text.contains(secret.as_str()));
            held.map(move |secret| format!("{place} holds {secret}"))
        });
        found.collect()
    }
}

impl Default for Planted {
    fn default() -> Self {
        Self::new()
    }
}

/// Everything that is stored where somebody can read it: the log's objects, all tables, what the console channel was told, and
/// what the functions wrote on their standard output.
///
/// # Errors
/// When something cannot be read.
#[expect(clippy::disallowed_methods, reason = "the test looks everywhere, by scanning too")]
pub async fn everything_readable(stack: &Stack) -> FlowResult<Vec<(String, String)>> {
    let config = aws::root(stack).await;
    let (s3, dynamo) = (aws::s3(&config), aws_sdk_dynamodb::Client::new(&config));
    let mut places = Vec::new();
    for (key, bytes) in aws::download(&s3, &stack.log_bucket, "").await? {
        places.push((key, String::from_utf8_lossy(&bytes).into_owned()));
    }
    for table in stack.tables.values() {
        let mut pages = dynamo.scan().table_name(table).into_paginator().send();
        while let Some(page) = pages.next().await {
            places.push((table.clone(), format!("{:?}", page.step(table)?.items())));
        }
    }
    let console = reqwest::get(format!("{}/messages?after=0", stack.console)).await.step("the console")?;
    places.push(("the console".into(), console.text().await.step("the console")?));
    for name in stack.functions.values() {
        places.push((format!("the log lines of {name}"), log_lines(stack, name).await?));
    }
    Ok(places)
}

/// Everything a function wrote, as CloudWatch Logs gives it; nothing when it never ran.
async fn log_lines(stack: &Stack, function: &str) -> FlowResult<String> {
    // The emulator believes any signature.
    let scope = format!("20260101/{}/logs/aws4_request", stack.region);
    let signed = format!("AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host, Signature=0");
    let (http, mut lines, mut next) = (reqwest::Client::new(), String::new(), Value::Null);
    loop {
        let mut wanted = json!({ "logGroupName": format!("/aws/lambda/{function}") });
        if next.is_string() {
            wanted = json!({ "logGroupName": format!("/aws/lambda/{function}"), "nextToken": next });
        }
        let request = http.post(&stack.endpoint).header("x-amz-target", "Logs_20140328.FilterLogEvents");
        let request =
            request.header("content-type", "application/x-amz-json-1.1").header("authorization", &signed);
        let answer = request.body(wanted.to_string()).send().await.step("the logs")?;
        let (found, text) = (answer.status().is_success(), answer.text().await.step("the logs")?);
        if !found && text.contains("ResourceNotFoundException") {
            return Ok(lines);
        }
        let page = wire::json::parse_value(text.as_bytes()).step("the logs")?;
        let events = page.get("events").and_then(Value::as_array).step("events of the logs")?;
        let messages = events.iter().filter_map(|event| event.get("message")?.as_str());
        messages.for_each(|message| lines.extend([message, "\n"]));
        next = page.get("nextToken").cloned().filter(|token| *token != next).unwrap_or_default();
        if !next.is_string() {
            return Ok(lines);
        }
    }
}

/// A zip of one file, not compressed: what Lambda takes as code.
#[must_use]
pub fn zip(name: &str, content: &str) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes();
    let long = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
    // Version, flags, method, time, date (1980-01-01), check sum, both sizes, length of the name, of nothing else.
    let about = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
        &checksum(content.as_bytes()).to_le_bytes(),
        &size,
        &size,
        &long,
        &[0, 0],
    ]
    .concat();
    let file = [b"PK\x03\x04", &about[..], name.as_bytes(), content.as_bytes()].concat();
    // Of a regular file that its owner and everybody else may read.
    let attributes = [0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81, 0, 0, 0, 0];
    let listed = [b"PK\x01\x02", &[20, 3][..], &about, &attributes, name.as_bytes()].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let end =
        [b"PK\x05\x06", &[0, 0, 0, 0, 1, 0, 1, 0][..], &length(&listed), &length(&file), &[0, 0]].concat();
    [file, listed, end].concat()
}

/// CRC-32 as zips have it.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |rest: u32, _| if rest & 1 == 1 { (rest >> 1) ^ 0xEDB8_8320 } else { rest >> 1 };
    !bytes.iter().fold(u32::MAX, |rest, byte| (0..8).fold(rest ^ u32::from(*byte), step))
}
