//! Secrets whose form is computed.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};

use crate::random::SeededDraw;

/// 40 characters of base64, of 30 bytes.
pub(super) fn aws_secret(random: &mut SeededDraw) -> String {
    BASE64.encode(&random.bytes(30))
}

/// Begins as the tokens of STS do.
pub(super) fn aws_session(random: &mut SeededDraw) -> String {
    let prefix = random.pick(&["IQoJb3JpZ2luX2VjE", "FwoGZXIvYXdzE", "FQoGZXIvYXdzE"]);
    format!("{prefix}{}", BASE64.encode(&random.bytes(240)))
}

/// An unencrypted key as PKCS 8 writes it.
pub(super) fn pem(random: &mut SeededDraw) -> String {
    block("PRIVATE KEY", &random.bytes(240))
}

/// A key as `ssh-keygen` writes it.
pub(super) fn openssh(random: &mut SeededDraw) -> String {
    let mut bytes = b"openssh-key-v1\0\0\0\0\x04none".to_vec();
    bytes.extend(random.bytes(240));
    block("OPENSSH PRIVATE KEY", &bytes)
}

fn block(label: &str, bytes: &[u8]) -> String {
    let body = BASE64.encode(bytes);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!("-----BEGIN {label}-----\n«{}»\n-----END {label}-----", lines.join("\n"))
}

/// Header, payload, signature.
pub(super) fn jwt(random: &mut SeededDraw) -> String {
    let header = random.pick(&[
        r#"{"alg":"RS256","typ":"JWT"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"typ":"JWT","alg":"ES256","kid":"k-17"}"#,
    ]);
    let subject = random.text("[a-z]{6}");
    let payload = format!(r#"{{"sub":"{subject}","iss":"https://id.example","exp":1790000000}}"#);
    let signature = random.bytes(64);
    let parts = [header.as_bytes(), payload.as_bytes(), &signature].map(|part| BASE64URL_NOPAD.encode(part));
    parts.join(".")
}

/// The key file of a Google service account.
pub(super) fn service_account(random: &mut SeededDraw) -> String {
    let key = pem(random);
    let id = random.text("[0-9a-f]{40}");
    serde_json::json!({ "type": "service_account", "project_id": "acme-data", "private_key_id": id, "private_key": key })
        .to_string()
}

/// The id of a bot, a time, a signature.
pub(super) fn discord(random: &mut SeededDraw) -> String {
    let id = random.text("[1-9]{1}[0-9]{17}");
    format!(
        "{}.G{}.{}",
        BASE64_NOPAD.encode(id.as_bytes()),
        random.text("[A-Za-z0-9]{5}"),
        random.text("[A-Za-z0-9_-]{38}")
    )
}
