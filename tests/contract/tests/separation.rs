//! What roles keep apart on the emulator: each capability with exactly the permission it names, and no other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's steps fail loudly"
)]

use aws_sdk_dynamodb::Client as Dynamo;
use aws_sdk_kms::Client as Kms;
use contract::emulator::{DEPLOYMENT, allow, payload_key, role, role_arn, root, s3, unique, with};
use domain::{ActionId, Timestamp};
use serde_json::json;
use store::{
    ClaimConditions, ClaimState, ClaimedState, DueState, OpenPayload, OpeningKey, ReadState, SealPayload,
    SealingKey, StateError, StateTable,
};
use testkit::Scenario;
use wire::documents::Payload;

fn noon() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

fn payload() -> Payload {
    Payload {
        format: Payload::FORMAT.to_owned(),
        parameters: json!({ "value": "secret" }),
        reason: "rotate it".to_owned(),
        token: "a.b.c".to_owned(),
        commitment_key: "AwM=".to_owned(),
    }
}

/// P8, D17: who may seal may not open what it sealed, and the other way round; another deployment's name opens nothing.
#[tokio::test]
async fn sealing_is_not_opening() {
    let key = payload_key(&Kms::new(&root().await)).await;
    let sealer = Kms::new(&role(&allow(&["kms:GenerateDataKey"], &[&key])).await);
    let opener = Kms::new(&role(&allow(&["kms:Decrypt"], &[&key])).await);
    let action = ActionId::of(b"separated");
    let seal = |kms: &Kms| SealingKey::new(kms.clone(), &key, DEPLOYMENT, noon);
    let sealed = seal(&sealer).seal(&payload(), &action, 1, noon().plus_seconds(3600)).await.unwrap();
    let opened = OpeningKey::new(opener.clone(), DEPLOYMENT, noon).open(&sealed, &action, 1, noon()).await;
    assert!(opened.unwrap() == payload());
    let denied = [
        OpeningKey::new(sealer, DEPLOYMENT, noon).open(&sealed, &action, 1, noon()).await.err(),
        OpeningKey::new(opener.clone(), "another", noon).open(&sealed, &action, 1, noon()).await.err(),
        seal(&opener).seal(&payload(), &action, 1, noon().plus_seconds(3600)).await.err(),
    ];
    for fault in denied {
        assert!(!fault.expect("denied").is_passing());
    }
}

/// F11: with its key disabled nothing is sealed or opened, and a data key held from before lasts five minutes at most.
#[tokio::test]
async fn a_disabled_key_denies() {
    let kms = Kms::new(&root().await);
    let key = payload_key(&kms).await;
    let clock = std::sync::Arc::new(testkit::SimulatedClock::at(noon()));
    let now = {
        let clock = std::sync::Arc::clone(&clock);
        move || runtime::Clock::now(clock.as_ref())
    };
    let sealer = SealingKey::new(kms.clone(), &key, DEPLOYMENT, now.clone());
    let opener = OpeningKey::new(kms.clone(), DEPLOYMENT, now);
    let action = ActionId::of(b"disabled");
    let sealed = sealer.seal(&payload(), &action, 1, noon().plus_seconds(3600)).await.unwrap();
    assert!(opener.open(&sealed, &action, 1, noon()).await.is_ok());
    kms.disable_key().key_id(&key).send().await.unwrap();
    clock.pass(299);
    let again = sealer.seal(&payload(), &action, 1, noon().plus_seconds(3600)).await.unwrap();
    assert_eq!(again.key, sealed.key, "the same data key for five minutes");
    assert!(opener.open(&sealed, &action, 1, noon()).await.is_ok());
    clock.pass(1);
    assert!(!sealer.seal(&payload(), &action, 1, noon().plus_seconds(3600)).await.unwrap_err().is_passing());
    assert!(opener.open(&sealed, &action, 1, noon()).await.is_err());
}

/// Sweep's role has no `GetItem`: it sees an item through its requeue.
#[tokio::test]
async fn a_nudge_needs_no_permission_to_read() {
    let kit = contract::emulator::kit().await;
    let mut scenario = Scenario::new("requeued by role");
    scenario.propose();
    kit.state.create(&scenario.item).await.unwrap();
    let table = kit.behind.state_table();
    let arn = format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}");
    let may = allow(&["dynamodb:UpdateItem", "dynamodb:Query"], &[&arn, &format!("{arn}/index/due")]);
    let sweep = StateTable::new(Dynamo::new(&role(&may).await), table);
    let id = scenario.item.id();
    assert_eq!(sweep.requeue(id, scenario.now).await, Ok(Some(scenario.item.clone().into())));
    let shard = store::schedule::shard(id);
    assert_eq!(sweep.due(shard, scenario.now, 10).await, Ok(vec![id.clone()]));
    let Err(StateError::Fault(fault)) = sweep.item(id).await else { panic!("read without permission") };
    assert!(!fault.is_passing(), "{fault}");
}

