//! `countersign keys`: the public halves of a deployment's signing keys, as `infra/template.yaml` and trust files take them.

use aws_sdk_kms::Client;
use aws_sdk_kms::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::get_public_key::{GetPublicKeyError, GetPublicKeyOutput};
use clap::{Args, Subcommand};
use data_encoding::BASE64;
use serde_json::json;

use crate::console::Console;
use crate::exit;

const CODES: &str = "Exit codes: 0 the key is printed; 2 it is not, and why is said; 74 the output could not be written; \
141 its reader is gone.";

/// The DER encoding of an Ed25519 public key begins with these bytes; the 32 bytes of the key follow (RFC 8410).
const ED25519_HEADER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Subcommands of `keys`.
#[derive(Debug, Subcommand)]
#[command(after_help = CODES)]
pub enum Keys {
    /// Print the public half of the key that signs verdicts: the parameter `VerdictPublicKey` of infra/template.yaml.
    #[command(after_help = format!("{CODES}\n\nExample:\n  countersign keys verdict --deployment production"))]
    Verdict(Which),
    /// Print the public half of the key that signs checkpoints: the field `checkpoint_key` of a trust file.
    #[command(after_help = format!("{CODES}\n\nExample:\n  countersign keys checkpoint --deployment production"))]
    Checkpoint(Which),
}

/// Which key of KMS is meant.
#[derive(Debug, Args)]
pub struct Which {
    /// The key's id, its ARN (the output `VerdictKeyArn` or `CheckpointKeyArn` of infra/state.yaml), or an alias as
    /// `alias/name`. Region and credentials are found as AWS's own tools find them.
    #[arg(required_unless_present = "deployment", conflicts_with = "deployment")]
    key: Option<String>,
    /// The deployment's name: its key is `alias/countersign-DEPLOYMENT-verdict`, or `-checkpoint`.
    #[arg(long, value_name = "DEPLOYMENT")]
    deployment: Option<String>,
    /// Answer with one JSON document.
    #[arg(long)]
    json: bool,
}

/// Why no key was printed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Nothing says which key.
    #[error("name a key, or its deployment with --deployment")]
    Unnamed,
    /// KMS has no such key here.
    #[error(
        "KMS has no key `{0}` in the configured region and account. Deploy infra/state.yaml first, or set AWS_REGION and \
         the credentials to those of the deployment"
    )]
    Missing(String),
    /// The caller lacks the permission.
    #[error(
        "the configured credentials do not allow kms:GetPublicKey of `{0}`. The key's policy leaves this to IAM: give the \
         caller kms:GetPublicKey"
    )]
    Denied(String),
    /// The key is disabled, or its deletion is pending.
    #[error("the key `{0}` cannot be used: it is disabled or waits for its deletion ({1})")]
    Disabled(String, String),
    /// It is a key of another kind.
    #[error(
        "the key `{0}` is no Ed25519 key (KMS: ECC_NIST_EDWARDS25519): verdicts and checkpoints are signed with one"
    )]
    Kind(String),
    /// No answer, or one that says something else.
    #[error("KMS did not give the key `{0}`: {1}")]
    Kms(String, String),
    /// No client can be made.
    #[error(transparent)]
    Fault(#[from] domain::Fault),
}

impl Keys {
    /// Runs the command; the exit code.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn run(self, console: &Console) -> Result<u8, KeysError> {
        let (which, purpose) = match self {
            Self::Verdict(which) => (which, "verdict"),
            Self::Checkpoint(which) => (which, "checkpoint"),
        };
        let name = which.name(purpose).ok_or(KeysError::Unnamed)?;
        let client = Client::new(&runtime::aws::configuration().await?);
        let answer = client.get_public_key().key_id(&name).send().await;
        let answer = answer.map_err(|error| refusal(&name, &error))?;
        let public = raw(&answer).ok_or_else(|| KeysError::Kind(name.clone()))?;
        let arn = answer.key_id().unwrap_or(&name);
        match which.json {
            true => console.document(&json!({ "purpose": purpose, "key": arn, "public_key": public })),
            false => console.line(public),
        }
        Ok(exit::DONE)
    }
}

impl Which {
    fn name(&self, purpose: &str) -> Option<String> {
        let alias = |deployment: &String| format!("alias/countersign-{deployment}-{purpose}");
        self.deployment.as_ref().map(alias).or_else(|| self.key.clone())
    }
}

/// The key's 32 bytes in base64; none of a key that is not Ed25519.
fn raw(answer: &GetPublicKeyOutput) -> Option<String> {
    let key = answer.public_key()?.as_ref().strip_prefix(&ED25519_HEADER)?;
    (key.len() == 32).then(|| BASE64.encode(key))
}

fn refusal(name: &str, error: &SdkError<GetPublicKeyError>) -> KeysError {
    let name = name.to_owned();
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("NotFoundException" | "InvalidArnException") => KeysError::Missing(name),
        Some("AccessDeniedException") => KeysError::Denied(name),
        Some(code @ ("DisabledException" | "KMSInvalidStateException")) => {
            KeysError::Disabled(name, code.to_owned())
        }
        Some("UnsupportedOperationException" | "InvalidKeyUsageException") => KeysError::Kind(name),
        Some(code) => KeysError::Kms(name, code.to_owned()),
        None => KeysError::Kms(name, unanswered(error)),
    }
}

/// Why there was no answer of KMS itself.
fn unanswered(error: &SdkError<GetPublicKeyError>) -> String {
    let text = DisplayErrorContext(error).to_string();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["CredentialsNotLoaded", "ProviderError"]) {
        return "no AWS credentials were found. Where a profile or a single sign-on gives them, run \
                `eval \"$(aws configure export-credentials --format env)\"` first"
            .to_owned();
    }
    if says(&["MissingSigningRegion", "Missing Region"]) {
        return "no AWS region is configured. Set AWS_REGION".to_owned();
    }
    match error {
        SdkError::TimeoutError(_) => "no answer came in time".to_owned(),
        SdkError::DispatchFailure(_) => "the endpoint cannot be reached".to_owned(),
        _ => "its answer cannot be read".to_owned(),
    }
}
