//! One representative call per column of the matrix, and what came of it.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "what is banned is tried here, and must be denied"
)]

use std::collections::HashMap;
use std::fmt::Debug;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use flow::aws;
use flow::stack::Stack;

/// Clients with one role's credentials.
pub(crate) struct Clients {
    dynamo: aws_sdk_dynamodb::Client,
    kms: aws_sdk_kms::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    secrets: aws_sdk_secretsmanager::Client,
    sqs: aws_sdk_sqs::Client,
    sts: aws_sdk_sts::Client,
}

/// What the emulator said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied,
    Other(String),
}

type Answers = Vec<(String, Verdict)>;

impl Clients {
    pub(crate) async fn new(stack: &Stack, credentials: Credentials) -> Self {
        let config = aws::with(stack, credentials).await;
        Self {
            dynamo: aws_sdk_dynamodb::Client::new(&config),
            kms: aws_sdk_kms::Client::new(&config),
            s3: aws::s3(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
        }
    }
}

/// Denied when the code says so; allowed when it worked, or failed for a reason that only shows once it is allowed.
pub(crate) fn verdict<T, E: ProvideErrorMetadata + Debug, R: Debug>(
    answer: Result<T, SdkError<E, R>>,
) -> Verdict {
    const PAST_THE_GATE: [&str; 9] = [
        "ConditionalCheckFailedException",
        "NoSuchKey",
        "NotFound",
        "PreconditionFailed",
        "InvalidCiphertextException",
        "ResourceNotFoundException",
        "ValidationException",
        "KMSInvalidStateException",
        "InvalidRequest",
    ];
    let Err(error) = answer else { return Verdict::Allowed };
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or("");
    match code {
        code if code.contains("AccessDenied") || code == "AuthorizationError" || code == "403" => {
            Verdict::Denied
        }
        code if PAST_THE_GATE.contains(&code) => Verdict::Allowed,
        _ => Verdict::Other(format!("{error:?}").chars().take(300).collect()),
    }
}

pub(crate) async fn all(stack: &Stack, clients: &Clients) -> Answers {
    let mut answers = tables(stack, clients).await;
    answers.extend(buckets(stack, clients).await);
    answers.extend(keys(stack, clients).await);
    answers.extend(others(stack, clients).await);
    answers
}

fn key(names: &[&str]) -> HashMap<String, AttributeValue> {
    names.iter().map(|name| ((*name).to_owned(), AttributeValue::S("matrix".into()))).collect()
}

async fn tables(stack: &Stack, clients: &Clients) -> Answers {
    let dynamo = &clients.dynamo;
    let mut answers = Answers::new();
    for (table, names) in [
        ("state", ["id"].as_slice()),
        ("documents", &["digest"]),
        ("index", &["pk", "sk"]),
        ("channels", &["pk", "sk"]),
        ("activity", &["history"]),
        ("limits", &["id"]),
    ] {
        let name = stack.tables.get(table).expect(table);
        let get = dynamo.get_item().table_name(name).set_key(Some(key(names))).send().await;
        answers.push((format!("{table}.get"), verdict(get)));
        // Conditions that cannot hold: the permission is tried, nothing is written.
        let put = dynamo
            .put_item()
            .table_name(name)
            .set_item(Some(key(names)))
            .condition_expression("attribute_exists(never)");
        answers.push((format!("{table}.put"), verdict(put.send().await)));
        let update = dynamo.update_item().table_name(name).set_key(Some(key(names)));
        let update =
            update.update_expression("SET never = :n").condition_expression("attribute_exists(never)");
        let update = update.expression_attribute_values(":n", AttributeValue::N("1".into()));
        answers.push((format!("{table}.update"), verdict(update.send().await)));
        let delete = dynamo.delete_item().table_name(name).set_key(Some(key(names)));
        let delete = delete.condition_expression("attribute_exists(never)").send().await;
        answers.push((format!("{table}.delete"), verdict(delete)));
        answers
            .push((format!("{table}.scan"), verdict(dynamo.scan().table_name(name).limit(1).send().await)));
        let hash = names.first().expect("a key");
        let query = dynamo.query().table_name(name).key_condition_expression("#k = :k").limit(1);
        let query = query.expression_attribute_names("#k", *hash);
        let query = query.expression_attribute_values(":k", AttributeValue::S("matrix".into())).send().await;
        answers.push((format!("{table}.query"), verdict(query)));
    }
    let state = stack.tables.get("state").expect("state");
    let due = dynamo
        .query()
        .table_name(state)
        .index_name("due")
        .key_condition_expression("due_shard = :s")
        .limit(1);
    let due = due.expression_attribute_values(":s", AttributeValue::S("0".into())).send().await;
    answers.push(("state.query-due".into(), verdict(due)));
    answers
}

async fn buckets(stack: &Stack, clients: &Clients) -> Answers {
    let s3 = &clients.s3;
    let mut answers = Answers::new();
    // Every put goes to a key that is taken: the create-only condition fails once the permission is there.
    let places = [
        ("log", &stack.log_bucket, "log/00000000000000000000"),
        ("claims", &stack.log_bucket, "claims/matrix"),
        ("checkpoints", &stack.log_bucket, "checkpoints/matrix"),
        ("bundles", &stack.bundles_bucket, "bundles/00000000000000000000"),
    ];
    for (name, bucket, object) in places {
        let get = s3.get_object().bucket(bucket).key(object).send().await;
        answers.push((format!("{name}.get"), verdict(get)));
        let put =
            s3.put_object().bucket(bucket).key(object).if_none_match("*").body(b"matrix".to_vec().into());
        answers.push((format!("{name}.put"), verdict(put.send().await)));
        let delete = s3.delete_object().bucket(bucket).key(object).send().await;
        answers.push((format!("{name}.delete"), verdict(delete)));
    }
    for (name, bucket, prefix) in
        [("log", &stack.log_bucket, "log/"), ("bundles", &stack.bundles_bucket, "bundles/")]
    {
        let list = s3.list_objects_v2().bucket(bucket).prefix(prefix).max_keys(1).send().await;
        answers.push((format!("{name}.list"), verdict(list)));
    }
    let lock = s3.get_object_lock_configuration().bucket(&stack.log_bucket).send().await;
    answers.push(("log.lock-configuration".into(), verdict(lock)));
    answers
}

async fn keys(stack: &Stack, clients: &Clients) -> Answers {
    use aws_sdk_kms::primitives::Blob;
    use aws_sdk_kms::types::{DataKeySpec, MessageType, SigningAlgorithmSpec};
    let kms = &clients.kms;
    let payload = stack.keys.get("payload").expect("payload key");
    let context = ("deployment", stack.deployment.as_str());
    let generate = kms.generate_data_key().key_id(payload).key_spec(DataKeySpec::Aes256);
    let generate = generate.encryption_context(context.0, context.1).send().await;
    let root = aws_sdk_kms::Client::new(&aws::root(stack).await);
    let sealed = root.generate_data_key().key_id(payload).key_spec(DataKeySpec::Aes256);
    let sealed = sealed.encryption_context(context.0, context.1).send().await.expect("a data key");
    let blob = Blob::new(sealed.ciphertext_blob().expect("a sealed key").as_ref());
    let decrypt =
        kms.decrypt().key_id(payload).ciphertext_blob(blob).encryption_context(context.0, context.1);
    let mut answers = vec![
        ("kms.generate".into(), verdict(generate)),
        ("kms.decrypt".into(), verdict(decrypt.send().await)),
    ];
    for name in ["verdict", "checkpoint"] {
        let sign =
            kms.sign().key_id(stack.keys.get(name).expect(name)).message(Blob::new(b"matrix".as_slice()));
        let sign = sign.message_type(MessageType::Raw).signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512);
        answers.push((format!("kms.sign-{name}"), verdict(sign.send().await)));
    }
    answers
}

