//! Secrets, read once at start. One that is missing or malformed refuses the start.

use aws_sdk_secretsmanager::Client;
use data_encoding::BASE64;
use domain::Fault;
use secrecy::{SecretBox, SecretString};

use crate::aws;

/// The text of a secret.
///
/// # Errors
/// [`Fault`] when it cannot be read, has no text or is empty.
pub async fn text(client: &Client, arn: &str) -> Result<SecretString, Fault> {
    let answer = client.get_secret_value().secret_id(arn).send().await;
    let answer = answer.map_err(|error| aws::fault("reading a secret", &error))?;
    match answer.secret_string() {
        Some(text) if !text.trim().is_empty() => Ok(SecretString::from(text.trim().to_owned())),
        _ => Err(Fault::lasting("a secret is empty")),
    }
}

/// A secret of 32 random bytes, kept as base64.
///
/// # Errors
/// [`Fault`] when it cannot be read or is not that.
pub async fn key(client: &Client, arn: &str) -> Result<SecretBox<[u8; 32]>, Fault> {
    parse_key(&text(client, arn).await?)
}

/// The 32 bytes of a key kept as base64.
///
/// # Errors
/// A lasting [`Fault`] when the text is not that.
pub fn parse_key(text: &SecretString) -> Result<SecretBox<[u8; 32]>, Fault> {
    let wrong = || Fault::lasting("a secret is not the base64 of 32 bytes");
    let bytes = BASE64.decode(secrecy::ExposeSecret::expose_secret(text).as_bytes()).map_err(|_| wrong())?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| wrong())?;
    Ok(SecretBox::new(Box::new(bytes)))
}
