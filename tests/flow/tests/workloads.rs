//! Pipelines of GitHub and GitLab and workloads of AWS, with tokens as those issuers make them. Run by `tests/providers/run`.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test's steps fail loudly")]

use flow::agent::AgentClient;
use flow::fresh;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::workload::workload;
use serde_json::{Value, json};

/// One issuer: the shape of a run that a human set going, what its page says, and every other spelling of the same agent.
struct Issuer {
    name: &'static str,
    shape: &'static str,
    agent: &'static str,
    facts: &'static [&'static str],
    spellings: &'static [&'static str],
}

const ISSUERS: [Issuer; 3] = [
    Issuer {
        name: "github-actions",
        shape: "pipeline_environment",
        agent: "https://token.actions.githubusercontent.com|repository:456789",
        facts: &[
            "octo-org/octo-repo",
            "456789",
            "refs/heads/main",
            "push",
            ".github/workflows/deploy.yml",
            "prod",
        ],
        spellings: &[
            "pipeline_branch",
            "pipeline_tag",
            "pipeline_environment",
            "pipeline_pull_request",
            "pipeline_immutable",
            "pipeline_letter_case",
            "pipeline_renamed",
            "pipeline_customised",
        ],
    },
    Issuer {
        name: "gitlab",
        shape: "pipeline_branch",
        agent: "https://gitlab.com|project:20",
        facts: &["acme/etl", "refs/heads/main", "push", ".gitlab-ci.yml"],
        spellings: &[
            "pipeline_branch",
            "pipeline_tag",
            "pipeline_environment",
            "pipeline_renamed",
            "pipeline_customised",
        ],
    },
    Issuer {
        name: "aws-workload",
        shape: "pipeline_lambda",
        agent: "https://abc12345-def4-5678-9abc-def012345678.tokens.sts.global.api.aws|arn:aws:iam::123456789012:role/DataProcessingRole",
        facts: &["123456789012", "us-east-1", "function:process-data"],
        spellings: &["pipeline_lambda", "pipeline_rs256", "pipeline_ec2"],
    },
];

const NAMESPACE: &str = "https://sts.amazonaws.com/";

fn stack() -> Stack {
    Stack::running().expect("a running stack")
}

fn job() -> Value {
    let parameters =
        json!({ "function": "demo-retrain", "version": "1", "payload": "{\"model\":\"churn\"}" });
    json!({ "type": "lambda-invoke", "parameters": parameters, "reason": "The churn model is two weeks old" })
}

async fn pipeline(stack: &Stack, issuer: &Issuer, shape: &str, claims: Value) -> AgentClient {
    workload(stack, issuer.name, shape, claims).await.expect("a token")
}

async fn propose(agent: &AgentClient) -> String {
    let answer = agent.propose(&fresh::name("workload"), &job()).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.text("id").to_owned()
}

/// What a token says in addition where bob's own session is behind it: the role's token says so in a claim of its own.
fn set_going_by_bob(issuer: &Issuer) -> Value {
    match issuer.name {
        "aws-workload" => json!({ NAMESPACE: {
            "aws_account": "123456789012", "source_region": "us-east-1", "org_id": "o-abc1234567",
            "lambda_source_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:process-data",
            "identity_store_user_id": "90677c79-60d1-70b7-5f4e-bob000000000",
        } }),
        _ => json!({}),
    }
}

/// The same where the human behind it is nobody whom the directory knows.
fn set_going_by_a_stranger(issuer: &Issuer) -> Value {
    let mut claims = set_going_by_bob(issuer);
    match issuer.name {
        "github-actions" => json!({ "actor": "stranger", "actor_id": "999" }),
        "gitlab" => json!({ "user_login": "stranger", "user_id": "999" }),
        _ => {
            claims[NAMESPACE]["identity_store_user_id"] = json!("90677c79-60d1-70b7-5f4e-stranger0000");
            claims
        }
    }
}