/// A claim needs the permission to look at the suspension list in addition to the one to write, and no transaction of its own.
#[tokio::test]
async fn a_claim_is_two_permissions() {
    let kit = contract::emulator::kit().await;
    let mut scenario = Scenario::new("claimed by role");
    scenario.propose();
    scenario.decide(testkit::SampleRequirement::Nobody);
    kit.state.create(&scenario.item).await.unwrap();
    let approved = scenario.item.chain();
    scenario.claim();
    let table = kit.behind.state_table();
    let arn = format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}");
    let conditions = ClaimConditions::default();
    for lacking in [["dynamodb:UpdateItem"], ["dynamodb:ConditionCheckItem"]] {
        let state = StateTable::new(Dynamo::new(&role(&allow(&lacking, &[&arn])).await), table);
        let Err(StateError::Fault(fault)) = state.claim(approved, &scenario.item, &conditions).await else {
            panic!("claimed with {lacking:?} alone")
        };
        assert!(!fault.is_passing(), "{fault}");
    }
    let may = allow(&["dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"], &[&arn]);
    let state = StateTable::new(Dynamo::new(&role(&may).await), table);
    assert_eq!(state.claim(approved, &scenario.item, &conditions).await, Ok(ClaimedState::Updated));
}

/// P11: a session policy allows exactly what it names, and nothing that the role does not.
#[tokio::test]
async fn a_session_policy_narrows_a_role() {
    use credentials::{AssumeRole, Session, Sts};
    let (own, bucket) = (s3(&root().await), unique("narrow"));
    own.create_bucket().bucket(&bucket).send().await.unwrap();
    for key in ["a", "b"] {
        own.put_object().bucket(&bucket).key(key).body(b"x".to_vec().into()).send().await.unwrap();
    }
    let object = |key: &str| format!("arn:aws:s3:::{bucket}/{key}");
    let session = Session {
        role: role_arn(&allow(&["s3:GetObject"], &[&object("*")])).await,
        name: "countersign-act_contract".to_owned(),
        policy: Some(allow(&["s3:GetObject", "s3:PutObject"], &[&object("a")]).to_string()),
        source_identity: Some(ActionId::of(b"narrowed").to_string()),
        tags: vec![("countersign:action".to_owned(), ActionId::of(b"narrowed").to_string())],
        seconds: 900,
    };
    let minted = Sts::new(aws_sdk_sts::Client::new(&root().await)).assume(&session).await.unwrap();
    let narrowed = s3(&with(minted.provider()).await);
    assert!(narrowed.get_object().bucket(&bucket).key("a").send().await.is_ok());
    assert!(
        narrowed.get_object().bucket(&bucket).key("b").send().await.is_err(),
        "outside the session policy"
    );
    let put = narrowed.put_object().bucket(&bucket).key("a").body(b"y".to_vec().into()).send().await;
    assert!(put.is_err(), "outside the role");
}

/// A KMS key signs what only its public half verifies, offline.
#[tokio::test]
async fn a_signature_verifies_offline() {
    use aws_sdk_kms::types::{KeySpec, KeyUsageType};
    use identity::{KmsSigner, PublicKey, SignEnvelope};
    let kms = Kms::new(&root().await);
    let create = kms.create_key().key_spec(KeySpec::EccNistEdwards25519).key_usage(KeyUsageType::SignVerify);
    let key = create.send().await.unwrap().key_metadata.unwrap().key_id;
    let public = kms.get_public_key().key_id(&key).send().await.unwrap().public_key.unwrap().into_inner();
    let raw: [u8; 32] = public.get(public.len() - 32..).unwrap().try_into().unwrap();
    let signature = KmsSigner::new(kms, key).sign(b"an envelope").await.unwrap();
    let public = PublicKey::from_bytes(raw);
    assert!(public.verify(b"an envelope", &signature).is_ok());
    assert!(public.verify(b"an envelopf", &signature).is_err());
}

/// What is sent to a queue arrives as it was written.
#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    use runtime::{Queue, SendMessage, Settings, SqsQueues};
    use wire::message::{EffectName, Message};
    let sqs = aws_sdk_sqs::Client::new(&root().await);
    let url = sqs.create_queue().queue_name(unique("queue")).send().await.unwrap().queue_url.unwrap();
    let names = ["POLICY_QUEUE", "NOTIFY_QUEUE", "EXECUTION_QUEUE"];
    let settings = Settings::from_pairs(names.map(|name| (name.to_owned(), url.clone())));
    let scenario = Scenario::export("message").await;
    let message = Message {
        format: Message::FORMAT.to_owned(),
        effect: EffectName::Execute,
        action: scenario.item.id().clone(),
        sequence: 3,
        chain: scenario.item.chain(),
        proposed_object: 0,
        object: 2,
        person: None,
    };
    SqsQueues::new(sqs.clone(), &settings).unwrap().send(Queue::Execution, &message).await.unwrap();
    let received = sqs.receive_message().queue_url(url).wait_time_seconds(5).send().await.unwrap();
    let body = received.messages.unwrap()[0].body.clone().unwrap();
    assert_eq!(wire::json::parse::<Message>(body.as_bytes()).unwrap(), message);
}
