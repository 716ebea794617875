//! Secrets and ordinary texts written by hand, so that the patterns themselves are put to the test. None was ever issued.

use crate::detect::find;

/// The rules of this table that touch a text.
fn rules(text: &str) -> Vec<&'static str> {
    let mut found = find(text);
    found.sort_by_key(|found| (found.range.start, found.range.end));
    // A rule of another detector is called as what it finds.
    found.iter().filter(|found| found.rule != found.kind.name()).map(|found| found.rule).collect()
}

#[test]
fn made_up_secrets_are_found() {
    let x =
        |count: usize| "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz".chars().cycle().take(count).collect::<String>();
    let h = |count: usize| "9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e".chars().cycle().take(count).collect::<String>();
    let uuid = "9f2c41d0-b7e3-4a1c-8d8e-4f2a9b0c1d2e";
    let upper = |count: usize| x(count).to_ascii_uppercase();
    let lower = |count: usize| x(count).to_ascii_lowercase();
    for (rule, secret) in [
        ("aws-access-key-id", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("aws-access-key-id", "ASIAIOSFODNN7EXAMPLE".to_owned()),
        ("aws-session-token", format!("IQoJb3JpZ2luX2VjE{}==", x(300))),
        ("aws-session-token", format!("FwoGZXIvYXdzE{}/{}+{}=", x(60), x(60), x(60))),
        ("aws-bedrock-key", format!("ABSKQmVkcm9ja0FQSUtleS1{}=", x(108))),
        ("aws-bedrock-session-key", format!("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{}", x(400))),
        ("aws-presigned-url", format!("https://b.s3.amazonaws.com/k?X-Amz-Signature={}&x=1", h(64))),
        ("aws-signature", format!("https://d1.cloudfront.net/a?Signature={}~&Key-Pair-Id=K1", x(200))),
        ("aws-appsync-key", format!("da2-{}", lower(26))),
        ("aws-eks-token", format!("k8s-aws-v1.{}", x(120))),
        ("amazon-mws-token", format!("amzn.mws.{uuid}")),
        ("aws-smtp-password", format!("BM{}", x(42)).replacen("BM", "BC", 1)),
        ("google-api-key", format!("AIza{}", x(35))),
        ("google-access-token", format!("ya29.{}", x(150))),
        ("google-client-secret", format!("GOCSPX-{}", x(28))),
        ("azure-client-secret", format!("abc8Q~{}", x(34))),
        (
            "azure-account-key",
            format!("AccountName=acme;AccountKey={}==;EndpointSuffix=core.windows.net", x(86)),
        ),
        ("azure-shared-access-key", format!("SharedAccessKeyName=Root;SharedAccessKey={}=", x(43))),
        (
            "azure-sas-signature",
            format!("https://acme.blob.core.windows.net/c/b?sv=2024-01-01&sig={}%3D", x(43)),
        ),
        ("azure-devops-token", format!("{}AZDO1a2B", x(76))),
        ("azure-storage-key", format!("{}+AStaB3dEQ==", x(76))),
        ("alibaba-access-key-id", format!("LTAI{}", x(20))),
        ("digitalocean-token", format!("dop_v1_{}", h(64))),
        ("heroku-key", format!("HRKU-AA{}", x(58))),
        ("fly-token", format!("fm2_{}", x(200))),
        ("netlify-token", format!("nfp_{}", x(36))),
        ("supabase-token", format!("sbp_{}", h(40))),
        ("planetscale-token", format!("pscale_tkn_{}", x(43))),
        ("databricks-token", format!("dapi{}", h(32))),
        ("terraform-token", format!("{}.atlasv1.{}", x(14), x(67))),
        ("pulumi-token", format!("pul-{}", h(40))),
        ("vault-token", format!("hvs.CAESI{}", x(90))),
        ("doppler-token", format!("dp.pt.{}", x(43))),
        ("1password-service-token", format!("ops_eyJ{}", x(300))),
        ("tailscale-key", format!("tskey-auth-k{}CNTRL-{}", x(9), x(32))),
        ("docker-swarm-token", format!("SWMTKN-1-{}-{}", lower(50), lower(25))),
        ("github-token", format!("ghp_{}", x(36))),
        ("github-fine-grained-token", format!("github_pat_{}_{}", x(22), x(59))),
        ("gitlab-access-token", format!("glpat-{}", x(20))),
        ("gitlab-access-token", format!("glpat-{}.01.0{}", x(27), lower(8))),
        ("gitlab-token", "glrt-abcdefghij0123456789".to_owned()),
        ("gitlab-job-token", format!("glcbt-64_{}", x(20))),
        ("atlassian-token", format!("ATATT3xFfGF0{}=A1B2C3D4", x(180))),
        ("bitbucket-app-password", format!("ATBB{}", x(32))),
        ("npm-token", format!("npm_{}", x(36))),
        ("pypi-token", format!("pypi-AgEIcHlwaS5vcmc{}", x(150))),
        ("rubygems-key", format!("rubygems_{}", h(48))),
        ("nuget-key", format!("oy2{}", lower(43))),
        ("docker-token", format!("dckr_pat_{}", x(27))),
        ("artifactory-key", format!("AKCp8{}", x(68))),
        ("postman-key", format!("PMAK-{}-{}", h(24), h(34))),
        ("buildkite-token", format!("bkua_{}", lower(40))),
        ("circleci-token", format!("CCIPAT_{}_{}", x(22), h(40))),
        ("anthropic-key", format!("sk-ant-api03-{}AA", x(93))),
        ("openai-project-key", format!("sk-proj-{}T3BlbkFJ{}", x(74), x(74))),
        ("openai-key", format!("sk-{}T3BlbkFJ{}", x(20), x(20))),
        ("openrouter-key", format!("sk-or-v1-{}", h(64))),
        ("groq-key", format!("gsk_{}", x(52))),
        ("xai-key", format!("xai-{}", x(80))),
        ("perplexity-key", format!("pplx-{}", x(48))),
        ("replicate-token", format!("r8_{}", x(37))),
        ("huggingface-token", format!("hf_{}", "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH")),
        ("nvidia-key", format!("nvapi-{}", x(64))),
        ("pinecone-key", format!("pcsk_{}_{}", x(5), x(63))),
        ("langsmith-key", format!("lsv2_pt_{}_{}", h(32), h(10))),
        ("slack-token", format!("xoxb-123456789012-1234567890123-{}", x(24))),
        ("slack-app-token", format!("xapp-1-A0123456789-1234567890123-{}", h(64))),
        ("slack-webhook", format!("https://hooks.slack.com/services/T01234567/B01234567/{}", x(24))),
        ("discord-webhook", format!("https://discord.com/api/webhooks/123456789012345678/{}", x(68))),
        ("discord-bot-token", format!("MTIzNDU2Nzg5MDEyMzQ1Njc4.Gh1jKl.{}", x(38))),
        ("telegram-bot-token", format!("123456789:AA{}", x(33))),
        ("twilio-key", format!("SK{}", h(32))),
        ("sendgrid-key", format!("SG.{}.{}", x(22), x(43))),
        ("mailgun-key", format!("key-{}", h(32))),
        ("mailchimp-key", format!("{}-us12", h(32))),
        ("brevo-key", format!("xkeysib-{}-{}", h(64), x(16))),
        ("resend-key", format!("re_{}_{}", x(8), x(24))),
        ("hubspot-token", format!("pat-na1-{uuid}")),
        ("meta-access-token", format!("EAAC{}", x(120))),
        ("stripe-key", format!("sk_live_{}", x(24))),
        ("stripe-webhook-secret", format!("whsec_{}", x(32))),
        ("square-token", format!("sq0csp-{}", x(43))),
        ("braintree-token", format!("access_token$production${}${}", lower(16), h(32))),
        ("shopify-token", format!("shpat_{}", h(32))),
        ("plaid-token", format!("access-sandbox-{uuid}")),
        ("razorpay-key", format!("rzp_live_{}", x(14))),
        ("easypost-key", format!("EZAK{}", x(54))),
        ("airtable-token", format!("pat{}.{}", x(14), h(64))),
        ("notion-token", format!("ntn_12345678901{}", x(35))),
        ("linear-key", format!("lin_api_{}", x(40))),
        ("figma-token", format!("figd_{}", x(40))),
        ("asana-token", format!("1/1201234567890123:{}", h(32))),
        ("typeform-token", format!("tfp_{}", x(59))),
        ("contentful-token", format!("CFPAT-{}", x(43))),
        ("salesforce-token", format!("00D{}!AQ{}", x(12), x(94))),
        ("okta-token", format!("00{}", x(40))),
        ("pagerduty-key", format!("u+{}", x(18))),
        ("grafana-service-token", format!("glsa_{}_{}", x(32), h(8))),
        ("grafana-cloud-token", format!("glc_{}=", x(120))),
        ("sentry-token", format!("sntryu_{}", h(64))),
        ("dynatrace-token", format!("dt0c01.{}.{}", upper(24), upper(64))),
        ("new-relic-key", format!("NRAK-{}", upper(27))),
        ("honeycomb-key", format!("hcaik_{}", lower(58))),
        ("age-secret-key", format!("AGE-SECRET-KEY-1{}", upper(58))),
        ("private-key-base64", format!("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo{}", x(400))),
        ("paseto", format!("v4.local.{}", x(120))),
        ("bcrypt-hash", format!("$2b$12${}", x(53))),
        ("argon2-hash", format!("$argon2id$v=19$m=65536,t=3,p=4${}${}", x(22), x(43))),
        ("crypt-hash", format!("$6$rounds=5000$saltsalt${}", x(86))),
        ("ldap-hash", format!("{{SSHA}}{}=", x(39))),
    ] {
        for text in [secret.clone(), format!("it is {secret} now"), format!("KEY=\"{secret}\"")] {
            assert!(rules(&text).contains(&rule), "{rule}: {text}: {:?}", rules(&text));
        }
    }
}

/// C26: ten shapes that were readable; those without a shape of their own are found by what names them.
#[test]
fn shapes_that_were_readable_are_found() {
    for (rule, text) in [
        ("aws-bedrock-key", format!("ABSKQmVkcm9ja0FQSUtleS1{}==", "aB3d".repeat(27))),
        (
            "azure-account-key",
            format!(
                "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={}==;EndpointSuffix=core.windows.net",
                "aB3+".repeat(21) + "aB"
            ),
        ),
        ("gitlab-token", "glrt-abcdefghij0123456789".to_owned()),
        ("databricks-token", "dapi0123456789abcdef0123456789abcdef".to_owned()),
        ("atlassian-token", format!("ATATT3xFfGF0{}", "a1B2".repeat(45))),
        ("groq-key", format!("gsk_{}", "aB3d".repeat(13))),
        ("figma-token", format!("figd_{}", "aB3d".repeat(10))),
    ] {
        assert!(rules(&text).contains(&rule), "{text}: {:?}", rules(&text));
    }
}

/// What people and machines write every day; the lines of `ordinary.txt` are left alone by every rule of this table.
#[test]
fn ordinary_texts_are_left_alone() {
    let texts: Vec<&str> = include_str!("ordinary.txt").lines().filter(|line| !line.is_empty()).collect();
    assert!(texts.len() >= 150, "{}", texts.len());
    let touched: Vec<String> = texts
        .iter()
        .filter(|text| !rules(text).is_empty())
        .map(|text| format!("{:?}: {text}", rules(text)))
        .collect();
    assert!(touched.is_empty(), "{touched:#?}");
}