/// C10, C11, C12, C3 for each issuer, in this order because a suspension stays.
#[tokio::test]
#[ignore = "needs the stack of tests/providers/run"]
async fn pipelines_and_workloads() {
    let stack = stack();
    for issuer in &ISSUERS {
        the_human_behind_it_may_not_approve(&stack, issuer).await;
        an_unmapped_human_denies(&stack, issuer).await;
    }
    a_rule_reads_the_event(&stack, &ISSUERS[0]).await;
    for issuer in &ISSUERS {
        a_suspension_holds_under_every_spelling(&stack, issuer).await;
    }
}

/// C11, C12: the account that set the run going is bob's, so bob may not approve it, by page or API; carol may. The page shows
/// what the token proves.
async fn the_human_behind_it_may_not_approve(stack: &Stack, issuer: &Issuer) {
    let agent = pipeline(stack, issuer, issuer.shape, set_going_by_bob(issuer)).await;
    let id = propose(&agent).await;
    agent.wait_for(&id, &["pending"]).await.expect(issuer.name);
    let mut bob = BrowserPerson::new(stack, "bob").expect("a browser");
    let page = bob.open(&format!("/review/{id}")).await.expect("the page");
    assert!(page.status.is_success() && page.form("form.decide").is_err(), "{}: {}", issuer.name, page.html);
    let by_api = BrowserPerson::new(stack, "bob").expect("a browser").api().await.expect("a token");
    let review = by_api.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    let refused = by_api.verdict(&id, "approve", &review).await.expect("an answer");
    assert_eq!(
        (refused.status.as_u16(), refused.text("code")),
        (403, "own-request"),
        "{}: {}",
        issuer.name,
        refused.body
    );
    let mut carol = BrowserPerson::new(stack, "carol").expect("a browser");
    let page = carol.open(&format!("/review/{id}")).await.expect("the page");
    for fact in issuer.facts {
        assert!(page.html.contains(fact), "{}: the page lacks {fact}: {}", issuer.name, page.html);
    }
    carol.press(&page, "approve", &[]).await.expect("approving");
    agent.wait_for(&id, &["succeeded"]).await.expect(issuer.name);
}

/// C10: a human whom nobody mapped denies whatever needs approval, and preflight says the same before.
async fn an_unmapped_human_denies(stack: &Stack, issuer: &Issuer) {
    let agent = pipeline(stack, issuer, issuer.shape, set_going_by_a_stranger(issuer)).await;
    let id = propose(&agent).await;
    let denied = agent.wait_for(&id, &["denied"]).await.expect(issuer.name);
    assert_eq!(denied["denial"]["code"], "unmapped-human", "{}: {denied}", issuer.name);
    let asked = agent.post("/v1/preflight", &job()).await.expect("an answer");
    assert!(asked.body.to_string().contains("unmapped-human"), "{}: {}", issuer.name, asked.body);
}

/// C12: a rule tells `pull_request_target` from a push to the same branch: the two tokens have the same `sub` and `ref`.
async fn a_rule_reads_the_event(stack: &Stack, issuer: &Issuer) {
    let agent = pipeline(stack, issuer, "pipeline_pull_request_target", json!({})).await;
    let id = propose(&agent).await;
    let denied = agent.wait_for(&id, &["denied"]).await.expect("denied");
    assert!(denied.to_string().contains("jobs-never-for-pull-requests-from-outside"), "{denied}");
}

/// C3: who is suspended is the repository, project or role, however its tokens spell their subject.
async fn a_suspension_holds_under_every_spelling(stack: &Stack, issuer: &Issuer) {
    let bob = BrowserPerson::new(stack, "bob").expect("a browser").api().await.expect("a token");
    let suspension =
        json!({ "scope": format!("agent:{}", issuer.agent), "reason": "It does what it should not" });
    let suspended = bob.post("/v1/suspensions", &suspension).await.expect("an answer");
    assert!(suspended.status.is_success(), "{}: {}", issuer.name, suspended.body);
    for shape in issuer.spellings {
        let agent = pipeline(stack, issuer, shape, json!({})).await;
        let id = propose(&agent).await;
        let denied = agent.wait_for(&id, &["denied"]).await.expect(shape);
        assert_eq!(denied["denial"]["code"], "suspended", "{}/{shape}: {denied}", issuer.name);
    }
}
