//! Lists, through the front door.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helper functions fail loudly"
)]

mod door;

use domain::{ActionId, Event, GrantTerms, Timestamp};
use door::told::{add, decided, earlier_grant, indexed};
use door::{Door, export, post};
use serde_json::json;
use testkit::SampleRequirement;

/// Where the directory lists an auditor.
const AUDITORS: (&str, &str, &str) =
    ("directory.yaml", "auditors: { members: [] }", "auditors: { members: [ines] }");

/// Twelve actions of demo-agent, a second apart, every third asking data-owners; one of ci-agent.
async fn twelve(door: &Door) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..12 {
        let mut body = export();
        body["correlation"] = json!(format!("thread-{}", number % 2));
        let answer = door.propose(&number.to_string(), &body).await;
        if number % 3 == 0 {
            add(door, &answer.id(), decided(door, SampleRequirement::DataOwner)).await;
        }
        let groups: &[&str] = if number % 3 == 0 { &["data-owners"] } else { &[] };
        indexed(door, &answer, groups, &[]).await;
        ids.insert(0, answer.id().to_string());
        door.clock.pass(1);
    }
    let token = door.issuer.agent("ci-agent", door.clock_now());
    let headers = [("idempotency-key", "other")];
    let other = door.send(post("/v1/actions", &token, &headers, &export().to_string())).await;
    indexed(door, &other, &[], &[]).await;
    ids
}

async fn all(door: &Door, token: &str, query: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    for _ in 0..50 {
        let answer = door.get(&format!("/v1/actions?{query}{cursor}"), token).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        let items = answer.body["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match answer.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
    panic!("the list never ends");
}

/// Grants are told to whoever sees the action: the agent, those who are asked, auditors; with what is left of them.
#[tokio::test]
async fn grants_are_listed() {
    let door = Door::edited(AUDITORS.0, AUDITORS.1, AUDITORS.2).await;
    twelve(&door).await;
    let answer = door.propose("granting", &export()).await;
    add(&door, &answer.id(), decided(&door, SampleRequirement::Granting)).await;
    let until = door.clock_now().plus_seconds(600);
    let terms = GrantTerms { until, uses: 3, fixed: vec!["/destination".to_owned()] };
    let yes = earlier_grant(&door, terms).await;
    let statement = yes.statement;
    add(&door, &answer.id(), Event::VerdictGiven(yes)).await;
    let lease_until = until;
    add(&door, &answer.id(), Event::Claimed { attempt: "a1".into(), lease_until, bundle: statement }).await;
    let by = ActionId::of(b"another");
    add(&door, &answer.id(), Event::GrantUsed { statement, by, attempt: "b1".into() }).await;
    indexed(&door, &answer, &["sre"], &[]).await;
    let bob = door.person("bob", &["sre"]);
    for (who, token, seen) in [
        ("the agent", door.agent(), 1),
        ("bob", bob.clone(), 1),
        ("an auditor", door.person("ines", &["auditors"]), 1),
        ("another agent", door.issuer.agent("ci-agent", door.clock_now()), 0),
        ("alice", door.person("alice", &["data-owners"]), 0),
    ] {
        let answer = door.get("/v1/grants", &token).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["next"]),
            (200, &json!(null)),
            "{who}: {}",
            answer.text
        );
        assert_eq!(answer.body["items"].as_array().unwrap().len(), seen, "{who}: {}", answer.text);
    }
    let listed = door.get("/v1/grants", &bob).await.body["items"][0].clone();
    assert_eq!(
        (&listed["action"], &listed["person"]["subject"]),
        (&json!(answer.id().to_string()), &json!("bob"))
    );
    let grant = &listed["grant"];
    assert_eq!((&grant["uses"], &grant["used"], &grant["live"]), (&json!(3), &json!(1), &json!(true)));
    assert_eq!(grant["fixed"][0]["pointer"], "/destination");
    assert!(grant["fixed"][0]["value"].as_str().unwrap().starts_with("s3://"), "{grant}");
    door.clock.pass(600);
    let over = door.get("/v1/grants", &bob).await;
    assert_eq!(over.body["items"][0]["grant"]["live"], false);
}

/// E17: newest first, each once, whatever the page; everybody sees what they may, and a claim to a listed group shows nothing.
#[tokio::test]
async fn lists_show_what_the_caller_may_see() {
    let door = Door::edited(AUDITORS.0, AUDITORS.1, AUDITORS.2).await;
    let ids = twelve(&door).await;
    let asked: Vec<String> = ids.iter().rev().step_by(3).rev().cloned().collect();
    for limit in [1, 3, 5, 12, 100] {
        assert_eq!(all(&door, &door.agent(), &format!("limit={limit}")).await, ids, "limit {limit}");
        let owner = door.person("alice", &["data-owners"]);
        assert_eq!(all(&door, &owner, &format!("limit={limit}")).await, asked, "limit {limit}");
    }
    assert_eq!(all(&door, &door.person("ines", &["auditors"]), "limit=4").await.len(), 13);
    let posing = door.person("mallory", &["auditors", "data-owners", "sre"]);
    assert!(all(&door, &posing, "").await.is_empty());
    assert_eq!(all(&door, &door.issuer.agent("ci-agent", door.clock_now()), "").await.len(), 1);
}

/// Each filter, and what is no filter.
#[tokio::test]
async fn lists_are_filtered() {
    let door = Door::new().await;
    let ids = twelve(&door).await;
    let time = |second: i64| wire::text::rfc3339(Timestamp::from_millis(door::START).plus_seconds(second));
    for (query, expected) in [
        ("status=pending", 4),
        ("status=proposed", 8),
        ("status=succeeded", 0),
        ("type=s3-export", 12),
        ("type=lambda-invoke", 0),
        ("correlation=thread-1", 6),
        ("principal=demo-agent", 12),
        ("principal=http://127.0.0.1:8081|demo-agent", 12),
        ("principal=ci-agent", 0),
        (&format!("after={}", time(3)), 8),
        (&format!("before={}", time(3)), 3),
        (&format!("after={}&before={}&status=proposed", time(0), time(4)), 2),
    ] {
        assert_eq!(all(&door, &door.agent(), &format!("limit=5&{query}")).await.len(), expected, "{query}");
    }
    let first = door.get("/v1/actions?limit=5", &door.agent()).await;
    let cursor = first.body["next"].as_str().unwrap();
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "status=done",
        "after=yesterday",
        "stauts=pending",
        "limit=1&limit=2",
        "cursor=",
        "cursor=e30",
        "cursor=!",
        &format!("limit=5&status=pending&cursor={cursor}"),
    ] {
        let answer = door.get(&format!("/v1/actions?{query}"), &door.agent()).await;
        assert_eq!(answer.gist(), "400 bad-cursor", "{query}");
    }
    let thief = door.issuer.agent("ci-agent", door.clock_now());
    let answer = door.get(&format!("/v1/actions?limit=5&cursor={cursor}"), &thief).await;
    assert_eq!(answer.gist(), "400 bad-cursor", "another's cursor");
    assert_eq!(ids.len(), 12);
}
