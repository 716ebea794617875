//! Entry point: configuration, clients, run.

use std::sync::Arc;

use fn_intake::{Capabilities, Config, Intake, Limits, router};
use identity::{HttpKeys, Issuers, Verifier};
use runtime::{Clock, Settings, SystemClock, SystemPause, SystemRandom, aws, secrets, telemetry};
use store::{DocumentsTable, IndexTable, LimitsTable, SealingKey, StateTable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let settings = Settings::from_environment();
    telemetry::start(&settings);
    let sdk = aws::configuration().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&sdk);
    let state = Arc::new(StateTable::new(dynamo.clone(), settings.text("STATE_TABLE")?));
    let limits = Arc::new(LimitsTable::new(dynamo.clone(), settings.text("LIMITS_TABLE")?));
    let documents = Arc::new(DocumentsTable::new(dynamo.clone(), settings.text("DOCUMENTS_TABLE")?));
    let kms = aws_sdk_kms::Client::new(&sdk);
    let (payload_key, deployment) = (settings.text("PAYLOAD_KEY")?, settings.text("DEPLOYMENT")?);
    let secret_store = aws_sdk_secretsmanager::Client::new(&sdk);
    let issuers = Issuers::parse(settings.text("ISSUERS")?)?;
    let capabilities = Capabilities {
        create: state.clone(),
        state: state.clone(),
        extend: state.clone(),
        polls: state.clone(),
        attempts: state,
        limits: limits.clone(),
        bodies: limits,
        documents: documents.clone(),
        document_writer: documents,
        seal: Arc::new(SealingKey::new(kms, payload_key, deployment, || SystemClock.now())),
        index: Arc::new(IndexTable::new(dynamo, settings.text("INDEX_TABLE")?)),
        bundles: Arc::new(bundle_s3::S3Bundles::new(
            aws_sdk_s3::Client::new(&sdk),
            settings.text("BUNDLES_BUCKET")?.to_owned(),
        )),
        verifier: Arc::new(Verifier::new(issuers, Arc::new(HttpKeys::new()?))),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        pause: Arc::new(SystemPause),
    };
    let config = Config {
        public_url: settings.text("PUBLIC_URL")?.to_owned(),
        publisher: bundle::PublisherKey::parse(settings.text("PUBLISHER_KEY")?)?,
        fingerprint: secrets::key(&secret_store, settings.text("FINGERPRINT_SECRET")?).await?,
        limits: Limits::read(&settings)?,
    };
    lambda_http::run(router(Arc::new(Intake::new(capabilities, config)))).await
}
