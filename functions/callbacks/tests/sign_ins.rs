//! What somebody is told whose sign-in does not come about: the cause, and what the administrator changes.

mod stack;

use axum::http::StatusCode;
use identity::{ClaimPath, ClaimTest, IssuerSettings, ProviderError, SubjectClaims};
use serde_json::{Value, json};
use stack::{Answer, Browser, TestStack};
use testkit::{Algorithm, Gate, IdToken, Issuer, SampleRequirement, Scenario};

async fn export() -> TestStack {
    TestStack::asking(SampleRequirement::DataOwner).await
}

/// A stack whose people's issuer has these settings.
async fn with(change: impl Fn(IssuerSettings) -> IssuerSettings) -> TestStack {
    let mut scenario = Scenario::new("sign-ins");
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    let settings = change(scenario.issuer.settings());
    TestStack::with(scenario, Gate::open(), stack::Groups::default(), settings).await
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Somebody who wants to read comes back with this answer; `{state}` in it is their sign-in's.
async fn reading(stack: &TestStack, answer: &str) -> Answer {
    let mut browser = Browser::default();
    let left = browser.get(stack, "/signin?to=/").await;
    let state = left.parameter("state").unwrap_or_default();
    let back = browser.finish(stack, &format!("{answer}&state={state}")).await;
    assert!(!browser.cookies.contains_key("__Host-session"), "{}", back.body);
    back
}

/// Alice, who has pressed a button, comes back with it.
async fn deciding(stack: &TestStack, answer: &str) -> Answer {
    let mut browser = Browser::default();
    browser.sign_in(stack, "alice", &["data-owners"]).await;
    let state = browser.press(stack, "approve", &[]).await.parameter("state").unwrap_or_default();
    let back = browser.finish(stack, &format!("{answer}&state={state}")).await;
    assert_eq!(stack.item().await, stack.scenario.item, "nothing was decided");
    back
}

/// C18: each way in which a provider refuses a sign-in is told by its cause, with what the administrator changes; a sign-in that
/// was only to read says nothing of a decision.
#[tokio::test]
async fn the_provider_refuses() {
    let stack = export().await;
    for (error, status, words) in [
        ("invalid_scope", 403, "sets `scopes` of the issuer&#39;s settings"),
        ("access_denied", 403, "assigns you to this application"),
        ("login_required", 403, "Sign in at your identity provider first"),
        ("interaction_required", 403, "such as a second factor"),
        ("consent_required", 403, "your administrator agrees for everybody"),
        ("account_selection_required", 403, "choose one of your accounts"),
        ("unmet_authentication_requirements", 403, "the kind of sign-in that is demanded"),
        ("temporarily_unavailable", 503, "overloaded or under repair"),
        ("server_error", 503, "your identity provider failed"),
        ("unauthorized_client", 403, "authorization code flow and PKCE"),
        ("unsupported_response_type", 403, "authorization code flow and PKCE"),
        ("invalid_client", 403, "(`PagesClient`)"),
        ("invalid_request", 403, "compares the redirect address"),
        ("request_not_supported", 403, "compares the redirect address"),
        ("x_quota_of_tenant", 403, "for a reason of its own"),
        ("", 403, "for a reason of its own"),
    ] {
        let answer = format!("error={error}&error_description=No+for+you");
        let (read, decided) = (reading(&stack, &answer).await, deciding(&stack, &answer).await);
        for back in [&read, &decided] {
            assert_eq!(back.status.as_u16(), status, "{error}: {}", back.body);
            let body = back.body.replace('\'', "&#39;");
            assert!(body.contains(words), "{error}: `{words}` is not in {}", back.body);
            assert!(body.contains("in its own words"), "{error}: {}", back.body);
            assert!(body.contains(&format!("{error}: No for you</blockquote>")), "{error}: {}", back.body);
        }
        assert!(read.body.contains("<h1>You are not signed in</h1>"), "{error}: {}", read.body);
        assert!(!read.body.contains("decided") && !read.body.contains("This decision"), "{}", read.body);
        assert!(decided.body.contains("This decision must be proven"), "{error}: {}", decided.body);
        assert!(decided.body.contains("Nothing was decided"), "{error}: {}", decided.body);
    }
}

/// C18: an answer with neither a code nor an error, or with something twice, or of another issuer, says so and quotes nobody.
#[tokio::test]
async fn answers_that_are_none() {
    let stack = export().await;
    let evil = "iss=https%3A%2F%2Fevil.example&error=access_denied&error_description=Call+us";
    let ours = encoded(stack.scenario.issuer.name());
    for (answer, words) in [
        ("x=y", "neither a code nor an error"),
        ("code=", "neither a code nor an error"),
        ("error=access_denied&error=server_error&error_description=Call+us", "neither a code nor an error"),
        ("code=c&error=a&error=b", "neither a code nor an error"),
        (evil, "another identity provider"),
        (&format!("iss={ours}&iss=https%3A%2F%2Fevil.example&code=c"), "another identity provider"),
    ] {
        let back = reading(&stack, answer).await;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{answer}: {}", back.body);
        assert!(back.body.contains(words), "{answer}: `{words}` is not in {}", back.body);
        assert!(!back.body.contains("blockquote") && !back.body.contains("Call us"), "{}", back.body);
    }
}

/// C18: the provider's own words are plain text, whatever is in them: no markup, no link, no hidden character, and not many.
#[tokio::test]
async fn hostile_words_of_a_provider() {
    let stack = export().await;
    let long = "x".repeat(10_000);
    for (error, description) in [
        ("access_denied", "<script>alert(1)</script><a href=\"https://evil.example\">Go on</a>"),
        ("access_denied", "\u{202e}gnihton\u{202c} \u{200b}\u{2066}x"),
        ("access_denied", "one\r\ntwo\u{0}\u{1b}[31m\u{85}three"),
        ("access_denied", long.as_str()),
        ("<img src=x onerror=alert(1)>", "https://evil.example/sign-in"),
        (long.as_str(), ""),
        ("\u{202e}denied\n", "AKIAIOSFODNN7EXAMPLE"),
    ] {
        let answer = format!("error={}&error_description={}", encoded(error), encoded(description));
        let back = reading(&stack, &format!("{answer}&error_uri=https%3A%2F%2Fevil.example")).await;
        let body = &back.body;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{body}");
        assert!(body.contains("which nobody here has checked"), "{body}");
        for never in ["<script", "<img", "href=\"https://evil", "onerror=\"", "AKIAIOSFODNN7EXAMPLE"] {
            assert!(!body.contains(never), "`{never}` is in {body}");
        }
        assert_eq!(redaction::find_hidden(body), [], "{body}");
        assert!(body.len() < 6000, "{} bytes", body.len());
        let policy = back.headers["content-security-policy"].to_str().unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    }
    let quoted =
        reading(&stack, &format!("error=access_denied&error_description={}", encoded("a\u{202e}b\nc"))).await;
    assert!(quoted.body.contains("⟨U+202E⟩") && quoted.body.contains("⟨U+000A⟩"), "{}", quoted.body);
}

/// C18: a code that the provider does not exchange is told by its cause: the secret, the code, the registration.
#[tokio::test]
async fn the_code_is_refused() {
    for (error, status, words) in [
        ("invalid_client", 403, "did not accept the secret of this application"),
        ("invalid_grant", 403, "took the sign-in back"),
        ("unauthorized_client", 403, "does not let this application exchange codes"),
        ("unsupported_grant_type", 403, "does not let this application exchange codes"),
        ("invalid_scope", 403, "sets `scopes`"),
        ("invalid_request", 403, "`client_secret_basic`"),
        ("server_error", 503, "Try again in a few minutes"),
        ("AADSTS7000222", 403, "for a reason of its own"),
    ] {
        let stack = export().await;
        stack.desk.refuse_codes(ProviderError::new(error, Some("<b>It has expired</b>")));
        let back = reading(&stack, "code=c-1").await;
        assert_eq!(back.status.as_u16(), status, "{error}: {}", back.body);
        assert!(back.body.contains(words), "{error}: `{words}` is not in {}", back.body);
        assert!(back.body.contains(&format!("{error}: &lt;b&gt;It has expired")), "{error}: {}", back.body);
        assert!(back.body.contains("You are not signed in"), "{error}: {}", back.body);
    }
}

/// C18: a provider that does not answer is told as that, on the way there, at the exchange, and where its keys are wanted.
#[tokio::test]
async fn the_provider_is_away() {
    let stack = export().await;
    let mut browser = Browser::default();
    let left = browser.get(&stack, "/signin?to=/").await;
    stack.desk.set_away(true);
    let state = left.parameter("state").unwrap_or_default();
    let back = browser.finish(&stack, &format!("code=c&state={state}")).await;
    let begun = browser.get(&stack, "/signin?to=/").await;
    for answer in [&back, &begun] {
        assert_eq!(answer.status.as_u16(), 503, "{}", answer.body);
        assert!(answer.body.contains("does not answer this service at the moment"), "{}", answer.body);
        assert!(answer.body.contains("You are not signed in"), "{}", answer.body);
    }
}

/// Comes back with an ID token that has these claims over Alice's.
async fn with_token(stack: &TestStack, browser: &mut Browser, left: &Answer, claims: &Value) -> Answer {
    let state = left.parameter("state").unwrap_or_default();
    let who: (&str, &[&str]) = ("alice", &["data-owners"]);
    let code = stack.desk.sign_in_with(&state, who, Some(stack.now()), claims);
    browser.finish(stack, &format!("code={code}&state={state}")).await
}

/// C21: an ID token that does not hold is told by the check that fails, with the setting that the administrator changes, and
/// repeats nothing of the token. C19: so is one without `auth_time` where the decision depends on it.
#[tokio::test]
async fn the_id_token_does_not_hold() {
    let stack = with(|settings| IssuerSettings {
        require: vec![ClaimTest::there("tid")],
        subject: SubjectClaims { id: ClaimPath::top("oid"), ..settings.subject.clone() },
        ..settings
    })
    .await;
    let now = stack.now().seconds();
    let good = json!({ "tid": "our-tenant", "oid": "alice" });
    for (claims, words) in [
        (json!({ "aud": ["countersign-pages", "286000000000000001"] }), "`trusted_audiences`"),
        (json!({ "aud": ["countersign-pages", "x"], "azp": "countersign-pages" }), "`trusted_audiences`"),
        (json!({ "aud": "hunter2" }), "`PagesClient`"),
        (json!({ "aud": null }), "`trusted_audiences`"),
        (json!({ "azp": "hunter2" }), "`person_clients`"),
        (json!({ "tid": null }), "`require`"),
        (json!({ "oid": null }), "`subject.id`"),
        (json!({ "oid": ["hunter2"] }), "`subject.id`"),
        (json!({ "groups": 7 }), "`groups_claim`"),
        (json!({ "groups": ["data-owners", { "hunter2": 1 }] }), "`groups_claim`"),
        (json!({ "nonce": "hunter2" }), "(`nonce`)"),
        (json!({ "exp": now - 301, "iat": now - 600 }), "has expired by the clock here"),
        (json!({ "exp": null }), "(`exp`)"),
        (json!({ "nbf": now + 301 }), "begins to count only later"),
        (json!({ "iat": null }), "(`iat`)"),
        (json!({ "auth_time": "1795000000" }), "no number of seconds"),
        (json!({ "exp": "tomorrow" }), "no number of seconds"),
        (json!({ "iss": "https://hunter2.example" }), "is not in the key set"),
    ] {
        let mut token = good.clone();
        for (name, value) in claims.as_object().into_iter().flatten() {
            token[name] = value.clone();
        }
        let mut browser = Browser::default();
        let left = browser.get(&stack, "/signin?to=/").await;
        let back = with_token(&stack, &mut browser, &left, &token).await;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{claims}: {}", back.body);
        assert!(back.body.contains(words), "{claims}: `{words}` is not in {}", back.body);
        assert!(back.body.contains("You are not signed in"), "{claims}: {}", back.body);
        for never in ["hunter2", "286000000000000001", "our-tenant"] {
            assert!(!back.body.contains(never), "{claims}: {}", back.body);
        }
    }
    let mut browser = Browser::default();
    let left = browser.get(&stack, "/signin?to=/").await;
    let entered = with_token(&stack, &mut browser, &left, &good).await;
    assert_eq!(entered.location(), "/", "{}", entered.body);
    for (claims, words) in [
        (json!({ "auth_time": null }), "does not state when you signed in (`auth_time`)"),
        (json!({ "auth_time": now - 3600 }), "did not ask you to sign in again just now"),
    ] {
        let mut token = good.clone();
        token["auth_time"] = claims["auth_time"].clone();
        let left = browser.press(&stack, "approve", &[]).await;
        let back = with_token(&stack, &mut browser, &left, &token).await;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{claims}: {}", back.body);
        assert!(back.body.contains(words), "{claims}: `{words}` is not in {}", back.body);
        assert!(back.body.contains("This decision must be proven"), "{claims}: {}", back.body);
        assert_eq!(stack.item().await, stack.scenario.item);
    }
}

/// C21: further audiences that the settings trust are no reason to refuse.
#[tokio::test]
async fn trusted_audiences() {
    let trusted = vec!["286000000000000001".to_owned()];
    let stack = with(|settings| IssuerSettings { trusted_audiences: trusted.clone(), ..settings }).await;
    let mut browser = Browser::default();
    let left = browser.get(&stack, "/signin?to=/").await;
    let claims = json!({ "aud": ["countersign-pages", "286000000000000001"], "azp": "countersign-pages" });
    assert_eq!(with_token(&stack, &mut browser, &left, &claims).await.location(), "/");
}

/// C21: a token that is none, of another key, or of an algorithm that is not allowed.
#[tokio::test]
async fn tokens_of_other_keys() {
    let stack = export().await;
    let other = Issuer::new(stack.scenario.issuer.name(), Algorithm::Es256);
    let token = |issuer: &Issuer| {
        let (at, auth_time) = (stack.now(), Some(stack.now()));
        let (client, nonce) = ("countersign-pages", "n");
        issuer.id_token(&IdToken { subject: "alice", groups: &[], client, nonce, at, auth_time })
    };
    let narrow = with(|settings| IssuerSettings { algorithms: vec!["RS256".to_owned()], ..settings }).await;
    for (stack, token, words) in [
        (&stack, token(&other), "is not in the key set"),
        (&stack, "no token".to_owned(), "no signed ID token"),
        (&stack, "x".repeat(16 * 1024 + 1), "longer than the 16 KiB that are read here"),
        (&narrow, token(&stack.scenario.issuer), "adds it to `algorithms`"),
    ] {
        let mut browser = Browser::default();
        let state = browser.get(stack, "/signin?to=/").await.parameter("state").unwrap_or_default();
        let code = stack.desk.hand_out(&state, token);
        let back = browser.finish(stack, &format!("code={code}&state={state}")).await;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{words}: {}", back.body);
        assert!(back.body.contains(words), "`{words}` is not in {}", back.body);
    }
}