async fn others(stack: &Stack, clients: &Clients) -> Answers {
    let mut answers = Answers::new();
    for (name, secret) in &stack.secrets {
        let read = clients.secrets.get_secret_value().secret_id(secret).send().await;
        answers.push((format!("payload.secret:{name}"), verdict(read)));
    }
    // A message that is none ends in the dead-letter queue of whoever reads it; so only the attributes are asked where
    // sending is granted, and sending is tried where it is not.
    for (name, queue) in &stack.queues {
        let send = clients.sqs.send_message().queue_url(queue).message_body("").send().await;
        answers.push((format!("send.{name}"), sent(verdict(send))));
    }
    for (what, name) in [("assume.inspect", "inspect"), ("assume.run", "run")] {
        for action in ["s3-export", "iam-attach-role-policy", "secret-put-value", "lambda-invoke"] {
            let role = format!(
                "arn:aws:iam::{}:role/countersign-{}-{name}-{action}",
                stack.account, stack.deployment
            );
            let assume = clients.sts.assume_role().role_arn(role).role_session_name("matrix").send().await;
            answers.push((what.into(), verdict(assume)));
        }
    }
    answers
}

/// An empty message is refused by the queue itself once sending is allowed.
fn sent(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Other(text) if !text.contains("AccessDenied") => Verdict::Allowed,
        other => other,
    }
}
